"""Amounts, rates and counts as the books write them; exact fractions of a fen; rounding."""

from fractions import Fraction

UNITS_FEN = {"0.01 yuan": 1, "0.1 yuan": 10, "1 yuan": 100, "10 yuan": 1_000, "100 yuan": 10_000}


def quantity(text: str) -> Fraction:
    """A number as a book writes it: yuan as fen, a rate as a fraction, a count as itself.

    ``1,500 yuan`` → 150000, ``8.4%`` → 21/250, ``+10 points`` → 1/10, ``2`` → 2
    """
    figure = text.replace(",", "").strip()
    if figure.endswith("%"):
        return Fraction(figure.removesuffix("%")) / 100
    if figure.endswith("points"):
        return Fraction(figure.removesuffix("points").strip()) / 100
    for unit in ("yuan", "元"):
        if figure.endswith(unit):
            return Fraction(figure.removesuffix(unit).strip()) * 100
    return Fraction(figure)


def written_like(text: str, value: Fraction) -> str:
    """``value`` written with the unit of ``text``: the way back, for revisions that add."""
    if text.endswith("%"):
        return f"{_decimal(value * 100)}%"
    for unit in ("yuan", "元"):
        if text.endswith(unit):
            return f"{_decimal(value / 100)} {unit}"
    return _decimal(value)


def _decimal(value: Fraction) -> str:
    hundredths = value * 100
    assert hundredths.denominator == 1, value
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(int(hundredths)), 100)
    return f"{sign}{whole}.{rest:02d}" if rest else f"{sign}{whole}"


def rounded(amount: Fraction, unit: str, mode: str) -> Fraction:
    """``amount`` (fen, not negative) to a whole number of ``unit``."""
    pieces = amount / UNITS_FEN[unit]
    below = pieces.numerator // pieces.denominator
    rest = pieces - below
    half = Fraction(1, 2)
    if mode == "down":
        further = False
    elif mode == "up":
        further = rest > 0
    elif mode == "half_up":
        further = rest >= half
    elif mode == "half_even":
        further = rest > half or (rest == half and below % 2 == 1)
    else:
        raise ValueError(mode)
    return Fraction((below + further) * UNITS_FEN[unit])


def whole_fen(amount: Fraction) -> int:
    """Rounded down to the fen: only for showing ``{entitled}``."""
    return amount.numerator // amount.denominator


def shown(fen: int) -> str:
    """123450 fen → ``1,234.50``"""
    return f"{fen // 100:,}.{fen % 100:02d}"
