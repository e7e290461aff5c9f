"""One cell into fen, a date, a time: exactly, or a code that says what is wrong."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from decimal import Decimal

MOST_FEN = 10**15
"""Ten thousand billion yuan: no account of a federation holds more."""
LONGEST_TEXT = 400
_NOISE_FEN = Decimal("0.0001")
"""A spreadsheet keeps 0.3 as 0.30000000000000004; so much is not an amount's own."""

_PLAIN = re.compile(r"[0-9]{1,14}(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]+)?")
_LOST = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")
_DAY = re.compile(
    r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})"
    r"|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"
    r"|([0-9]{4})([0-9]{2})([0-9]{2})"
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?")
_TIME_IN_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")
_WRAPPED = re.compile(r'="([^"]*)"|\'(.*)')
_DAY_AND_TIME = re.compile(r"(.*?[0-9日])[T ]+([0-9:.]+)|([0-9]{8})([0-9]{6})")


class Unreadable(Exception):
    """A cell that cannot be read; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plain(text: str) -> str:
    """A cell without what cannot be seen: spaces of every width, marks, full-width forms."""
    return _visible(unicodedata.normalize("NFKC", text))


def _visible(text: str) -> str:
    seen = (" " if c.isspace() else c for c in text)
    return " ".join("".join(c for c in seen if unicodedata.category(c)[0] != "C").split())


def unwrapped(text: str) -> str:
    """A CSV cell without what keeps Excel from reading it as a number: ``="0012"``, ``'0012``."""
    match = _WRAPPED.fullmatch(text.strip())
    return (match[1] if match[1] is not None else match[2]) if match else text


def wording(text: str) -> str:
    """A text as people wrote it: nothing folded but what cannot be seen."""
    words = _visible(unicodedata.normalize("NFC", text))
    if len(words) > LONGEST_TEXT:
        raise Unreadable("text_too_long")
    return words


def amount(text: str) -> int | None:
    """Fen with their sign; None for an empty cell or a dash."""
    digits = plain(text).replace("¥", "").removeprefix("CNY").removesuffix("元").strip()
    if digits in ("", "-", "--", "—", "/"):
        return None
    sign = -1 if digits.startswith("-") else 1
    digits = digits[1:] if digits[0] in "+-" else digits
    if _LOST.fullmatch(digits) or not (_PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits)):
        raise Unreadable("amount_malformed")
    exact = Decimal(digits.replace(",", "")) * 100
    fen = int(exact.to_integral_value())
    if abs(exact - fen) >= _NOISE_FEN or fen > MOST_FEN:
        raise Unreadable("amount_malformed")
    return sign * fen


def count(text: str) -> int | None:
    """A number of rows as banks print it: ``1,234 笔``."""
    match = re.fullmatch(r"([0-9]{1,3}(?:,[0-9]{3})*|[0-9]{1,9})(?:\.0)? ?笔?", plain(text))
    return int(match[1].replace(",", "")) if match else None


def day_and_time(text: str) -> tuple[date, time | None]:
    """``2026-03-02 09:30:00`` and its kin; the time may be missing."""
    whole = plain(text)
    match = None if _DAY.fullmatch(whole) else _DAY_AND_TIME.fullmatch(whole)
    if match is None:
        return day(whole), None
    written_day, written_time = (match[1], match[2]) if match[1] else (match[3], match[4])
    return day(written_day.strip()), clock(written_time)


def day(text: str) -> date:
    """A date that can be read in one way only: the year stands first."""
    match = _DAY.fullmatch(text.removesuffix(".0"))
    if match is None:
        raise Unreadable("day_malformed")
    year, month, number = (int(part) for part in match.groups() if part and part.isdigit())
    try:
        return date(year, month, number)
    except ValueError:
        raise Unreadable("day_malformed") from None


def clock(text: str) -> time | None:
    """A time of day; None for an empty cell. A sheet's own times come with a day of 1899."""
    whole = plain(text).rpartition("T")[2].rpartition(" ")[2]
    if not whole:
        return None
    match = _TIME.fullmatch(whole) or _TIME_IN_DIGITS.fullmatch(whole)
    if match is None:
        raise Unreadable("time_malformed")
    hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return time(hour, minute, second)
    except ValueError:
        raise Unreadable("time_malformed") from None


def identifier(text: str, from_number: bool) -> str:
    """A serial or account number. As a spreadsheet's number it keeps 15 digits; more are lost."""
    whole = plain(text).replace(" ", "")
    if _LOST.fullmatch(whole):
        raise Unreadable("digits_lost")
    if from_number:
        whole = whole.removesuffix(".0")
        if len(whole.lstrip("0")) > 15:
            raise Unreadable("digits_lost")
    if len(whole) > 64:
        raise Unreadable("text_too_long")
    return whole
