"""Published figures as a workbook: the figures, their parts, and every line behind them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from gonghui.core.errors import N_
from gonghui.programmes.mutualaid.notice_names import masked_name
from gonghui.programmes.mutualaid.queries.figures import (
    Month,
    Opened,
    Part,
    Published,
    level_word,
)
from gonghui.verbs.treasury.exports.amounts import exact_yuan

_CREATED = datetime(2000, 1, 1)
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
PARTS = {"unit": N_("by unit"), "level": N_("by hospital level")}


def figures_workbook(
    title: str,
    said: Published,
    months: Sequence[Month],
    parts: dict[str, Sequence[Part]],
    lines: Iterable[Opened],
    translate: Callable[[str], str],
) -> bytes:
    """``title`` says which figure, of which days. The last sheet adds up to the first."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        book.set_properties({"title": title, "created": _CREATED})
        bold = book.add_format({"bold": True})
        money = book.add_format({"num_format": "#,##0.00"})
        percent = book.add_format({"num_format": '0.00"%"'})
        page = book.add_worksheet(translate(N_("Figures")))
        page.set_column(0, 0, 42)
        page.set_column(1, 1, 18)
        page.write_string(0, 0, title, bold)
        rows: list[tuple[str, Any, Any]] = [
            (translate("people paid"), said.people, None),
            (translate("payouts"), said.payouts, None),
            (translate("benefits paid out, yuan"), exact_yuan(said.fen), money),
            (translate("mean a person, yuan"), exact_yuan(said.mean_fen), money),
            (translate(N_("contributions received, yuan")), exact_yuan(said.received_fen), money),
            (translate("benefits of contributions, %"), exact_yuan(said.ratio), percent),
        ]
        for at, (label, value, form) in enumerate(rows, 2):
            page.write_string(at, 0, label)
            page.write_number(at, 1, value, form)
        _months(
            book.add_worksheet(translate(N_("by month"))), months, translate, bold, money, percent
        )
        for name, found in parts.items():
            _parts(book.add_worksheet(translate(PARTS[name])), found, translate, bold, money)
        _lines(book.add_worksheet(translate(N_("Lines"))), lines, translate, bold, money)
    return stream.getvalue()


def _months(
    page: Any,  # noqa: ANN401  (xlsxwriter has no types)
    months: Sequence[Month],
    translate: Callable[[str], str],
    bold: Any,  # noqa: ANN401
    money: Any,  # noqa: ANN401
    percent: Any,  # noqa: ANN401
) -> None:
    heads = ("month", "people", "payouts", "yuan", "so far, yuan", "contributions so far, yuan",
             "benefits of contributions, %", "the year before, so far, yuan")  # fmt: skip
    page.set_column(0, len(heads) - 1, 20)
    page.write_row(0, 0, [translate(one) for one in heads], bold)
    for at, one in enumerate(months, 1):
        page.write_string(at, 0, one.month)
        page.write_number(at, 1, one.people)
        page.write_number(at, 2, one.payouts)
        for column, fen in ((3, one.fen), (4, one.so_far_fen), (5, one.received_fen)):
            page.write_number(at, column, exact_yuan(fen), money)
        page.write_number(at, 6, exact_yuan(one.ratio), percent)
        page.write_number(at, 7, exact_yuan(one.before_fen), money)


def _parts(
    page: Any,  # noqa: ANN401
    found: Sequence[Part],
    translate: Callable[[str], str],
    bold: Any,  # noqa: ANN401
    money: Any,  # noqa: ANN401
) -> None:
    page.set_column(0, 0, 40)
    page.set_column(1, 4, 16)
    heads = ("part", "people", "payouts", "yuan", "mean a person, yuan")
    page.write_row(0, 0, [translate(one) for one in heads], bold)
    for at, one in enumerate(found, 1):
        page.write_string(at, 0, one.part or translate("not stated"))
        page.write_number(at, 1, one.people)
        page.write_number(at, 2, one.payouts)
        page.write_number(at, 3, exact_yuan(one.fen), money)
        page.write_number(at, 4, exact_yuan(one.mean_fen), money)


def _lines(
    page: Any,  # noqa: ANN401
    lines: Iterable[Opened],
    translate: Callable[[str], str],
    bold: Any,  # noqa: ANN401
    money: Any,  # noqa: ANN401
) -> None:
    heads = ("Day", "Worker", "Union", N_("Hospital level"), "yuan", "Journal", "Kind")
    page.set_column(0, len(heads) - 1, 18)
    page.write_row(0, 0, [translate(one) for one in heads], bold)
    for at, one in enumerate(lines, 1):
        for column, text in enumerate((one.day.isoformat(), masked_name(one.name), one.union)):
            page.write_string(at, column, text)
        page.write_string(at, 3, level_word(one.level))
        page.write_number(at, 4, exact_yuan(one.fen), money)
        if one.journal_id is not None:
            page.write_number(at, 5, one.journal_id)
        page.write_string(at, 6, translate(KINDS[one.kind]))


KINDS = {
    "ledger": N_("a line of the ledger"),
    "recovery": N_("owed back, or set off"),
    "takenpayout": N_("paid before the take-over"),
}
"""What a line behind a figure is."""
