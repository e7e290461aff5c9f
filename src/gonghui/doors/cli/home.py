"""Where Gonghui keeps what it makes for itself, such as compiled folds: all can be made again."""

from __future__ import annotations

import os
from pathlib import Path

SOURCES = Path(__file__).parents[4]
"""The checkout, when run from one."""


def home() -> Path:
    """``GONGHUI_HOME``; else ``.cache/gonghui`` of the checkout; else the user's data folder.

    A checkout keeps to itself: `make clean` takes everything away.
    """
    said = os.environ.get("GONGHUI_HOME")
    if said:
        return Path(said).expanduser()
    if (SOURCES / "pyproject.toml").is_file() and (SOURCES / "src" / "gonghui").is_dir():
        return SOURCES / ".cache" / "gonghui"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "gonghui"
