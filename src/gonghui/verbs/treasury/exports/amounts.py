"""Fen as yuan, for programmes that count in yuan: by moving a point, never by dividing."""

from __future__ import annotations

from decimal import Decimal

from gonghui.core.errors import N_, Refusal

MOST_DIGITS = 15
"""What a spreadsheet keeps of a number."""


def plain_yuan(fen: int) -> str:
    """``-7005`` → ``-70.05``: no thousands separators."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def exact_yuan(fen: int) -> Decimal:
    """The same as a number whose digits are written into a workbook one by one: see vouchers."""
    if len(str(abs(fen))) > MOST_DIGITS:
        raise Refusal(
            N_("A spreadsheet does not keep all digits of {yuan}."),
            N_("Export this ledger as text."),
            yuan=plain_yuan(fen),
        )
    return Decimal(plain_yuan(fen))
