"""What calamine leaves out of a sheet, read beside it from the file itself."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Untold:
    """Of one sheet; rows and columns count from 0."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    """``#REF!`` and the like, and formulas that nobody computed, as ``=…``; calamine reads nothing
    there."""
    formulas: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Only where calamine does not tell them."""
