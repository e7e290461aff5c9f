"""A city's workbooks as units, people, payouts made and balances, held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gonghui.adapters.spreadsheets import Sheet, Spreadsheet
from gonghui.core.money import format_yuan
from gonghui.ground.directory.identity import eighteen_from_fifteen, normalise_number
from gonghui.programmes.mutualaid.rosters.checking import check_roster
from gonghui.programmes.mutualaid.rosters.columns import plain
from gonghui.programmes.mutualaid.rosters.errors import RosterRefused
from gonghui.programmes.mutualaid.rosters.findings import Finding
from gonghui.programmes.mutualaid.rosters.names import fold_names
from gonghui.programmes.mutualaid.rosters.readers import (
    each,
    read_amounts,
    read_days,
    shortened,
)
from gonghui.programmes.mutualaid.rosters.roster import CheckedRoster, Expectations, Unit
from gonghui.programmes.mutualaid.takeover.findings import Noted
from gonghui.programmes.mutualaid.takeover.sheets import Part, part_of, people_columns, words
from gonghui.programmes.mutualaid.takeover.totals import Totals


@dataclass(frozen=True, slots=True)
class TakenUnit:
    """A union that the workbook names and nobody knew. ``id`` is below zero until it has one."""

    id: int
    code: str
    name: str
    parent: str
    """The code of the union above; "" below the root."""
    kind: str
    credit_code: str
    unit_class: str
    workforce: int | None


@dataclass(frozen=True, slots=True)
class TakenPayout:
    """A payout that was made before the take-over. ``at``: the person's place in the roster."""

    row: int
    at: int
    paid_on: date
    fen: int
    counts: bool
    """Whether it used up one of the times that the edition allows."""
    reference: str


@dataclass(frozen=True, slots=True)
class TakenBalance:
    """An account's balance on the day: a debit is positive, a credit negative."""

    account: str
    fen: int


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a period that was counted elsewhere: from its first day, until the take-over."""

    period_from: date
    until: date
    """The first day that is ours."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the fund, as people may write it."""

    key: str
    code: str
    name: str


@dataclass(slots=True)
class Book:
    """Everything a take-over says, with what is to be asked about it."""

    units: list[TakenUnit] = field(default_factory=list)
    roster: CheckedRoster | None = None
    payouts: list[TakenPayout] = field(default_factory=list)
    balances: list[TakenBalance] = field(default_factory=list)
    findings: list[Noted] = field(default_factory=list)

    @property
    def bookable(self) -> bool:
        return self.roster is not None and all(one.level != "error" for one in self.findings)

    @property
    def totals(self) -> Totals:
        """What the workbooks add up to."""
        roster = self.roster
        places = roster.values["unit_id"] if roster is not None else []
        return Totals(
            units=len({place for place in places if place is not None}),
            people=len(roster.numbers) if roster is not None else 0,
            paid_fen=sum(one.fen for one in self.payouts),
            uses=sum(one.counts for one in self.payouts),
            opening_fen=sum(one.fen for one in self.balances if one.account == "bank"),
        )

    def note(self, sheet: str, row: int, code: str, **values: object) -> None:
        self.findings.append(Noted(sheet, row, code, tuple(values.items())))


def read_takeover(
    books: Iterable[Spreadsheet],
    expected: Expectations,
    *,
    span: Span,
    accounts: Sequence[Account],
) -> Book:
    """Every sheet of the workbooks. ``expected.units``: the units that are known already."""
    book = Book()
    parts, lists = _sorted(books, book)
    known = list(expected.units or ())
    if (part := parts.get("units")) is not None:
        known += _read_units(part, known, book)
    if not lists:
        book.note("", 0, "no_people_sheet")
        return book
    if len(lists) > 1:
        book.note("", 0, "sheet_twice", value="、".join(sheet.name for _, sheet in lists))
        return book
    spreadsheet, sheet = lists[0]
    book.roster = roster = check_roster(
        replace(spreadsheet, sheets=(sheet,)), replace(expected, units=known)
    )
    book.findings += [Noted(sheet.name, one.row, one.code, finding=one) for one in roster.findings]
    if (part := parts.get("payouts")) is not None:
        _read_payouts(part, roster, span, book)
    _compare_people(spreadsheet, sheet, roster, book)
    if (part := parts.get("balances")) is not None:
        _read_balances(part, accounts, book)
    else:
        book.note("", 0, "no_balances_sheet")
    return book


