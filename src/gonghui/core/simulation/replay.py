"""The same events under other rules: what would it have cost, who gains, who loses.

Both programs fold the same partitions, so a difference is a difference of rules and of nothing
else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.deciding import decide
from gonghui.core.adjudication.store import Store


@dataclass(frozen=True)
class Comparison:
    """``persons``: one row a person with a payout or use under either book: ``person``, ``before_fen``,

    ``after_fen``, ``before_payouts``, ``after_payouts``, ``before_uses``, ``after_uses`` (all
    int64). ``gated``: settlements that meet a gate under the other book.
    """

    persons: pl.DataFrame
    gated: int

    @property
    def before_fen(self) -> int:
        return int(self.persons["before_fen"].sum())

    @property
    def after_fen(self) -> int:
        return int(self.persons["after_fen"].sum())

    @property
    def gains(self) -> pl.DataFrame:
        """Who gets more, most first."""
        return self._changed(pl.col("gain_fen") > 0).sort("gain_fen", descending=True)

    @property
    def losses(self) -> pl.DataFrame:
        """Who gets less, most first."""
        return self._changed(pl.col("gain_fen") < 0).sort("gain_fen")

    def _changed(self, which: pl.Expr) -> pl.DataFrame:
        gain = (pl.col("after_fen") - pl.col("before_fen")).alias("gain_fen")
        return self.persons.with_columns(gain).filter(which)


def compare(
    store: Store, before: ColumnFold, after: ColumnFold, *, assume_filed: bool = False
) -> Comparison:
    """Every person's payouts under two programs, over the same settlements."""
    tables, gated = [], 0
    first = _by_person(store, before, "before", assume_filed=assume_filed)
    second = _by_person(store, after, "after", assume_filed=assume_filed)
    for (left, _), (right, met) in zip(first, second, strict=True):
        tables.append(left.join(right, on="person", how="full", coalesce=True).fill_null(0))
        gated += met
    schema = {"person": pl.Int32} | {
        f"{when}_{what}": pl.Int64
        for when in ("before", "after")
        for what in ("fen", "payouts", "uses")
    }
    persons = pl.concat([pl.DataFrame(schema=schema), *(table.select(schema) for table in tables)])
    return Comparison(persons.sort("person"), gated)


def _by_person(
    store: Store, fold: ColumnFold, name: str, *, assume_filed: bool
) -> Iterator[tuple[pl.DataFrame, int]]:
    for table in decide(store, fold, assume_filed=assume_filed):
        uses = np.bitwise_count(table["slots"].to_numpy()).astype(np.int64)
        gated = table.filter(pl.col("gates") > 0)["settlement"].n_unique()
        by_person = (
            table.with_columns(uses=uses)
            .group_by("person")
            .agg(
                pl.col("amount_fen").cast(pl.Int64).sum().alias(f"{name}_fen"),
                (pl.col("amount_fen") > 0).sum().cast(pl.Int64).alias(f"{name}_payouts"),
                pl.col("uses").sum().alias(f"{name}_uses"),
            )
        )
        touched = (pl.col(f"{name}_payouts") > 0) | (pl.col(f"{name}_uses") > 0)
        yield by_person.filter(touched), gated
