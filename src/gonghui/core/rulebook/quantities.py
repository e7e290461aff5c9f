"""Quantities as a rule book writes them: with their unit, so that none is taken for another."""

from __future__ import annotations

import re

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import parse_yuan

MOST_FEN = 10**12
"""Ten thousand million yuan: more than any fund holds, and far from what wraps in the fold."""

_AMOUNT = re.compile(r"(.+?)\s*(?:yuan|元)")
_RATE = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?\s*%", re.ASCII)
_POINTS = re.compile(r"([+-]?)(\d{1,2})(?:\.(\d{1,2}))?\s*(?:points?|个百分点)", re.ASCII)
_COUNT = re.compile(r"\d{1,6}", re.ASCII)
_LENGTH = {
    "days": re.compile(r"(\d{1,4})\s*(?:days?|天)", re.ASCII),
    "months": re.compile(r"(\d{1,3})\s*(?:months?|个月)", re.ASCII),
}


def amount(text: str) -> int:
    """Fen of ``30,000 yuan``."""
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise Refusal(
            N_("“{text}” is an amount without its unit."), N_("Write 1,500 yuan."), text=text
        )
    too_long = len(match[1]) > 24  # past any amount, and past what int() takes
    if too_long or (fen := parse_yuan(match[1])) > MOST_FEN:
        raise Refusal(
            N_("“{text}” is larger than any amount of a rule book."),
            N_("Check the amount."),
            text=text[:40],
        )
    return fen


def rate(text: str) -> int:
    """Hundredths of a percentage point of ``60%`` or ``8.4%``; a bare ``0.5`` is refused."""
    match = _RATE.fullmatch(text)
    if not match:
        raise Refusal(
            N_("“{text}” is not a rate: it could mean two things."),
            N_("Write 50%, or 0.5% if half a percent is meant; at most two decimals."),
            text=text,
        )
    value = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if value > 10_000:
        raise Refusal(N_("A rate of {text} is over 100%."), N_("Check the rate."), text=text)
    return value


def points(text: str) -> int:
    """Hundredths of a percentage point of ``10 points`` or ``-2.5 points``."""
    match = _POINTS.fullmatch(text)
    if not match:
        raise Refusal(
            N_("“{text}” is not a change of a rate."),
            N_("Write it in percentage points: 10 points."),
            text=text,
        )
    value = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    return -value if match[1] == "-" else value


def count(text: str) -> int:
    """A whole number."""
    if not _COUNT.fullmatch(text):
        raise Refusal(N_("“{text}” is not a whole number."), N_("Write digits only."), text=text)
    return int(text)


def days(text: str) -> int:
    """``30 days`` -> 30."""
    return _length(text, "days", N_("Write 30 days."))


def months(text: str) -> int:
    """``1 month`` -> 1."""
    return _length(text, "months", N_("Write 1 month."))


def _length(text: str, unit: str, todo: str) -> int:
    match = _LENGTH[unit].fullmatch(text)
    if not match:
        raise Refusal(N_("“{text}” is not a length in the unit needed here."), todo, text=text)
    return int(match[1])
