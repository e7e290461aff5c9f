"""Steps 11 and 12: what the formula of a kind gives, before limits.

Step 11 takes the *measure*: own cost in fen, days, or what is missing to a mark. Step 12 makes an
amount of it. Amounts are exact fractions of a fen.
"""

from fractions import Fraction

from tests.oracle.conditions import expression, number
from tests.oracle.dictionary import identifier
from tests.oracle.money import quantity
from tests.oracle.story import Refused, Situation

ACCUMULATION_WINDOWS = {"accumulated_in_period": "period", "accumulated_in_year": "year"}


def measure(kind: dict, here: Situation) -> Fraction:
    """Step 11: what there is to pay for."""
    match kind["formula"]:
        case "share" | "banded_lump_sum":
            found, otherwise = _base_after_other_payers(kind, here), "nothing_to_bear"
        case "day_allowance":
            found, otherwise = _counted_days(kind, here), "nothing_to_bear"
        case "top_up":
            found, otherwise = _missing(kind, here), "nothing_missing"
        case "lump_sum":
            found, otherwise = Fraction(1), ""
        case unknown:
            raise ValueError(unknown)
    if found <= 0:
        raise Refused(otherwise)
    return found


def entitled(kind: dict, measured: Fraction, here: Situation) -> Fraction:
    """Step 12, and the shares of step 13."""
    window = ACCUMULATION_WINDOWS.get(kind.get("basis", "per_stay"))
    if window is not None:
        return _accumulated(kind, measured, window, here)
    return _worth(kind, measured, here)


def _accumulated(kind: dict, measured: Fraction, window: str, here: Situation) -> Fraction:
    """The formula of the whole sum so far, less what the kind already paid in the window."""
    earlier = here.earlier(window, [kind["id"]])
    whole = _worth(kind, measured + sum(claim.measure for claim in earlier), here)
    left = whole - sum(claim.amount for claim in earlier)
    if left <= 0:
        raise Refused("nothing_more")
    return left


def _worth(kind: dict, measured: Fraction, here: Situation) -> Fraction:
    match kind["formula"]:
        case "share":
            amount = _share(kind, measured, here)
        case "banded_lump_sum":
            amount = _lump_by_band(measured, kind["bands"], here)
        case "day_allowance":
            amount = measured * number(kind["per_day"], here)
        case "top_up":
            amount = measured
        case "lump_sum":
            amount = _lump_sum(kind, here)
    if kind.get("shares", "ignore") == "multiply":
        amount *= min(here.facts["shares"], int(number(kind["max_shares"], here)))
    if amount <= 0:
        raise Refused("below_floor")
    return amount


# Step 11


def _base_after_other_payers(kind: dict, here: Situation) -> Fraction:
    """The base, less each other payer in turn, each down to zero."""
    own = expression(kind["base"], here.facts)
    for payer in kind.get("less", []):
        own = max(Fraction(0), own - here.facts[identifier(payer)])
    return own


def _counted_days(kind: dict, here: Situation) -> Fraction:
    """Days of this claim, less the first ones, at most so many a claim and so many a period."""
    counted = here.facts["days"] - number(kind.get("skip_first_days", "0"), here)
    if kind.get("max_days_per_claim", "none") != "none":
        counted = min(counted, number(kind["max_days_per_claim"], here))
    if kind.get("max_days_in_period", "none") != "none":
        earlier = here.earlier("period", [kind["id"]])
        paid_days = sum(claim.measure for claim in earlier if claim.amount > 0)
        counted = min(counted, number(kind["max_days_in_period"], here) - paid_days)
    return counted


def _missing(kind: dict, here: Situation) -> Fraction:
    """What is missing to the mark after what the kinds it counts were paid in its window."""
    return number(kind["to"], here) - here.paid(kind["window"], kind["counting"])


# Step 12


def _share(kind: dict, base: Fraction, here: Situation) -> Fraction:
    """Floor, then bands or rate."""
    uncounted = _uncounted(kind["floor"], base, here)
    excess = base - uncounted
    if excess <= 0:
        return Fraction(0)
    if "bands" in kind:
        return _banded(kind["bands"], uncounted, excess, here)
    return excess * number(kind["rate"], here)


def _uncounted(floor: dict, base: Fraction, here: Situation) -> Fraction:
    """How much of the base does not count.

    Without a floor nothing; under a threshold all of it, beyond the threshold nothing; of a
    deductible always the deductible.
    """
    if floor["kind"] == "none":
        return Fraction(0)
    line = number(floor["amount"], here)
    if floor["kind"] == "deductible":
        return line
    assert floor["kind"] == "threshold", floor
    passed = base > line or (base == line and floor["at_the_line"] == "paid")
    return Fraction(0) if passed else base


def _banded(bands: dict, uncounted: Fraction, excess: Fraction, here: Situation) -> Fraction:
    """``excess`` paid by bands: what counts lies between ``low`` and ``high`` on their scale."""
    low = uncounted if bands.get("measured_on") == "base" else Fraction(0)
    high = low + excess
    start = _ends(bands["rows"][0])[0]
    if high < start:
        return Fraction(0)
    # Question 5: once the start of the first band is reached, is the part below it paid, too?
    paid_from = Fraction(0) if start == 0 or bands["first_floor"] == "paid" else start
    if bands["method"] == "whole_amount":
        rate = number(_band_of(high, bands)["rate"], here)
        return max(Fraction(0), high - max(low, paid_from)) * rate
    assert bands["method"] == "progressive", bands
    amount = Fraction(0)
    for nth, row in enumerate(bands["rows"]):
        starts, ends = _ends(row)
        part_from = max(low, starts if nth else paid_from)
        part_to = high if ends is None else min(high, ends)
        amount += max(Fraction(0), part_to - part_from) * number(row["rate"], here)
    return amount


def _lump_by_band(measured: Fraction, bands: dict, here: Situation) -> Fraction:
    start = _ends(bands["rows"][0])[0]
    if measured < start or (measured == start and bands["ends"] == "upper_inclusive"):
        return Fraction(0)
    return number(_band_of(measured, bands)["amount"], here)


def _band_of(measured: Fraction, bands: dict) -> dict:
    """The row in which ``measured`` lies: at most the first, above the last ``to`` the last.

    Where two bands meet, the point belongs to the lower with ``upper_inclusive``, to the upper
    with ``lower_inclusive``.
    """
    for row in bands["rows"][:-1]:
        end = _ends(row)[1]
        if measured < end or (measured == end and bands["ends"] == "upper_inclusive"):
            return row
    return bands["rows"][-1]


def _ends(row: dict) -> tuple[Fraction, Fraction | None]:
    return quantity(row["from"]), quantity(row["to"]) if "to" in row else None


def _lump_sum(kind: dict, here: Situation) -> Fraction:
    amount = number(kind["amount"], here)
    if "scaled_by" in kind:
        amount *= Fraction(here.facts[identifier(kind["scaled_by"])], 100)
    return amount
