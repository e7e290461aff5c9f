"""What changes when a history is decided again, and what happens with the money.

Every payout is entitlement now minus what was decided before, a (settlement, kind) at a time, so
late, re-ordered, reversed and re-settled settlements come out right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from gonghui.core.adjudication.history import Decision

Key = tuple[int, str]
"""Settlement number and benefit kind."""

Decided = Mapping[Key, int]
"""Fen decided so far."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed amount, in fen. ``decision`` is None when nothing is decided of it any more."""

    settlement: int
    kind: str
    before_fen: int
    now_fen: int
    decision: Decision | None

    @property
    def difference_fen(self) -> int:
        return self.now_fen - self.before_fen


def differences(decided: Decided, decisions: Iterable[Decision]) -> list[Difference]:
    """What the decisions change in what was decided before, in the order of the decisions."""
    found, seen = [], set()
    for decision in decisions:
        key = (decision.settlement, decision.kind)
        seen.add(key)
        before = decided.get(key, 0)
        if before != decision.amount_fen:
            found.append(Difference(*key, before, decision.amount_fen, decision))
    gone = [(key, before) for key, before in decided.items() if key not in seen and before]
    return found + [Difference(*key, before, 0, None) for key, before in gone]


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is done with the differences of one deciding, in fen.

    ``pay_fen`` leaves now; ``demand_fen`` is asked back; ``waived_fen`` is not; ``owed_fen``
    waits to be set off. Always: sum of differences = pay - demand - waived - growth of owed.
    """

    pay_fen: int
    demand_fen: int
    waived_fen: int
    owed_fen: int


def transfer(
    found: Iterable[Difference],
    overpayment: Literal["offset", "demand", "waive"],
    owed_fen: int = 0,
) -> Transfer:
    """The money that follows from differences, as the edition's ``overpayment`` orders."""
    more = less = 0
    for difference in found:
        if difference.difference_fen > 0:
            more += difference.difference_fen
        else:
            less -= difference.difference_fen
    match overpayment:
        case "offset":
            owed = owed_fen + less
            set_off = min(more, owed)
            return Transfer(more - set_off, 0, 0, owed - set_off)
        case "demand":
            return Transfer(more, less, 0, owed_fen)
        case "waive":
            return Transfer(more, 0, less, owed_fen)


def decided_after(
    decided: Decided, found: Iterable[Difference], overpayment: Literal["offset", "demand", "waive"]
) -> dict[Key, int]:
    """What stands as decided afterwards: what was waived stays as it was paid."""
    after = dict(decided)
    for difference in found:
        if difference.difference_fen > 0 or overpayment != "waive":
            after[(difference.settlement, difference.kind)] = difference.now_fen
    return after
