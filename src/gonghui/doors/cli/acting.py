"""`--as PERSON`: every command on the database acts for somebody who proves to be that person."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.home import home
from gonghui.doors.cli.house import open_house
from gonghui.doors.cli.language import _

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor

SECRET_VARIABLE = "GONGHUI_SECRET"

As = Annotated[
    str,
    typer.Option("--as", metavar="PERSON", help=N_("Who acts: the name of an account.")),
]
SecretFile = Annotated[
    Path | None,
    typer.Option(
        "--secret-file",
        metavar="FILE",
        help=N_("The person's secret; otherwise GONGHUI_SECRET, the kept file, or asked for."),
    ),
]


@contextmanager
def acting(login: str, secret_file: Path | None = None, *, at: str = "") -> Iterator[Actor]:
    """An actor for one command: signs in, and out at the end.

    ``at`` is the code of a union to act in, where that is narrower than the person's post.
    """
    open_house()
    from gonghui.ground.accounts.services.sessions import sign_in, sign_out
    from gonghui.ground.borders.scope import Actor

    actor = sign_in(login, secret_of(login, secret_file), lasting=timedelta(hours=2))
    try:
        yield Actor(actor.token, _union(actor, at)) if at else actor
    finally:
        sign_out(actor)


def secret_of(login: str, secret_file: Path | None = None) -> str:
    """The secret that proves who acts: never an argument, which other users could read."""
    from gonghui.ground.accounts.secrets import kept_secret

    if secret_file is not None:
        return kept_secret(secret_file)
    said = os.environ.get(SECRET_VARIABLE)
    if said:
        return said
    kept = secrets_folder() / login
    if Path(login).name == login and kept.is_file():
        return kept_secret(kept)
    if sys.stdin.isatty():
        return str(typer.prompt(_("Secret of {login}").format(login=login), hide_input=True))
    raise Refusal(
        N_("Nothing proves that you are {login}."),
        N_("Give --secret-file FILE, or set {variable}."),
        login=login,
        variable=SECRET_VARIABLE,
    )


def secrets_folder() -> Path:
    """Where this installation keeps secrets for commands, one file a person."""
    return home() / "secrets"


def _union(actor: Actor, code: str) -> int:
    from gonghui.ground.directory.models import Union

    with actor.transaction():
        found = Union.objects.filter(code=code).values_list("id", flat=True).first()
    if found is None:
        raise Refusal(
            N_("There is no union with the code {code}."),
            N_("`gonghui directory tree` shows all codes."),
            code=code,
        )
    return found
