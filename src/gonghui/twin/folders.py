"""A folder that is either the old one or the whole new one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gonghui.core.errors import N_, Place, Refusal


@contextmanager
def replacing(folder: Path, mark: str) -> Iterator[Path]:
    """A new folder that takes the place of ``folder`` when the block ends without an exception.

    What is replaced must be empty or hold the file ``mark``, by which folders of this kind are
    known: nobody's other files are thrown away by a wrong path.
    """
    folder = folder.absolute()
    if folder.exists() and not (folder / mark).is_file() and any(folder.iterdir()):
        raise Refusal(
            N_("The folder holds something else (no {mark})."),
            N_("Name a new folder, or an empty one."),
            place=Place(str(folder)),
            mark=mark,
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as name:
        made = Path(name) / "new"
        made.mkdir()
        yield made
        if folder.exists():
            folder.rename(Path(name) / "old")
        made.rename(folder)
