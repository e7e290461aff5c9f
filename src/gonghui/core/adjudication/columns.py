"""The same fold over columns: the step's source, compiled, run through whole partitions.

Numbers are a parameter array, so books of one shape share compiled code; the compiled files live
in a folder the caller names and are used again by the next process.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonghui.core.adjudication.history import (
    beyond_calendar,
    calendar_array,
    reaches,
    unlimited,
)
from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import add_months, period_end, period_start, year_start
from gonghui.core.rulebook.compiler.folds import TOTALS
from gonghui.core.rulebook.compiler.layout import (
    PERIOD_FROM,
    PERIOD_UNTIL,
    YEAR_FROM,
    YEAR_UNTIL,
)
from gonghui.core.rulebook.compiler.program import Program
from gonghui.core.rulebook.fields import FIELDS, NONE
from gonghui.core.rulebook.model import LongWindow, Period
from gonghui.core.rulebook.reasons import Reason

Columns = Mapping[str, NDArray[Any]]
MAX_PAYOUT_FEN = 2**31 - 1
"""What a row of results holds (int32); more than 21 million yuan for one settlement is refused."""


@dataclass(frozen=True)
class Results:
    """Rows of a fold, one a (settlement, kind): position of the settlement, then what it gets.

    ``row`` int32 position in the folded columns; ``kind`` int8 position in ``Program.kinds`` (-1:
    none listened); ``amount`` int64 fen; ``reason`` int32 as in ``reasons``; ``slots`` and
    ``gates`` int32 bits of the edition's counts and gates.
    """

    row: NDArray[np.int32]
    kind: NDArray[np.int8]
    amount: NDArray[np.int64]
    reason: NDArray[np.int32]
    slots: NDArray[np.int32]
    gates: NDArray[np.int32]


@dataclass(frozen=True)
class Totals:
    """Sums of a fold: fen paid, rows, rows by reason."""

    amount_fen: int
    rows: int
    by_reason: dict[Reason, int]

    @classmethod
    def of(cls, totals: NDArray[np.int64]) -> Totals:
        reasons = {Reason(code): int(totals[2 + code]) for code in Reason if totals[2 + code]}
        return cls(int(totals[0]), int(totals[1]), reasons)

    def __add__(self, other: Totals) -> Totals:
        reasons = {
            reason: self.by_reason.get(reason, 0) + other.by_reason.get(reason, 0)
            for reason in {**self.by_reason, **other.by_reason}
        }
        return Totals(self.amount_fen + other.amount_fen, self.rows + other.rows, reasons)


class ColumnFold:
    """A program ready for columns. Thread-safe: the compiled folds release the GIL."""

    def __init__(
        self, program: Program, compiled: Path, working_days: WorkingDays | None = None
    ) -> None:
        self.program = program
        self.working_days = working_days
        self._compiled = compiled
        self._module = _module(program, compiled)
        steps = program.steps
        width = max(len(step.kinds) for step in steps)
        names = np.full((len(steps), width), -1, np.int64)
        for position, step in enumerate(steps):
            for index, kind in enumerate(step.kinds):
                names[position, index] = program.kinds.index(kind.id)
        self._editions = (
            np.array(program.parameters, np.int64),
            np.array(program.starts, np.int64),
            np.array(program.ends, np.int64),
            np.array(program.bases, np.int64),
            np.array(program.shapes, np.int64),
            names,
            np.array(calendar_array(working_days), np.int64),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns a fold needs beside ``person``."""
        return self.program.fields

    def totals(self, columns: Columns) -> Totals:
        """Folds rows sorted by person and declared order; only the sums."""
        totals = np.zeros(TOTALS, np.int64)
        self._sorted(columns, _Out.none(), totals)
        return Totals.of(totals)

    def results(self, columns: Columns) -> tuple[Results, Totals]:
        """Folds rows sorted by person and declared order; every result row."""
        out, totals = (
            _Out.room(len(columns["person"]), self._most_rows()),
            np.zeros(TOTALS, np.int64),
        )
        rows = self._sorted(columns, out, totals)
        return out.results(rows), Totals.of(totals)

    def arrival(
        self, columns: Columns, state: NDArray[np.int64], skipped: NDArray[np.bool_], *, rows: bool
    ) -> tuple[Results | None, Totals]:
        """Folds rows in order of arrival on everybody's state, leaving out ``skipped`` persons."""
        length = len(columns["person"])
        out = _Out.room(length, self._most_rows()) if rows else _Out.none()
        totals = np.zeros(TOTALS, np.int64)
        written = self._module.fold_arrival(
            _fact(columns["person"], "int32"),
            *self._arguments(columns, _NOBODY),
            *out.arrays,
            totals,
            state,
            skipped,
        )
        return (out.results(written) if rows else None), Totals.of(totals)

    def mark_late(
        self, columns: Columns, last: NDArray[np.int32], marked: NDArray[np.bool_]
    ) -> int:
        """Marks persons with an event not later than their ``last`` folded day, or a reversal.

        ``last`` (by person) is moved forward; both arrays are changed. Returns how many persons
        were newly marked. Their whole history must be folded again.
        """
        day = columns[self.program.answers.deciding_date]
        found: int = self._module.mark_late(
            _fact(columns["person"], "int32"),
            _fact(day, "int32"),
            _fact(columns["reversed_on"], "int32"),
            last,
            marked,
        )
        return found

    def state(self, persons: int, day: int) -> NDArray[np.int64]:
        """An empty state of ``persons`` persons, in the windows that hold ``day``.

        Any day is right; the windows that most events fall in are found without reckoning.
        """
        period = self.program.steps[0].edition.period
        one = np.zeros(self.program.layout.size, np.int64)
        one[PERIOD_FROM] = period_start(day, period.starts, period.months)
        one[PERIOD_UNTIL] = period_end(day, period.starts, period.months)
        one[YEAR_FROM] = year_start(day)
        one[YEAR_UNTIL] = add_months(year_start(day), 12)
        return np.tile(one, persons)

    def _most_rows(self) -> int:
        """Result rows one settlement can have."""
        most = 1
        for step in self.program.steps:
            codes = {code for kind in step.kinds for code in kind.events}
            for code in codes:
                most = max(most, sum(code in kind.events for kind in step.kinds))
        return most

    def _arguments(self, columns: Columns, not_best: NDArray[np.int64]) -> tuple[Any, ...]:
        self._refuse_beyond_calendar(columns)
        facts = (_fact(columns[name], FIELDS[name].dtype) for name in self.program.fields)
        return (*self._editions, not_best, *facts)

    def _refuse_beyond_calendar(self, columns: Columns) -> None:
        for since in self.program.working_days_from:
            start, filed = columns[since], columns["filed_on"]
            told = (start != NONE) & (filed != NONE)
            if told.any() and not reaches(
                self.working_days, int(start[told].min()), int(filed[told].max())
            ):
                raise beyond_calendar(f"#{int(np.flatnonzero(told)[0])}")

    def _sorted(self, columns: Columns, out: _Out, totals: NDArray[np.int64]) -> int:
        not_best = _NOBODY
        if self.program.chooses_best:
            not_best = self._not_best(columns)
        rows: int = self._module.fold_sorted(
            _fact(columns["person"], "int32"),
            *self._arguments(columns, not_best),
            *out.arrays,
            totals,
        )
        if out.amount.size and rows and int(out.amount[:rows].max()) > MAX_PAYOUT_FEN:
            raise Refusal(
                N_("A settlement would be paid more than {most} fen."),
                N_("Check its amounts and the edition's numbers."),
                most=MAX_PAYOUT_FEN,
            )
        return rows

    def _not_best(self, columns: Columns) -> NDArray[np.int64]:
        """``HistoryFold``'s choice of the best, over columns: rank within person and window."""
        free = ColumnFold(unlimited(self.program), self._compiled, self.working_days)
        out, totals = (
            _Out.room(len(columns["person"]), self._most_rows()),
            np.zeros(TOTALS, np.int64),
        )
        day = columns[self.program.answers.deciding_date].astype(np.int64)
        reversed_on = np.array(columns["reversed_on"])
        for segment in self.program.segments:
            if segment.edition.answers.reversal == "slot_kept":
                reversed_on[(day >= segment.since) & (day < segment.until)] = NONE
        columns = {**columns, "reversed_on": reversed_on}
        module = free._module
        rows = module.fold_sorted(
            _fact(columns["person"], "int32"),
            *free._arguments(columns, _NOBODY),
            *out.arrays,
            totals,
        )
        row, kind = out.row[:rows], out.kind[:rows]
        claims, windows, limits, bits = [], [], [], []
        for step, segment in zip(self.program.steps, self.program.segments, strict=True):
            if step.edition.answers.slot_choice != "best_for_worker":
                continue
            (count,) = step.edition.counts  # the reader requires exactly one
            period, own = step.edition.period, (day >= segment.since) & (day < segment.until)
            for index, benefit in enumerate(step.kinds):
                if benefit.id not in count.covers:
                    continue
                of_kind = kind == self.program.kinds.index(benefit.id)
                found = np.flatnonzero(of_kind & own[row] & (out.amount[:rows] > 0))
                claims.append(found)
                windows.append(_windows(day[row[found]], count.window, period))
                limits.append(np.full(len(found), count.limit.plain))
                bits.append(np.full(len(found), 1 << index))
        claim, window, limit, bit = map(np.concatenate, (claims, windows, limits, bits))
        person = columns["person"][row[claim]]
        order = np.lexsort((claim, -out.amount[claim], window, person))
        who, when = person[order], window[order]
        first = np.flatnonzero(np.r_[True, (who[1:] != who[:-1]) | (when[1:] != when[:-1])])
        rank = np.arange(len(order)) - np.repeat(first, np.diff(np.r_[first, len(order)]))
        outranked = order[rank >= limit[order]]
        not_best = np.zeros(len(day), np.int64)
        np.bitwise_or.at(not_best, row[claim[outranked]], bit[outranked])
        return not_best


