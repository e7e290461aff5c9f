"""What a public notice shows of a name (王*伟, 李*, 阿**·**提), and of a unit's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gonghui.ground.directory.names import DOTS, written_name
from gonghui.ground.vault.masking import masked_reason

STAR = "*"
MOST_STARS = 2
"""Longer names show no more stars, so that their length says nothing."""

LONGEST = 24
LONG_NUMBER = re.compile(r"\d{6,}")
"""Longer than any number of a workshop or a street."""

_WORDS = 3
_DOT = re.compile(f"[{re.escape(DOTS)}]")
# One character: a description of a rare one (⿰…), or a base with its variation selectors.
_ONE = re.compile(
    "[\u2ff0-\u2fff]+[^\u2ff0-\u2fff][^\u2ff0-\u2fff]?"
    "|.[\ufe00-\ufe0f\U000e0100-\U000e01ef\u0300-\u036f]*",
    re.DOTALL,
)


def masked_name(name: str) -> str:
    """First and last character, stars between; of two characters only the first. What is no name
    that can be shown so (a number, a line of signs) is a star."""
    written = written_name(name)
    shown = _masked(written)
    if _letters(shown) >= _letters(written):  # what the stars stand for is no letter
        shown = f"{written[0]}{STAR}" if _letters(written) > 1 else STAR
    if len(shown) > LONGEST or re.search(r"\d", shown):
        return STAR
    return shown


def shown_unit(unit: str, names: Sequence[str]) -> str:
    """A unit's name without long numbers, and without the name of anybody on the notice. The
    longest of ``names`` come first."""
    shown = LONG_NUMBER.sub("***", masked_reason(written_name(unit)))
    for name in names:
        if name in shown:
            shown = shown.replace(name, masked_name(name))
    return shown


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _masked(written: str) -> str:
    parts = [part for part in _DOT.split(written) if part]
    if len(parts) > 1:
        between = [STAR * MOST_STARS] if len(parts) > 2 else []
        return "·".join([_opened(parts[0]), *between, _closed(parts[-1])])
    if parts and re.match(r"[A-Za-z]", parts[0]):
        # An initial of a word; a word of one letter would be shown whole.
        words = parts[0].split()[:_WORDS]
        return " ".join(word[: len(word) > 1] + STAR * MOST_STARS for word in words)
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
