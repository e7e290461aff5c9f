"""Who filed: chosen so that the engine's own payouts add up to the published figures.

No payout and no rule is touched. For every person the engine says what her plan of filing would
have paid by the cut-off. People are then ranked by a weighted draw without replacement (Efraimidis
and Spirakis: the key ``log(u) / payout**slope``), so that take-up rises with the payout; the first
so many of the ranking file. The *slope* is found by bisection, so that their sum comes as near to
the published sum as the ranking allows. What is left, less than one payout, is closed by an
exchange: one person who files for one who does not, whose payouts differ by just that. Because no
figure of the edition is known here, any edition will do for which enough people would be paid
neither too much nor too little; for others the refusal says what is in the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.core.rulebook.fields import EVENT_KINDS, NONE
from gonghui.twin.events import Column, Columns, Decide, code_of, history, per_person
from gonghui.twin.filing import Plan, postpone
from gonghui.twin.published import Targets

STEEPEST = 4.0
_EXCHANGES = 50
_AFTER_CUT_OFF_SHARE = 0.18
"""People who file only after the cut-off, compared with those paid before it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """When each settlement was filed and paid (NONE: never), and what it is paid, in fen."""

    filed_on: Column
    paid_on: Column
    payout: Column
    payable: Column
    """What each row would have been paid, had everybody filed everything at once."""
    slope: float
    """Take-up: the exponent of the payout in a person's weight. 0: all are alike."""


@dataclass(frozen=True, slots=True)
class _Ranking:
    chosen: NDArray[np.int64]
    key: NDArray[np.float64]
    slope: float


def calibrate(
    rng: np.random.Generator,
    events: Columns,
    facts: Columns,
    plan: Plan,
    protagonist: int,
    decide: Decide,
    targets: Targets,
) -> Outcome:
    """Choose who files, and check the result with the engine over the whole year."""
    people = facts["born_on"].size
    person = events["person"]

    def payouts(filed_on: Column) -> Column:
        complete = history(events | {"filed_on": filed_on}, facts)
        return np.asarray(decide(complete), dtype=np.int64)

    by_cut_off = plan.paid_by(targets.cut_off)
    at_cut_off = payouts(np.where(by_cut_off, plan.filed_on, NONE))
    before = per_person(events, np.where(by_cut_off, at_cut_off, 0), people)
    whole_plan = per_person(events, payouts(plan.filed_on), people)
    # Nobody else in hardship may have received as much as the miner: such people do not file.
    barred = (facts["hardship"] == 1) & (whole_plan >= targets.hardship_fen)
    barred[protagonist] = False
    before[barred] = whole_plan[barred] = 0
    luck = np.log(rng.random(people))
    ranking = _rank(luck, before, whole_plan, protagonist, targets)
    chosen = _exchange(ranking, before, protagonist, targets)

    threshold = np.sort(ranking.key[before > 0])[-chosen.size]
    files = np.zeros(people, dtype=np.bool_)
    files[chosen] = True
    only_later = (before == 0) & (whole_plan > 0) & (ranking.key >= threshold)
    late = _next_in_rank(ranking, before, chosen, int(_AFTER_CUT_OFF_SHARE * chosen.size))
    plan = postpone(rng, plan, events, late[person] & plan.files, targets.cut_off)
    filing = plan.files & (files | only_later | late)[person]
    filed_on = _with_reversed(events, np.where(filing, plan.filed_on, NONE))
    payout = payouts(filed_on)
    outcome = Outcome(
        filed_on=filed_on,
        paid_on=np.where(payout > 0, plan.paid_on, NONE),
        payout=payout,
        payable=payouts(_everything_filed(events)),
        slope=ranking.slope,
    )
    _check(outcome, events, facts, protagonist, targets)
    return outcome


def _rank(
    luck: NDArray[np.float64],
    before: Column,
    whole_plan: Column,
    protagonist: int,
    targets: Targets,
) -> _Ranking:
    """The ranking whose first ``targets.people`` are paid most nearly ``targets.paid_fen``."""
    candidates = np.flatnonzero(before > 0)
    wanted = targets.people
    if candidates.size < wanted:
        raise Refusal(
            N_("Only {there} people could be paid by the cut-off; {wanted} are published."),
            N_("The edition pays too few stays: check its threshold, deadline and eligibility."),
            there=candidates.size,
            wanted=wanted,
        )

    def rank(slope: float) -> _Ranking:
        with np.errstate(divide="ignore"):
            key = luck / np.power(whole_plan / 100_000.0, slope)
        key[protagonist] = 0.0
        first = np.argpartition(-key[candidates], wanted - 1)[:wanted]
        return _Ranking(candidates[first], key, slope)

    def total(slope: float) -> int:
        return int(before[rank(slope).chosen].sum())

    low, high = 0.0, STEEPEST
    least, most = total(low), total(high)
    if not least <= targets.paid_fen <= most:
        raise Refusal(
            N_("{people} filers would be paid between {least} and {most} yuan, not {wanted}."),
            N_("Check the edition's rates and threshold, or change the twin's level of costs."),
            people=wanted,
            least=format_yuan(least),
            most=format_yuan(most),
            wanted=format_yuan(targets.paid_fen),
        )
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if total(middle) < targets.paid_fen else (low, middle)
    return rank(high)