_NOBODY = np.zeros(0, np.int64)


@dataclass(frozen=True)
class _Out:
    """Arrays the compiled folds write into."""

    row: NDArray[np.int32]
    kind: NDArray[np.int8]
    amount: NDArray[np.int64]
    reason: NDArray[np.int32]
    slots: NDArray[np.int32]
    gates: NDArray[np.int32]

    @classmethod
    def room(cls, settlements: int, rows_each: int) -> _Out:
        rows = settlements * rows_each
        return cls(
            np.empty(rows, np.int32),
            np.empty(rows, np.int8),
            np.empty(rows, np.int64),
            np.empty(rows, np.int32),
            np.empty(rows, np.int32),
            np.empty(rows, np.int32),
        )

    @classmethod
    def none(cls) -> _Out:
        return cls.room(0, 0)

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        return (self.row, self.kind, self.amount, self.reason, self.slots, self.gates)

    def results(self, rows: int) -> Results:
        return Results(*(array[:rows] for array in self.arrays))


def _fact(values: NDArray[Any], dtype: str) -> NDArray[Any]:
    """A column as the compiled fold is typed for: its narrow type, in one piece, not writable."""
    column = np.ascontiguousarray(values, dtype).view()
    column.flags.writeable = False
    return column


def _windows(days: NDArray[np.int64], window: LongWindow, period: Period) -> NDArray[np.int64]:
    """The start of the count's window for every day; few different days, so each once."""
    if window == "ever":
        return np.zeros(len(days), np.int64)
    different, place = np.unique(days, return_inverse=True)
    starts = [
        period_start(int(day), period.starts, period.months)
        if window == "period"
        else year_start(int(day))
        for day in different
    ]
    return np.array(starts, np.int64)[place]


def _module(program: Program, folder: Path) -> ModuleType:
    """The module of a program's shape: written once, its binary cached by Numba beside it.

    A file that holds anything but the source of this program is written anew, never run.
    """
    name, source = f"gonghui_fold_{program.shape}", program.source(compiled=True)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    if not path.is_file() or path.read_text(encoding="utf-8") != source:
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(source)
        Path(temporary).replace(path)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # a .py file always has a loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return sys.modules.setdefault(name, module)
