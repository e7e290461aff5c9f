"""What the command line prints: lines, tables that also align Chinese, refusals."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from gonghui.core.errors import Refusal
from gonghui.doors.cli.language import _, spoken

GAP = 2
_STICKING = "，。；：、）”』》"
"""Stays on its line, even when it sticks out."""


def width(text: str) -> int:
    """Columns a text takes on a terminal: a Chinese character takes two."""
    return sum(
        0 if unicodedata.combining(character) else 2 if wide(character) else 1 for character in text
    )


def wide(character: str) -> bool:
    """Whether a character takes two columns."""
    return unicodedata.east_asian_width(character) in "WF"


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text filled up with spaces."""
    spaces = " " * max(0, columns - width(text))
    return spaces + text if right else text + spaces


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()
) -> str:
    """Rows under their head; the columns named by ``right`` are aligned to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(width(cell) for cell in column) for column in zip(*lines, strict=True)]
    lines.insert(1, ["─" * columns for columns in widths])
    return "\n".join(
        (" " * GAP)
        .join(pad(cell, widths[number], right=number in right) for number, cell in enumerate(line))
        .rstrip()
        for line in lines
    )


def wrapped(text: str, columns: int) -> list[str]:
    """Lines of at most so many columns: between words, and between any two Chinese characters."""
    lines, line, word = [], "", ""
    for character in f"{text} ":
        if character in _STICKING and line and not word:
            line += character
            continue
        if character != " " and not wide(character):
            word += character
            continue
        if line and width(line + word) > columns:
            lines.append(line.rstrip())
            line = ""
        line, word = line + word, ""
        if wide(character) and width(line + character) > columns and character not in _STICKING:
            lines.append(line.rstrip())
            line = ""
        line += character
    return [*lines, line.rstrip()] if line.strip() else lines


def complain(text: str) -> None:
    """Lines beside the answer: what went wrong, how far it is."""
    sys.stdout.flush()  # so that both come in the order they were said
    print(text, file=sys.stderr, flush=True)


def in_words(refusal: Refusal) -> str:
    """A refusal: file, line and column, field, what is wrong, what to do."""
    in_language = getattr(refusal, "words_in", None)  # an adapter brings its own words
    if in_language is not None:
        return str(in_language(spoken()))
    return refusal.words(_)
