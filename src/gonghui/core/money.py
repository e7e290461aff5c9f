"""Money: integer fen, exact rates, and the roundings a rule book may order.

Shapes: plain ``int``. Units: fen; rates in hundredths of a percentage point (60 % = 6000).
No function here knows a float. The roundings are compiled into the step, so they use integer
arithmetic only.
"""

from __future__ import annotations

import re

from gonghui.core.errors import N_, Refusal

RATE_ONE = 10_000
"""A rate of 100 %."""

SCALE = RATE_ONE
"""Amounts before rounding are kept in fen times SCALE, so that a fen times a rate is whole."""

_YUAN = re.compile(r"(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,18})(?:\.\d{1,2})?", re.ASCII)
"""At most 18 digits before the point: more is no amount, and int() itself stops at 4,300."""


def parse_yuan(text: str) -> int:
    """Fen of an amount as people write it: ``1,234.5`` -> 123450. Refuses anything else."""
    text = text.strip()
    if not _YUAN.fullmatch(text):
        raise Refusal(
            N_("“{text}” is not an amount in yuan."),
            N_("Write it like 1,234.50, with at most two decimals."),
            text=text,
        )
    yuan, _, decimals = text.replace(",", "").partition(".")
    return int(yuan) * 100 + int(decimals.ljust(2, "0"))


def format_yuan(fen: int) -> str:
    """``261649`` -> ``2,616.49``; a negative amount keeps its sign in front."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


def format_rate(rate: int) -> str:
    """``6000`` -> ``60%``, ``840`` -> ``8.4%``."""
    whole, part = divmod(rate, 100)
    return f"{whole}{f'.{part:02d}'.rstrip('0') if part else ''}%"


def round_down(value: int, unit: int) -> int:
    """Cut to a multiple of ``unit``. Ordered by an edition's ``rounding: {mode: down}``."""
    return value // unit * unit


def round_up(value: int, unit: int) -> int:
    """Lift to a multiple of ``unit``. Ordered by ``rounding: {mode: up}``."""
    return -(-value // unit) * unit


def round_half_up(value: int, unit: int) -> int:
    """To the nearest multiple, halves up (value >= 0). Ordered by ``rounding: {mode: half_up}``."""
    return (2 * value + unit) // (2 * unit) * unit


def round_half_even(value: int, unit: int) -> int:
    """To the nearest multiple, halves to the even. Ordered by ``rounding: {mode: half_even}``."""
    whole = value // unit
    twice_rest = 2 * (value - whole * unit)
    if twice_rest > unit or (twice_rest == unit and whole % 2 == 1):
        whole += 1
    return whole * unit
