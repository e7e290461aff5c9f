"""Names of a roster: as they are stored, as they are compared, and what is odd about them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from gonghui.ground.directory.names import LONGEST_NAME, check_name, fold_name, written_name
from gonghui.programmes.mutualaid.rosters.cells import Cells

_ORDINARY = re.compile(r"[一-龥]{2,4}")
_BETWEEN = "\0"
_NO_NAME = re.compile(r'[=+@|<>{}\[\]"\\!#$%^&~;:]')
_SIGNS = re.compile(r"[()（）/、,，]")
"""People write 李娜（大） to tell two apart; no document does."""
_LIKE_UTF_8 = re.compile(rb"^(?:[\xe4-\xe9][\x80-\xbf]{2}){2,20}$", re.MULTILINE)


def read_names(cells: Cells) -> tuple[list[str], list[str]]:
    """Names as they are stored, and folded."""
    ordinary = _ORDINARY.fullmatch
    names = []
    errors = cells.errors()
    for at, text in enumerate(cells.texts):
        if ordinary(text):
            names.append(text)
            continue
        name = written_name(text)
        names.append(name)
        if cells.numbers[at] not in errors:
            _note(cells, at, text, name)
    for at in _garbled(names):
        if cells.numbers[at] not in errors:
            cells.note(at, "name_garbled")
    return names, fold_names(names)


def _note(cells: Cells, at: int, text: str, name: str) -> None:
    if not name:
        cells.note(at, "name_missing")
    elif len(name) > LONGEST_NAME:
        cells.note(at, "name_long", most=LONGEST_NAME)
    elif check_name(name) is not None or _NO_NAME.search(name):
        private = any(unicodedata.category(character) == "Co" for character in name)
        cells.note(at, "name_private" if private else "name_characters")
    else:
        if any(unicodedata.category(character) == "Co" for character in text):
            cells.note(at, "name_rewritten")
        if len(name) == 1:
            cells.note(at, "name_short")
        if _SIGNS.search(name):
            cells.note(at, "name_signs")


def _garbled(names: Sequence[str]) -> Iterator[int]:
    """Names that are UTF-8 read as GB18030: written in GB18030, their bytes read as UTF-8 again.

    A genuine name of three characters does so once in some thousands, if its characters are rare.
    """
    lines = "\n".join(name.replace("\n", " ") for name in names).encode("gb18030", "replace")
    if _LIKE_UTF_8.search(lines):
        for at, line in enumerate(lines.split(b"\n")):
            if _LIKE_UTF_8.fullmatch(line):
                yield at


def fold_names(names: list[str]) -> list[str]:
    """``fold_name`` of each, in one go."""
    folded = fold_name(_BETWEEN.join(names)).split(_BETWEEN)
    assert len(folded) == len(names)
    return folded
