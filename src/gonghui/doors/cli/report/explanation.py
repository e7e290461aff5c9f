"""A decision told step by step, each step with the entry of the edition that ordered it.

Every amount is one that the fold traced; here they only get their words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gonghui.core.adjudication.history import Decision, Settlement, Traced
from gonghui.core.money import SCALE, format_rate, format_yuan
from gonghui.core.rulebook import expressions
from gonghui.core.rulebook.fields import FIELDS
from gonghui.core.rulebook.model import Band, Benefit, Edition, Number
from gonghui.core.rulebook.reasons import Reason
from gonghui.doors.cli.language import spoken
from gonghui.doors.cli.report import tables
from gonghui.doors.cli.report.citing import path_of_reason
from gonghui.doors.cli.report.words import day_words, said

_SOMETHING_TO_LIMIT = (
    Reason.PAID,
    Reason.CUT,
    Reason.COUNT_USED_UP,
    Reason.CAP_USED_UP,
    Reason.BELOW_MINIMUM,
    Reason.DECIDE_BY_HAND,
)
"""Reasons of settlements whose formula gave something that counts and caps could cut."""


@dataclass(frozen=True, slots=True)
class Told:
    """One step in words, and the entries of the edition it rests on."""

    text: str
    paths: tuple[str, ...]


def steps_told(decision: Decision, settlement: Settlement) -> list[Told]:
    """The steps of one decision, as far as the settlement came."""
    edition = decision.edition
    if edition is None:
        return []
    return list(_Telling(edition, decision, settlement).steps())


def left_told(decision: Decision) -> list[str]:
    """What the person may still get in the window after this decision."""
    edition = decision.edition
    if edition is None:
        return []
    lines = []
    if not decision.amount_fen:
        return []
    for count in edition.counts:
        number, limit = decision.step(f"number {count.id}"), decision.step(f"limit {count.id}")
        if number is not None and limit is not None:
            lines.append(said("left_uses", label=count.label, left=max(0, limit - number)))
    for cap in edition.caps:
        room = decision.step(f"room {cap.id}")
        if room is not None and cap.window != "claim":
            left = format_yuan(room - decision.amount_fen)
            lines.append(said("left_room", label=cap.label, left=left))
    return lines


def paths_reached(decision: Decision, settlement: Settlement) -> set[str]:
    """Every entry of the edition that this decision rests on."""
    edition = decision.edition
    if edition is None:
        return {"valid"}
    reached = {"valid", "period", "answers.deciding_date"}
    if decision.reason == Reason.REVERSED:
        return reached | {"answers.reversal"}
    reached.add("cover")
    if decision.reason == Reason.NOT_COVERED:
        return reached
    reached |= {condition.path for condition in edition.eligibility}
    reason_path = path_of_reason(edition, decision.reason, decision.detail, decision.kind)
    benefit = next((one for one in edition.benefits if one.id == decision.kind), None)
    if benefit is None or decision.reason == Reason.NOT_ELIGIBLE:
        return reached | {reason_path}
    reached |= {condition.path for condition in benefit.when}
    reached |= {f"{benefit.path}.{name}" for name in ("events", "deadline")}
    reached |= {"answers.claims", reason_path}
    if not decision.steps or (decision.step("base") is None and benefit.base):
        return reached
    reached |= {f"{benefit.path}.{name}" for name in ("formula", "basis", "minimum")}
    if benefit.floor.amount:
        reached |= {f"{benefit.path}.floor.{name}" for name in ("kind", "at_the_line")}
    told = steps_told(decision, settlement)
    reached |= {path for one in told for path in one.paths}
    if decision.amount_fen or decision.reason in (Reason.COUNT_USED_UP, Reason.CAP_USED_UP):
        reached |= {"answers.steps", "answers.rounding", "answers.slot_used_by"}
        reached |= {count.path for count in edition.counts} | {cap.path for cap in edition.caps}
    if benefit.bands and decision.step("band 1") is not None:
        reached.add(f"{benefit.path}.bands.method")
        if benefit.bands.method == "whole_amount":  # between progressive bands an end moves nothing
            reached.add(f"{benefit.path}.bands.ends")
    return reached


class _Telling:
    """The steps of one decision."""

    def __init__(self, edition: Edition, decision: Decision, settlement: Settlement) -> None:
        self.edition, self.decision, self.settlement = edition, decision, settlement
        self.benefit = next((one for one in edition.benefits if one.id == decision.kind), None)
        self.values = {step.name: step.value for step in decision.steps}
        self.rows = self._rows()

    def steps(self) -> Iterator[Told]:
        for step in self.decision.steps:
            if not self._comes_too_late(step):
                yield from self._told(step)

    def _comes_too_late(self, step: Traced) -> bool:
        """Whether nothing was left to pay when the step came: it is traced, but says nothing."""
        reason, name = self.decision.reason, step.name.partition(" ")[0]
        if reason == Reason.COUNT_USED_UP:
            return name in ("room", "rounded")
        return name in ("minimum", "uses", "room", "rounded") and reason not in _SOMETHING_TO_LIMIT

    def _told(self, step: Traced) -> Iterator[Told]:
        """The step in words; some traced values are told together with another."""
        name, _, whose = step.name.partition(" ")
        paths: tuple[str, ...] = (step.path,)
        match name, whose:
            case "cover", "from":
                since, until = day_words(step.value), day_words(self.values["cover until"] - 1)
                yield Told(said("step_cover", since=since, until=until), ("cover.starts", "period"))
            case "waiting", _:
                yield Told(said("step_waiting", until=day_words(step.value)), paths)
            case "deadline", _:
                yield Told(said("step_deadline", until=day_words(step.value)), paths)
            case "base", _:
                text = said("step_base", expression=self._base(), value=format_yuan(step.value))
                yield Told(text, paths)
            case "less", payer:
                label = _label(payer)
                yield Told(said("step_less", payer=label, value=format_yuan(step.value)), paths)
            case ("accumulated", _) | ("already", _):
                key = "step_accumulated" if name == "accumulated" else "step_already_paid"
                yield Told(said(key, value=format_yuan(step.value)), paths)
            case (("threshold" | "deductible"), _):
                yield self._floor(name, step.value)
            case "band", number:
                yield from self._band(int(number), step.value)
            case "formula", _:
                yield from self._formula(step)
            case "days", _:
                yield Told(said("step_days", value=step.value), paths)
            case (("shares" | "minimum"), _):
                yield Told(said(f"step_{name}", value=_scaled(step.value)), paths)
            case "uses", count:
                yield self._count(count, step)
            case "room", cap:
                yield self._cap(cap, step)
            case "rounded", _:
                yield self._rounding(step)
            case "gate", gate:
                yield self._gate(gate, step)

    def _base(self) -> str:
        """The base expression with the settlement's amounts filled in."""
        assert self.benefit is not None and self.benefit.base is not None
        filled = {
            name: f"{_label(name)} {format_yuan(self.settlement.fact(name))}"
            for name in expressions.fields(self.benefit.base)
        }
        return expressions.text(self.benefit.base, filled)

    def _floor(self, name: str, line: int) -> Told:
        assert self.benefit is not None and self.benefit.floor.amount is not None
        number = self.benefit.floor.amount
        excess = self.values.get("excess", 0)
        reached = said("reached") if excess > 0 else said("not_reached")
        text = said(
            f"step_{name}",
            line=format_yuan(line),
            row=self._row(number),
            reached=reached,
            value=format_yuan(excess),
        )
        return Told(text, (tables.path(number, self.rows),))

    def _band(self, number: int, part: int) -> Iterator[Told]:
        assert self.benefit is not None and self.benefit.bands is not None
        if part == 0:
            return
        bands = self.benefit.bands
        band = bands.rows[number - 1]
        rate = tables.value(band.result, self.rows)
        text = said(
            "step_band",
            number=number,
            span=self._span(band),
            part=format_yuan(part),
            rate=format_rate(rate),
            row=self._row(band.result),
            value=_scaled(part * rate),
        )
        ends = tuple(end.path for end in (band.low, band.high) if end)
        yield Told(text, (tables.path(band.result, self.rows), *ends))

    def _span(self, band: Band) -> str:
        low = _short(tables.value(band.low, self.rows))
        if band.high is None:
            return said("span_open", low=low)
        return said("span_closed", low=low, high=_short(tables.value(band.high, self.rows)))

    def _formula(self, step: Traced) -> Iterator[Told]:
        """The sum of several bands; or the one product that a flat rate makes."""
        benefit = self.benefit
        assert benefit is not None
        if benefit.rate is not None and "excess" in self.values:
            part, rate = self.values["excess"], tables.value(benefit.rate, self.rows)
            text = said(
                "step_rate",
                part=format_yuan(part),
                rate=format_rate(rate),
                row=self._row(benefit.rate),
                value=_scaled(step.value),
            )
            yield Told(text, (tables.path(benefit.rate, self.rows),))
        elif benefit.bands and benefit.formula == "share":
            parts = [
                name for name, value in self.values.items() if name.startswith("band ") and value
            ]
            if len(parts) > 1:
                yield Told(said("step_sum", value=_scaled(step.value)), ())
        else:
            yield Told(said("step_formula", value=_scaled(step.value)), (step.path,))

    def _count(self, identifier: str, step: Traced) -> Told:
        count = next(one for one in self.edition.counts if one.id == identifier)
        limit = self.values[f"limit {identifier}"]
        return Told(
            said("step_count", label=count.label, used=step.value, limit=limit), (count.path,)
        )

    def _cap(self, identifier: str, step: Traced) -> Told:
        cap = next((one for one in self.edition.caps if one.id == identifier), None)
        most = self.values[f"most {identifier}"]
        text = said(
            "step_cap",
            label=cap.label if cap else said("loss_ceiling"),
            most=format_yuan(most),
            drawn=format_yuan(most - step.value),
            room=format_yuan(step.value),
        )
        before = self.values.get(f"before {identifier}")
        if before is not None:
            text += said("step_cap_cut", before=_scaled(before), room=format_yuan(step.value))
        return Told(text, (step.path,))

    def _rounding(self, step: Traced) -> Told:
        rounding = self.edition.answers.rounding
        text = said(
            "step_rounded",
            unit=_short(rounding.unit_fen),
            mode=said(f"mode_{rounding.mode}"),
            value=_scaled(step.value),
        )
        return Told(text, ("answers.rounding.unit", "answers.rounding.mode"))

    def _gate(self, identifier: str, step: Traced) -> Told:
        gate = next(one for one in self.edition.gates if one.id == identifier)
        text = said(
            "step_gate",
            label=gate.label,
            value=format_yuan(step.value),
            relation=said(f"relation_{gate.relation}"),
            line=format_yuan(tables.value(gate.line, self.rows)),
        )
        return Told(text, (gate.line.path, f"{gate.path}.base", f"{gate.path}.window"))

    def _row(self, number: Number) -> str:
        words = tables.row_words(number, self.rows, spoken())
        if not words:
            return ""
        return f"（{words}）" if spoken() == "zh" else f" ({words})"

    def _rows(self) -> tables.Rows:
        """The rows that give what was traced; any of them where the values are the same."""
        numbers = _numbers(self.benefit) if self.benefit else []
        choices = list(tables.rows_of(self.settlement, numbers))
        return next((rows for rows in choices if self._gives_traced(rows)), choices[0])

    def _gives_traced(self, rows: tables.Rows) -> bool:
        benefit, values = self.benefit, self.values
        assert benefit is not None
        floor = values.get(benefit.floor.kind)
        if benefit.floor.amount and floor not in (None, tables.value(benefit.floor.amount, rows)):
            return False
        if benefit.formula != "share" or "formula" not in values:
            return True
        if benefit.rate is not None:
            return values["excess"] * tables.value(benefit.rate, rows) == values["formula"]
        assert benefit.bands is not None
        parts = [
            values.get(f"band {number}", 0) * tables.value(band.result, rows)
            for number, band in enumerate(benefit.bands.rows, 1)
        ]
        return sum(parts) == values["formula"]


def _numbers(benefit: Benefit) -> list[Number]:
    """The tables whose rows are told."""
    found = [benefit.floor.amount, benefit.rate]
    if benefit.bands:
        found += [one for band in benefit.bands.rows for one in (band.low, band.high, band.result)]
    return [number for number in found if number is not None]


def _label(field: str) -> str:
    """A fact's name in the language spoken."""
    return FIELDS[field].label if spoken() == "zh" else field.replace("_", " ")


def _scaled(value: int) -> str:
    """An amount before rounding: yuan, with the parts of a fen it has."""
    fen, rest = divmod(value, SCALE)
    return format_yuan(fen) + (f"{rest:04d}".rstrip("0") if rest else "")


def _short(fen: int) -> str:
    """A round number of yuan without its decimals."""
    return format_yuan(fen).removesuffix(".00")
