"""Which sheet of a city's workbooks holds what, and where its columns stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gonghui.adapters.spreadsheets import Sheet, Spreadsheet
from gonghui.programmes.mutualaid.rosters.cells import Cells
from gonghui.programmes.mutualaid.rosters.columns import columns, plain

KINDS = ("units", "payouts", "balances")
_LATEST_HEADING = 30


@dataclass(frozen=True, slots=True)
class Words:
    """``columns.yaml``, read: plain heading → (field, rank), kind by kind of sheet."""

    labels: Mapping[str, str]
    needed: Mapping[str, tuple[str, ...]]
    headings: Mapping[str, Mapping[str, tuple[str, int]]]
    offered: Mapping[str, tuple[str, ...]]
    """What our own template writes above the columns of a kind of sheet."""
    union_kinds: Mapping[str, str]
    flags: Mapping[str, bool]


@cache
def words() -> Words:
    text = Path(__file__).with_name("columns.yaml").read_text("utf-8")
    # BaseLoader: every scalar stays text, so that "1" and yes are words.
    entry: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    kinds = (*KINDS, "people")
    return Words(
        labels={kind: entry[kind]["label"] for kind in kinds},
        needed={kind: tuple(entry[kind].get("needed", ())) for kind in kinds},
        headings={
            kind: {
                plain(heading): (field, rank)
                for field, said in entry[kind]["columns"].items()
                for rank, heading in enumerate(said)
            }
            for kind in kinds
        },
        offered={
            kind: tuple(said[0] for said in entry[kind]["columns"].values()) for kind in kinds
        },
        union_kinds={plain(word): kind for kind, said in entry["kinds"].items() for word in said},
        flags={plain(word): flag == "yes" for flag in ("yes", "no") for word in entry[flag]},
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet of a kind. ``rows``: numbers, counted from 1, of those that hold anything."""

    kind: str
    book: Spreadsheet
    sheet: Sheet
    columns: Mapping[str, int]
    rows: list[int]

    def cells(self, field: str) -> Cells:
        """A column's cells, cleaned; blanks where the sheet has no such column."""
        at = self.columns.get(field)
        if at is None:
            return Cells(field, 0, self.rows, [""] * len(self.rows), " " * len(self.rows))
        texts, kinds = self.sheet.columns[at], self.sheet.kinds[at]
        taken = [row - 1 for row in self.rows]
        own = "".join([kinds[row] for row in taken])
        cells = Cells(field, at + 1, self.rows, [texts[row] for row in taken], own)
        cells.without_errors()
        cells.cleaned(telling=False)
        return cells


def part_of(book: Spreadsheet, sheet: Sheet) -> Part | None:
    """What a sheet holds, by the heading that names most of its columns; None: nothing of ours."""
    best: tuple[int, Part] | None = None
    for kind in KINDS:
        for row in range(min(_LATEST_HEADING, sheet.height)):
            found = _columns(kind, sheet.row(row))
            if all(name in found for name in words().needed[kind]) and (
                best is None or len(found) > best[0]
            ):
                best = len(found), Part(kind, book, sheet, found, _filled(sheet, row + 1, found))
    return best[1] if best else None


def people_columns(sheet: Sheet, heading_row: int) -> Mapping[str, int]:
    """The columns beside the roster's own, on the last row of its heading (counted from 1)."""
    return _columns("people", sheet.row(heading_row - 1))


def _columns(kind: str, texts: list[str]) -> dict[str, int]:
    headings = words().headings[kind]
    found: dict[str, tuple[int, int]] = {}
    for at, text in enumerate(texts):
        bare = text.partition("(")[0].partition("（")[0]
        means = headings.get(plain(text)) or headings.get(plain(bare))
        if means is not None and (means[0] not in found or means[1] < found[means[0]][0]):
            found[means[0]] = means[1], at
    return {field: at for field, (_rank, at) in found.items()}


def _filled(sheet: Sheet, first: int, found: Mapping[str, int]) -> list[int]:
    """Rows below the heading that hold something, without totals and signatures."""
    known, rows = columns(), []
    for row in range(first, sheet.height):
        texts = [sheet.columns[at][row].strip() for at in found.values()]
        said = [plain(text) for text in texts if text]
        if said and not any(
            word in known.totals or word.startswith(known.notes) for word in said[:2]
        ):
            rows.append(row + 1)
    return rows