def _sorted(
    books: Iterable[Spreadsheet], book: Book
) -> tuple[dict[str, Part], list[tuple[Spreadsheet, Sheet]]]:
    """The sheets by what they hold; lists of people are those that nothing else explains."""
    parts: dict[str, Part] = {}
    lists = []
    for spreadsheet in books:
        for sheet in spreadsheet.sheets:
            if sheet.hidden or not any(kinds.strip() for kinds in sheet.kinds):
                continue
            part = part_of(spreadsheet, sheet)
            if part is None:
                if _lists_people(spreadsheet, sheet):
                    lists.append((spreadsheet, sheet))
                else:
                    book.note(sheet.name, 0, "sheet_unread", value=sheet.name)
            elif part.rows and part.kind in parts:
                both = f"{parts[part.kind].sheet.name}、{sheet.name}"
                book.note(sheet.name, 0, "sheet_twice", value=both)
            elif part.rows:
                parts[part.kind] = part
    return parts, lists


def _lists_people(spreadsheet: Spreadsheet, sheet: Sheet) -> bool:
    from gonghui.programmes.mutualaid.rosters.headings import find_table

    try:
        find_table(replace(spreadsheet, sheets=(sheet,)))
    except RosterRefused as refusal:
        return refusal.code not in ("no_heading", "no_name", "no_document_number", "no_people")
    return True


def _read_units(part: Part, known: Sequence[Unit], book: Book) -> list[Unit]:
    """The units that are new, as the list of people may name them."""
    sheet, at_home = part.sheet.name, {one.code: one for one in known if one.code}
    fields = ("code", "name", "parent", "kind", "credit_code", "unit_class")
    columns = {name: part.cells(name).texts for name in fields}
    workforce = _whole_numbers(part, "workforce", book)
    named = {code for code in columns["code"] if code}
    seen: set[str] = set()
    made = []
    for at, row in enumerate(part.rows):
        one = {name: column[at] for name, column in columns.items()}
        code = one["code"]
        kind = words().union_kinds.get(plain(one["kind"]))
        if not code or not one["name"]:
            book.note(sheet, row, "unit_no_code")
        elif code in seen:
            book.note(sheet, row, "unit_twice", value=code)
        elif code in at_home:
            if plain(at_home[code].name) != plain(one["name"]):
                book.note(sheet, row, "unit_differs", value=code)
        elif kind is None:
            book.note(sheet, row, "unit_kind_unknown", value=shortened(one["kind"]))
        elif kind == "city" and not one["parent"]:
            pass  # the root is there: the city itself
        elif one["parent"] and one["parent"] not in named | at_home.keys():
            book.note(sheet, row, "unit_parent_unknown", value=shortened(one["parent"]))
        else:
            rest = one["name"], one["parent"], kind, one["credit_code"], one["unit_class"]
            book.units.append(TakenUnit(-1 - at, code, *rest, workforce[at]))
            made.append(Unit(-1 - at, one["name"], one["credit_code"], code))
        seen.add(code)
    return made


def _whole_numbers(part: Part, name: str, book: Book) -> list[int | None]:
    cells = part.cells(name)
    values: list[int | None] = []
    for at, text in enumerate(cells.texts):
        number = text.removesuffix(".0").replace(",", "")
        if number.isascii() and number.isdigit() and len(number) < 9:
            values.append(int(number))
        else:
            if text:
                book.note(part.sheet.name, part.rows[at], "number_unreadable",
                          value=shortened(text))  # fmt: skip
            values.append(None)
    return values


def _amounts(part: Part, name: str, book: Book) -> list[int | None]:
    """Fen; what cannot be read is told of the row. A negative amount cannot."""
    cells = part.cells(name)
    values = read_amounts(cells)
    for row in {one.row for one in cells.findings}:
        book.note(part.sheet.name, row, "amount_unreadable")
    return values


