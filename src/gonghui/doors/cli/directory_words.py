"""How the commands on the directory take unions, people and days."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.language import _

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor

On = Annotated[str, typer.Option("--on", metavar="DAY", help=N_("The day (default: today)."))]
Code = Annotated[str, typer.Argument(metavar="CODE", help=N_("The union's code."))]
STANDARD_INPUT = "-"


def typed_text(typed: str) -> str:
    """What is searched for: the argument, or a line of the standard input for ``-``."""
    if typed != STANDARD_INPUT:
        return typed
    if sys.stdin.isatty():
        return str(typer.prompt(_("Identity number"), hide_input=True))
    return sys.stdin.readline().strip()


def union_id_of(actor: Actor, code: str) -> int:
    """The union with a code. Refused when there is none."""
    from gonghui.ground.directory.queries.unions import union_coded

    found = union_coded(actor, code)
    if found is None:
        raise Refusal(
            N_("There is no union with the code {code}."),
            N_("`gonghui directory tree` shows all codes."),
            code=code,
        )
    return found


def person_id_of(actor: Actor, typed: str) -> int:
    """One person: ``#7`` as `find` prints it, a name that only one has, or - and a number."""
    from gonghui.ground.directory.queries.persons import find_persons

    if typed.startswith("#") and typed[1:].isascii() and typed[1:].isdigit():
        return int(typed[1:])
    text = typed_text(typed)
    lines = find_persons(actor, text).lines
    exact = [line for line in lines if line.name == text] or list(lines)
    if len(exact) != 1:
        raise Refusal(
            N_("{count} people fit, not one."),
            N_("Give the number that `gonghui directory find` prints, such as #7."),
            count=len(exact),
        )
    return exact[0].person_id
