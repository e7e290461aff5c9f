"""A statement file as lines and findings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import TypeVar

from gonghui.adapters.bank import arithmetic
from gonghui.adapters.bank.findings import Finding, StatementRefused
from gonghui.adapters.bank.layout import Layout, find_layout, mappings_tried, pairs
from gonghui.adapters.bank.mapping import BankMapping, fold, load_mapping
from gonghui.adapters.bank.parsing import (
    Unreadable,
    amount,
    clock,
    day_and_time,
    identifier,
    plain,
    unwrapped,
    wording,
)
from gonghui.adapters.spreadsheets import Kind, Sheet, read_spreadsheet
from gonghui.core.errors import Refusal

_YUAN = frozenset({"", "cny", "rmb", "人民币", "人民币元", "元", "01", "001", "156"})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One payment. ``amount_fen`` is positive for money in, negative for money out."""

    row: int
    booked_on: date
    booked_at: time | None
    amount_fen: int
    balance_fen: int | None
    counter_account: str
    counter_name: str
    counter_bank: str
    purpose: str
    remark: str
    serial: str
    reversal: bool
    """The bank printed the amount with a minus on its own side (冲正)."""
    raw: tuple[str, ...] = field(repr=False)
    """The cells as the file has them, so that a dispute can be settled."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A file, read. Usable when ``errors`` is empty."""

    bank: str
    account: str
    account_name: str
    headings: tuple[str, ...]
    lines: tuple[StatementLine, ...]
    findings: tuple[Finding, ...]
    sha256: str
    opening_fen: int | None = None
    closing_fen: int | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == "warning")

    def refusals(self, file: str) -> list[Refusal]:
        """Every error in words, in the order of the rows."""
        return [one.refusal(file) for one in self.errors]


def read_statement(
    source: Path | bytes, name: str = "", *, bank: str | Path | None = None, on: date
) -> Statement:
    """A statement file of a bank whose mapping is named, or found by the headings.

    ``name``: what the file is called, where ``source`` does not tell. ``on`` is the business day:
    no payment is later. Raises ``StatementRefused`` or the reader's own refusal when the file is
    no statement at all.
    """
    mapping = load_mapping(bank) if bank is not None else None
    content = source if isinstance(source, bytes) else source.read_bytes()
    called = name or (source.name if isinstance(source, Path) else "")
    known = {word for one in mappings_tried(mapping) for word in one.words}
    book = read_spreadsheet(content, called, known_headings=known)
    digest = hashlib.sha256(content).hexdigest()
    return read_sheets(called, book.sheets, mapping, on=on, sha256=digest)


def read_sheets(
    file: str,
    sheets: tuple[Sheet, ...],
    mapping: BankMapping | None = None,
    *,
    on: date,
    sha256: str = "",
) -> Statement:
    """The same for a file that has been read into sheets."""
    layout = find_layout(file, sheets, mapping)
    reading = _Reading(layout, on)
    for row in range(layout.heading + 1, layout.sheet.height):
        reading.take(row)
    if not reading.lines and not reading.findings:
        raise StatementRefused("no_lines", file)
    return reading.statement(sha256)


