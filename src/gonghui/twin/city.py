"""The city of one seed: its unions, people, settlements, and who filed and was paid.

Every part draws from a stream of its own, so that a change in one leaves the others as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto

import numpy as np

from gonghui.core.errors import Refusal
from gonghui.core.rulebook.fields import NONE
from gonghui.twin import miner
from gonghui.twin.bills import Habits, bill, draw_habits
from gonghui.twin.calibration import Outcome, calibrate
from gonghui.twin.corrections import draw_arrivals, draw_wrong_settlements, settle_anew
from gonghui.twin.events import Column, Columns, Decide, concatenate, history, take
from gonghui.twin.filing import draw_plan
from gonghui.twin.people import People, a_miner, settle_people
from gonghui.twin.published import FEE_FEN, UNITS, WORKERS, Targets
from gonghui.twin.stays import Treatments, draw_chronic_treatments, draw_stays
from gonghui.twin.unions import Tree, plant

SEED = 20221031
COST_LEVELS = (1.0, 0.85, 1.15, 0.7, 1.35, 0.55, 1.6, 0.4, 2.0)
"""Tried in this order until the published figures can be met; the first is what is assumed."""


class Stream(IntEnum):
    """The random streams. Only ever append: a number is part of what a seed means."""

    UNIONS = auto()
    PEOPLE = auto()
    STAYS = auto()
    CHRONIC = auto()
    CORRECTIONS = auto()
    BILLS = auto()
    ARRIVALS = auto()
    FILING = auto()
    CALIBRATION = auto()


@dataclass(frozen=True, slots=True)
class City:
    seed: int
    cost_level: float
    tree: Tree
    people: People
    protagonist: int
    """Position in ``people`` of the miner whose payout the page prints."""
    settlements: Columns
    """Facts of the events, sorted by person and day of settlement; no ``filed_on``, ``paid_on``."""
    outcome: Outcome

    @property
    def contributions_fen(self) -> int:
        return FEE_FEN * len(self.people)

    def history(self) -> Columns:
        """Every fact of every settlement, as the engine is given it."""
        filing = {"filed_on": self.outcome.filed_on, "paid_on": self.outcome.paid_on}
        return history(self.settlements | filing, self.people.facts)


def build_city(decide: Decide, seed: int = SEED, targets: Targets | None = None) -> City:
    """The city in which ``decide`` pays the published figures; refused where nothing gives them."""
    targets = targets or Targets()
    tree = plant(_rng(seed, Stream.UNIONS), UNITS, WORKERS)
    people = settle_people(_rng(seed, Stream.PEOPLE), tree)
    protagonist = a_miner(people, tree)
    people.facts["hardship"][protagonist] = 1
    refusal: Refusal | None = None
    for cost_level in COST_LEVELS:
        settlements = draw_settlements(seed, people, protagonist, cost_level, decide, targets)
        plan = draw_plan(_rng(seed, Stream.FILING), settlements, protagonist)
        rng = _rng(seed, Stream.CALIBRATION)
        try:
            outcome = calibrate(rng, settlements, people.facts, plan, protagonist, decide, targets)
        except Refusal as why:
            refusal = refusal or why
            continue
        return City(seed, cost_level, tree, people, protagonist, settlements, outcome)
    assert refusal is not None
    raise refusal


def draw_settlements(
    seed: int,
    people: People,
    protagonist: int,
    cost_level: float,
    decide: Decide,
    targets: Targets,
) -> Columns:
    """Every settlement of the year with its amounts, sorted by person and day of settlement."""
    facts = people.facts
    columns, gross = _treatments(seed, facts, protagonist, cost_level)
    own = columns["person"] == protagonist
    gross[own] = miner.costs(decide, facts, protagonist, targets)
    rng = _rng(seed, Stream.CORRECTIONS)
    wrong = draw_wrong_settlements(rng, columns)
    wrong = wrong[~own[wrong]]
    columns, gross = settle_anew(rng, columns, gross, wrong)
    habits = draw_habits(_rng(seed, Stream.BILLS), columns, facts)
    columns |= bill(gross, columns, facts, _with_miner(habits, columns, protagonist))
    retired_on = facts["retired_on"][columns["person"]]
    retired = (retired_on != NONE) & (retired_on <= columns["discharged_on"])
    columns["in_service"] = np.where(retired, 0, facts["in_service"][columns["person"]])
    columns["received_on"] = draw_arrivals(_rng(seed, Stream.ARRIVALS), columns)
    own = columns["person"] == protagonist
    columns["received_on"][own] = columns["settled_on"][own] + 2
    # What the scheme goes by is the day on which it hears of a reversal. That takes as long as the
    # settlement took, so a reversal never overtakes what it takes back.
    heard = columns["taken_back_on"] + columns["received_on"] - columns["settled_on"]
    columns["reversed_on"] = np.where(columns["taken_back_on"] == NONE, NONE, heard)
    columns["settlement"] = _numbered(columns)
    return columns


def _rng(seed: int, stream: Stream) -> np.random.Generator:
    return np.random.default_rng([seed, int(stream)])


def _treatments(
    seed: int, facts: Columns, protagonist: int, cost_level: float
) -> tuple[Columns, Column]:
    drawn = [
        draw_stays(_rng(seed, Stream.STAYS), facts, cost_level),
        draw_chronic_treatments(_rng(seed, Stream.CHRONIC), facts, cost_level),
    ]
    stays = miner.stays(protagonist)
    zero = np.zeros(stays["person"].size, dtype=np.int64)
    parts = [_without(treatments, protagonist) for treatments in drawn]
    parts.append(Treatments(stays, zero))
    columns = concatenate([part.columns for part in parts])
    gross = np.concatenate([part.gross for part in parts])
    order = np.lexsort((columns["settled_on"], columns["person"]))
    return take(columns, order), gross[order]


def _without(treatments: Treatments, person: int) -> Treatments:
    others = treatments.columns["person"] != person
    return Treatments(take(treatments.columns, others), treatments.gross[others])


def _with_miner(habits: Habits, columns: Columns, protagonist: int) -> Habits:
    own = np.flatnonzero(columns["person"] == protagonist)
    prescribed = miner.habits(own.size)
    merged = {}
    for name in Habits.__slots__:
        column = getattr(habits, name).copy()
        column[own] = getattr(prescribed, name)
        merged[name] = column
    return Habits(**merged)


def _numbered(columns: Columns) -> Column:
    """Settlement numbers rise with the day of settlement, as the insurer gives them out."""
    order = np.lexsort((columns["person"], columns["settled_on"]))
    number = np.empty(order.size, dtype=np.int64)
    number[order] = np.arange(1, order.size + 1)
    return number
