"""An answer file as rows: a reference, a verdict, an amount, a day. Nothing else is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gonghui.adapters.bank.mapping import fold
from gonghui.adapters.bank.parsing import Unreadable, amount, day_and_time, plain, unwrapped
from gonghui.adapters.bank.payouts.layouts import PayoutLayout
from gonghui.adapters.spreadsheets import read_spreadsheet
from gonghui.core.errors import N_, Refusal, masked_numbers

_LONGEST = 60
_HEADING_ROWS = 20


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """``verdict`` is ``unknown`` for every word the layout does not know, and for an amount or a
    day that cannot be read: what is not understood is never success."""

    reference: str
    word: str
    verdict: str
    fen: int | None
    dated_on: date | None
    code: str


def read_answer(layout: PayoutLayout, content: bytes, name: str) -> list[AnswerRow]:
    """Every row below the headings that names a reference."""
    words = {word for several in layout.answers.values() for word in several}
    book = read_spreadsheet(content, name, known_headings=words)
    for sheet in book.sheets:
        for at in range(min(sheet.height, _HEADING_ROWS)):
            columns = _columns(layout, sheet.row(at))
            if columns is not None:
                rows = (sheet.row(row) for row in range(at + 1, sheet.height))
                return [row for cells in rows if (row := _row(layout, columns, cells))]
    raise Refusal(
        N_("The file is no answer of this bank: no row holds its headings."),
        N_("Send the file as the bank gave it, or name another layout with --layout."),
    )


def _columns(layout: PayoutLayout, cells: Sequence[str]) -> dict[str, int] | None:
    folded = [fold(cell) for cell in cells]
    found = {
        key: folded.index(word)
        for key, several in layout.answers.items()
        if (word := next((one for one in several if one in folded), None)) is not None
    }
    return found if {"reference", "status"} <= found.keys() else None


def _row(layout: PayoutLayout, columns: dict[str, int], cells: Sequence[str]) -> AnswerRow | None:
    def said(key: str) -> str:
        at = columns.get(key)
        return plain(unwrapped(cells[at])) if at is not None and at < len(cells) else ""

    reference = said("reference")
    if not reference:
        return None
    word = said("status")
    verdict = layout.verdicts.get(fold(word), "unknown")
    fen, dated_on = None, None
    try:
        fen = amount(said("amount"))
        dated_on = day_and_time(said("dated_on"))[0] if said("dated_on") else None
    except Unreadable:
        verdict = "unknown"
    code = masked_numbers(said("code"))[:_LONGEST]
    return AnswerRow(reference[:_LONGEST], word[:_LONGEST], verdict, fen, dated_on, code)
