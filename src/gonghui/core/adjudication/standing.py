"""Everybody's state under one program: a cache that makes a day's batch cheap.

A batch is folded from the state of the persons it touches. Who has an event that is not later
than the last one folded, or a reversal, is marked; her history is folded again, and her state made
anew from it. The state can always be thrown away: the store is the record.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonghui.core.adjudication.columns import ColumnFold, Columns, Results, Totals
from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.rulebook.compiler.program import ENGINE_VERSION
from gonghui.core.rulebook.fields import NONE

History = Callable[[NDArray[np.int32]], Columns]
"""The whole histories of some persons, sorted by person and declared order, with this batch."""


@dataclass(frozen=True)
class Batch:
    """What a batch brought: rows of its own settlements, and of every history folded again.

    ``straight`` speaks of positions in the batch, ``again`` of positions in ``histories``.
    """

    straight: Results | None
    again: Results
    histories: Columns
    marked: NDArray[np.int32]
    totals: Totals


class Standing:
    """The states of ``persons`` persons (surrogate numbers from 0)."""

    def __init__(self, fold: ColumnFold, state: NDArray[np.int64], last: NDArray[np.int32]) -> None:
        self.fold, self.state, self.last = fold, state, last

    @classmethod
    def empty(cls, fold: ColumnFold, persons: int, day: int) -> Standing:
        """Nobody has a history yet; ``day`` is any day of the period most events fall in."""
        return cls(fold, fold.state(persons, day), np.full(persons, NONE, np.int32))

    def advance(self, batch: Columns, history: History, *, rows: bool = True) -> Batch:
        """Folds a batch in order of arrival; ``history`` is asked only for marked persons."""
        marks = np.zeros(len(self.last), np.bool_)
        self.fold.mark_late(batch, self.last, marks)
        straight, totals = self.fold.arrival(batch, self.state, marks, rows=rows)
        marked = np.flatnonzero(marks).astype(np.int32)
        histories = history(marked) if len(marked) else {n: v[:0] for n, v in batch.items()}
        again, more = self._again(histories, marked)
        return Batch(straight, again, histories, marked, totals + more)

    def _again(self, histories: Columns, marked: NDArray[np.int32]) -> tuple[Results, Totals]:
        size = self.fold.program.layout.size
        day = histories[self.fold.program.answers.deciding_date]
        if len(marked):
            fresh = self.fold.state(1, int(day[0]) if len(day) else 0)
            self.state.reshape(-1, size)[marked] = fresh
            self.last[marked] = NONE
            np.maximum.at(self.last, histories["person"], day)
        nobody = np.zeros(len(self.last), np.bool_)
        results, totals = self.fold.arrival(histories, self.state, nobody, rows=True)
        assert results is not None  # rows were asked for
        return results, totals

    # keeping

    def _key(self) -> dict[str, Any]:
        return {
            "engine": ENGINE_VERSION,
            "editions": list(self.fold.program.hashes),
            "days": [list(self.fold.program.starts), list(self.fold.program.ends)],
        }

    def save(self, path: Path) -> None:
        """Writes the state, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, state=self.state, last=self.last, key=json.dumps(self._key()))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)

    @classmethod
    def load(cls, path: Path, fold: ColumnFold) -> Standing:
        """The state as saved; refused when it belongs to other editions or another engine."""
        try:
            with np.load(path) as kept:
                standing = cls(fold, kept["state"], kept["last"])
                key = json.loads(str(kept["key"]))
        except (OSError, ValueError, KeyError) as error:
            raise Refusal(
                N_("The saved state cannot be read."),
                N_("Delete it; the histories are folded again."),
                place=Place(str(path)),
            ) from error
        if key != standing._key():
            raise Refusal(
                N_("The saved state was made under other editions or by another engine."),
                N_("Delete it; the histories are folded again."),
                place=Place(str(path)),
            )
        return standing
