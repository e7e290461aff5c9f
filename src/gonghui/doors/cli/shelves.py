"""Rule books of one's own: a folder given by ``--shelf``, and files named instead of ids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gonghui.doors.cli.language import _

if TYPE_CHECKING:
    from gonghui.core.rulebook.shelf import Shelf


def shelf_option() -> object:
    """The option ``--shelf``; made anew for each run, in the language spoken."""
    words = _("Folder of rule books of one's own, beside those that ship.")
    return typer.Option("--shelf", metavar=_("FOLDER"), help=words)


def opened(names: list[str], folder: Path | None = None) -> tuple[Shelf, list[str]]:
    """The shelf with the files named, and the ids of all editions named."""
    from gonghui.core.errors import N_, Place, Refusal
    from gonghui.core.rulebook.shelf import Shelf

    if folder is not None and not folder.is_dir():
        raise Refusal(
            N_("There is no such folder."), N_("Check the path."), place=Place(str(folder))
        )
    paths = {name: Path(name) for name in names if name.endswith((".yaml", ".yml"))}
    for path in paths.values():
        if not path.is_file():
            raise Refusal(
                N_("There is no such file."), N_("Check the path."), place=Place(str(path))
            )
    shipped = Shelf.packaged().folder
    shelf = Shelf(folder or shipped, *paths.values(), beneath=shipped if folder else None)
    said = {path: identifier for identifier, path in shelf.loose.items()}
    ids = []
    for name in names:
        below = [one for one in shelf.ids if one.startswith(f"{name.rstrip('/')}/")]
        ids += [said[paths[name]]] if name in paths else below or [name]
    return shelf, ids


def opened_one(name: str, folder: Path | None) -> tuple[Shelf, str]:
    """The shelf, and the id of the one edition named by its id or its file."""
    shelf, ids = opened([name], folder)
    return shelf, ids[0] if len(ids) == 1 else name
