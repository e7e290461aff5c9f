"""A Parquet store of a few settlements."""

import polars as pl

from gonghui.core.adjudication.store import EVENT_TYPES, Store
from gonghui.core.rulebook.fields import FIELDS


def rows(history):
    """By person: her settlements."""
    return [
        {"person": person, "settlement": one.number} | {name: one.fact(name) for name in FIELDS}
        for person, settlements in history.items()
        for one in settlements
    ]


def store(folder, history):
    made = Store.create(
        folder, partitions=2, deciding_date="settled_on", same_day_order="settlement_number"
    )
    made.append(pl.DataFrame(rows(history), schema=EVENT_TYPES))
    return made
