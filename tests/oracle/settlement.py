"""One settlement, from step 2 to step 14 of "What one settlement gets"."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle import days, formulas, limits, money
from tests.oracle.conditions import compares, expression, require
from tests.oracle.dictionary import NOT_STATED, code
from tests.oracle.story import Claim, Refused, Situation, counts_of

REVERSED_REMEMBERED = 4
"""So many uses of reversed settlements are remembered for one count in one window."""

Outranked = frozenset[tuple[int, str]]
"""(settlement, kind) of the claims that leave the uses to better ones."""


@dataclass(frozen=True)
class Decided:
    """One settlement, decided."""

    claims: list[Claim]
    eligible: bool = False
    """Came past step 5, and was not reversed."""
    gates: tuple[str, ...] = ()


def decided(here: Situation, outranked: Outranked) -> Decided:
    """Steps 2 to 6, then every kind that listens, in order."""
    kinds = listening(here)
    reversed_on = here.date_of("reversed_on")
    refusal = None
    if reversed_on is not None:  # step 2
        refusal = Refused("reversed", date=reversed_on)
    else:
        refusal = refused_at_once(here)
    eligible = refusal is None
    gates = gates_met(here) if eligible else ()
    if not kinds:  # step 6
        return Decided([refused_claim({}, here, Refused("event_not_covered"))], eligible, gates)
    if reversed_on is not None:
        return Decided(reversed_claims(kinds, here, outranked))
    if refusal is not None:
        return Decided([refused_claim(kind, here, refusal) for kind in kinds])
    return Decided(claims_of_each(kinds, here, outranked), eligible, gates)


def listening(here: Situation) -> list[dict]:
    """The kinds that listen to this event, in ``kind_order``, or as the edition lists them."""
    kinds = here.edition["benefits"]
    order = here.edition["answers"].get("kind_order", [kind["id"] for kind in kinds])
    return [
        kind
        for kind in sorted(kinds, key=lambda kind: order.index(kind["id"]))
        if here.facts["event_kind"] in [code("event_kind", word) for word in kind["events"]]
    ]


# Steps 3 to 5: the settlement as a whole


def refused_at_once(here: Situation) -> Refused | None:
    try:
        if here.facts["claimed_elsewhere"]:  # step 3
            raise Refused("claimed_elsewhere")
        under_cover(here)  # step 4
        require(here.edition.get("eligibility", []), here, "not_eligible")  # step 5
    except Refused as refused:
        return refused
    return None


def under_cover(here: Situation) -> None:
    """Step 4. Cover that was never stated, uploaded or carded has not started."""
    start, until = start_of_cover(here), here.date_of("cover_until")
    if start is None or until is None or not start <= here.day < until:
        raise Refused("not_covered", date=here.day)
    if here.day < end_of_waiting(start, here):
        raise Refused("waiting", date=here.day)


def start_of_cover(here: Situation) -> date | None:
    """The later of ``cover_from`` and the day after the list was uploaded or the card was valid."""
    cover_from = here.date_of("cover_from")
    waits_for = {
        "common_date": None,
        "day_after_upload": "uploaded_on",
        "day_after_card": "card_on",
    }[here.edition["cover"]["starts"]]
    if waits_for is None or cover_from is None:
        return cover_from
    came = here.date_of(waits_for)
    return None if came is None else max(cover_from, came + timedelta(days=1))


def end_of_waiting(start: date, here: Situation) -> date:
    """The first day after waiting, which runs from the start of cover; renewals wait not."""
    waiting = here.edition["cover"]["waiting"]
    if waiting["kind"] == "none":
        return start
    if waiting["kind"] == "first_join":
        previous = here.date_of("previous_cover_until")
        if previous is not None and start <= days.later(previous, waiting["renewal_gap"]):
            return start
    else:
        assert waiting["kind"] == "everyone", waiting
    return days.later(start, waiting["length"])


def gates_met(here: Situation) -> tuple[str, ...]:
    """The gates whose line is met by this settlement and those before it in the gate's window."""
    met = []
    for gate in here.edition.get("gates", []):
        together = [
            before for before in here.eligible if here.shares_window(gate["window"], before)
        ]
        cost = sum(expression(gate["base"], each.facts) for each in [*together, here])
        if compares(cost, gate["line"]):
            met.append(gate["id"])
    return tuple(met)


def refused_claim(kind: dict, here: Situation, refused: Refused) -> Claim:
    return Claim(
        here.number,
        here.day,
        here.period,
        here.facts,
        kind.get("id"),
        refused.reason,
        refused.detail,
        words={"kind": kind.get("label"), **refused.words},
    )


# Steps 7 to 14: one kind after the other


