"""Identity numbers: written in one form, checked, explained in clerks' words.

Nothing here reads a database or a clock. python-stdnum states the same rules for the resident
number, but reads 13,000 a second; the tests hold the two together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gonghui.core.errors import N_, Refusal
from gonghui.ground.directory.document_kinds import (
    BIRTH_CERTIFICATE,
    DOCUMENT_KINDS,
    FOREIGN_PERMANENT,
    HOUSEHOLD_REGISTER,
    NATIONAL_FORM,
    OFFICER,
    PASS_HK_MO,
    PASS_TW,
    PASSPORT,
    RESIDENCE_HK_MO,
    RESIDENCE_TW,
    RESIDENT,
    SOLDIER,
)

MALE, FEMALE = "M", "F"
OLDEST_YEARS = 120

_PROVINCES_BY_REGION = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71))
PROVINCES = frozenset(
    str(code)
    for first, last in (*_PROVINCES_BY_REGION, (81, 83))
    for code in range(first, last + 1)
)
"""First two digits of GB/T 2260, with 83 as residence permits of Taiwan write it."""
INVENTED = "99"
"""No province: numbers of people who do not exist, for demonstrations and tests."""
_HK_MO, _TW = frozenset({"81", "82"}), "83"

_WHAT: dict[str, tuple[str, str]] = {
    "empty": (N_("The identity number is missing."), N_("Enter it as the document shows it.")),
    "kind": (
        N_("The kind of document is unknown."),
        N_("Choose one of the kinds in the template."),
    ),
    "ruined": (
        N_("The spreadsheet has turned the identity number into a power of ten."),
        N_("Format the column as text and type the number again; its last digits are lost."),
    ),
    "rounded": (
        N_("The identity number ends in 000: the spreadsheet has rounded its last digits away."),
        N_("Format the column as text and type the number again from the document."),
    ),
    "ends_000": (
        N_("The identity number ends in 000; a spreadsheet may have rounded it."),
        N_("Compare it with the document."),
    ),
    "length": (
        N_("The identity number has {length} characters instead of 18."),
        N_("Compare it with the document, character by character."),
    ),
    "characters": (
        N_("The identity number holds something other than digits and a last X."),
        N_("Compare it with the document, character by character."),
    ),
    "checksum": (
        N_("The identity number's check character does not fit: a digit is mistyped."),
        N_("Compare it with the document, character by character."),
    ),
    "date": (
        N_("The birth date in the identity number does not exist."),
        N_("Compare digits 7 to 14 with the document."),
    ),
    "future": (
        N_("The birth date in the identity number lies ahead."),
        N_("Compare digits 7 to 14 with the document."),
    ),
    "age": (
        N_("By the identity number the person would be more than 120 years old."),
        N_("Compare digits 7 to 14 with the document."),
    ),
    "region": (
        N_("No province has the number the identity number begins with."),
        N_("Compare the first two digits with the document."),
    ),
    "old": (
        N_("The identity number is an old one of 15 digits, invalid since 2013."),
        N_("It is kept with 18 characters; compare it with the present card."),
    ),
    "form": (
        N_("A document of this kind has no such number."),
        N_("Check the kind of document and the number."),
    ),
    "register": (
        N_("The household register's own number names no person."),
        N_("Enter the citizen number that stands on the person's page, as an identity card."),
    ),
}
REMARKS = frozenset({"ends_000", "old"})
"""To be looked at; everything else refuses the row."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a number; it never holds the number."""

    code: str
    values: tuple[tuple[str, object], ...] = ()

    @property
    def refuses(self) -> bool:
        return self.code not in REMARKS

    def refusal(self) -> Refusal:
        what, todo = _WHAT[self.code]
        values: dict[str, Any] = dict(self.values)
        return Refusal(what, todo, field="identity_number", **values)


@dataclass(frozen=True, slots=True)
class Checked:
    """A number in its normal form, what it tells, and what is wrong with it.

    ``kind`` is what the number says it is: a permit of Hong Kong entered as an identity card is a
    permit of Hong Kong.
    """

    kind: str
    number: str
    born_on: date | None = None
    sex: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def accepted(self) -> bool:
        return not any(problem.refuses for problem in self.problems)


