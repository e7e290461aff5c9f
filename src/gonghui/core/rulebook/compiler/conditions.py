"""Conditions as boolean expressions of the step."""

from __future__ import annotations

from gonghui.core.rulebook.compiler.writing import Writer
from gonghui.core.rulebook.fields import NONE
from gonghui.core.rulebook.model import Age, Among, Both, Compare, Derived, Not, Number, Test, Uses

_SIGNS = {"at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}


def source_of(test: Test, writer: Writer) -> str:
    """The expression that is true when the test holds."""
    match test:
        case Among(fact, codes):
            name = "person_class" if fact == "class" else writer.field(fact)
            options = " or ".join(f"{name} == {code}" for code in codes)
            return f"({options})" if len(codes) > 1 else options
        case Compare(fact, relation, number):
            return f"{writer.field(fact)} {_SIGNS[relation]} {writer.number(number)}"
        case Age(at, lowest, highest):
            return _age(at, lowest, highest, writer)
        case Derived(fact, holds):
            return _derived(fact, holds, writer)
        case Uses(count, below):
            counted = next(one for one in writer.edition.counts if one.id == count)
            return f"{writer.uses(counted)} < {writer.number(below)}"
        case Both(how, tests):
            joint = " and " if how == "all" else " or "
            return f"({joint.join(source_of(part, writer) for part in tests)})"
        case Not(inner):
            return f"not ({source_of(inner, writer)})"


def _age(at: str, lowest: Number | None, highest: Number | None, writer: Writer) -> str:
    born = writer.field("born_on")
    day = "d" if at == "deciding_date" else writer.field(at)
    parts = [f"{born} != {NONE}"]
    if day != "d":
        parts.append(f"{day} != {NONE}")
    if lowest:
        parts.append(f"full_years({born}, {day}) >= {writer.number(lowest)}")
    if highest:
        parts.append(f"full_years({born}, {day}) <= {writer.number(highest)}")
    return f"({' and '.join(parts)})"


def _derived(fact: str, holds: bool, writer: Writer) -> str:
    match fact:
        case "enrolled_before":
            return f"{writer.field('previous_cover_until')} {'!=' if holds else '=='} {NONE}"
        case "retired":
            since = writer.field("retired_on")
        case _:
            since = writer.field("left_unit_on")
    if holds:
        return f"({since} != {NONE} and {since} <= d)"
    return f"({since} == {NONE} or {since} > d)"
