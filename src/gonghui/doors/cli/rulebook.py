"""`gonghui rulebook …`: check, show, compare, write and audit rule books."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.doors.cli.language import _, spoken
from gonghui.doors.cli.shelves import opened, shelf_option

if TYPE_CHECKING:
    from gonghui.core.rulebook.wording import Wording


def register(app: typer.Typer) -> None:
    """Adds the group to the program."""
    group = typer.Typer(help=_("Check, read, compare and write rule books."), no_args_is_help=True)
    group.command("check", help=_("Check editions and run their cases."))(check)
    group.command("show", help=_("Show an edition as a readable document."))(show)
    group.command("diff", help=_("Show what one edition changes in another, by clause."))(diff)
    group.command("new", help=_("Write an edition by answering questions."))(new)
    group.command("source", help=_("Show the compiled step, clause beside line."))(source)
    group.command("hash", help=_("Show an edition's hash, or the bytes it is of."))(hash_)
    app.add_typer(group, name="rulebook")


Edition = Annotated[
    str, typer.Argument(metavar="EDITION", help=_("Edition (city/scheme/2022) or YAML file."))
]
Pdf = Annotated[
    Path | None, typer.Option("--pdf", metavar=_("FILE"), help=_("Write a PDF instead."))
]


def check(
    editions: Annotated[
        list[str] | None,
        typer.Argument(metavar="EDITION", help=_("Editions, schemes or YAML files.")),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help=_("All editions of the shelf."))] = False,
    shelf: Annotated[Path | None, shelf_option()] = None,
) -> None:
    from gonghui.doors.cli.rulebook_check import check_all

    if not editions and not every:
        raise typer.BadParameter(_("name editions, or give --all"), param_hint="EDITION")
    raise typer.Exit(check_all(*opened(editions or [], shelf), every=every))


def show(
    edition: Edition, pdf: Pdf = None, shelf: Annotated[Path | None, shelf_option()] = None
) -> None:
    from gonghui.core.rulebook import prose
    from gonghui.doors.cli.rulebook_document import put_out

    put_out(prose.document(_wording(edition, shelf)), pdf)


def diff(
    old: Annotated[str, typer.Argument(metavar="A", help=_("The earlier edition."))],
    new: Annotated[str, typer.Argument(metavar="B", help=_("The later edition."))],
    pdf: Pdf = None,
    shelf: Annotated[Path | None, shelf_option()] = None,
) -> None:
    from gonghui.core.rulebook import redline
    from gonghui.doors.cli.rulebook_document import put_out

    put_out(redline.document(_wording(old, shelf), _wording(new, shelf)), pdf)


def new(
    path: Annotated[Path, typer.Argument(metavar="FILE.yaml", help=_("The file to be written."))],
    answers: Annotated[
        Path | None,
        typer.Option(metavar=_("FILE"), help=_("YAML file of answers; what it lacks is asked.")),
    ] = None,
) -> None:
    from gonghui.doors.cli.rulebook_new import write_new

    write_new(path, answers)


def source(edition: Edition, shelf: Annotated[Path | None, shelf_option()] = None) -> None:
    from gonghui.doors.cli.rulebook_source import audited

    print(audited(_wording(edition, shelf)), end="")


def hash_(
    edition: Edition,
    as_bytes: Annotated[
        bool, typer.Option("--bytes", help=_("Put out the canonical bytes the hash is of."))
    ] = False,
    shelf: Annotated[Path | None, shelf_option()] = None,
) -> None:
    from gonghui.core.rulebook.canonical import canonical_bytes, edition_hash

    read = _wording(edition, shelf).edition
    if as_bytes:
        sys.stdout.buffer.write(canonical_bytes(read))
    else:
        print(f"{edition_hash(read)}  {read.id}")


def _wording(name: str, folder: Path | None) -> Wording:
    """One edition, with the words of the language spoken."""
    from gonghui.core.rulebook.wording import Wording

    shelf, (identifier, *_more) = opened([name], folder)
    return Wording(shelf.edition(identifier), _, spoken())
