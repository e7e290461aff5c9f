"""The decisions as a workbook: the sums, every decision applied for, and what each worker is told.

Amounts are numbers, dates are dates, and every text is written as text: no cell of a feed can
become a formula. Identity numbers appear masked only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from gonghui.core.adjudication.sentences import sentence
from gonghui.core.periods import date_of
from gonghui.core.rulebook.fields import NONE
from gonghui.core.rulebook.reasons import Reason
from gonghui.doors.cli.language import spoken
from gonghui.doors.cli.report.assumptions import Assumptions
from gonghui.doors.cli.report.explanation import left_told, steps_told
from gonghui.doors.cli.report.figures import Figures, Line, level_words
from gonghui.doors.cli.report.people import Person
from gonghui.doors.cli.report.tracing import TracedDecision
from gonghui.doors.cli.report.words import percent, said

MOST_ROWS = 200_000
"""Of a detail sheet; Excel itself ends at 1,048,576."""

STEPS_SHOWN = 100
"""The largest payments whose steps are written out; those of all refusals are."""

_CREATED = datetime(2000, 1, 1)
"""No clock: the same decisions are the same bytes."""

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Content:
    """What the workbook tells."""

    title: str
    head: Sequence[tuple[str, str]]
    """Lines above the sums: what data, which rules, what is counted."""
    figures: Figures
    decisions: Sequence[TracedDecision]
    counted: frozenset[tuple[int, str]]
    """The (settlement, kind) that the sums count."""
    people: Mapping[int, Person]
    ids: Mapping[int, str]
    assumptions: Sequence[Assumptions]


def write_workbook(content: Content, path: Path) -> None:
    """All sheets into one file."""
    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties(
        {
            "title": content.title,
            "comments": "\n".join(map(": ".join, content.head)),
            "created": _CREATED,
        }
    )
    sheets = _Sheets(book)
    _summary(sheets, content)
    _details(sheets, content)
    _explanations(sheets, content)
    book.close()


class _Sheets:
    """The workbook with its formats, and how a table is written."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401  (xlsxwriter has no types)
        self.book = book
        font = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
        line = {"bottom": 1, "bottom_color": "#d9dce1", "bold": True, "bg_color": "#f3f4f6"}
        self.text = book.add_format(font)
        self.wrapped = book.add_format({**font, "text_wrap": True})
        self.amount = book.add_format({**font, "num_format": "#,##0.00", "align": "right"})
        self.number = book.add_format({**font, "num_format": "#,##0", "align": "right"})
        self.day = book.add_format({**font, "num_format": "yyyy-mm-dd", "align": "left"})
        self.title = book.add_format({**font, "font_size": 16, "bold": True})
        bold = {**font, "bold": True}
        self.section = book.add_format({**bold, "font_size": 12, "font_color": "#8b2a2a"})
        self.head = book.add_format({**font, **line})
        self.head_right = book.add_format({**font, **line, "align": "right"})
        self.notice = book.add_format({**bold, "bg_color": "#fff7e0", "font_color": "#6b4e00"})
        self.label = book.add_format({**font, "font_color": "#57606a"})

    def sheet(self, name: str, widths: Sequence[float]) -> Any:  # noqa: ANN401
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def write(self, sheet: Any, row: int, column: int, value: Cell, wrap: bool = False) -> None:  # noqa: ANN401
        """One cell by its type: text as text, fen as yuan (a float), counts, dates."""
        match value:
            case None:
                sheet.write_blank(row, column, None, self.text)
            case str():
                sheet.write_string(row, column, value, self.wrapped if wrap else self.text)
            case float():
                sheet.write_number(row, column, value, self.amount)
            case int():
                sheet.write_number(row, column, value, self.number)
            case date():
                sheet.write_datetime(row, column, value, self.day)

    def row(self, sheet: Any, row: int, *cells: Cell) -> None:  # noqa: ANN401
        for column, value in enumerate(cells):
            self.write(sheet, row, column, value)

    def heads(self, sheet: Any, row: int, heads: Sequence[str], right: Sequence[int] = ()) -> None:  # noqa: ANN401
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, self.head_right if column in right else self.head)


def _yuan(fen: int) -> float:
    """Exact to the fen below 10^13 yuan: a double has 15 digits."""
    return fen / 100


def _day(day: int) -> date | None:
    return None if day == NONE else date_of(day)


def _summary(sheets: _Sheets, content: Content) -> None:
    figures = content.figures
    sheet = sheets.sheet(said("sheet_summary"), (46, 14, 14, 18, 12, 30))
    sheet.write_string(0, 0, content.title, sheets.title)
    row = 1
    for label, words in content.head:
        style = sheets.notice if words == said("synthetic") else sheets.label
        sheet.write_string(row, 0, f"{label}{said('colon')}{words}", style)
        row += 1
    row += 1
    for label, value in overview(figures):
        sheets.write(sheet, row, 0, label)
        sheets.write(sheet, row, 1, value)
        row += 1
    sections = (
        ("by_month", "month", figures.months),
        ("by_level", "level", figures.levels),
        ("by_unit", "unit", figures.units),
    )
    for title, first, lines in sections:
        count = len(lines) - bool(figures.units_left_out)
        sheet.write_string(row + 1, 0, said(title, count=count), sheets.section)
        row = _lines(sheets, sheet, row + 2, said(first), lines, figures.total)
    sheet.write_string(row + 1, 0, said("by_reason"), sheets.section)
    keys = ("reason", "settlements", "people", "amount_yuan", "share", "basis")
    heads = [said(key) for key in keys]
    sheets.heads(sheet, row + 2, heads, right=(1, 2, 3, 4))
    row += 3
    for reason in figures.reasons:
        share = percent(reason.settlements, figures.settlements)
        sheets.row(
            sheet,
            row,
            reason.label,
            reason.settlements,
            reason.people,
            _yuan(reason.fen),
            share,
            reason.basis,
        )
        row += 1
    for assumptions in content.assumptions:
        sheet.write_string(row + 1, 0, assumptions.head(), sheets.section)
        row += 2
        for because, parameters in assumptions.grouped():
            words = said("assumptions_effect", count=len(parameters), because=because)
            sheet.write_string(row, 0, words, sheets.text)
            row += 1


