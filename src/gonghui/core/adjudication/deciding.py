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
