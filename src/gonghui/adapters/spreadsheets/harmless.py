"""Text on its way out, so that no spreadsheet program takes it for a formula.

In a workbook the cell is of type text and carries Excel's own quote in its style; in CSV the quote
stands in the text. Reading takes a leading quote off again.
"""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet program might compute this text."""
    return text.lstrip(" ").startswith(FORMULA_STARTS)


def for_csv(text: str) -> str:
    """The text with the quote that keeps it text."""
    return f"'{text}" if looks_like_formula(text) else text
