"""What a fact can be at all: checked before the fold, which would wrap or misread it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import FIELDS, MAX_AMOUNT_FEN, NONE, Field

FIRST_DAY = day_of(date(1900, 1, 1))
LAST_DAY = day_of(date(2099, 12, 31))
"""Days outside these are typing errors."""

MAX_NUMBER = 32_767


def limits(field: Field) -> tuple[int, int]:
    """The smallest and largest value a fact may have, both inclusive; a day may also be NONE."""
    match field.unit:
        case "fen":
            return 0, MAX_AMOUNT_FEN
        case "day":
            return FIRST_DAY, LAST_DAY
        case "flag":
            return 0, 1
        case "number":
            return 0, MAX_NUMBER
        case "code":
            assert field.vocabulary is not None
            codes = [code for code, _ in field.vocabulary.words.values()]
            return min(codes), max(codes)


LIMITS = MappingProxyType({name: limits(field) for name, field in FIELDS.items()})


def refusal(field: str, settlement: object, value: int) -> Refusal:
    """The refusal of one impossible value."""
    low, high = LIMITS[field]
    return Refusal(
        N_("Settlement {settlement} has the value {value}; possible are {low} to {high}."),
        N_("Check the settlement against the insurer's statement and send it again."),
        field=field,
        settlement=settlement,
        value=value,
        low=low,
        high=high,
    )


def refuse_impossible(settlement: object, facts: Mapping[str, int]) -> None:
    """Refuse facts of one settlement that hold a value no fact can have, or an unknown fact."""
    for name, value in facts.items():
        if name not in LIMITS:
            raise Refusal(
                N_("There is no fact “{name}”."), N_("Check the mapping of the source."), name=name
            )
        low, high = LIMITS[name]
        if not low <= value <= high and (value != NONE or FIELDS[name].unit != "day"):
            raise refusal(name, settlement, value)
