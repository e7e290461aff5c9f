"""The columns of a roster: their headings, and the words their cells hold. Data, read once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REQUIRED = ("name", "document_number")
"""Without these two no list of people can be told."""
_OWN = Path(__file__).with_name("columns.yaml")
_SIGNS = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[(\[【〔<].*?[)\]】〕>]")


def plain(text: str) -> str:
    """Half-width, lower case, without blanks and signs: how headings and words are compared."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def plain_word(text: str) -> str:
    """The same for the words in cells; a sign that is the whole word (√, ×, -) stays."""
    return plain(text) or "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True, slots=True)
class Columns:
    """``headings``: plain heading → (field, how late it stands among its field's headings)."""

    fields: tuple[str, ...]
    labels: Mapping[str, str]
    """What our own template calls each field."""
    headings: Mapping[str, tuple[str, int]]
    below: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    """For each field with a vocabulary, plain word → our word."""
    said: Mapping[str, Mapping[str, str]]
    """And back: our word → what a template offers."""
    renewal_asked: frozenset[str]
    ethnicities: Mapping[str, str]
    totals: frozenset[str]
    notes: tuple[str, ...]
    added_up: tuple[str, ...]
    """Fields that a row of totals adds up."""

    def field_of(self, heading: str) -> tuple[str, int] | None:
        """The field a heading means, and its rank among the headings of that field."""
        found = self.headings.get(plain(heading))
        if found is None and (without := _BRACKETS.sub("", unicodedata.normalize("NFKC", heading))):
            found = self.headings.get(plain(without))
        return found

    @property
    def known_headings(self) -> tuple[str, ...]:
        """Words by which the encoding of a short file is decided."""
        return (*self.labels.values(), "身份证")


@cache
def columns() -> Columns:
    """The columns of a roster, as ``columns.yaml`` states them."""
    return read_columns(_stated(_OWN))


def columns_of(path: Path) -> Columns:
    """The columns of another list of people: its own, and those it takes over from rosters."""
    own, ours = _stated(path), _stated(_OWN)
    taken = {field: ours["columns"][field] for field in own["as_in_rosters"]}
    return read_columns({**ours, "words": {}, **own, "columns": taken | own["columns"]})


def _stated(path: Path) -> dict[str, Any]:
    # BaseLoader: every scalar stays text, so that "1" and yes are words.
    entry: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    return entry


def read_columns(entry: Mapping[str, Any]) -> Columns:
    """Columns of what such a file states."""
    headings: dict[str, tuple[str, int]] = {}
    below: dict[str, str] = {}
    for field, about in entry["columns"].items():
        for rank, heading in enumerate(about["headings"]):
            taken = headings.setdefault(plain(heading), (field, rank))
            assert taken[0] == field, f"{heading}: {taken[0]} and {field}"
        below |= {plain(heading): field for heading in about.get("below", ())}
    words = {
        field: {plain_word(word): ours for ours, said in meanings.items() for word in said}
        for field, meanings in entry["words"].items()
    }
    ethnicities: dict[str, str] = {}
    for name in entry["ethnicities"].split():
        full = name if name.endswith(("人", "别", "统")) else f"{name}族"
        ethnicities |= {name: full, full: full}
    return Columns(
        fields=tuple(entry["columns"]),
        labels={field: about["headings"][0] for field, about in entry["columns"].items()},
        headings=headings,
        below=below,
        words=words,
        said={
            field: {ours: said[0] for ours, said in meanings.items()}
            for field, meanings in entry["words"].items()
        },
        renewal_asked=frozenset(map(plain, entry["renewal_asked"])),
        ethnicities=ethnicities,
        totals=frozenset(map(plain, entry["totals"])),
        notes=tuple(map(plain, entry["notes"])),
        added_up=tuple(entry["added_up"]),
    )
