"""What a job's arguments may be: ids, codes, hashes, days. A queue is read by more people, and kept
longer, than what it speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

Scalar: TypeAlias = int | bool | str | None
Arguments: TypeAlias = Mapping[str, Scalar | list[int] | list[str]]

_CODE = re.compile(r"[0-9A-Za-z._:/@+-]{0,200}")
_HASH = re.compile(r"[0-9a-f]{32,128}")
_PERSONAL = re.compile(r"\d{15}|(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
"""An identity number or a card, 15 digits and more; a mobile phone."""

_MOST_LISTED = 10_000
_MOST_ID = 10**14


class PersonalArgument(ValueError):
    """An argument that is, or might be, about a person. The message does not repeat it."""


def check_arguments(arguments: Arguments) -> None:
    """Raises for anything but ids, codes, hashes and days."""
    for name, value in arguments.items():
        listed = value if isinstance(value, list) else [value]
        if len(listed) > _MOST_LISTED:
            raise PersonalArgument(f"argument {name}: a longer list belongs in a table")
        for one in listed:
            if not _harmless(one):
                raise PersonalArgument(f"argument {name}: only ids, codes, hashes and days")


def may_be_personal(text: str) -> bool:
    """Whether a number of a person may stand in it."""
    return bool(_PERSONAL.search(text.replace("-", "").replace(" ", "")))


def _harmless(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) < _MOST_ID and not _PERSONAL.search(str(value))
    if not isinstance(value, str):
        return False
    if _HASH.fullmatch(value):
        return True
    return bool(_CODE.fullmatch(value)) and not may_be_personal(value)
