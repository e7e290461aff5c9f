"""Step 13: minimum, counts, caps and rounding, in the order the edition declares."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle import days, money
from tests.oracle.conditions import expression, number
from tests.oracle.dictionary import identifier
from tests.oracle.story import Refused, Situation, Use, caps_of, counts_of, covering

LOSS_CEILING = "loss_ceiling"


@dataclass
class Cut:
    """The last cap that cut an amount, and what there was before the first."""

    entitled: Fraction
    cap: str
    label: str | None
    value: int


def through_steps(
    kind: dict, amount: Fraction, here: Situation, steps: list[str]
) -> tuple[int, Cut | None]:
    """What is left of ``amount``, in whole fen, and the cut if there was one."""
    cut = None
    for step in steps:
        match step:
            case "minimum":
                amount = minimum(kind, amount, here)
            case "count":
                count(kind, here)
            case "claim_cap" | "period_cap":
                amount, cut = capped(kind, amount, here, cut, within_claim=step == "claim_cap")
            case "rounding":
                amount = rounding(amount, here)
    assert amount.denominator == 1, amount
    return int(amount), cut


def minimum(kind: dict, amount: Fraction, here: Situation) -> Fraction:
    rule = kind["minimum"]
    if rule["kind"] == "none" or amount >= number(rule["amount"], here):
        return amount
    if rule["kind"] == "not_paid_below":
        raise Refused("below_minimum")
    assert rule["kind"] == "raised_to", rule
    return number(rule["amount"], here)


def count(kind: dict, here: Situation) -> None:
    """The first count that is full refuses, in the order of the edition.

    Where too many reversed settlements stood, what is known to be full is; else a person decides.
    """
    for each in covering(counts_of(here.edition), kind):
        limit = number(each["limit"], here)
        if here.uses_gone(each) >= limit:
            raise Refused("count_used_up", each["id"], limit=each["label"], limit_value=int(limit))
        if must_be_decided_by_hand(each, here):
            raise Refused("decide_by_hand", each["id"])


def must_be_decided_by_hand(count: dict, here: Situation) -> bool:
    return any(
        count["id"] in claim.by_hand and here.shares_window(count["window"], claim)
        for claim in here.claims
    )


def capped(
    kind: dict, amount: Fraction, here: Situation, cut: Cut | None, within_claim: bool
) -> tuple[Fraction, Cut | None]:
    """``amount`` under every cap that covers the kind: those of one claim, or all longer ones."""
    for cap, label, value, left in _rooms(kind, here, within_claim):
        if left <= 0:
            raise Refused("cap_used_up", cap, limit=label, limit_value=money.shown(value))
        if amount > left:
            cut = Cut(cut.entitled if cut else amount, cap, label, value)
            amount = Fraction(left)
    return amount, cut


def _rooms(
    kind: dict, here: Situation, within_claim: bool
) -> list[tuple[str, str | None, int, int]]:
    """Of each cap: its id, label, amount, and what is left under it, in fen."""
    rooms = []
    for cap in covering(caps_of(here.edition), kind):
        if (cap["window"] == "claim") == within_claim:
            value = int(number(cap["amount"], here))
            drawn = here.paid(cap["window"], cap["covers"])
            rooms.append((cap["id"], cap["label"], value, value - drawn))
    loss = here.edition.get("limits", {}).get(LOSS_CEILING)
    if within_claim and loss is not None and kind["id"] in loss["covers"]:
        value = max(0, int(expression(loss["is"], here.facts)))
        rooms.append((LOSS_CEILING, None, value, value - here.paid("claim", loss["covers"])))
    return rooms


def rounding(amount: Fraction, here: Situation) -> Fraction:
    rule = here.edition["answers"]["rounding"]
    amount = money.rounded(amount, rule["unit"], rule["mode"])
    if amount == 0:
        raise Refused("below_minimum")
    return amount


# Uses of counts


def uses_left(kind: dict, here: Situation) -> tuple[Use, ...]:
    """The next use of every count that covers the kind and has one left."""
    uses = []
    for each in covering(counts_of(here.edition), kind):
        gone, limit = here.uses_gone(each), int(number(each["limit"], here))
        if gone < limit:
            uses.append(Use(each["id"], each["label"], gone + 1, limit))
    return tuple(uses)


# Step 9


def last_day_to_file(kind: dict, here: Situation) -> date | None:
    """The last day, inclusive; None when there is no deadline."""
    rule = kind["deadline"]
    if rule["kind"] == "none":
        return None
    start = here.date_of(identifier(rule["from"]))
    if start is None:
        raise Refused("date_missing")
    match rule["kind"]:
        case "working_days":
            last = days.working_days_later(start, int(rule["days"]), here.calendar)
        case "months":
            last = days.months_later(start, int(rule["months"]))
        case "fixed_date":
            january = date(start.year + int(rule["years_after"]), 1, 1)
            month = days.months_later(january, int(rule["month"]) - 1)
            end_of_month = days.months_later(month, 1) - timedelta(days=1)
            last = month.replace(day=min(int(rule["day"]), end_of_month.day))
        case unknown:
            raise ValueError(unknown)
    notice = here.date_of("delay_notice_until")
    if rule.get("extended_by_notice") == "yes" and notice is not None:
        return max(last, notice)
    return last
