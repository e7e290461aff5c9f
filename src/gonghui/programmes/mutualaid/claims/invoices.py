"""Electronic invoices of hospitals (医疗收费电子票据): how they are named, what cancels one.

Code and number together name an invoice; a printed sample has 8 and 10 digits, the interface
allows 50 characters. Whether one is used already only the database knows.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from gonghui.core.errors import N_, Refusal

NORMAL, REVERSAL = "normal", "reversal"
Kind = Literal["normal", "reversal"]
_KINDS: dict[str, Kind] = {"1": "normal", "2": "reversal", "正常": "normal", "冲红": "reversal"}
_NAME = re.compile(r"[0-9A-Z]{4,50}")
_CHECK = re.compile(r"[0-9A-Za-z]{4,20}")
_BETWEEN = re.compile(r"[\s\-_]+")


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice as it is presented."""

    code: str
    number: str
    check: str = ""
    kind: Kind = "normal"
    total_fen: int | None = None


def invoice_of(
    code: str, number: str, *, check: str = "", kind: str = "1", total_fen: int | None = None
) -> Invoice:
    """An invoice in its normal form; refuses what cannot name one."""
    plain = Invoice(normalised(code), normalised(number), normalised(check), "normal", total_fen)
    for value, fits in (
        (plain.code, _NAME),
        (plain.number, _NAME),
        (plain.check or "0000", _CHECK),
    ):
        if not fits.fullmatch(value):
            raise Refusal(
                N_("“{value}” is no code, number or check code of an electronic invoice."),
                N_("Enter 票据代码, 票据号码 and 校验码 as the invoice prints them."),
                value=value[:30],
            )
    if kind not in _KINDS:
        raise Refusal(
            N_("“{value}” is no kind of an electronic invoice."),
            N_("State 1 for a normal one, 2 for one that reverses another (冲红)."),
            value=kind,
        )
    return Invoice(plain.code, plain.number, plain.check, _KINDS[kind], total_fen)


def normalised(text: str) -> str:
    """Half-width, upper case, without blanks and dashes."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def names_an_invoice(code: str, number: str) -> bool:
    """Whether both are of the form that code and number have."""
    return bool(_NAME.fullmatch(normalised(code)) and _NAME.fullmatch(normalised(number)))
