"""The settlements of chosen persons as the replay reads them, and who the persons are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from gonghui.core.adjudication.history import Settlement
from gonghui.core.adjudication.store import KEYS, Order, Store
from gonghui.core.rulebook.compiler.program import Program
from gonghui.core.rulebook.fields import FIELDS


@dataclass(frozen=True, slots=True)
class Person:
    """Who a number of the store stands for."""

    number: int
    certificate: str
    name: str
    unit: str

    @property
    def masked(self) -> str:
        return masked(self.certificate)


def masked(certificate: str) -> str:
    """An identity number that tells people of one unit apart and no more: ``410802********3074``.

    Of a shorter certificate at least half is hidden.
    """
    head, tail = (6, 4) if len(certificate) >= 15 else (len(certificate) // 4,) * 2
    hidden = len(certificate) - head - tail
    return f"{certificate[:head]}{'*' * hidden}{certificate[len(certificate) - tail :]}"


def order_of(program: Program) -> Order:
    """The order in which a program wants settlements."""
    return Order(program.answers.deciding_date, program.answers.same_day_order)


def histories(
    store: Store, program: Program, persons: Iterable[int]
) -> Iterator[tuple[int, list[Settlement]]]:
    """Each person's settlements with all their facts, in the program's order."""
    wanted = np.fromiter(persons, np.int32)
    columns = store.read_persons(wanted, [*KEYS, *FIELDS], order=order_of(program))
    numbers = [column.tolist() for name, column in columns.items() if name not in KEYS]
    facts = [name for name in columns if name not in KEYS]
    found: dict[int, list[Settlement]] = {}
    rows = zip(columns["person"].tolist(), columns["settlement"].tolist(), *numbers, strict=True)
    for person, settlement, *values in rows:
        known = dict(zip(facts, values, strict=True))
        found.setdefault(person, []).append(Settlement(settlement, known))
    yield from found.items()


def people(store: Store, persons: Iterable[int] | None = None) -> dict[int, Person]:
    """Who these persons are (everybody if None), by number."""
    known = store.identities()
    if persons is not None:
        known = known.filter(pl.col("person").is_in(list(persons)))
    columns = known.select("person", "certificate", "name", "unit_name").iter_rows()
    return {
        number: Person(number, certificate or "", name or "", unit or "")
        for number, certificate, name, unit in columns
    }


def settlement_ids(store: Store, numbers: pl.Series | None = None) -> dict[int, str]:
    """Settlement ids by number: of all, or of those asked for."""
    records = store.settlements(numbers).filter(pl.col("reverses") == 0)
    return dict(records.select("settlement", "settlement_id").iter_rows())