class _Reading:
    """Goes through the rows below the heading."""

    def __init__(self, layout: Layout, on: date) -> None:
        self.layout, self.on = layout, on
        self.sheet, self.mapping = layout.sheet, layout.mapping
        self.lines: list[StatementLine] = []
        self.findings: list[Finding] = []
        self.said = dict(layout.said)
        self.totals: list[arithmetic.Total] = []
        self._labels = {word: name for name, words in self.mapping.head.items() for word in words}
        self.zeros = 0
        self._unread_rows: set[int] = set()

    def note(self, row: int, code: str, column: str = "", value: str = "") -> None:
        self._unread_rows.add(row)
        self.findings.append(Finding(row + 1, code, self._heading_of(column), value))

    def warn(self, row: int, code: str, column: str = "", value: str = "") -> None:
        heading = self._heading_of(column)
        self.findings.append(Finding(row + 1, code, heading, value, severity="warning"))

    def _heading_of(self, column: str) -> str:
        at = self.layout.columns.get(column)
        return plain(self.sheet.columns[at][self.layout.heading]) if at is not None else ""

    def cell(self, row: int, column: str) -> str:
        at = self.layout.columns.get(column)
        return unwrapped(self.sheet.columns[at][row]) if at is not None else ""

    def take(self, row: int) -> None:
        cells = self.sheet.row(row)
        first = next((fold(cell) for cell in cells if plain(cell)), "")
        if not first or self._repeats_heading(cells):
            return
        if self._begins_like_payment(row):
            self._take_line(row, tuple(cells))
        elif first.startswith(self.mapping.totals):
            self._take_total(row)
        elif found := pairs(cells, self._labels):
            for name, text in found:
                self.said.setdefault(name, (row, text))
        elif not first.startswith(self.mapping.foot):
            self._take_line(row, tuple(cells))

    def _repeats_heading(self, cells: list[str]) -> bool:
        """Printed pages repeat it."""
        return list(map(fold, cells)) == list(map(fold, self.sheet.row(self.layout.heading)))

    def _begins_like_payment(self, row: int) -> bool:
        try:
            day_and_time(self.cell(row, "booked_on"))
        except Unreadable:
            return False
        return True

    def _take_total(self, row: int) -> None:
        for column in ("amount_in", "amount_out"):
            fen = self._money(row, column)
            if fen is not None:
                self.totals.append(arithmetic.Total(row, column, fen, len(self.lines)))

    def _take_line(self, row: int, cells: tuple[str, ...]) -> None:
        if self._nothing_of_a_payment(row) and not self._begins_like_payment(row):
            self.note(row, "row_unknown", value=next(filter(None, map(plain, cells))))
            return
        booked = self._booked(row)
        if booked is None and row not in self._unread_rows:
            self.note(row, "day_missing", "booked_on")
        signed, reversal = self._amount(row)
        balance = self._money(row, "balance")
        booked_at = self._read(row, "booked_at", lambda: clock(self.cell(row, "booked_at")))
        texts = {name: self._text(row, name) for name in _TEXTS}
        serial, counter_account = self._serial(row), self._counter_account(row)
        self._check_currency(row)
        self._check_formulas(row)
        if booked is None or not signed or row in self._unread_rows:
            return
        self.lines.append(
            StatementLine(
                row=row + 1,
                booked_on=booked[0],
                booked_at=booked_at or booked[1],
                amount_fen=signed,
                balance_fen=balance,
                counter_account=counter_account,
                serial=serial,
                reversal=reversal,
                raw=cells,
                **texts,
            )
        )

    def _read(self, row: int, column: str, reading: Callable[[], _T]) -> _T | None:
        try:
            return reading()
        except Unreadable as error:
            self.note(row, error.code, column, plain(self.cell(row, column)))
            return None

    def _money(self, row: int, column: str) -> int | None:
        return self._read(row, column, lambda: amount(self.cell(row, column)))

    def _booked(self, row: int) -> tuple[date, time | None] | None:
        text = self.cell(row, "booked_on")
        if not plain(text):
            return None
        booked = self._read(row, "booked_on", lambda: day_and_time(text))
        if booked and booked[0] > self.on:
            self.note(row, "day_in_future", "booked_on", booked[0].isoformat())
        return booked

    def _nothing_of_a_payment(self, row: int) -> bool:
        money = ("amount", "amount_in", "amount_out", "balance")
        return not any(plain(self.cell(row, column)) for column in money)

    def _amount(self, row: int) -> tuple[int | None, bool]:
        """Signed fen, and whether the bank took a payment back. None where it cannot be read."""
        if {"amount_in", "amount_out"} <= self.layout.columns.keys():
            came, went = self._money(row, "amount_in"), self._money(row, "amount_out")
            if came and went:
                self.note(row, "amount_on_both_sides", "amount_in")
                return None, False
            sign, fen = (1, came) if came or went is None else (-1, went)
        else:
            sign, fen = self._direction(row), self._money(row, "amount")
        if row in self._unread_rows:
            return None, False
        if fen is None:
            self.note(row, "amount_missing", "amount_in")
        elif fen == 0:
            self.zeros += 1
            self.warn(row, "amount_zero")
        return (sign * fen, fen < 0 and not self.mapping.signed) if fen else (fen, False)

    def _direction(self, row: int) -> int:
        if "direction" not in self.layout.columns:
            return 1
        word = self.cell(row, "direction")
        direction = self.mapping.directions.get(fold(word))
        if direction is None:
            self.note(row, "direction_unknown", "direction", plain(word))
        return -1 if direction == "out" else 1

    def _text(self, row: int, column: str) -> str:
        return self._read(row, column, lambda: wording(self.cell(row, column))) or ""

    def _kind(self, row: int, column: str) -> str:
        at = self.layout.columns.get(column)
        return self.sheet.kinds[at][row] if at is not None else Kind.EMPTY

    def _serial(self, row: int) -> str:
        from_number = self._kind(row, "serial") == Kind.NUMBER
        text = self.cell(row, "serial")
        serial = self._read(row, "serial", lambda: identifier(text, from_number))
        if serial == "" and "serial" in self.mapping.needed:
            self.note(row, "serial_missing", "serial")
        return serial or ""

    def _counter_account(self, row: int) -> str:
        """Lost digits here refuse nothing: the account only helps to find who paid."""
        text = self.cell(row, "counter_account")
        try:
            return identifier(text, self._kind(row, "counter_account") == Kind.NUMBER)
        except Unreadable as error:
            self.warn(row, error.code, "counter_account", plain(text))
            return ""

    def _check_currency(self, row: int) -> None:
        said = self.cell(row, "currency")
        if fold(said) not in _YUAN:
            self.note(row, "currency_other", "currency", plain(said))

    def _check_formulas(self, row: int) -> None:
        for column, at in self.layout.columns.items():
            if (row, at) in self.sheet.formulas:
                self.warn(row, "formula", column)

    def statement(self, sha256: str) -> Statement:
        hidden = sorted(r for r in self.sheet.hidden_rows if r > self.layout.heading)
        if hidden:
            rows = ", ".join(str(row + 1) for row in hidden[:20])
            self.findings.append(Finding(0, "hidden_rows", value=rows, severity="warning"))
        opening, closing = (self._said_amount(name) for name in ("opening", "closing"))
        # With a row unread the sums cannot be right, and saying so would only be noise.
        if not self._unread_rows:
            self.findings += arithmetic.check(
                self.lines,
                stated=arithmetic.Stated(
                    opening=opening,
                    closing=closing,
                    sums={name: self._said_amount(name) for name in ("total_in", "total_out")},
                    counts={n: self._said_text(n) for n in ("count", "count_in", "count_out")},
                    totals=self.totals,
                    zeros=self.zeros,
                ),
            )
        if self.mapping.serial_unique:
            self.findings += arithmetic.repeated_serials(self.lines)
        return Statement(
            bank=self.mapping.name,
            account=self._account(),
            account_name=self._said_text("account_name"),
            headings=tuple(map(plain, self.sheet.row(self.layout.heading))),
            lines=tuple(self.lines),
            findings=tuple(sorted(self.findings, key=lambda one: one.row)),
            sha256=sha256,
            opening_fen=opening,
            closing_fen=closing,
        )

    def _said_text(self, name: str) -> str:
        return self.said.get(name, (0, ""))[1]

    def _said_amount(self, name: str) -> int | None:
        row, text = self.said.get(name, (0, ""))
        return self._read(row, "", lambda: amount(text))

    def _account(self) -> str:
        row, text = self.said.get("account", (0, ""))
        return self._read(row, "", lambda: identifier(text, False)) or ""


_TEXTS = ("counter_name", "counter_bank", "purpose", "remark")
