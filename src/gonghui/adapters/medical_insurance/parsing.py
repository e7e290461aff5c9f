"""Text into integers, column by column, exactly; what cannot be read is told by code.

No binary fraction ever holds money: amounts go from decimal text to fen. More than two decimals are
accepted only where they are the noise of a binary fraction that a spreadsheet or a database kept,
that is, where the amount is less than a millionth of a yuan away from whole fen.

Every reader takes a column of text (null: not stated) and returns a column of the same length, null
where it could read nothing, and for each text that it could not read the code of what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import polars as pl

from gonghui.adapters.medical_insurance.mapping import FLAG_WORDS, Codes, Kind
from gonghui.core.adjudication.possible import FIRST_DAY, LAST_DAY
from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import MAX_AMOUNT_FEN, Field

Read = tuple[pl.Series, dict[str, str]]

_AMOUNT = r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$"
_GROUPED = r"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_EXPONENT = re.compile(r"^-?[0-9.]+[eE]\+[0-9]+$")
_NOISE_FEN = Decimal("0.0001")

_CLOCK = r"^([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"
_ODD_DAY = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T][0-9:.]+)?"
    r"|([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{6})?"
)

_STRAY_IN_IDENTIFIER = r"[\s\p{C}]"
_STRAY_IN_WORDS = r"\p{C}"
_LONGEST_TEXT = 64
MOST = 32_767
"""The largest number of days, shares or the like: what sixteen bits hold."""


def read_amounts(text: pl.Series) -> Read:
    """Yuan into fen, negative ones too."""
    digits = text
    grouped = text.str.contains(_GROUPED)
    if grouped.any():
        digits = text.zip_with(~grouped, text.str.replace_all(",", "", literal=True))
    plain = digits.set(~digits.str.contains(_AMOUNT), None)
    # The integer inside a decimal of two places is the amount in fen.
    fen = plain.cast(pl.Decimal(18, 2)).to_physical().cast(pl.Int64)
    return _with_odd_ones(text, fen.set(fen.abs() > MAX_AMOUNT_FEN, None), _odd_amount)


def _odd_amount(text: str) -> int | str:
    """Fen of an amount that is not simply digits and two decimals, or what is wrong with it."""
    digits = text.replace(",", "")
    if _EXPONENT.fullmatch(text):
        return "amount_too_large"
    if not _DECIMAL.fullmatch(digits):
        return "amount_malformed"
    if digits != text and not re.fullmatch(_GROUPED, text):
        return "amount_commas"
    yuan = Decimal(digits)
    if abs(yuan) * 100 > MAX_AMOUNT_FEN:
        return "amount_too_large"
    fen = (yuan * 100).to_integral_value()
    return int(fen) if abs(yuan * 100 - fen) < _NOISE_FEN else "amount_fraction"


def read_days(text: pl.Series) -> Read:
    """Dates, with or without a time of day, into days since 1970-01-01."""
    ordinary = text.str.slice(10).str.contains(_CLOCK)
    iso = text.set(~ordinary, None).str.head(10).str.to_date("%Y-%m-%d", strict=False)
    days = iso.to_physical().cast(pl.Int64)
    return _with_odd_ones(text, days.set(~days.is_between(FIRST_DAY, LAST_DAY), None), _odd_day)


def _odd_day(text: str) -> int | str:
    match = _ODD_DAY.fullmatch(text)
    if match is None:
        return "day_malformed"
    year, month, number = (int(part) for part in match.groups() if part)
    try:
        day = day_of(date(year, month, number))
    except ValueError:
        return "day_impossible"
    return day if FIRST_DAY <= day <= LAST_DAY else "day_out_of_range"


def read_codes(text: pl.Series, codes: Codes, unknown: str) -> Read:
    """Words and codes of a source into ours."""
    value = text.replace_strict(codes.words, default=None, return_dtype=pl.Int64)
    if codes.first is not None:
        beginning = text.str.head(codes.first)
        value = value.zip_with(
            value.is_not_null(),
            beginning.replace_strict(codes.words, default=None, return_dtype=pl.Int64),
        )
    if codes.otherwise is not None:
        value = value.set(value.is_null() & text.is_not_null(), codes.otherwise)
    return _with_odd_ones(text, value, lambda _: unknown)


def read_flags(text: pl.Series) -> Read:
    return read_codes(text, Codes(FLAG_WORDS), "flag_malformed")


def read_numbers(text: pl.Series) -> Read:
    """Small whole numbers; a spreadsheet may show them as 12.0."""
    whole = text.str.extract(r"^([0-9]{1,5})(?:\.0+)?$", 1).cast(pl.Int64)
    return _with_odd_ones(text, whole.set(whole > MOST, None), lambda _: "number_malformed")


def read_text(text: pl.Series, kind: Kind) -> Read:
    """Identifiers and names as they stand; certificate numbers in half-width capitals."""
    value = text
    if kind == "certificate":
        if (text.str.len_bytes() != text.str.len_chars()).any():
            value = text.str.normalize("NFKC")
        value = value.str.to_uppercase()
    stray = _STRAY_IN_WORDS if kind == "words" else _STRAY_IN_IDENTIFIER
    good = (value.str.len_chars() <= _LONGEST_TEXT) & ~value.str.contains(stray)
    if kind != "words":
        good &= ~value.str.contains(_EXPONENT.pattern)
    wrong = {
        odd: "digits_lost" if _EXPONENT.search(odd) else "text_malformed"
        for odd in text.filter(~good).unique().to_list()
    }
    return value.set(~good, None), wrong


def read_fact(text: pl.Series, field: Field, codes: Codes | None) -> Read:
    """A column of the dictionary."""
    match field.unit:
        case "fen":
            return read_amounts(text)
        case "day":
            return read_days(text)
        case "number":
            return read_numbers(text)
        case "flag":
            return read_codes(text, codes or Codes(FLAG_WORDS), "flag_malformed")
        case "code":
            assert codes is not None, field.name
            return read_codes(text, codes, "code_unknown")


def read_key(text: pl.Series, kind: Kind) -> Read:
    return read_flags(text) if kind == "flag" else read_text(text, kind)


def _with_odd_ones(text: pl.Series, value: pl.Series, read: Callable[[str], int | str]) -> Read:
    """Read one by one what could not be read as a column: few texts, and fewer different ones."""
    odd = text.is_not_null() & value.is_null()
    if not odd.any():
        return value, {}
    readings = {one: read(one) for one in text.filter(odd).unique().to_list()}
    numbers = {one: number for one, number in readings.items() if isinstance(number, int)}
    if numbers:
        late = text.replace_strict(numbers, default=None, return_dtype=pl.Int64)
        value = value.zip_with(~odd, late)
    return value, {one: code for one, code in readings.items() if isinstance(code, str)}
