"""Nothing absurd reaches the fold: compiled integers wrap silently, so they are checked before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import FIELDS, MAX_AMOUNT_FEN, NONE, Field

FIRST_DAY = day_of(date(1900, 1, 1))
LAST_DAY = day_of(date(2099, 12, 31))
"""Days outside these are typing errors."""


def limits(field: Field) -> tuple[int, int]:
    """The smallest and largest value a fact may have, both inclusive; a day may be NONE too."""
    match field.unit:
        case "fen":
            return 0, MAX_AMOUNT_FEN
        case "day":
            return FIRST_DAY, LAST_DAY
        case "flag":
            return 0, 1
        case "number":
            return 0, int(np.iinfo(field.dtype).max)
        case "code":
            assert field.vocabulary is not None
            codes = [code for code, _ in field.vocabulary.words.values()]
            return min(codes), max(codes)


def check_bounds(columns: Mapping[str, NDArray[Any]]) -> None:
    """Refuse columns of facts that hold a value no fact can have.

    ``columns``: integers by the names of the dictionary of facts, all of one length; with
    ``settlement`` among them, a refusal names the settlement, otherwise the position of the row.
    """
    for name, values in columns.items():
        field = FIELDS.get(name)
        if field is None or not values.size:
            continue
        if values.dtype.kind not in "iu":
            raise Refusal(
                N_("The column holds {kind}, not integers."),
                N_("State every amount in integer fen, every date as a day number."),
                field=name,
                kind=values.dtype,
            )
        low, high = limits(field)
        if values.min() >= low and values.max() <= high:
            continue
        absurd = (values < low) | (values > high)
        if field.unit == "day":
            absurd &= values != NONE
        if not absurd.any():
            continue
        row = int(np.flatnonzero(absurd)[0])
        settlements = columns.get("settlement")
        raise Refusal(
            N_("Settlement {settlement} has the value {value}; possible are {low} to {high}."),
            N_("Check the settlement against the insurer's statement and send it again."),
            field=name,
            settlement=f"#{row}" if settlements is None else int(settlements[row]),
            value=int(values[row]),
            low=low,
            high=high,
        )
