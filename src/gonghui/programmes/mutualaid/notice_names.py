"""A name as a public notice shows it: 王*伟, 李*, 阿**·**提."""

from __future__ import annotations

import re

from gonghui.ground.directory.names import DOTS, written_name

STAR = "*"
MOST_STARS = 2
"""Longer names show no more stars, so that their length says nothing."""

_DOT = re.compile(f"[{re.escape(DOTS)}]")
# One character: a description of a rare one (⿰…), or a base with its variation selectors.
_ONE = re.compile(
    "[\u2ff0-\u2fff]+[^\u2ff0-\u2fff][^\u2ff0-\u2fff]?"
    "|.[\ufe00-\ufe0f\U000e0100-\U000e01ef\u0300-\u036f]*",
    re.DOTALL,
)


def masked_name(name: str) -> str:
    """First and last character, stars between; of two characters only the first."""
    parts = [part for part in _DOT.split(written_name(name)) if part]
    if len(parts) > 1:
        return "·".join(
            [_opened(parts[0]), *(STAR * MOST_STARS for _ in parts[1:-1]), _closed(parts[-1])]
        )
    if parts and re.match(r"[A-Za-z]", parts[0]):
        return " ".join(f"{word[0]}{STAR * MOST_STARS}" for word in parts[0].split())
    shown = _ONE.findall(parts[0]) if parts else []
    if len(shown) < 2:
        return STAR
    if len(shown) == 2:
        return f"{shown[0]}{STAR}"
    return f"{shown[0]}{STAR * min(len(shown) - 2, MOST_STARS)}{shown[-1]}"


def _opened(part: str) -> str:
    return f"{_ONE.findall(part)[0]}{STAR * MOST_STARS}"


def _closed(part: str) -> str:
    shown = _ONE.findall(part)
    return STAR * MOST_STARS + (shown[-1] if len(shown) > 1 else "")
