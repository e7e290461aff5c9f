"""The window: a paper statement asked for field by field, its sums shown while it is typed.

Enter keeps what stands in brackets. What does not add up is said at once, and asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.core.periods import date_of, parse_day
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import complain, in_words

if TYPE_CHECKING:
    from gonghui.core.rulebook.fields import Field
    from gonghui.programmes.mutualaid.claims.statements import Statement

_T = TypeVar("_T")


def fact(said: str) -> tuple[str, int]:
    """出院日期=2022-06-09, total_cost=15000.00, 医院等级=三级"""
    name, _sign, value = said.partition("=")
    from gonghui.core.rulebook.fields import find

    field = find(name.strip())
    number = None if field is None else _number(field, value.strip())
    if field is None or number is None:
        raise Refusal(
            N_("“{said}” is no fact of a settlement."),
            N_("Write name=value, such as 医疗费总额=15000.00 or 出院日期=2022-06-09."),
            said=said,
        )
    return field.name, number


def typed(label: str, default: str = "") -> str:
    """One line; Enter keeps the default."""
    suffix = f" [{default}]: " if default else ": "
    return str(
        typer.prompt(label, default=default, show_default=False, prompt_suffix=suffix)
    ).strip()


def asked(label: str, read: Callable[[str], _T], default: str = "") -> _T:
    """Asked again until it can be read."""
    while True:
        text = typed(label, default)
        try:
            return read(text)
        except Refusal as refusal:
            complain(in_words(refusal))


def whole_statement(facts: dict[str, int], *, on: date) -> Statement:
    """Asks for what is missing; where it does not add up, for what does not."""
    from gonghui.core.rulebook.fields import FIELDS
    from gonghui.programmes.mutualaid.claims.rules import rules
    from gonghui.programmes.mutualaid.services.claims import checked

    if "event_kind" not in facts:
        facts["event_kind"] = _ask_event()
    needed = rules().needed_of(facts["event_kind"])
    again: Sequence[str] = [name for name in needed if name not in facts]
    while True:
        for name in again:
            facts[name] = _ask(FIELDS[name], _shown(FIELDS[name], facts.get(name)))
        statement = checked(facts, on=on)
        for one in statement.sums:
            sides = format_yuan(one.left_fen), format_yuan(one.right_fen)
            print(("✓" if one.holds else "✗"), one.words, *sides, sep="  ")
        if not again or not statement.faults:
            return statement
        for fault in statement.faults:
            what, todo = _fault(fault.code)
            complain(" ".join((_(what).format(**dict(fault.values)), _(todo))))
        again = needed


def seen_papers(event_kind: int) -> list[str]:
    """Which of the papers that are due lie on the table."""
    from gonghui.programmes.mutualaid.claims.rules import rules

    due = rules().papers_of(event_kind)
    for number, paper in enumerate(due, 1):
        print(f"  {number}  {rules().paper_name(paper)}")

    def read(text: str) -> set[int]:
        numbers = text.replace("，", " ").replace(",", " ").replace("、", " ").split()
        if any(not one.isdecimal() or not 1 <= int(one) <= len(due) for one in numbers):
            raise Refusal(
                N_("These are no numbers of the list."), N_("Type the numbers, such as 2 4.")
            )
        return {int(one) for one in numbers}

    lacking = asked(_("Numbers of papers that are missing (Enter: all are there)"), read)
    return [paper for number, paper in enumerate(due, 1) if number not in lacking]


def day_that_counts(facts: dict[str, int], on: date) -> date:
    day = facts.get("discharged_on", facts.get("settled_on"))
    return on if day is None else date_of(day)


def _ask_event() -> int:
    """Only what is written down for is offered."""
    from gonghui.core.rulebook.fields import EVENT_KINDS
    from gonghui.programmes.mutualaid.claims.rules import rules

    kinds = [EVENT_KINDS.words[word][1] for word in rules().needed]

    def read(text: str) -> int:
        code = EVENT_KINDS.code(text)
        if code is None:
            raise Refusal(
                N_("“{said}” is not known here."),
                N_("Choose one of: {choices}."),
                said=text,
                choices="、".join(kinds),
            )
        rules().needed_of(code)
        return code

    return asked(_("What happened ({kinds})").format(kinds="/".join(kinds)), read, kinds[0])


def _ask(field: Field, default: str) -> int:
    label = field.label
    if field.vocabulary is not None:
        words = [label for _code, label in field.vocabulary.words.values()]
        label += f"（{'/'.join(words)}）"

    def read(text: str) -> int:
        number = _number(field, text) if text else None
        if number is None:
            raise Refusal(
                N_("“{label}” is not stated."),
                N_("Enter it as the statement prints it; 0 where it prints 0."),
                label=field.label,
            )
        return number

    return asked(label, read, default)


def _shown(field: Field, value: int | None) -> str:
    """As it would be typed."""
    if value is None:
        return ""
    if field.unit == "fen":
        return format_yuan(value).replace(",", "")
    if field.unit == "day":
        return date_of(value).isoformat()
    if field.vocabulary is not None:
        return field.vocabulary.label(value) or ""
    return str(value)


def _number(field: Field, value: str) -> int | None:
    if field.unit == "fen":
        return parse_yuan(value)
    if field.unit == "day":
        return parse_day(value)
    if field.vocabulary is not None:
        return field.vocabulary.code(value)
    return int(value) if value.isascii() and value.isdigit() else None


def _fault(code: str) -> tuple[str, str]:
    from gonghui.programmes.mutualaid.claims.statements import FAULTS

    return FAULTS[code]