_DASHES = re.compile(
    r"[\s'’`‘_\x00-\x1f\-\u2010-\u2015\u2212\ufe63\u200b-\u200f\u202a-\u202e\u2060\ufeff]+"
)
"""Spaces, dashes, the quote that spreadsheets put before text, characters nobody sees."""
_POWER = re.compile(r"\d(\.\d+)?E\+?\d+")
_LIKE_X = "×✕*\N{CYRILLIC CAPITAL LETTER HA}"


def normalise_number(number: str) -> str:
    """Without spaces, dashes and hidden characters, half-width, upper case."""
    plain = _DASHES.sub("", unicodedata.normalize("NFKC", number)).upper()
    if len(plain) == 18 and plain[17] in _LIKE_X:
        plain = plain[:17] + "X"
    return plain[:-2] if plain.endswith(".0") and plain[:-2].isdigit() else plain


def mask_number(number: str) -> str:
    """What a list may show: of long numbers six and four, of others at most the last third."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    shown = min(4, len(number) // 3)
    return "*" * (len(number) - shown) + number[len(number) - shown :]


def check_character(first_17: str) -> str:
    """The last character of GB 11643 (ISO 7064, MOD 11-2), for seventeen digits."""
    # 13 is 2 modulo 11, so reading the digits to base 13 gives the weighted sum in one C call.
    return "10X98765432"[2 * int(first_17, 13) % 11]


def eighteen_from_fifteen(number: str) -> str:
    """The number of 18 characters of a card of the first generation."""
    # The old standard gave the sequences 996 to 999 to those born before 1900.
    century = "18" if number[12:15] in ("996", "997", "998", "999") else "19"
    first_17 = number[:6] + century + number[6:]
    return first_17 + check_character(first_17)


def check_document(kind: str, number: str, on: date | None = None) -> Checked:
    """One number of one kind of document; ``on`` lets it judge ages."""
    if kind not in DOCUMENT_KINDS:
        return Checked(kind, normalise_number(number), problems=(Problem("kind"),))
    plain = normalise_number(number)
    if not plain:
        empty = () if kind == HOUSEHOLD_REGISTER else (Problem("empty"),)
        return Checked(kind, "", problems=empty)
    if _POWER.fullmatch(plain):
        return Checked(kind, plain, problems=(Problem("ruined"),))
    return _CHECKS[kind](kind, plain, on)


@dataclass(slots=True)
class CheckedColumn:
    """A column of numbers checked; ``problems`` holds only the rows that have any."""

    kinds: list[str]
    numbers: list[str]
    born_on: list[date | None]
    sexes: list[str]
    problems: dict[int, tuple[Problem, ...]] = field(default_factory=dict)


def check_documents(
    kinds: str | Sequence[str], numbers: Sequence[str], on: date | None = None
) -> CheckedColumn:
    """Many at once; numbers without fault take a short way that the tests hold to the long one."""
    many = [kinds] * len(numbers) if isinstance(kinds, str) else list(kinds)
    column = CheckedColumn(many, list(numbers), [None] * len(numbers), [""] * len(numbers))
    days: dict[str, date | None] = {}
    for row, (kind, number) in enumerate(zip(many, numbers, strict=True)):
        if (
            kind == RESIDENT
            and len(number) == 18
            and number.isascii()
            and (first_17 := number[:17]).isdigit()
            and number[17] == check_character(first_17)
            and not _perhaps_rounded(number)
            and number[:2] in _CITIZENS
        ):
            written = number[6:14]
            if written not in days:
                day = _day(written)
                days[written] = day if day and not _unlikely(day, on) else None
            if (born := days[written]) is not None:
                column.born_on[row] = born
                column.sexes[row] = MALE if number[16] in "13579" else FEMALE
                continue
        checked = check_document(kind, number, on)
        column.kinds[row], column.numbers[row] = checked.kind, checked.number
        column.born_on[row], column.sexes[row] = checked.born_on, checked.sex
        if checked.problems:
            column.problems[row] = checked.problems
    return column


_CITIZENS = (PROVINCES | {INVENTED}) - _HK_MO - {_TW}


def _perhaps_rounded(number: str) -> bool:
    # A rounded number passes the check character once in eleven times.
    return number.endswith("000") and not number.startswith(INVENTED)


def _day(written: str) -> date | None:
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:8]))
    except ValueError:  # no such day: the caller says so
        return None


def _unlikely(born: date, on: date | None) -> Problem | None:
    if on is None:
        return None
    if born > on:
        return Problem("future")
    return Problem("age") if on.year - born.year > OLDEST_YEARS else None


def _national(kind: str, number: str, on: date | None) -> Checked:
    if kind == FOREIGN_PERMANENT and number[:3].isalpha():
        return _foreign_of_15(kind, number, on)
    remarks: tuple[Problem, ...] = ()
    if len(number) == 15 and number.isascii() and number.isdigit() and kind == RESIDENT:
        number, remarks = eighteen_from_fifteen(number), (Problem("old"),)
    if len(number) != 18:
        return Checked(kind, number, problems=(Problem("length", (("length", len(number)),)),))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return Checked(kind, number, problems=(Problem("characters"),))
    problems = list(remarks)
    if number[17] != check_character(number[:17]):
        problems.append(Problem("rounded" if number.endswith("000") else "checksum"))
    elif _perhaps_rounded(number):
        problems.append(Problem("ends_000"))
    own = _kind_by_region(number)
    if own is None:
        problems.append(Problem("region"))
    elif own != kind and kind != RESIDENT:
        problems.append(Problem("form"))
    born = _day(number[6:14])
    if born is None:
        problems.append(Problem("date"))
    elif problem := _unlikely(born, on):
        problems.append(problem)
    sex = MALE if number[16] in "13579" else FEMALE
    return Checked(own or kind, number, born, sex, tuple(problems))


def _kind_by_region(number: str) -> str | None:
    if number[0] == "9" and number[1:3] in PROVINCES:  # then the nationality, as three digits
        return FOREIGN_PERMANENT
    region = number[:2]
    if region in _HK_MO:
        return RESIDENCE_HK_MO
    if region == _TW:
        return RESIDENCE_TW
    return RESIDENT if region in _CITIZENS else None


def _foreign_of_15(kind: str, number: str, on: date | None) -> Checked:
    """Cards until 2023: nationality, four digits of the place, YYMMDD, two more digits."""
    if not re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return Checked(kind, number, problems=(Problem("form"),))
    problems = [] if number[3:5] in PROVINCES else [Problem("region")]
    of_1900, of_2000 = _day("19" + number[7:13]), _day("20" + number[7:13])
    if of_1900 is None and of_2000 is None:
        problems.append(Problem("date"))
    # The card leaves the century open; a worker is at least sixteen.
    young = on is not None and of_2000 is not None and on.year - of_2000.year >= 16
    born = None if on is None else of_2000 if young else of_1900
    return Checked(kind, number, born, "", tuple(problems))


def _by_form(pattern: str, normal: Callable[[re.Match[str]], str]) -> _Check:
    form = re.compile(pattern)

    def check(kind: str, number: str, on: date | None) -> Checked:
        match = form.fullmatch(number)
        if match is None:
            return Checked(kind, number, problems=(Problem("form"),))
        return Checked(kind, normal(match))

    return check


def _register(kind: str, number: str, on: date | None) -> Checked:
    person = _national(RESIDENT, number, on)
    if person.accepted:  # people copy the citizen number from the person's page
        return person
    return Checked(kind, "", problems=(Problem("register"),))


_Check = Callable[[str, str, date | None], Checked]
_MILITARY = _by_form(
    "([一-鿿]{1,3}?)字?第?([0-9A-Z]{4,10})号?", lambda match: f"{match[1]}字第{match[2]}号"
)
_CHECKS: dict[str, _Check] = {
    **dict.fromkeys(NATIONAL_FORM, _national),
    PASSPORT: _by_form("(?=.*[0-9]{3})[A-Z0-9]{5,12}", lambda match: match[0]),
    # A renewed permit appends two digits; the first nine characters stay for life.
    PASS_HK_MO: _by_form(r"([HM][0-9]{8})\(?(?:[0-9]{2})?\)?", lambda match: match[1]),
    # Older ones append two digits and a letter; the first eight digits stay for life.
    PASS_TW: _by_form(r"T?([0-9]{8})\(?(?:[0-9]{2})?\)?(?:\(?[A-Z]\)?)?", lambda match: match[1]),
    OFFICER: _MILITARY,
    SOLDIER: _MILITARY,
    BIRTH_CERTIFICATE: _by_form("[A-Z][0-9]{9}", lambda match: match[0]),
    HOUSEHOLD_REGISTER: _register,
}
