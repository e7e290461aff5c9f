"""Payments as the bytes a bank takes. The same payments are the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter

from gonghui.adapters.bank.payouts.layouts import Column, Payment, PayoutLayout
from gonghui.core.errors import N_, Refusal

_MADE = datetime(2000, 1, 1)
_UNPRINTABLE = {ord(one): " " for one in "\t\r\n\0"}


def write_payments(
    layout: PayoutLayout, payments: Sequence[Payment], *, number: str, on: date
) -> bytes:
    """The file; refused when a value does not fit the layout, rather than cut."""
    if len(payments) > layout.most_lines:
        raise Refusal(
            N_("The bank takes {most} payments in one file; these are {count}."),
            N_("Draft them in several batches."),
            most=layout.most_lines,
            count=len(payments),
        )
    fen = sum(one.fen for one in payments)
    known = {
        "number": number,
        "day": f"{on:%Y%m%d}",
        "lines": f"{len(payments)}",
        "yuan": _yuan(fen),
        "fen": f"{fen}",
    }
    rows = [
        [_value(column, place, one) for column in layout.columns]
        for place, one in enumerate(payments, 1)
    ]
    first = [line.format(**known) for line in layout.first]
    if layout.form == "xlsx":
        return _workbook(layout, first, rows)
    text = _delimited(layout, rows) if layout.form == "delimited" else _fixed(layout, rows)
    whole = "".join(line + layout.newline for line in first) + text
    return whole.encode(layout.encoding)


def _value(column: Column, place: int, payment: Payment) -> str:
    values = {
        "place": f"{place}",
        "reference": payment.reference,
        "name": payment.name,
        "account": payment.account,
        "bank": payment.bank,
        "amount": _yuan(payment.fen),
        "fen": f"{payment.fen}",
        "remark": payment.remark,
        "empty": "",
    }
    return values[column.holds].translate(_UNPRINTABLE)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _delimited(layout: PayoutLayout, rows: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=layout.separator, lineterminator=layout.newline)
    if layout.headings:
        writer.writerow([one.heading for one in layout.columns])
    writer.writerows(rows)
    return written.getvalue()


def _fixed(layout: PayoutLayout, rows: Sequence[Sequence[str]]) -> str:
    lines: list[str] = []
    for row in rows:
        cells = []
        for column, value in zip(layout.columns, row, strict=True):
            room = column.width - len(value.encode(layout.encoding))
            if room < 0:
                raise Refusal(
                    N_("Line {line}: “{column}” is longer than the bank's layout allows."),
                    N_("Correct it where it is kept, then draft the payment again."),
                    line=len(lines) + 1,
                    column=column.heading or column.holds,
                )
            # Figures to the right, texts to the left, as banks count them.
            filled = "0" * room + value if column.holds == "fen" else value + " " * room
            cells.append(filled)
        lines.append("".join(cells) + layout.newline)
    return "".join(lines)


def _workbook(layout: PayoutLayout, first: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet()
        text = book.add_format({"num_format": "@"})
        at = 0
        for line in first:
            sheet.write_string(at, 0, line, text)
            at += 1
        if layout.headings:
            for column, one in enumerate(layout.columns):
                sheet.write_string(at, column, one.heading, text)
            at += 1
        for row in rows:
            for column, value in enumerate(row):
                sheet.write_string(at, column, value, text)
            at += 1
    return written.getvalue()
