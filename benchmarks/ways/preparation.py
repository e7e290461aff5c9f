"""From one file in the order of arrival to the store's sorted partitions."""

from __future__ import annotations

import shutil

import polars as pl

from benchmarks.children import Answer, Way
from benchmarks.data import Data
from gonghui.core.adjudication.store import Store


def prepare(data: Data) -> Way:
    folder = data.results / "prepared"
    order = Store.open(data.store).manifest.order
    partitions = Store.open(data.store).manifest.partitions

    def run() -> Answer:
        store = Store.create(
            folder,
            partitions=partitions,
            deciding_date=order.deciding_date,
            same_day_order=order.same_day_order,
        )
        store.append(pl.read_parquet(data.arrivals))
        return Answer(note=f"{store.manifest.partitions} partitions")

    return Way(run, reset=lambda: shutil.rmtree(folder, ignore_errors=True))
