"""The exceptions of a period as a workbook: an overview, and a sheet for each question."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from gonghui.programmes.mutualaid.queries.exceptions import Found
from gonghui.verbs.treasury.exports.amounts import exact_yuan

HEADS = (
    *(("归组", 28), ("业务编号", 24), ("职工", 18), ("相关人", 18), ("日期", 11)),
    *(("金额", 14), ("说明", 40), ("审计结论", 10), ("审计说明", 40)),
)
OVERVIEW, FINDINGS = "总览", ("属实无误", "有问题", "待查")
_CREATED = datetime(2000, 1, 1)


def exceptions_workbook(
    found: Sequence[Found], period: str, translate: Callable[[str], str]
) -> bytes:
    """Rows with room for what the auditor finds; questions that found nothing are named, too."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": f"审计例外 {period}", "created": _CREATED})
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        page = book.add_worksheet(OVERVIEW)
        page.set_column(0, 0, 50)
        page.write_row(0, 0, (f"例外（{period}）", "归组", "笔数", "金额"), bold)
        for at, one in enumerate(found, 1):
            page.write_string(at, 0, translate(one.question.title))
            page.write_number(at, 1, one.groups)
            page.write_number(at, 2, len(one.hits))
            page.write_number(at, 3, exact_yuan(one.fen), money)
        for one in found:
            if one.hits:
                _sheet(book.add_worksheet(one.question.code), one, bold, money)
    return stream.getvalue()


def _sheet(page: Any, one: Found, bold: Any, money: Any) -> None:  # noqa: ANN401  (no types)
    for column, (head, width) in enumerate(HEADS):
        page.set_column(column, column, width)
        page.write_string(0, column, head, bold)
    for row, hit in enumerate(one.hits, 1):
        day = "" if hit.day is None else hit.day.isoformat()
        for column, text in enumerate((hit.group, hit.handle, *hit.people, day)):
            page.write_string(row, column, text)
        page.write_number(row, 5, exact_yuan(hit.fen), money)
        page.write_string(row, 6, hit.said)
    validation = {"validate": "list", "source": list(FINDINGS)}
    page.data_validation(1, 7, max(1, len(one.hits)), 7, validation)
    page.freeze_panes(1, 0)
