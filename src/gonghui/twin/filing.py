"""What people do with a settlement: file it, some time later, and are paid at the next payment day.

A *plan* says for every settlement when its person would file it and be paid, were she somebody who
files at all; who does is decided in ``calibration``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonghui.core.rulebook.fields import EVENT_KINDS, NONE
from gonghui.twin import miner
from gonghui.twin.events import Column, Columns, code_of, follows_own, running_total

_MEDIAN_LAG_DAYS = 21.0
_HALF_FILED_FEN = 900_00
"""A filer files every second of the stays that cost her this much herself."""
_LATER_STAYS_FILED = 0.35
"""The chance, compared with the first two stays, that a filer files a further one."""
_HANDLING_DAYS = 4
_PAYMENT_DAYS = (10, 25)
"""Days of the month on which the scheme pays."""


@dataclass(frozen=True, slots=True)
class Plan:
    """For every row: when it would be filed and paid; NONE in both where it would not be."""

    filed_on: Column
    paid_on: Column

    @property
    def files(self) -> NDArray[np.bool_]:
        return np.asarray(self.filed_on != NONE)

    def paid_by(self, day: int) -> NDArray[np.bool_]:
        return self.files & (self.paid_on <= day)


def draw_plan(rng: np.random.Generator, columns: Columns, protagonist: int) -> Plan:
    """Rows sorted by person and day of settlement. A person files, and is paid, in that order, so
    that nothing filed later can change what was paid before."""
    person = columns["person"]
    open_to_file = (columns["event_kind"] == code_of(EVENT_KINDS, "hospital_stay")) & (
        columns["reversed_on"] == NONE
    )
    borne = columns["personal_total"]
    chance = 0.2 + 0.8 * borne / (borne + _HALF_FILED_FEN)
    earlier = running_total(person, open_to_file.astype(np.int64))
    chance = np.where(earlier >= 2, chance * _LATER_STAYS_FILED, chance)
    files = open_to_file & (rng.random(person.size) < chance)
    lag = np.exp(rng.normal(np.log(_MEDIAN_LAG_DAYS), 0.75, person.size)).astype(np.int64) + 1
    filed = _never_before_own(person, np.where(files, columns["settled_on"] + lag, 0))
    ready = np.maximum(filed, np.where(files, columns["received_on"], 0)) + _HANDLING_DAYS
    paid = _next_payment_day(_never_before_own(person, np.where(files, ready, 0)))
    own = np.flatnonzero(person == protagonist)
    files[own] = False
    files[own[: len(miner.FILED)]] = True
    filed[own[: len(miner.FILED)]] = miner.FILED
    paid[own[: len(miner.PAID)]] = miner.PAID
    return Plan(np.where(files, filed, NONE), np.where(files, paid, NONE))


def postpone(
    rng: np.random.Generator, plan: Plan, columns: Columns, which: NDArray[np.bool_], day: int
) -> Plan:
    """The same plan, but the rows of ``which`` are filed after ``day``: each person has one first
    day, so that the order of her rows stays."""
    person = columns["person"]
    first_day = (day + 1 + rng.integers(0, 50, int(person.max()) + 1))[person]
    filed = np.where(which, np.maximum(plan.filed_on, first_day), plan.filed_on)
    ready = np.maximum(filed + _HANDLING_DAYS, plan.paid_on)
    return Plan(filed, np.where(which, _next_payment_day(ready), plan.paid_on))


def _never_before_own(person: Column, days: Column) -> Column:
    """The running maximum of ``days`` within each person."""
    step = np.cumsum(~follows_own(person)) * 1_000_000
    return np.asarray(np.maximum.accumulate(step + days) - step)


def _next_payment_day(days: Column) -> Column:
    months = np.arange(np.datetime64("2021-12", "M"), np.datetime64("2024-12", "M"))
    first = months.astype("datetime64[D]").astype(np.int64)
    calendar = np.sort(np.concatenate([first + day - 1 for day in _PAYMENT_DAYS]))
    return np.asarray(calendar[np.searchsorted(calendar, days)])