def overview(figures: Figures) -> list[tuple[str, Cell]]:
    """The figures that stand above all tables."""
    part = figures.participation
    rows: list[tuple[str, Cell]] = [
        (said("units_joined"), part.units),
        (said("workers_joined"), part.people),
    ]
    if part.contributions_fen is not None:
        rows.append((said("contributions"), _yuan(part.contributions_fen)))
    rows += [
        (said("people_paid"), figures.total.people),
        (said("payouts_paid"), figures.total.payouts),
        (said("benefit"), _yuan(figures.total.fen)),
    ]
    if part.contributions_fen is not None and figures.surplus_fen is not None:
        rows += [
            (said("payout_ratio"), percent(figures.total.fen, part.contributions_fen)),
            (said("surplus"), _yuan(figures.surplus_fen)),
        ]
    return rows


def _lines(
    sheets: _Sheets,
    sheet: Any,  # noqa: ANN401
    row: int,
    first: str,
    lines: Sequence[Line],
    total: Line,
) -> int:
    heads = [first, said("people"), said("payouts"), said("amount_yuan"), said("share")]
    sheets.heads(sheet, row, heads, right=(1, 2, 3, 4))
    for line in (*lines, total):
        row += 1
        share = percent(line.fen, total.fen)
        sheets.row(sheet, row, line.label, line.people, line.payouts, _yuan(line.fen), share)
    return row + 1


def _details(sheets: _Sheets, content: Content) -> None:
    keys = ("settlement", "name", "certificate", "unit", "level", "discharged", "filed", "paid",
            "kind", "amount", "use", "reason", "counted")  # fmt: skip
    widths = (17, 10, 22, 36, 9, 12, 12, 12, 18, 14, 11, 20, 10)
    sheet = sheets.sheet(said("sheet_decisions"), widths)
    sheets.heads(sheet, 0, [said(f"column_{key}") for key in keys], right=(9, 10))
    shown = content.decisions[:MOST_ROWS]
    for row, one in enumerate(shown, 1):
        sheets.row(sheet, row, *_detail(one, content))
    if len(shown) < len(content.decisions):
        words = said("rows_left_out", shown=len(shown), total=len(content.decisions))
        sheet.write_string(len(shown) + 2, 0, words, sheets.label)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(1, len(shown)), len(keys) - 1)


def _detail(one: TracedDecision, content: Content) -> tuple[Cell, ...]:
    decision, settlement, person = one.decision, one.settlement, content.people[one.person]
    return (
        content.ids.get(settlement.number, ""),
        person.name,
        person.masked,
        person.unit,
        level_words(settlement.fact("hospital_level")),
        _day(settlement.fact("discharged_on")),
        _day(settlement.fact("filed_on")),
        _day(settlement.fact("paid_on")),
        kind_label(one),
        _yuan(decision.amount_fen),
        decision.uses[0].number if decision.uses else None,
        said(f"reason_{decision.reason.name.lower()}"),
        said("yes") if (settlement.number, decision.kind) in content.counted else None,
    )


def kind_label(one: TracedDecision) -> str:
    """The benefit a decision is about."""
    edition = one.decision.edition
    kinds = edition.benefits if edition else ()
    label = next((kind.label for kind in kinds if kind.id == one.decision.kind), "")
    return label or said("no_listener")


def _explanations(sheets: _Sheets, content: Content) -> None:
    keys = ("settlement", "name", "amount", "sentence", "steps")
    sheet = sheets.sheet(said("sheet_explanations"), (17, 10, 14, 60, 90))
    sheets.heads(sheet, 0, [said(f"column_{key}") for key in keys], right=(2,))
    with_steps = _with_steps(content.decisions)
    for row, one in enumerate(content.decisions[:MOST_ROWS], 1):
        words = sentence(one.decision, one.settlement).in_(spoken())
        told = (one.decision.settlement, one.decision.kind) in with_steps
        steps = steps_text(one) if told else None
        person = content.people[one.person]
        cells = (content.ids.get(one.settlement.number, ""), person.name,
                 _yuan(one.decision.amount_fen), words, steps)  # fmt: skip
        for column, value in enumerate(cells):
            sheets.write(sheet, row, column, value, wrap=column >= 3)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)


def _with_steps(decisions: Sequence[TracedDecision]) -> set[tuple[int, str]]:
    """The largest payments, and all that give nothing though they were reckoned."""
    largest = sorted(decisions, key=lambda one: -one.decision.amount_fen)[:STEPS_SHOWN]
    refused = [one for one in decisions if one.decision.reason > Reason.CUT and one.decision.steps]
    return {(one.decision.settlement, one.decision.kind) for one in (*largest, *refused)}


def steps_text(one: TracedDecision) -> str:
    """The steps as lines of one cell."""
    told = [step.text for step in steps_told(one.decision, one.settlement)]
    return "\n".join([*told, *left_told(one.decision)])
