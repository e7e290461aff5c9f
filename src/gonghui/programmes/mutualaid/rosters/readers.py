"""Columns of text into dates, shares, fen, words and numbers of cards and phones.

Every reader takes the cells of a column, notes what cannot be read, and returns one value a cell:
None (or "" for words) where nothing is stated or nothing could be read. Values that occur often are
read once. No binary fraction holds money: text to decimal to fen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from gonghui.core.errors import masked_numbers
from gonghui.ground.directory.codes import check_phone, normalise_phone
from gonghui.ground.directory.identity import normalise_number
from gonghui.programmes.mutualaid.rosters.cells import Cells, half_width
from gonghui.programmes.mutualaid.rosters.columns import plain_word

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_POWER = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")
_DAY = re.compile(
    r"([12][0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T].*)?"
    r"|([12][0-9]{3})([0-9]{2})([0-9]{2})"
)
_MONTH = re.compile(r"[12][0-9]{3}(?:[-/.年][0-9]{1,2}月?|[0-9]{2}|年)?")
_SERIAL = re.compile(r"[1-5][0-9]{4}(?:\.0+)?")
_AMOUNT = re.compile(
    r"[¥￥]?(-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]+)?)(?:元整?|块钱?|RMB|人民币)?"
)
_NO_AMOUNT = frozenset({"-", "—", "/", "无"})
_MOST_FEN = 10_000_000_00
_NOISE_FEN = Decimal("0.0001")
_SHARES = re.compile(r"(-?[0-9]{1,6})(?:\.0+)?(?:份|股)?")
# Twice a digit of a card, its two digits added: what Luhn's check counts for every other place.
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
_ZEROES = 48


_T = TypeVar("_T")


def each(cells: Cells, read: Callable[[str], _T]) -> list[_T]:
    """One reading for each text, however often it occurs."""
    done = {text: read(text) for text in set(cells.texts)}
    return [done[text] for text in cells.texts]


def read_words(cells: Cells, known: Mapping[str, str], unknown: str) -> list[str]:
    """Our word for each; of others "" and, under the code ``unknown``, a note."""
    values = each(cells, lambda text: known.get(plain_word(text)) if text else "")
    for at, value in enumerate(values) if None in values else ():
        if value is None:
            cells.note(at, unknown, value=shortened(cells.texts[at]))
    return [value or "" for value in values]


def read_standing(
    cells: Cells, hardship: Mapping[str, str], model: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """One column for two facts (困难/劳模): hardship, and whether a model worker."""

    def read(text: str) -> tuple[str, str] | None:
        words = [plain_word(part) for part in re.split(r"[、,，;；/和及 ]+", text) if part]
        hard = {hardship[w] for w in words if w in hardship and hardship[w] != "none"}
        models = {model[w] for w in words if w in model and model[w] != "no"}
        if not words or set(words) <= hardship.keys() - _both(hardship, model) | model.keys():
            poorest = "extreme_poverty" if "extreme_poverty" in hard else "hardship" if hard else ""
            return poorest, "yes" if models else ""
        return None

    values = each(cells, read)
    for at, value in enumerate(values):
        if value is None:
            cells.note(at, "word_unknown", value=shortened(cells.texts[at]))
    pairs = [value or ("", "") for value in values]
    return [hard for hard, _ in pairs], [model_worker for _, model_worker in pairs]


def _both(hardship: Mapping[str, str], model: Mapping[str, str]) -> set[str]:
    """Words such as 是, which under a heading of two facts mean neither."""
    return {
        word
        for word in hardship.keys() & model.keys()
        if hardship[word] != "none" and model[word] != "no"
    }


def read_days(
    cells: Cells, *, from_1904: bool, serial: str = "born_serial"
) -> tuple[list[date | None], dict[int, str]]:
    """Dates; and for cells that are none, why: ``unreadable`` or ``month``. A date that stood there
    as a number is noted under the code ``serial``."""
    start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
    read = {text: _day(text) for text in set(cells.texts)}
    days: dict[str, date | None] = {}
    odd: dict[str, str | None] = {}
    for text, value in read.items():
        if isinstance(value, int):
            days[text], odd[text] = start + timedelta(days=value), None
        elif isinstance(value, str):
            days[text], odd[text] = None, value
        else:
            days[text] = value
    why: dict[int, str] = {}
    for at, text in enumerate(cells.texts) if odd else ():
        if text in odd:
            reason, day = odd[text], days[text]
            if day is not None:
                cells.note(at, serial, value=day.isoformat())
            elif reason is not None:
                why[at] = reason
    return [days[text] for text in cells.texts], why


def _day(text: str) -> date | int | str | None:
    """A date, a day number, or why it is neither."""
    if not text:
        return None
    plain = "".join(half_width(text).split(" ", 1)[0].split())
    if match := _DAY.fullmatch(plain):
        try:
            return date(*(int(part) for part in match.groups() if part))
        except ValueError:  # no such day
            return "unreadable"
    if _SERIAL.fullmatch(plain):
        return int(plain.partition(".")[0])
    return "month" if _MONTH.fullmatch(plain) else "unreadable"


def read_amounts(cells: Cells) -> list[int | None]:
    """Yuan into fen."""
    return _numbers(cells, _fen, "amount_out_of_range", 0, _MOST_FEN)


def _fen(text: str) -> int | str | None:
    plain = half_width("".join(text.split()))
    if not plain or plain in _NO_AMOUNT:
        return None
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        return "amount_unreadable"
    yuan = Decimal(match[1].replace(",", ""))
    fen = (yuan * 100).to_integral_value()
    # A spreadsheet shows 79.99999999999999 where it computed 80.
    return int(fen) if abs(yuan * 100 - fen) < _NOISE_FEN else "amount_unreadable"


def read_shares(cells: Cells, least: int, most: int) -> list[int | None]:
    """Whole numbers from ``least`` to ``most``."""
    return _numbers(cells, _count, "shares_out_of_range", least, most)


def _count(text: str) -> int | str | None:
    plain = half_width("".join(text.split()))
    if not plain:
        return None
    match = _SHARES.fullmatch(plain)
    return int(match[1]) if match else "shares_unreadable"


def _numbers(
    cells: Cells, read: Callable[[str], int | str | None], outside: str, least: int, most: int
) -> list[int | None]:
    done: dict[str, int | None] = {}
    faults: dict[str, str] = {}
    for text in set(cells.texts):
        value = read(text)
        if isinstance(value, str):
            faults[text] = value
        elif value is not None and not least <= value <= most:
            faults[text] = outside
        done[text] = None if text in faults or isinstance(value, str) else value
    for at, text in enumerate(cells.texts) if faults else ():
        if text in faults:
            cells.note(at, faults[text], value=shortened(text), least=least, most=most)
    return [done[text] for text in cells.texts]


def read_phones(cells: Cells) -> list[str]:
    """Digits of a mobile number or a landline; "" for what is neither."""
    values = []
    mobile = _MOBILE.fullmatch
    for at, text in enumerate(cells.texts):
        if mobile(text) or not text:
            values.append(text)
            continue
        phone = normalise_phone(text)
        if check_phone(phone) is not None:
            cells.note(at, "phone_wrong")
            phone = ""
        values.append(phone)
    return values


def read_cards(cells: Cells) -> list[str]:
    """Digits of bank cards and accounts. What a spreadsheet made a power of ten of is never
    repaired; what fits no card may be an account and stays."""
    values = []
    for at, text in enumerate(cells.texts):
        if not text or fits_luhn(text):
            values.append(text)
            continue
        number = normalise_number(text)
        if _POWER.fullmatch(number):
            cells.note(at, "card_ruined")
            number = ""
        elif not (fits_luhn(number) or _may_be_account(number)):
            cells.note(at, "card_check")
        values.append(number)
    return values


def _may_be_account(number: str) -> bool:
    """Of other length than cards; no rule is known for these."""
    return number.isdigit() and (6 <= len(number) < 15 or 19 < len(number) <= 25)


def fits_luhn(number: str) -> bool:
    """The same rule as ``check_bank_card`` of the directory, some ten times faster."""
    if not (number.isascii() and number.isdigit() and 15 <= len(number) <= 19):
        return False
    digits = number[::-1].encode()
    total = sum(digits[::2]) + sum(digits[1::2].translate(_DOUBLED)) - _ZEROES * len(digits)
    return total % 10 == 0


def shortened(text: str) -> str:
    """What a sentence repeats of a cell; never a person's number."""
    plain = masked_numbers(" ".join(text.split()))
    return plain if len(plain) <= 20 else f"{plain[:20]}…"
