"""Deciding a whole store: partitions stream through the fold, decisions come out as tables.

Memory is bounded by the partitions in work; the compiled fold releases the GIL, so two threads
read and fold at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gonghui.core.adjudication.bounds import check_bounds
from gonghui.core.adjudication.columns import ColumnFold, Results, Totals
from gonghui.core.adjudication.store import Columns, Order, Store
from gonghui.core.rulebook.fields import NONE

THREADS = 2
Answer = TypeVar("Answer")


def order_of(fold: ColumnFold) -> Order:
    """The order in which a program wants a person's settlements."""
    answers = fold.program.answers
    return Order(answers.deciding_date, answers.same_day_order)


def read_facts(
    store: Store,
    part: int,
    fold: ColumnFold,
    *,
    keep: Sequence[str] = (),
    assume_filed: bool = False,
) -> Columns:
    """One partition's columns for a fold, within bounds and in its order.

    ``keep`` names further columns. ``assume_filed`` asks what would be if everything had been
    filed: a settlement without a filing day counts as filed on the day it was received.
    """
    names = dict.fromkeys(("person", *fold.columns, *keep))
    if assume_filed:
        names |= dict.fromkeys(("filed_on", "received_on"))
    columns = dict(store.read(part, list(names), order=order_of(fold)))
    check_bounds(columns)
    if assume_filed:
        filed = columns["filed_on"]
        columns["filed_on"] = np.where(filed == NONE, columns["received_on"], filed)
    return columns


def stream(
    store: Store, work: Callable[[int], Answer], *, threads: int = THREADS
) -> Iterator[tuple[int, Answer]]:
    """``work`` for every partition that holds something, in order, few at a time."""
    parts = [part for part, rows in enumerate(store.part_rows) if rows]
    with ThreadPoolExecutor(threads) as pool:
        running: list[tuple[int, Future[Answer]]] = []
        for part in parts:
            running.append((part, pool.submit(work, part)))
            if len(running) > threads:
                done, future = running.pop(0)
                yield done, future.result()
        for done, future in running:
            yield done, future.result()


def total(store: Store, fold: ColumnFold, *, assume_filed: bool = False) -> Totals:
    """Sums over the whole store, without writing a row."""

    def work(part: int) -> Totals:
        return fold.totals(read_facts(store, part, fold, assume_filed=assume_filed))

    sums = Totals(0, 0, {})
    for _, part_sums in stream(store, work):
        sums += part_sums
    return sums


def decide(
    store: Store, fold: ColumnFold, *, keep: Sequence[str] = (), assume_filed: bool = False
) -> Iterator[pl.DataFrame]:
    """The decisions of a store, a table a partition.

    Columns: ``settlement``, ``person``, ``kind`` (position in ``Program.kinds``, -1: none),
    ``amount_fen`` int32, ``reason`` int16 (see ``reasons``), ``slots`` and ``gates`` (bits of the
    edition's counts and gates), then those of ``keep``.
    """

    def work(part: int) -> pl.DataFrame:
        columns = read_facts(
            store, part, fold, keep=("settlement", *keep), assume_filed=assume_filed
        )
        results, _ = fold.results(columns)
        return decision_table(columns, results, keep)

    for _, table in stream(store, work):
        yield table


def decision_table(columns: Columns, results: Results, keep: Sequence[str] = ()) -> pl.DataFrame:
    """Result rows with the keys of their settlements and the kept columns."""
    row = results.row

    def at(values: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(values)[row]

    return pl.DataFrame(
        {
            "settlement": at(columns["settlement"]),
            "person": at(columns["person"]),
            "kind": results.kind,
            "amount_fen": results.amount.astype(np.int32),
            "reason": results.reason.astype(np.int16),
            "slots": results.slots.astype(np.int16),
            "gates": results.gates.astype(np.int16),
            **{name: at(columns[name]) for name in keep},
        }
    )


def with_differences(decisions: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Decisions with ``difference_fen`` to what was decided before (a table of the same form).

    A (settlement, kind) that was decided before and is no more comes as a row of 0 fen with
    reason -1, so that the sum of the differences is always the change of the whole.
    """
    key = ["settlement", "kind"]
    earlier = before.group_by(key).agg(pl.col("amount_fen").sum().alias("before_fen"))
    now = decisions.join(earlier, on=key, how="left").with_columns(
        difference_fen=pl.col("amount_fen") - pl.col("before_fen").fill_null(0)
    )
    gone = before.filter(pl.col("amount_fen") != 0).join(decisions, on=key, how="anti")
    lost = gone.with_columns(
        difference_fen=-pl.col("amount_fen"),
        amount_fen=pl.lit(0, pl.Int32),
        reason=pl.lit(-1, pl.Int16),
        slots=pl.lit(0, pl.Int16),
        gates=pl.lit(0, pl.Int16),
    )
    columns = [*decisions.columns, "difference_fen"]
    return pl.concat([now.select(columns), lost.select(columns)])
