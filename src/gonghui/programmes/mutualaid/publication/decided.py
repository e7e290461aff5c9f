"""The amounts decided so far, against which a back-dated revision is held.

Where they stand is a matter of its own: anything that answers as ``DecidedAmounts`` will do. Here
they are those of a Parquet store, decided under the rules in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gonghui.core.adjudication.backdating import top_ups
from gonghui.core.adjudication.history import HistoryFold, Settlement
from gonghui.core.calendar import WorkingDays
from gonghui.core.rulebook.compiler.program import Program, compile_segments
from gonghui.core.rulebook.timeline import Segment
from gonghui.programmes.mutualaid.publication.top_ups import TopUpList

if TYPE_CHECKING:
    import polars as pl

    from gonghui.core.adjudication.store import Store


class DecidedAmounts(Protocol):
    """What has been decided under the rules of ``before``."""

    @property
    def sha256(self) -> str:
        """Names the state of what is decided: another once anything more is."""

    def list_top_ups(self, before: Sequence[Segment], after: Sequence[Segment]) -> TopUpList:
        """What ``after`` brings in addition. Refused when any decided amount would fall."""


@dataclass(frozen=True)
class StoredAmounts:
    """The settlements of a Parquet store. ``compiled``: where compiled folds are kept.

    Both programs fold the whole store over columns; who comes out differently is folded again,
    settlement by settlement, for the list.
    """

    folder: Path
    compiled: Path
    working_days: WorkingDays | None = None

    @property
    def sha256(self) -> str:
        """The manifest names every file of the store with its hash."""
        from gonghui.core.adjudication.store import MANIFEST, Store

        store = Store.open(self.folder)
        return hashlib.sha256((store.path / MANIFEST).read_bytes()).hexdigest()

    def list_top_ups(self, before: Sequence[Segment], after: Sequence[Segment]) -> TopUpList:
        from gonghui.core.adjudication.store import Store

        state, store = self.sha256, Store.open(self.folder)
        was, is_now = compile_segments(before), compile_segments(after)
        histories = _histories(store, self._changed_persons(store, was, is_now), was, is_now)
        found = top_ups(
            HistoryFold(was, self.working_days), HistoryFold(is_now, self.working_days), histories
        )
        return TopUpList(tuple(found), self.folder.name, state)

    def _changed_persons(self, store: Store, before: Program, after: Program) -> pl.Series:
        """Everybody of whom an amount differs, in numbers of the store."""
        import polars as pl

        from gonghui.core.adjudication.columns import ColumnFold
        from gonghui.core.adjudication.deciding import decide

        folds = [ColumnFold(one, self.compiled, self.working_days) for one in (before, after)]
        found = [pl.Series("person", [], pl.Int32)]
        for was, is_now in zip(*(decide(store, fold) for fold in folds), strict=True):
            left, right = _amounts(was, before), _amounts(is_now, after)
            both = left.join(
                right, on=("person", "settlement", "kind"), how="full", coalesce=True, suffix="_now"
            ).fill_null(0)
            found.append(both.filter(pl.col("fen") != pl.col("fen_now"))["person"])
        return pl.concat(found).unique().sort()


def _amounts(decisions: pl.DataFrame, program: Program) -> pl.DataFrame:
    """Fen by person, settlement and benefit kind, where there are any. Two programs may number
    their kinds differently, so kinds go by name."""
    import polars as pl

    paid = decisions.filter(pl.col("amount_fen") != 0)
    names = pl.Series("kind", [program.kinds[kind] for kind in paid["kind"]], pl.String)
    return paid.select(
        "person", "settlement", names, pl.col("amount_fen").cast(pl.Int64).alias("fen")
    )


def _histories(store: Store, persons: pl.Series, *programs: Program) -> dict[str, list[Settlement]]:
    """The whole histories of some persons, by the store's number of each."""
    if persons.is_empty():
        return {}
    ordering = {"received_on", "total_cost", *(one.answers.deciding_date for one in programs)}
    facts = sorted(ordering.union(*(program.fields for program in programs)))
    columns = store.read_persons(persons.to_numpy(), ["person", "settlement", *facts])
    found: dict[str, list[Settlement]] = {}
    for row, person in enumerate(columns["person"]):
        said = {name: int(columns[name][row]) for name in facts}
        history = found.setdefault(str(person), [])
        history.append(Settlement(int(columns["settlement"][row]), said))
    return found
