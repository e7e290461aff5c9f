"""The history of one miner of 九里山矿 whom hardship and a serious illness struck in early 2022.

The page names the man; the twin gives only his payout to a person with a made-up name. He is paid
for two stays, and the costs of these stays are solved for, so that the engine, under whatever
edition, pays exactly the published sum: first both together, then the second alone for the rest.
A third stay in June was never filed; it shows what a third use, under the revision, would bring.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import DISEASES, EVENT_KINDS, HOSPITAL_LEVELS, NONE
from gonghui.twin.bills import Habits, bill
from gonghui.twin.events import Column, Columns, Decide, code_of, history, take
from gonghui.twin.published import Targets

_STAYS = (
    (date(2022, 1, 4), date(2022, 1, 27)),
    (date(2022, 2, 7), date(2022, 3, 4)),
    (date(2022, 6, 8), date(2022, 6, 24)),
)
FILED = (day_of(date(2022, 2, 9)), day_of(date(2022, 3, 9)))
PAID = (day_of(date(2022, 2, 25)), day_of(date(2022, 3, 25)))
_PARTS = (45, 55)
"""How the cost divides between the two stays that are paid, per cent."""
_UNPAID_STAY_FEN = 38_000_00
_LARGEST_FEN = 2_000_000_00
_GRID = 1_001


def stays(person: int) -> Columns:
    """The three stays, still without a cost."""
    admitted = np.array([day_of(first) for first, _ in _STAYS])
    discharged = np.array([day_of(last) for _, last in _STAYS])
    one = np.ones(len(_STAYS), dtype=np.int64)
    return {
        "person": one * person,
        "event_kind": one * code_of(EVENT_KINDS, "hospital_stay"),
        "admitted_on": admitted,
        "discharged_on": discharged,
        "settled_on": discharged,
        "hospital_level": one * code_of(HOSPITAL_LEVELS, "tertiary"),
        "away": one,
        "counts_as_stay": one,
        "disease": one * code_of(DISEASES, "leukaemia"),
        "days": discharged - admitted,
    }


def habits(count: int) -> Habits:
    """Much of his treatment is in scope, but away from home and with dear drugs of class 乙."""
    one = np.ones(count, dtype=np.int64)
    return Habits(
        own_share=one * 1_150,
        over_share=one * 40,
        preliminary_share=one * 980,
        account_fen=one * 1_326_40,
        shared_account_fen=one * 0,
        supplementary_rate=one * 0,
    )


def costs(decide: Decide, facts: Columns, person: int, targets: Targets) -> Column:
    """The cost of each stay, such that the two that are filed pay ``targets.hardship_fen``."""
    own_facts = take(facts, np.array([person]))

    def paid_together(total: Column) -> Column:
        return _paid(decide, own_facts, total * _PARTS[0] // 100, total * _PARTS[1] // 100)

    total = _largest_not_above(paid_together, targets.hardship_fen, 0, _LARGEST_FEN)
    first = total * _PARTS[0] // 100

    def paid_with_second(second: Column) -> Column:
        return _paid(decide, own_facts, np.full_like(second, first), second)

    second = total * _PARTS[1] // 100
    second = _largest_not_above(paid_with_second, targets.hardship_fen, second, 2 * second + _GRID)
    reached = int(paid_with_second(np.array([second]))[0])
    if reached != targets.hardship_fen:
        raise Refusal(
            N_("No cost of two stays pays exactly {wanted} yuan here; {near} is next."),
            N_("Check the edition's cap, count limit, rounding unit and rates."),
            wanted=format_yuan(targets.hardship_fen),
            near=format_yuan(reached),
        )
    return np.array([first, second, _UNPAID_STAY_FEN])


def _paid(decide: Decide, own_facts: Columns, first: Column, second: Column) -> Column:
    """What is paid for both stays together, for many pairs of costs at once: one person a pair."""
    count = first.size
    pairs = np.repeat(np.arange(count), 2)
    two = take(stays(0), np.tile([0, 1], count))
    two["person"] = pairs
    two["settlement"] = np.arange(2 * count)
    two["taken_back_on"] = np.full(2 * count, NONE)
    two["received_on"] = two["settled_on"] + 1
    two["filed_on"] = np.tile(FILED, count)
    two["paid_on"] = np.tile(PAID, count)
    facts = take(own_facts, np.zeros(count, dtype=np.int64))
    gross = np.stack([first, second], axis=1).ravel()
    two |= bill(gross, two, facts, habits(2 * count))
    return np.asarray(decide(history(two, facts)).reshape(count, 2).sum(axis=1), dtype=np.int64)


def _largest_not_above(paid: Callable[[Column], Column], wanted: int, low: int, high: int) -> int:
    """The largest cost in [low, high) that is paid at most ``wanted``; payment rises with cost."""
    while high - low > 1:
        grid = np.unique(np.linspace(low, high, min(_GRID, high - low + 1)).astype(np.int64))
        fitting = np.flatnonzero(paid(grid[:-1]) <= wanted)
        place = int(fitting[-1]) if fitting.size else 0
        low, high = int(grid[place]), int(grid[place + 1])
    return low
