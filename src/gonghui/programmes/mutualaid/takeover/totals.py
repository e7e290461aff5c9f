"""Control totals: what two people state by hand before a take-over is booked."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

from gonghui.core.errors import N_
from gonghui.core.money import format_yuan


@dataclass(frozen=True, slots=True)
class Totals:
    """``opening_fen``: money at the bank on the day, as the balances say it."""

    units: int
    people: int
    paid_fen: int
    uses: int
    opening_fen: int


LABELS = {
    "units": N_("units"),
    "people": N_("people who take part"),
    "paid_fen": N_("paid to people so far, yuan"),
    "uses": N_("uses so far"),
    "opening_fen": N_("at the bank, yuan"),
}
"""What each total is called."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One total that was stated otherwise than the workbooks add up to."""

    name: str
    stated: int
    found: int

    @property
    def label(self) -> str:
        return LABELS[self.name]

    def amounts(self) -> tuple[str, str, str]:
        """Stated, found, and stated less found."""
        numbers = self.stated, self.found, self.stated - self.found
        plain = not self.name.endswith("_fen")
        stated, found, less = (f"{n:,}" if plain else format_yuan(n) for n in numbers)
        return stated, found, less


def differences(stated: Totals, found: Totals) -> list[Difference]:
    """The totals that do not agree, in their order."""
    pairs = zip(fields(Totals), astuple(stated), astuple(found), strict=True)
    return [Difference(one.name, said, is_) for one, said, is_ in pairs if said != is_]
