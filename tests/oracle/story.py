"""What is known while one settlement is decided, and what the earlier ones were given.

Nothing is counted on the way. Whatever a rule wants to know of the past (what was paid in a
window, how many uses are gone, which stay this is) is added up anew from the decided claims.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle import days
from tests.oracle.dictionary import code


class Refused(Exception):
    """A step failed: the reason, what it names, and what fills the sentence."""

    def __init__(self, reason: str, detail: str | None = None, **words: Any):
        super().__init__(reason)
        self.reason, self.detail, self.words = reason, detail, words


@dataclass(frozen=True)
class Use:
    """A use of a count: which in its window, of how many."""

    count: str
    label: str
    number: int
    limit: int


@dataclass(frozen=True)
class Claim:
    """One settlement as one benefit kind has decided it."""

    number: int
    day: date
    period: date
    facts: dict[str, int]
    kind: str | None
    reason: str
    detail: str | None = None
    amount: int = 0
    words: dict[str, Any] = field(default_factory=dict)
    measure: Fraction = Fraction(0)
    """Own cost or days as step 11 found them; 0 unless the claim came past step 11."""
    uses: tuple[Use, ...] = ()
    freed: bool = False
    """Reversed under ``slot_freed``: its uses hold for what was received before the reversal."""
    by_hand: tuple[str, ...] = ()
    """Counts under which every later claim in the window must be decided by a person."""

    def uses_one_of(self, count: str) -> bool:
        return any(use.count == count for use in self.uses)


@dataclass(frozen=True)
class Situation:
    """One settlement under one edition, and the person's history before it."""

    edition: dict
    number: int
    facts: dict[str, int]
    day: date
    period: date
    calendar: dict[str, set[date]]
    claims: list[Claim]
    """All claims decided so far, earlier kinds of this very settlement among them."""
    eligible: list["Situation"]
    """The earlier settlements that came past step 5."""
    kind: dict = field(default_factory=dict)
    """The benefit kind at hand; empty while the settlement as a whole is looked at."""

    def date_of(self, fact: str) -> date | None:
        return days.stated(self.facts[fact])

    def shares_window(self, window: str, other: "Claim | Situation") -> bool:
        """Does ``other`` count in the same ``window`` as this settlement? (question 16)"""
        if window == "claim":
            return other.number == self.number
        if window == "period":
            return other.period == self.period
        if window == "year":
            return other.day.year == self.day.year
        assert window == "ever", window
        return True

    def earlier(self, window: str, kinds: Collection[str]) -> list[Claim]:
        return [
            claim
            for claim in self.claims
            if claim.kind in kinds and self.shares_window(window, claim)
        ]

    def paid(self, window: str, kinds: Collection[str]) -> int:
        """What these kinds were paid in the window up to here, in fen."""
        return sum(claim.amount for claim in self.earlier(window, kinds))

    def uses_gone(self, count: dict) -> int:
        """How many uses of ``count`` are gone in its window, as this settlement sees it."""
        return sum(
            self.shares_window(count["window"], claim)
            for claim in self.claims
            if claim.uses_one_of(count["id"]) and self._sees_uses_of(claim)
        )

    def _sees_uses_of(self, claim: Claim) -> bool:
        return not claim.freed or self.facts["received_on"] < claim.facts["reversed_on"]

    def stay_ordinal(self) -> int:
        """Eligible hospital stays of this period before this one that count as one, plus one."""
        return 1 + sum(
            before.facts["counts_as_stay"] == 1
            and before.facts["event_kind"] == code("event_kind", "hospital_stay")
            for before in self.eligible
            if self.shares_window("period", before)
        )

    def payout_ordinal(self) -> int:
        """Paid benefits of this kind in the period so far, plus one."""
        return 1 + sum(claim.amount > 0 for claim in self.earlier("period", [self.kind["id"]]))


def counts_of(edition: dict) -> list[dict]:
    return edition.get("limits", {}).get("counts", [])


def caps_of(edition: dict) -> list[dict]:
    return edition.get("limits", {}).get("caps", [])


def covering(limits: list[dict], kind: dict) -> list[dict]:
    return [limit for limit in limits if kind["id"] in limit["covers"]]
