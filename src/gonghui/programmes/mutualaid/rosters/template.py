"""The template of a roster: empty, or filled with what is known, to be sent to a unit.

Numbers of people, cards and phones are text, so that no spreadsheet shortens them; words are chosen
from lists; a second sheet explains. What is the city's own is passed in.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from gonghui.adapters.spreadsheets.harmless import looks_like_formula
from gonghui.core.errors import N_
from gonghui.ground.directory.document_kinds import DOCUMENT_KINDS
from gonghui.programmes.mutualaid.rosters.columns import REQUIRED, Columns, columns
from gonghui.programmes.mutualaid.rosters.findings import Translate
from gonghui.programmes.mutualaid.rosters.roster import CHOICES, HELP, LIST, letters

FIELDS = (
    *("serial", "name", "document_kind", "document_number", "sex", "born_on", "ethnicity"),
    *("phone", "insurance", "category", "hardship", "model_worker", "shares", "own_fen"),
    *("unit_fen", "renewal", "bank", "card", "branch", "staff_number", "remark"),
)
UNIT_FIELDS = ("unit_name", "unit_code")
"""Added where one file has the people of several units."""
_HEADING_ROW = 2
_ROWS = 5_000
"""So far down there are lists to choose from."""
_WIDTHS = {"document_number": 22, "card": 22, "unit_name": 28, "unit_code": 22, "branch": 24}
_AMOUNTS = ("own_fen", "unit_fen")
_PLAIN_NUMBERS = ("serial", "shares", *_AMOUNTS)

HINTS: tuple[str, ...] = (
    N_("One person a row, directly below the headings; leave no row empty, merge no cells."),
    N_("Columns with a red heading are needed; others may be left empty or deleted."),
    N_("Identity and card numbers are text: type them into this template, do not paste formats."),
    N_("Is the last character of an identity number X, write a capital X."),
    N_("Other documents than the identity card: choose their kind from the list."),
    N_("Names as in the document, with rare characters and the · of long names."),
    N_("Dates like 1990-01-31, amounts in yuan like 80 or 80.00, without words."),
    N_("Totals, signatures and remarks below the list are not needed and are not read."),
    N_("Save as xlsx, without a password and without macros."),
)


@dataclass(frozen=True, slots=True)
class TemplateWords:
    """What the city says: ``title`` above the list, the rest in the explanations."""

    title: str
    unit: str = ""
    notes: tuple[str, ...] = ()
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a list of people looks like that is no roster."""

    sheet: str
    known: Columns
    choices: Mapping[str, Sequence[str]]
    """For each field with a vocabulary, what may be chosen."""
    required: Sequence[str]
    plain_numbers: Sequence[str]
    hints: Sequence[str]


def roster_layout() -> Layout:
    """That of a roster."""
    known = columns()
    return Layout(LIST, known, choices_of(known), REQUIRED, _PLAIN_NUMBERS, HINTS)


def template_workbook(
    words: TemplateWords,
    translate: Translate,
    *,
    rows: Sequence[Mapping[str, Any]] = (),
    fields: Sequence[str] = FIELDS,
    layout: Layout | None = None,
) -> bytes:
    """An xlsx. ``rows``: people to fill in, by field, as ``CheckedRoster.values`` has them."""
    stream = io.BytesIO()
    # in_memory: people's numbers are never left behind on a disk.
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        _Template(book, fields, layout or roster_layout()).write(words, translate, rows)
    return stream.getvalue()


class _Template:
    def __init__(self, book: xlsxwriter.Workbook, fields: Sequence[str], layout: Layout) -> None:
        self._book, self._fields, self._layout = book, fields, layout
        self._page = book.add_worksheet(layout.sheet)
        self._help = book.add_worksheet(HELP)
        self._choices = book.add_worksheet(CHOICES)
        self._text = book.add_format({"num_format": "@"})
        self._quoted = book.add_format({"num_format": "@", "quote_prefix": True})

    def write(
        self, words: TemplateWords, translate: Translate, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        page = self._page
        title = self._book.add_format({"bold": True, "font_size": 16})
        page.write_string(0, 0, words.title, title)
        if words.unit:
            page.write_string(1, 0, words.unit)
        self._headings()
        self._lists()
        for number, row in enumerate(rows, _HEADING_ROW + 1):
            for column, field in enumerate(self._fields):
                text = written(field, row.get(field), self._layout.known)
                if text:
                    style = self._quoted if looks_like_formula(text) else self._text
                    page.write_string(number, column, text, style)
        page.freeze_panes(_HEADING_ROW + 1, 2)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self._explain(words, translate)
        self._choices.hide()

    def _headings(self) -> None:
        look = {"bold": True, "border": 1, "align": "center", "valign": "vcenter"}
        plain = self._book.add_format({**look, "bg_color": "#DDEBF7"})
        needed = self._book.add_format({**look, "bg_color": "#DDEBF7", "font_color": "#C00000"})
        for column, field in enumerate(self._fields):
            self._page.set_column(
                column,
                column,
                _WIDTHS.get(field, 12),
                None if field in self._layout.plain_numbers else self._text,
            )
            label = self._layout.known.labels[field]
            self._page.write_string(
                _HEADING_ROW, column, label, needed if field in self._layout.required else plain
            )

    def _lists(self) -> None:
        """Words to choose from; each list stands in a column of a hidden sheet."""
        for at, (field, choices) in enumerate(self._layout.choices.items()):
            if field not in self._fields:
                continue
            for row, choice in enumerate(choices):
                self._choices.write_string(row, at, choice)
            column, letter = self._fields.index(field), letters(at)
            self._page.data_validation(
                _HEADING_ROW + 1,
                column,
                _HEADING_ROW + _ROWS,
                column,
                {
                    "validate": "list",
                    "source": f"={CHOICES}!${letter}$1:${letter}${len(choices)}",
                    "error_type": "warning",
                },
            )

    def _explain(self, words: TemplateWords, translate: Translate) -> None:
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._help.set_column(0, 0, 100, wrapped)
        lines = [words.title, *map(translate, self._layout.hints), *words.notes, words.contact]
        for row, line in enumerate(line for line in lines if line):
            self._help.write_string(row, 0, line)


def choices_of(known: Columns) -> dict[str, list[str]]:
    """For each field with a vocabulary, what the template offers."""
    choices = {"document_kind": [kind.words[0] for kind in DOCUMENT_KINDS.values()]}
    choices |= {field: list(said.values()) for field, said in known.said.items()}
    choices["ethnicity"] = list(dict.fromkeys(known.ethnicities.values()))
    return choices


def written(field: str, value: object, known: Columns) -> str:
    """A value as an officer would write it."""
    match value:
        case None | "":
            return ""
        case date():
            return value.isoformat()
        case int() if field in _AMOUNTS:
            return f"{value // 100}.{value % 100:02d}"
        case str() if field == "document_kind":
            return DOCUMENT_KINDS[value].words[0]
        case str() if field in known.said:
            return known.said[field].get(value, value)
    return str(value)
