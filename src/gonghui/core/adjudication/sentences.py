"""The sentence a worker is told, Chinese and English, from a decision's own steps.

The words stand in ``books/sentences.yaml``; what fills them is written by the step, so a sentence
is the fold's output and no second implementation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from gonghui.core.adjudication.history import Decision, Settlement
from gonghui.core.money import SCALE, format_yuan
from gonghui.core.periods import date_of
from gonghui.core.rulebook.fields import NONE
from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.reasons import Reason

Language = Literal["zh", "en"]
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """A rendered sentence with what it was rendered from, as it is kept with a decision."""

    message: str
    values: dict[str, str]
    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@cache
def templates() -> dict[str, Any]:
    """The sentences by reason, and those appended for uses and gates."""
    text = (files("gonghui.books") / "sentences.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def format_day(day: int, language: Language) -> str:
    """``2022年3月5日`` or ``5 March 2022``."""
    date = date_of(day)
    if language == "zh":
        return f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def sentence(decision: Decision, settlement: Settlement) -> Sentence:
    """The sentence of one decision."""
    message = decision.reason.name.lower()
    rendered: dict[Language, str] = {}
    values: dict[str, str] = {}
    for language in ("zh", "en"):
        said = _values(decision, settlement, "zh" if language == "zh" else "en")
        if language == "zh":
            values = said
        told = decision.uses if decision.reason in (Reason.PAID, Reason.CUT) else ()
        uses = [_use(decision, number, language) for number in range(len(told))]
        joint = "" if language == "zh" else " "
        parts = [templates()["reasons"][message][language].format(**said), *uses]
        rendered["zh" if language == "zh" else "en"] = joint.join(parts)
    return Sentence(message, values, rendered["zh"], rendered["en"])


def gate_sentence(edition: Edition, gate_id: str, language: Language) -> str:
    """What is said when a gate's figures are met: one may apply, nothing is computed."""
    gate = next(gate for gate in edition.gates if gate.id == gate_id)
    template: str = templates()["gate"][language]
    return template.format(gate=gate.label, body=gate.decided_by)


def _use(decision: Decision, number: int, language: str) -> str:
    use = decision.uses[number]
    assert decision.edition is not None  # nothing is used without an edition
    label = next(count.label for count in decision.edition.counts if count.id == use.count)
    template: str = templates()["uses"][language]
    return template.format(limit=label, number=use.number, limit_value=use.limit)


def _values(decision: Decision, settlement: Settlement, language: Language) -> dict[str, str]:
    """What the template may name; only what this reason has."""
    values = {"amount": format_yuan(decision.amount_fen)}
    edition, detail = decision.edition, decision.detail
    if decision.reason == Reason.NO_EDITION:
        values["date"] = format_day(decision.day, language)
    if edition is None:
        return values
    benefit = next((one for one in edition.benefits if one.id == decision.kind), None)
    if benefit is not None:
        values["kind"] = benefit.label
    match decision.reason:
        case Reason.NOT_ELIGIBLE:
            values["condition"] = edition.eligibility[detail].label
        case Reason.CONDITION_FAILED if benefit is not None:
            values["condition"] = benefit.when[detail].label
        case Reason.COUNT_USED_UP:
            count = edition.counts[detail]
            values["limit"] = count.label
            values["limit_value"] = str(decision.step(f"limit {count.id}"))
        case Reason.CUT | Reason.CAP_USED_UP:
            values |= _cap(decision, edition, language)
        case _:
            pass
    day = {
        Reason.REVERSED: settlement.fact("reversed_on"),
        Reason.FILED_LATE: decision.step("deadline") or NONE,
        Reason.NOT_COVERED: decision.day,
        Reason.WAITING: decision.day,
    }.get(decision.reason, NONE)
    if day != NONE:
        values["date"] = format_day(day, language)
    return values


def _cap(decision: Decision, edition: Edition, language: Language) -> dict[str, str]:
    is_cap = decision.detail < len(edition.caps)
    cap = edition.caps[decision.detail] if is_cap else None
    name = cap.id if cap else "loss_ceiling"
    most = decision.step(f"most {name}") or 0
    first_cut = next((one for one in decision.steps if one.name.startswith("before ")), None)
    return {
        "limit": cap.label if cap else str(templates()["loss_ceiling"][language]),
        "limit_value": format_yuan(most),
        "entitled": format_yuan(first_cut.value // SCALE) if first_cut else "",
    }