def _read_payouts(part: Part, roster: CheckedRoster, span: Span, book: Book) -> None:
    sheet, flags = part.sheet.name, words().flags
    places = {number: at for at, number in enumerate(roster.values["document_number"]) if number}
    numbers = each(part.cells("document_number"), _number)
    names = fold_names(part.cells("name").texts)
    days, _why = read_days(part.cells("paid_on"), from_1904=part.book.from_1904)
    amounts = _amounts(part, "fen", book)
    unreadable = {one.row for one in book.findings
                  if one.sheet == sheet and one.code == "amount_unreadable"}  # fmt: skip
    counts, references = part.cells("counts").texts, part.cells("reference").texts
    seen: dict[tuple[object, ...], int] = {}
    for i, row in enumerate(part.rows):
        at, day, fen = places.get(numbers[i]), days[i], amounts[i]
        flag = flags.get(plain(counts[i]) or counts[i]) if counts[i] else True
        folded = roster.values["name_folded"][at] if at is not None else ""
        if at is None:
            book.note(sheet, row, "payout_no_person")
        elif names[i] and folded and names[i] != folded:
            book.note(sheet, row, "payout_other_name")
        elif day is None:
            book.note(sheet, row, "payout_no_day")
        elif not span.period_from <= day < span.until:
            book.note(sheet, row, "payout_outside", value=day.isoformat(),
                      first=span.period_from.isoformat(), last=span.until.isoformat())  # fmt: skip
        elif row in unreadable:
            continue
        elif not fen:
            book.note(sheet, row, "payout_nothing")
        elif flag is None:
            book.note(sheet, row, "counts_unclear", value=shortened(counts[i]))
        elif (same := seen.setdefault((at, day, fen, references[i]), row)) != row:
            book.note(sheet, row, "payout_twice", value=same)
        else:
            book.payouts.append(TakenPayout(row, at, day, fen, flag, references[i]))


def _number(text: str) -> str:
    number = normalise_number(text)
    return eighteen_from_fifteen(number) if len(number) == 15 and number.isdigit() else number


def _compare_people(
    spreadsheet: Spreadsheet, sheet: Sheet, roster: CheckedRoster, book: Book
) -> None:
    """What the list says of uses and yuan beside what the payouts show, person by person."""
    columns = people_columns(sheet, roster.heading_row)
    part = Part("people", spreadsheet, sheet, columns, roster.numbers)
    uses: Counter[int] = Counter(one.at for one in book.payouts if one.counts)
    paid: Counter[int] = Counter()
    for one in book.payouts:
        paid[one.at] += one.fen
    if "uses" in columns:
        for at, said in enumerate(_whole_numbers(part, "uses", book)):
            if said is not None and said != uses[at]:
                book.note(sheet.name, roster.numbers[at], "uses_differ", value=said,
                          found=uses[at])  # fmt: skip
    if "paid_fen" in columns:
        for at, fen in enumerate(_amounts(part, "paid_fen", book)):
            if fen is not None and fen != paid[at]:
                book.note(sheet.name, roster.numbers[at], "paid_differs",
                          value=format_yuan(fen), found=format_yuan(paid[at]))  # fmt: skip


def _read_balances(part: Part, accounts: Sequence[Account], book: Book) -> None:
    sheet = part.sheet.name
    known: Mapping[str, str] = {
        plain(text): one.key for one in accounts for text in (one.name, one.code, one.key)
    }
    names, codes = part.cells("account").texts, part.cells("code").texts
    debits, credits = _amounts(part, "debit", book), _amounts(part, "credit", book)
    seen: set[str] = set()
    for at, row in enumerate(part.rows):
        key = known.get(plain(names[at])) or known.get(plain(codes[at]))
        debit, credit = debits[at] or 0, credits[at] or 0
        said = shortened(names[at] or codes[at])
        if key is None:
            several = "、".join(one.name for one in accounts)
            book.note(sheet, row, "account_unknown", value=said, known=several)
        elif key in seen:
            book.note(sheet, row, "account_twice", value=said)
        elif debit and credit:
            book.note(sheet, row, "account_both_sides", value=said)
        elif debit or credit:
            book.balances.append(TakenBalance(key, debit - credit))
        seen.add(key or "")
    if any(one.sheet == sheet and one.level == "error" for one in book.findings):
        return  # what could not be read makes every sum wrong
    debit = sum(one.fen for one in book.balances if one.fen > 0)
    credit = -sum(one.fen for one in book.balances if one.fen < 0)
    if debit != credit:
        book.note(sheet, 0, "balances_uneven", debit=format_yuan(debit),
                  credit=format_yuan(credit), value=format_yuan(debit - credit))  # fmt: skip
    spent = sum(one.fen for one in book.balances if one.account == "benefits")
    paid = sum(one.fen for one in book.payouts)
    payable = -sum(one.fen for one in book.balances if one.account == "benefits_payable")
    if spent - payable != paid:
        book.note(sheet, 0, "benefits_differ", value=format_yuan(spent - payable),
                  found=format_yuan(paid))  # fmt: skip


def add_finding(book: Book, finding: Finding) -> None:
    """Something the house knows of a row of the list of people."""
    assert book.roster is not None
    book.findings.append(Noted(book.roster.sheet, finding.row, finding.code, finding=finding))
