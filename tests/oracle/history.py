"""A person's history: its order, the edition of each settlement, and who gets scarce uses."""

from datetime import date

from tests.oracle import days, reading
from tests.oracle.conditions import number
from tests.oracle.dictionary import AMOUNTS, DEFAULTS, MAX_AMOUNT_FEN, NOT_STATED
from tests.oracle.reading import by_start
from tests.oracle.settlement import Decided, Outranked, decided
from tests.oracle.story import Claim, Situation, counts_of

Calendar = dict[str, set[date]]


def walk(
    editions: list[dict],
    history: list[dict],
    calendar: Calendar,
    outranked: Outranked = frozenset(),
) -> list[tuple[Situation | None, Decided]]:
    """Decide settlement after settlement, each knowing all before it."""
    story: list[tuple[Situation | None, Decided]] = []
    claims: list[Claim] = []
    eligible: list[Situation] = []
    for settlement in in_order(editions, history):
        facts = DEFAULTS | settlement
        day, edition = placed(editions, facts)
        refusal = refused_before(facts, day, edition)
        if refusal is not None:
            claim = Claim(
                settlement["settlement"],
                date.min,
                date.min,
                facts,
                None,
                refusal,
                words={"date": day},
            )
            story.append((None, Decided([claim])))
            continue
        here = Situation(
            edition,
            settlement["settlement"],
            facts,
            day,
            reading.period_of(edition, day),
            calendar,
            list(claims),
            list(eligible),
        )
        judged = decided(here, outranked)
        claims += judged.claims
        if judged.eligible:
            eligible.append(here)
        story.append((here, judged))
    return story


def in_order(editions: list[dict], history: list[dict]) -> list[dict]:
    """Deciding date, then ``same_day_order``, then settlement number."""

    def place(settlement: dict) -> tuple[date, int, int]:
        facts = DEFAULTS | settlement
        day, edition = placed(editions, facts)
        edition = edition or reading.composed(editions, by_start(editions)[0], date.min)
        among_equals = {
            "settlement_number": 0,
            "earliest_received": facts["received_on"],
            "largest_cost_first": -facts["total_cost"],
            "smallest_cost_first": facts["total_cost"],
        }[edition["answers"]["same_day_order"]]
        return day or date.min, among_equals, settlement["settlement"]

    return sorted(history, key=place)


def placed(editions: list[dict], facts: dict[str, int]) -> tuple[date | None, dict | None]:
    """The deciding date, and the edition in force on it as it stands for that date.

    Each edition says itself which date decides; it takes what, so dated, falls under it.
    """
    first = None
    for document in by_start(editions):
        answers = reading.composed(editions, document, date.min)["answers"]
        day = days.stated(facts[answers["deciding_date"]])
        first = first or day
        if day is not None and reading.valid_on(editions, day) is document:
            return day, reading.in_force(editions, day)
    return first, None


def refused_before(facts: dict[str, int], day: date | None, edition: dict | None) -> str | None:
    """Before the fold, and step 1."""
    if any(not 0 <= facts[amount] <= MAX_AMOUNT_FEN for amount in AMOUNTS):
        return "input_refused"
    if day is None:
        return "date_missing"
    return "no_edition" if edition is None else None


# Question 15: best_for_worker


def outranked_claims(editions: list[dict], history: list[dict], calendar: Calendar) -> Outranked:
    """The claims that leave the uses to better ones.

    Judged once as if uses and period caps had no end, the largest amounts of each count window
    take its uses, the earlier first among equals. Claims that come to nothing take no part.
    """
    endless = [without_counts_and_period_caps(document) for document in editions]
    contest = [
        (here, claim)
        for here, judged in walk(endless, as_if_not_reversed(editions, history), calendar)
        for claim in judged.claims
        if here is not None and claim.amount > 0 and contested_count(here, claim) is not None
    ]
    outranked = set()
    for nth, (here, claim) in enumerate(contest):
        count = contested_count(here, claim)
        better = [
            rival
            for rank, (_, rival) in enumerate(contest)
            if here.shares_window(count["window"], rival)
            and (-rival.amount, rank) < (-claim.amount, nth)
        ]
        if len(better) >= number(count["limit"], here):
            outranked.add((claim.number, claim.kind))
    return frozenset(outranked)


def contested_count(here: Situation, claim: Claim) -> dict | None:
    """The one count of an edition with ``best_for_worker``, if it covers this kind."""
    answers = here.edition["answers"]
    if answers.get("slot_choice") != "best_for_worker":
        return None
    assert answers["slot_used_by"] == "paid_only", "best_for_worker has no other reading here"
    [count] = counts_of(here.edition)
    return count if claim.kind in count["covers"] else None


def without_counts_and_period_caps(document: dict) -> dict:
    if "answers" not in document:
        return document
    answers = document["answers"]
    steps = [step for step in answers["steps"] if step not in ("count", "period_cap")]
    return document | {"answers": answers | {"steps": steps}}


def as_if_not_reversed(editions: list[dict], history: list[dict]) -> list[dict]:
    """A reversed settlement that keeps its use takes part; one that frees it does not."""
    taking_part = []
    for settlement in history:
        _, edition = placed(editions, DEFAULTS | settlement)
        word = edition["answers"].get("reversal") if edition else None
        if settlement.get("reversed_on", NOT_STATED) == NOT_STATED:
            taking_part.append(settlement)
        elif word == "slot_kept":
            taking_part.append(settlement | {"reversed_on": NOT_STATED})
    return taking_part
