"""The same events under other rules: what would it have cost, who gains, who loses.

Both programs fold the same partitions, so a difference is a difference of rules and of nothing
else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.deciding import decide
from gonghui.core.adjudication.store import Store

SUMS = tuple(
    f"{when}_{what}" for when in ("before", "after") for what in ("fen", "payouts", "uses")
)
"""Fen paid, payouts and uses drawn, under the first and the second program (int64)."""


@dataclass(frozen=True)
class Comparison:
    """Payouts under two programs.

    ``persons``: one row a person with a payout or use under either: ``person``, then ``SUMS``.
    ``by``: for each fact asked for, one row a value of it: ``value`` (int64), then ``SUMS``.
    ``gated``: persons who meet a gate of the second program.
    """

    persons: pl.DataFrame
    by: Mapping[str, pl.DataFrame]
    gated: int

    @property
    def before_fen(self) -> int:
        return self.sum("before_fen")

    @property
    def after_fen(self) -> int:
        return self.sum("after_fen")

    @property
    def gains(self) -> pl.DataFrame:
        """Who gets more, most first."""
        return self._changed(pl.col("gain_fen") > 0).sort("gain_fen", descending=True)

    @property
    def losses(self) -> pl.DataFrame:
        """Who gets less, most first."""
        return self._changed(pl.col("gain_fen") < 0).sort("gain_fen")

    def sum(self, name: str) -> int:
        """The sum of one of ``SUMS`` over everybody."""
        return int(self.persons[name].sum())

    def paid_people(self, when: str) -> int:
        """How many are paid anything ``before`` or ``after``."""
        return int((self.persons[f"{when}_fen"] > 0).sum())

    def _changed(self, which: pl.Expr) -> pl.DataFrame:
        gain = (pl.col("after_fen") - pl.col("before_fen")).alias("gain_fen")
        return self.persons.with_columns(gain).filter(which)


def compare(
    store: Store,
    before: ColumnFold,
    after: ColumnFold,
    *,
    assume_filed: bool = False,
    by: Sequence[str] = (),
) -> Comparison:
    """Every person's payouts under two programs, over the same settlements.

    ``by`` names facts of the settlement by whose values the payouts are summed as well.
    """
    first = decide(store, before, keep=by, assume_filed=assume_filed)
    second = decide(store, after, keep=by, assume_filed=assume_filed)
    by_person = [pl.DataFrame(schema={"person": pl.Int32} | dict.fromkeys(SUMS, pl.Int64))]
    by_fact = {name: [pl.DataFrame(schema=_BY_VALUE)] for name in by}
    gated = 0
    for left, right in zip(first, second, strict=True):
        sums = _joined(left, right, "person").filter(pl.any_horizontal(pl.col(SUMS) > 0))
        by_person.append(sums.select("person", *SUMS))
        for name, tables in by_fact.items():
            tables.append(_joined(left, right, name).select(pl.col(name).alias("value"), *SUMS))
        gated += right.filter(pl.col("gates") > 0)["person"].n_unique()
    return Comparison(
        pl.concat(by_person).sort("person"),
        {
            name: pl.concat(tables, how="vertical_relaxed").group_by("value").sum().sort("value")
            for name, tables in by_fact.items()
        },
        gated,
    )


_BY_VALUE = dict.fromkeys(("value", *SUMS), pl.Int64)


def _joined(left: pl.DataFrame, right: pl.DataFrame, key: str) -> pl.DataFrame:
    """The sums of both tables by one column of theirs."""
    sums = _sums(left, "before", key)
    return sums.join(_sums(right, "after", key), on=key, how="full", coalesce=True).fill_null(0)


def _sums(table: pl.DataFrame, when: str, key: str) -> pl.DataFrame:
    return table.group_by(key).agg(
        pl.col("amount_fen").cast(pl.Int64).sum().alias(f"{when}_fen"),
        (pl.col("amount_fen") > 0).sum().cast(pl.Int64).alias(f"{when}_payouts"),
        pl.col("slots").bitwise_count_ones().cast(pl.Int64).sum().alias(f"{when}_uses"),
    )
