"""Reading a benefit kind: its formula, with every question its shape raises answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook import expressions
from gonghui.core.rulebook.conditions import Scope, read_condition
from gonghui.core.rulebook.entries import Entry
from gonghui.core.rulebook.fields import AMOUNTS, EVENT_KINDS, find
from gonghui.core.rulebook.model import (
    Band,
    Bands,
    Benefit,
    DayAllowance,
    Deadline,
    Floor,
    Formula,
    LongWindow,
    Minimum,
    Number,
    NumberUnit,
    TopUp,
)
from gonghui.core.rulebook.questions import question
from gonghui.core.rulebook.tables import BEFORE_ANY_EVENT, read_number

_COMMON = (
    "id", "label", "events", "when", "formula", "minimum", "deadline", "shares", "max_shares",
    "once_per_disease",
)  # fmt: skip
_LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_OWN: dict[str, tuple[str, ...]] = {
    "share": ("base", "less", "basis", "floor", "rate", "bands"),
    "banded_lump_sum": ("base", "less", "basis", "bands"),
    "day_allowance": ("per_day", "skip_first_days", "max_days_per_claim", "max_days_in_period"),
    "lump_sum": ("amount", "scaled_by"),
    "top_up": ("to", "counting", "window"),
}


def read_benefit(entry: Entry, scope: Scope, kinds: Sequence[str]) -> Benefit:
    """One kind. ``kinds`` are the ids of all kinds of the edition."""
    formula: Formula = entry.need("formula").word(
        ("share", "day_allowance", "lump_sum", "banded_lump_sum", "top_up")
    )
    entry.only(*_COMMON, *_OWN[formula])
    read: dict[str, Any] = {
        "share": _share,
        "banded_lump_sum": _banded,
        "day_allowance": _allowance,
        "lump_sum": _lump_sum,
        "top_up": _top_up,
    }[formula](entry, scope, kinds)
    shares = entry.at("shares")
    if shares is not None:
        read["shares"] = shares.word(("multiply", "ignore"))
        if read["shares"] == "multiply":
            read["max_shares"] = read_number(
                entry.need("max_shares"), "count", scope.classes, BEFORE_ANY_EVENT
            )
    once = entry.at("once_per_disease")
    if once is not None:
        read["once_per_disease"] = once.word(("period", "ever"))
    return Benefit(
        id=entry.need("id").identifier(),
        label=entry.need("label").text,
        events=_events(entry.need("events")),
        when=tuple(read_condition(item, scope) for item in entry.entries("when")),
        formula=formula,
        minimum=_minimum(entry.need("minimum"), scope),
        deadline=_deadline(entry.need("deadline")),
        **read,
    )


def _events(entry: Entry) -> tuple[int, ...]:
    codes = []
    for item in entry.value().items():
        code = EVENT_KINDS.code(item.text)
        if code is None:
            raise item.refusal(
                N_("“{said}” is not known here."),
                N_("Choose one of: {choices}."),
                said=item.text,
                choices=", ".join(EVENT_KINDS.words),
            )
        codes.append(code)
    entry.listed("word", ",".join(map(str, sorted(codes))))
    return tuple(sorted(codes))


def read_expression(entry: Entry) -> expressions.Expression:
    """A base expression, listed as a parameter in identifiers."""
    try:
        expression = expressions.parse(entry.text)
    except Refusal as refusal:
        raise refusal.at(entry.value().node.place, entry.node.path) from None
    entry.listed("word", expressions.text(expression))
    return expression


def _base(entry: Entry) -> dict[str, Any]:
    payers = []
    less = entry.at("less")
    for item in less.value().items() if less else []:
        payer = find(item.text)
        if payer is None or payer.name not in AMOUNTS:
            raise item.refusal(
                N_("“{name}” is no amount of a settlement."),
                N_("Choose one of: {choices}."),
                name=item.text,
                choices=", ".join(AMOUNTS),
            )
        payers.append(payer.name)
    if less:
        less.listed("word", ",".join(payers))
    return {
        "base": read_expression(entry.need("base")),
        "less": tuple(payers),
        "basis": entry.answer("basis").word(question("basis").choices, asks="basis"),
    }


def _share(entry: Entry, scope: Scope, kinds: Sequence[str]) -> dict[str, Any]:
    read = _base(entry)
    read["floor"] = floor = _floor(entry.answer("floor", "floor.kind"), scope)
    rate, bands = entry.at("rate"), entry.at("bands")
    if (rate is None) == (bands is None):
        raise entry.refusal(
            N_("A share has either one rate or bands."), N_("Write “rate:” or “bands:”.")
        )
    if rate is not None:
        read["rate"] = read_number(rate, "rate", scope.classes)
    if bands is not None:
        read["bands"] = _bands(bands, scope, "rate", floor)
    _refuse_changing_tables(entry, read)
    return read


def _banded(entry: Entry, scope: Scope, kinds: Sequence[str]) -> dict[str, Any]:
    read = _base(entry)
    read["bands"] = _bands(entry.need("bands"), scope, "fen", Floor("none"))
    _refuse_changing_tables(entry, read)
    return read


def _refuse_changing_tables(entry: Entry, read: dict[str, Any]) -> None:
    """What an accumulated sum gives must not depend on which stay happens to be the last."""
    if read["basis"] == "per_stay":
        return
    changing = {
        "hospital_level",
        "away",
        "disease",
        "disease_grade",
        "stay_ordinal",
        "payout_ordinal",
    }
    for number in _numbers(read):
        for dimension in number.dimensions:
            if dimension.name in changing:
                raise entry.refusal(
                    N_("An accumulated benefit cannot depend on “{name}” of a single stay."),
                    N_("Use per_stay, or a table over facts of the person."),
                    name=dimension.name,
                )


def _numbers(read: dict[str, Any]) -> list[Number]:
    found = [read.get("rate"), read["floor"].amount if "floor" in read else None]
    if read.get("bands"):
        found += [
            number for band in read["bands"].rows for number in (band.low, band.high, band.result)
        ]
    return [number for number in found if number is not None]


def _floor(entry: Entry, scope: Scope) -> Floor:
    kind = entry.answer("kind", "floor.kind").word(
        ("none", "threshold", "deductible"), asks="floor.kind"
    )
    if kind == "none":
        entry.only("kind")
        return Floor("none")
    amount = read_number(entry.need("amount"), "fen", scope.classes)
    if kind == "deductible":
        entry.only("kind", "amount")
        return Floor("deductible", amount)
    entry.only("kind", "amount", "at_the_line")
    at_the_line: Literal["paid", "not_paid"] = entry.answer(
        "at_the_line", "floor.at_the_line"
    ).word(("paid", "not_paid"), asks="floor.at_the_line")
    return Floor("threshold", amount, at_the_line)


def _bands(entry: Entry, scope: Scope, unit: NumberUnit, floor: Floor) -> Bands:
    lump = unit == "fen"
    entry.only(
        *(("ends", "rows") if lump else ("method", "ends", "first_floor", "measured_on", "rows"))
    )
    answers: dict[str, Any] = {"method": "whole_amount", "first_floor": "", "measured_on": ""}
    rows = tuple(_band(row, scope, unit) for row in entry.need("rows").items())
    _refuse_gaps(entry.need("rows"), rows, may_end=lump)
    asked = ["ends"]
    if not lump:
        asked.append("method")
        if any(rows[0].low.values):
            asked.append("first_floor")
        if floor.kind == "deductible":
            asked.append("measured_on")
    for key in asked:
        asks = f"bands.{key}"
        answers[key] = entry.answer(key, asks).word(question(asks).choices, asks=asks)
    for key in ("first_floor", "measured_on"):
        if key not in asked and not lump and entry.at(key) is not None:
            raise entry.need(key).refusal(
                N_("“{key}” has no meaning here."), N_("Remove it."), key=key
            )
    return Bands(**answers, rows=rows)


def _band(entry: Entry, scope: Scope, unit: NumberUnit) -> Band:
    result = "amount" if unit == "fen" else "rate"
    entry.only("from", "to", result)
    high = entry.at("to")
    return Band(
        read_number(entry.need("from"), "fen", (), ()),
        read_number(high, "fen", (), ()) if high else None,
        read_number(entry.need(result), unit, scope.classes),
    )


def _refuse_gaps(entry: Entry, rows: tuple[Band, ...], *, may_end: bool) -> None:
    if not rows:
        raise entry.refusal(N_("There is no band."), N_("Write at least one row."))
    for number, (band, following) in enumerate(zip(rows, (*rows[1:], None), strict=True), 1):
        if following is None:
            fits = band.high is None or may_end
        else:
            fits = band.high is not None and band.high.plain == following.low.plain
        if not fits or (band.high is not None and band.high.plain <= band.low.plain):
            raise entry.refusal(
                N_("Band {number} leaves a gap, overlaps the next, or ends where none may end."),
                N_("Each “to” is the next “from”; the last band has no “to”."),
                number=number,
            )


def _allowance(entry: Entry, scope: Scope, kinds: Sequence[str]) -> dict[str, Any]:
    def most(key: str) -> Number | None:
        found = entry.need(key)
        if found.text == "none":
            found.listed("word", "none")
            return None
        return read_number(found, "count", scope.classes)

    return {
        "allowance": DayAllowance(
            read_number(entry.need("per_day"), "fen", scope.classes),
            read_number(entry.need("skip_first_days"), "count", scope.classes),
            most("max_days_per_claim"),
            most("max_days_in_period"),
        )
    }


def _lump_sum(entry: Entry, scope: Scope, kinds: Sequence[str]) -> dict[str, Any]:
    scaled = entry.at("scaled_by")
    if scaled is not None:
        scaled.word(("disability_percent",))
    return {
        "lump_sum": read_number(entry.need("amount"), "fen", scope.classes),
        "scaled_by_disability": scaled is not None,
    }


def _top_up(entry: Entry, scope: Scope, kinds: Sequence[str]) -> dict[str, Any]:
    counting = entry.need("counting").value()
    names = (
        tuple(kinds)
        if counting.node.is_text and counting.node.text == "all"
        else tuple(item.node.text for item in counting.items())
    )
    for name in names:
        if name not in kinds:
            raise counting.refusal(
                N_("There is no benefit “{name}”."),
                N_("Benefits are: {choices}."),
                name=name,
                choices=", ".join(kinds),
            )
    entry.need("counting").listed("word", ",".join(names))
    window: LongWindow = entry.answer("window").word(("period", "year", "ever"), asks="window")
    to = read_number(entry.need("to"), "fen", scope.classes)
    return {"top_up": TopUp(to, names, window)}


def _minimum(entry: Entry, scope: Scope) -> Minimum:
    kind = entry.need("kind").word(("none", "not_paid_below", "raised_to"))
    if kind == "none":
        entry.only("kind")
        return Minimum("none")
    entry.only("kind", "amount")
    amount = read_number(entry.need("amount"), "fen", scope.classes)
    return Minimum("raised_to" if kind == "raised_to" else "not_paid_below", amount)


def _deadline(entry: Entry) -> Deadline:
    kind = entry.need("kind").word(("none", "working_days", "months", "fixed_date"))
    if kind == "none":
        entry.only("kind")
        return Deadline("none")
    since = entry.need("from")
    field = find(since.text)
    if field is None or field.unit != "day":
        raise since.refusal(
            N_("“{said}” is no date."),
            N_("Name a date field, such as discharged_on."),
            said=since.text,
        )
    since.listed("word", field.name)
    notice = entry.at("extended_by_notice")
    extended = notice.truth() if notice else False
    if notice:
        notice.listed("word", "yes" if extended else "no")
    if kind == "fixed_date":
        entry.only("kind", "month", "day", "years_after", "from", "extended_by_notice")
        length = read_number(entry.need("years_after"), "count", (), BEFORE_ANY_EVENT)
        month, day = entry.need("month").integer("count"), entry.need("day").integer("count")
        if not (1 <= month <= 12 and 1 <= day <= _LAST_DAYS[month - 1]):
            raise entry.refusal(
                N_("{month}/{day} is no day of a year."), N_("Check it."), month=month, day=day
            )
        return Deadline("fixed_date", field.name, length, month, day, extended)
    if kind == "working_days":
        entry.only("kind", "days", "from", "extended_by_notice")
        length = read_number(entry.need("days"), "count", (), BEFORE_ANY_EVENT)
        return Deadline("working_days", field.name, length, extended_by_notice=extended)
    entry.only("kind", "months", "from", "extended_by_notice")
    length = read_number(entry.need("months"), "count", (), BEFORE_ANY_EVENT)
    return Deadline("months", field.name, length, extended_by_notice=extended)