def _exchange(ranking: _Ranking, before: Column, protagonist: int, targets: Targets) -> Column:
    """Exchange filers for others until the sum is exact; each time the pair that comes nearest."""
    chosen = ranking.chosen.copy()
    for _ in range(_EXCHANGES):
        missing = targets.paid_fen - int(before[chosen].sum())
        if missing == 0:
            return chosen
        outside = np.setdiff1d(np.flatnonzero(before > 0), chosen)
        outside = outside[np.argsort(before[outside], kind="stable")]
        amounts = before[outside]
        wish = before[chosen] + missing
        near = np.searchsorted(amounts, wish).clip(0, outside.size - 1)
        nearer_below = np.abs(amounts[np.maximum(near - 1, 0)] - wish) < np.abs(
            amounts[near] - wish
        )
        near = np.where(nearer_below, np.maximum(near - 1, 0), near)
        error = np.abs(amounts[near] - wish)
        error[chosen == protagonist] = np.iinfo(np.int64).max
        leaves = int(np.argmin(error))
        if error[leaves] >= abs(missing):
            break
        chosen[leaves] = outside[near[leaves]]
    raise Refusal(
        N_("No exchange of filers closes the last {missing} yuan to the published {wanted}."),
        N_("Check that the rounding unit divides the published sum, or take another seed."),
        missing=format_yuan(targets.paid_fen - int(before[chosen].sum())),
        wanted=format_yuan(targets.paid_fen),
    )


def _next_in_rank(
    ranking: _Ranking, before: Column, chosen: Column, count: int
) -> NDArray[np.bool_]:
    """The people who come next in the ranking: they file too, but after the cut-off."""
    waiting = np.setdiff1d(np.flatnonzero(before > 0), chosen)
    late = np.zeros(before.size, dtype=np.bool_)
    late[waiting[np.argsort(-ranking.key[waiting], kind="stable")[:count]]] = True
    return late


def _with_reversed(events: Columns, filed_on: Column) -> Column:
    """Who filed a corrected settlement had, if there was time, already filed the wrong one."""
    filed_on = filed_on.copy()
    corrected = np.flatnonzero((events["replaces"] != NONE) & (filed_on != NONE))
    wrong = events["replaces"][corrected]
    early = events["settled_on"][wrong] + 2
    in_time = early < events["reversed_on"][wrong]
    filed_on[wrong[in_time]] = early[in_time]
    return filed_on


def _everything_filed(events: Columns) -> Column:
    hospital = events["event_kind"] == code_of(EVENT_KINDS, "hospital_stay")
    return np.where(hospital, np.maximum(events["received_on"], events["settled_on"]), NONE)


def _check(
    outcome: Outcome, events: Columns, facts: Columns, protagonist: int, targets: Targets
) -> None:
    """The published figures, read off the engine's decisions over the whole year."""
    paid = (outcome.paid_on != NONE) & (outcome.paid_on <= targets.cut_off)
    each = per_person(events, np.where(paid, outcome.payout, 0), facts["born_on"].size)
    by_march = outcome.paid_on[events["person"] == protagonist] <= targets.hardship_paid_by
    own = outcome.payout[events["person"] == protagonist]
    found = {
        "people": int((each > 0).sum()),
        "paid_fen": int(each.sum()),
        "hardship_fen": int(own[by_march].sum()),
        "hardship_maximum_fen": int(each[facts["hardship"] == 1].max()),
    }
    wanted = {
        "people": targets.people,
        "paid_fen": targets.paid_fen,
        "hardship_fen": targets.hardship_fen,
        "hardship_maximum_fen": targets.hardship_fen,
    }
    if found != wanted:
        raise Refusal(
            N_("Over the whole year the engine pays {found} by the cut-off, not {wanted}."),
            N_("Here a later event changes an earlier payout; the twin cannot follow that."),
            found=found,
            wanted=wanted,
        )
