"""A checked roster: what every cell said, what it means, and what is to be asked about it."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal, NamedTuple

from gonghui.programmes.mutualaid.rosters.columns import Columns
from gonghui.programmes.mutualaid.rosters.columns import columns as columns_of_rosters
from gonghui.programmes.mutualaid.rosters.findings import Finding

State = Literal["good", "warned", "bad"]

LIST, HELP, CHOICES = "参加职工名单", "填写说明", "选项"
"""What the sheets of our template are called; the first is read by its headings, though."""
LISTING = "问题清单"
"""The sheet of what was found, in a workbook that goes back."""

_PORTION = 5_000
"""Rows hashed at once: all of them, joined and encoded, would be the file three times over."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that the sender may enrol people for."""

    id: int
    name: str
    credit_code: str = ""
    code: str = ""
    """The code by which our own directory knows it."""


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a roster is held against: who sends it, when, and under which terms.

    ``units`` None: units are not looked up. One unit: whoever has no unit stated belongs to it.
    ``fee_fen``: what one share costs in all, where the edition has one fee for everybody.
    """

    on: date
    units: Sequence[Unit] | None = None
    youngest: int = 16
    oldest: int = 100
    least_shares: int = 1
    most_shares: int = 1
    fee_fen: int | None = None


class Column(NamedTuple):
    """Where a field stands in the file."""

    number: int
    """Counted from 0."""
    heading: str


def letters(column: int) -> str:
    """What a spreadsheet calls a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


class Skipped(NamedTuple):
    """A row that is no person."""

    row: int
    why: Literal["totals", "note", "heading", "repeated"]


class RosterRow(NamedTuple):
    """One person's row: ``raw`` as it stood there, ``values`` as it was understood (None: not
    stated, or not readable)."""

    number: int
    state: State
    raw: Mapping[str, str]
    values: Mapping[str, Any]
    findings: tuple[Finding, ...]


# Facts that make up what a roster says; serial numbers and the order of rows are none of them.
CONTENT = (
    *("unit_id", "unit_code", "unit_name", "name", "document_kind", "document_number", "sex"),
    *("born_on", "ethnicity", "phone", "insurance", "category", "hardship", "model_worker"),
    *("shares", "own_fen", "unit_fen", "renewal", "bank", "card", "branch", "staff_number"),
    "remark",
)


@dataclass
class CheckedRoster:
    """Column by column: ``values[field][i]`` and ``raw[field][i]`` belong to the row with number
    ``numbers[i]``; all are of one length. ``raw`` has the fields the file has, ``values`` all.

    ``rows_in`` = good + warned + bad + skipped: every row below the heading that holds anything.

    ``values``: ``name`` (as stored), ``name_folded``, ``document_kind``, ``document_number``
    (normal form), ``sex`` ("male", "female", ""), ``born_on`` (date), ``ethnicity``, ``phone``,
    ``insurance``, ``category``, ``hardship`` ("hardship", "extreme_poverty", "none", ""),
    ``model_worker`` ("yes", "no", ""), ``shares``, ``own_fen``, ``unit_fen`` (int), ``renewal``
    ("first", "renewal", ""), ``bank``, ``card``, ``branch``, ``unit_id``, ``unit_code``,
    ``unit_name``, ``staff_number``, ``remark``, ``serial``.
    """

    file: str
    format: str
    encoding: str
    sheet: str
    sheet_number: int
    heading_row: int
    """The last row of the heading, counted from 1."""
    columns: Mapping[str, Column]
    numbers: list[int]
    raw: Mapping[str, list[str]]
    values: Mapping[str, list[Any]]
    skipped: list[Skipped]
    findings: list[Finding]
    notices: list[Finding] = field(default_factory=list)
    known: Columns = field(default_factory=columns_of_rosters, repr=False)
    content: tuple[str, ...] = CONTENT
    """The fields that make up what the list says."""

    @cached_property
    def states(self) -> list[State]:
        """What became of each row."""
        worst: dict[int, State] = {}
        for finding in self.findings:
            if finding.level == "error":
                worst[finding.row] = "bad"
            else:
                worst.setdefault(finding.row, "warned")
        return [worst.get(number, "good") for number in self.numbers]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """``rows_in``, ``good``, ``warned``, ``bad``, ``skipped``."""
        found = Counter(self.states)
        return {
            "rows_in": len(self.numbers) + len(self.skipped),
            "good": found["good"],
            "warned": found["warned"],
            "bad": found["bad"],
            "skipped": len(self.skipped),
        }

    @property
    def bookable(self) -> bool:
        """Whether the file can be booked: whole or not at all."""
        return bool(self.numbers) and not self.counts["bad"]

    def heading(self, field: str) -> str:
        """What the sender calls the column of a field; without a column, what we call it."""
        column = self.columns.get(field)
        return column.heading if column else self.known.labels.get(field, field)

    def rows(self) -> Iterator[RosterRow]:
        """The rows one by one, for showing; a whole column is faster taken from ``values``."""
        of_row: dict[int, list[Finding]] = {}
        for finding in self.findings:
            of_row.setdefault(finding.row, []).append(finding)
        for at, (number, state) in enumerate(zip(self.numbers, self.states, strict=True)):
            yield RosterRow(
                number,
                state,
                {name: column[at] for name, column in self.raw.items()},
                {name: column[at] for name, column in self.values.items()},
                tuple(of_row.get(number, ())),
            )

    def content_hash(self, key: bytes = b"") -> bytes:
        """32 bytes that two files share when they say the same of the same people, in whatever
        order, format or look. With a ``key`` nobody else can try numbers until the hash fits; a
        hash that is stored needs one."""
        columns = [self._as_text(name) for name in self.content if name in self.values]
        rows = sorted(map("\x1f".join, zip(*columns, strict=True)))
        hashed = hmac.new(key, digestmod="sha256") if key else hashlib.sha256()
        for first in range(0, len(rows), _PORTION):
            said = "\x1e".join(rows[first : first + _PORTION])
            hashed.update(("\x1e" * (first > 0) + said).encode("utf-8", "surrogatepass"))
        return hashed.digest()

    def _as_text(self, name: str) -> list[str]:
        """A column as text; what could not be read stands there as it was written."""
        values = self.values[name]
        if set(map(type, values)) <= {str}:
            return values
        written = {value: "" if value is None else str(value) for value in set(values)}
        if None not in written or name not in self.raw:
            return [written[value] for value in values]
        pairs = zip(values, self.raw[name], strict=True)
        return [raw if value is None else written[value] for value, raw in pairs]
