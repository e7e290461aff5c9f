"""One statement of the insurer (结算单), read from paper: what it states, and whether it adds up.

The identities are those of the mapping by which feeds are checked; on paper not every line is
printed, so an identity counts only where something is stated on both of its sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gonghui.adapters.medical_insurance.mapping import SourceMapping, load_mapping
from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.core.periods import day_of
from gonghui.core.rulebook.expressions import Expression, fields, text, value
from gonghui.core.rulebook.fields import AMOUNTS, DATES, FIELDS, MAX_AMOUNT_FEN

TOLERANCE_FEN = 1
"""How far the two sides of an identity may differ: 0.01 yuan."""
_LONGEST_STAY = 1_000

FAULTS: dict[str, tuple[str, str]] = {
    "value_needed": (
        N_("“{label}” is not stated."),
        N_("Enter it as the statement prints it; 0 where it prints 0."),
    ),
    "amount_absurd": (
        N_("“{label}” is below zero or beyond all measure."),
        N_("Compare it with the statement."),
    ),
    "day_ahead": (
        N_("“{label}” lies ahead."),
        N_("Compare the date with the statement."),
    ),
    "days_in_disorder": (
        N_("The discharge stands before the admission."),
        N_("Compare both dates with the statement."),
    ),
    "stay_too_long": (
        N_("The stay would have {days} days."),
        N_("Compare both dates with the statement."),
    ),
    "sums_differ": (
        N_("It does not add up: {identity}; here {left} and {right} yuan."),
        N_("Compare these amounts with the statement, one by one."),
    ),
    "follows_negative": (
        N_("“{label}” would be below zero: {identity}."),
        N_("Compare the amounts it follows from with the statement."),
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one statement. ``field``: the fact to look at first."""

    code: str
    field: str
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """One identity of a statement, with both sides: what the clerk is shown while she types."""

    words: str
    left_fen: int
    right_fen: int

    @property
    def holds(self) -> bool:
        return abs(self.left_fen - self.right_fen) <= TOLERANCE_FEN


@dataclass(frozen=True, slots=True)
class Statement:
    """``facts``: what was stated and what follows from it, by the names of ``rulebook.fields``."""

    facts: Mapping[str, int]
    faults: tuple[Fault, ...] = ()
    sums: tuple[Sum, ...] = field(default=(), repr=False)

    def refuse_faults(self) -> None:
        """The first thing that is wrong, as a refusal."""
        for fault in self.faults:
            what, todo = FAULTS[fault.code]
            refusal = Refusal(what, todo)
            refusal.values = dict(fault.values)
            raise refusal


def check_statement(
    stated: Mapping[str, int],
    *,
    needed: Sequence[str],
    on: date,
    mapping: SourceMapping | None = None,
) -> Statement:
    """What a statement says: completed, held against itself. ``on``: the day it was shown."""
    source = mapping or load_mapping("national")
    faults = [
        Fault("value_needed", name, _label(name)) for name in needed if stated.get(name) is None
    ]
    faults += _odd(stated, on)
    facts = dict(stated)
    if not faults:
        faults += _derive(facts, source)
    sums: list[tuple[str, Sum]] = []
    for identity in source.identities:
        left, right = fields(identity.left), fields(identity.right)
        if not (_any(stated, left) and _any(stated, right)):
            continue
        sides = _value(identity.left, facts), _value(identity.right, facts)
        words = f"{_words(identity.left)} = {_words(identity.right)}"
        sums.append((left[0], Sum(words, *sides)))
    faults += [
        Fault(
            "sums_differ",
            name,
            (
                ("identity", one.words),
                ("left", format_yuan(one.left_fen)),
                ("right", format_yuan(one.right_fen)),
            ),
        )
        for name, one in sums
        if not one.holds
    ]
    return Statement(facts, tuple(faults), tuple(one for _, one in sums))


def _odd(stated: Mapping[str, int], on: date) -> list[Fault]:
    today, found = day_of(on), []
    for name, number in stated.items():
        if name in AMOUNTS and not 0 <= number <= MAX_AMOUNT_FEN:
            found.append(Fault("amount_absurd", name, _label(name)))
        elif name in DATES and number > today and name != "delay_notice_until":
            found.append(Fault("day_ahead", name, _label(name)))
    first, last = stated.get("admitted_on"), stated.get("discharged_on")
    if first is not None and last is not None:
        if last < first:
            found.append(Fault("days_in_disorder", "discharged_on"))
        elif last - first > _LONGEST_STAY:
            found.append(Fault("stay_too_long", "discharged_on", (("days", last - first),)))
    return found


def _derive(facts: dict[str, int], source: SourceMapping) -> list[Fault]:
    """Adds what follows: amounts by the mapping, days as nights."""
    found = []
    waiting = {name for name, _ in source.derived}
    for name, expression in source.derived:
        waiting.discard(name)
        parts = fields(expression)
        absent = {part for part in parts if part not in facts}
        if name in facts or absent & waiting or not _any(facts, ("in_scope",)):
            continue
        follows = _value(expression, facts)
        if follows < -TOLERANCE_FEN:
            words = f"{FIELDS[name].label} = {_words(expression)}"
            found.append(Fault("follows_negative", name, (*_label(name), ("identity", words))))
        facts[name] = max(follows, 0)
    first, last = facts.get("admitted_on"), facts.get("discharged_on")
    if "days" not in facts and first is not None and last is not None:
        # Both days are not counted: see ``stay_days`` of the mapping.
        facts["days"] = last - first + 1 if source.counts_both_ends else max(last - first, 1)
    return found


def _value(expression: Expression, facts: Mapping[str, int]) -> int:
    return value(expression, {name: facts.get(name, 0) for name in fields(expression)})


def _words(expression: Expression) -> str:
    return text(expression, {name: FIELDS[name].label for name in fields(expression)})


def _any(stated: Mapping[str, int], names: Sequence[str]) -> bool:
    return any(name in stated for name in names)


def _label(name: str) -> tuple[tuple[str, object], ...]:
    return (("label", FIELDS[name].label),)