def claims_of_each(kinds: list[dict], here: Situation, outranked: Outranked) -> list[Claim]:
    claims: list[Claim] = []
    for kind in kinds:
        now = replace(here, kind=kind, claims=[*here.claims, *claims])
        claims.append(claim_of(kind, now, outranked))
    return claims


def claim_of(kind: dict, here: Situation, outranked: Outranked) -> Claim:
    answers = here.edition["answers"]
    applied, measured = False, Fraction(0)
    try:
        require(kind.get("when", []), here, "condition_failed")  # step 7
        applied_for(kind, here, outranked)  # step 8
        applied = True
        in_time(kind, here)  # step 9
        not_paid_before(kind, here)  # step 10
        measured = formulas.measure(kind, here)  # step 11
        entitled = formulas.entitled(kind, measured, here)  # step 12, shares of step 13
        amount, cut = limits.through_steps(kind, entitled, here, answers["steps"])  # step 13
    except Refused as refused:
        # Step 14: an application uses what is left of its counts, whatever came of it.
        uses = limits.uses_left(kind, here) if applied and applications_count(here) else ()
        return replace(refused_claim(kind, here, refused), measure=measured, uses=uses)
    words = {"kind": kind["label"], "amount": money.shown(amount)}
    if cut is not None:
        words |= {
            "entitled": money.shown(money.whole_fen(cut.entitled)),
            "limit": cut.label,
            "limit_value": money.shown(cut.value),
        }
    return Claim(
        here.number,
        here.day,
        here.period,
        here.facts,
        kind["id"],
        "cut" if cut else "paid",
        cut.cap if cut else None,
        amount,
        words,
        measured,
        limits.uses_left(kind, here),
    )


def applied_for(kind: dict, here: Situation, outranked: Outranked) -> None:
    """Step 8."""
    answers = here.edition["answers"]
    if answers["claims"] == "by_application" and here.date_of("filed_on") is None:
        raise Refused("not_filed")
    if answers.get("slot_choice") == "workers_choice" and here.facts["declined"]:
        raise Refused("declined")
    if (here.number, kind["id"]) in outranked:
        raise Refused("not_best")


def applications_count(here: Situation) -> bool:
    """Does a claim that is refused after step 8 use its counts all the same? (question 7)"""
    return here.edition["answers"].get("slot_used_by") == "every_application"


def in_time(kind: dict, here: Situation) -> None:
    """Step 9; what is paid automatically has no deadline."""
    if here.edition["answers"]["claims"] == "automatic":
        return
    last = limits.last_day_to_file(kind, here)
    if last is not None and here.date_of("filed_on") > last:
        raise Refused("filed_late", date=last)


def not_paid_before(kind: dict, here: Situation) -> None:
    """Step 10. ``other`` counts as one disease like any."""
    window = kind.get("once_per_disease")
    if window is None:
        return
    for claim in here.earlier(window, [kind["id"]]):
        if claim.amount > 0 and claim.facts["disease"] == here.facts["disease"]:
            raise Refused("disease_already_paid")


# Step 2 and question 13: a reversed settlement


def reversed_claims(kinds: list[dict], here: Situation, outranked: Outranked) -> list[Claim]:
    """Nothing is paid; what uses it would have taken, it keeps or frees."""
    refused = Refused("reversed", date=here.date_of("reversed_on"))
    nothing = [refused_claim(kind, here, refused) for kind in kinds]
    word = here.edition["answers"].get("reversal", "slot_freed_and_refused_reopened")
    if word == "slot_freed_and_refused_reopened":
        return nothing
    as_if = replace(here, facts=here.facts | {"reversed_on": NOT_STATED})
    if refused_at_once(as_if) is not None:
        return nothing
    claims: list[Claim] = []
    for kind, judged in zip(kinds, claims_of_each(kinds, as_if, outranked), strict=True):
        claim = replace(refused_claim(kind, here, refused), uses=judged.uses)
        if word == "slot_freed":
            by_hand = tuple(use.count for use in claim.uses if too_many(use.count, here, claims))
            kept = tuple(use for use in claim.uses if use.count not in by_hand)
            claim = replace(claim, uses=kept, freed=True, by_hand=by_hand)
        claims.append(claim)
    return claims


def too_many(count: str, here: Situation, others: list[Claim]) -> bool:
    """Are as many freed uses of the count already remembered in its window as can be?"""
    window = next(each["window"] for each in counts_of(here.edition) if each["id"] == count)
    remembered = [
        claim
        for claim in [*here.claims, *others]
        if claim.freed and claim.uses_one_of(count) and here.shares_window(window, claim)
    ]
    return len(remembered) >= REVERSED_REMEMBERED
