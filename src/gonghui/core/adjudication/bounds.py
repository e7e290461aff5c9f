"""Nothing absurd reaches the fold: compiled integers wrap silently, so they are checked before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonghui.core.adjudication.possible import LIMITS, refusal
from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.fields import FIELDS, NONE


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
        low, high = LIMITS[name]
        if values.min() >= low and values.max() <= high:
            continue
        absurd = (values < low) | (values > high)
        if field.unit == "day":
            absurd &= values != NONE
        if not absurd.any():
            continue
        row = int(np.flatnonzero(absurd)[0])
        settlements = columns.get("settlement")
        number = f"#{row}" if settlements is None else int(settlements[row])
        raise refusal(name, number, int(values[row]))
