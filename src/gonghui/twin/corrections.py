"""What goes wrong between hospital and insurer: settlements reversed, settled anew, late."""

from __future__ import annotations

from datetime import date

import numpy as np

from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import NONE
from gonghui.twin.events import Column, Columns, concatenate, rows, take, unstated

REVERSED_SHARE = 0.012
SETTLED_ANEW_SHARE = 0.88
LATE_SHARE = 0.02
_LATEST_WRONG_DAY = day_of(date(2022, 12, 1))


def draw_wrong_settlements(rng: np.random.Generator, columns: Columns) -> Column:
    """Positions of settlements that will be reversed: none whose person is treated again before the
    correction could be through."""
    person, settled = columns["person"], columns["settled_on"]
    following = np.full(rows(columns), settled.max() + 60 if rows(columns) else 0)
    same = person[1:] == person[:-1]
    following[:-1] = np.where(same, settled[1:], following[:-1])
    undisturbed = (following - settled > 30) & (settled < _LATEST_WRONG_DAY)
    return np.flatnonzero(undisturbed & (rng.random(rows(columns)) < REVERSED_SHARE))


def settle_anew(
    rng: np.random.Generator, columns: Columns, gross: Column, wrong: Column
) -> tuple[Columns, Column]:
    """Reverse the settlements at ``wrong`` and settle most of them anew at a corrected cost.

    Returns all columns, with ``taken_back_on`` and ``replaces`` (position of the wrong settlement,
    NONE for most), and their costs; sorted by person and day of settlement.
    """
    count = rows(columns)
    taken_back_on = unstated(count)
    taken_back_on[wrong] = columns["settled_on"][wrong] + rng.integers(1, 21, wrong.size)
    corrected = wrong[rng.random(wrong.size) < SETTLED_ANEW_SHARE]
    first = columns | {"taken_back_on": taken_back_on, "replaces": unstated(count)}
    anew = take(columns, corrected) | {
        "settled_on": taken_back_on[corrected],
        "taken_back_on": unstated(corrected.size),
        "replaces": corrected,
    }
    new_gross = (gross[corrected] * rng.uniform(0.75, 1.15, corrected.size)).astype(np.int64)
    everything = concatenate([first, anew])
    order = np.lexsort((everything["settled_on"], everything["person"]))
    moved_to = np.empty(order.size, dtype=np.int64)
    moved_to[order] = np.arange(order.size)
    everything = take(everything, order)
    replaced = everything["replaces"]
    everything["replaces"] = np.where(replaced == NONE, NONE, moved_to[np.maximum(replaced, 0)])
    return everything, np.r_[gross, new_gross][order]


def draw_arrivals(rng: np.random.Generator, columns: Columns) -> Column:
    """The day on which the scheme receives each settlement: soon for most, after months for a few,
    most of these treated away from home."""
    count = rows(columns)
    soon = rng.integers(1, 4, count)
    weeks = rng.integers(5, 31, count)
    months = rng.integers(31, 150, count)
    draw = rng.random(count)
    late = draw < np.where(columns["away"] == 1, 0.12, LATE_SHARE * 0.6)
    slow = draw > 0.93
    return columns["settled_on"] + np.where(late, months, np.where(slow, weeks, soon))
