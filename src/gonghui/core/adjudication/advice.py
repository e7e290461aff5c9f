"""Advice when uses are scarce: what else this use could bring (construct C37).

It advises, never blocks: a worker may use a slot for a small claim all the same. The largest
stated or expected alternative is named together with the assumption it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gonghui.core.adjudication.history import HistoryFold, Settlement


@dataclass(frozen=True, slots=True)
class Alternative:
    """A settlement that may still come: stated by the worker, or expected from experience.

    ``assumption`` says in words what it rests on; it is printed with the advice.
    """

    settlement: Settlement
    assumption: str


@dataclass(frozen=True, slots=True)
class Advice:
    """All amounts in fen. ``with_claim_fen``: this claim now and the alternative later;

    ``without_claim_fen``: the alternative only, the slot kept for it. ``alternative`` is None when
    no alternative would be worth more.
    """

    now_fen: int
    uses_left: int | None
    alternative: Alternative | None
    with_claim_fen: int
    without_claim_fen: int

    @property
    def keeps_slot(self) -> bool:
        """Whether keeping the slot would bring more, if the assumption holds."""
        return self.without_claim_fen > self.with_claim_fen


def advise(
    fold: HistoryFold,
    history: Sequence[Settlement],
    claim: Settlement,
    alternatives: Iterable[Alternative],
) -> Advice:
    """What claiming ``claim`` brings now, against the best of the alternatives.

    ``history`` is what is decided already; ``uses_left`` is what is left of the scarcest count
    before the claim, None when no count covers it.
    """
    before = _total(fold, history)
    now = _total(fold, [*history, claim]) - before
    best: Alternative | None = None
    best_gain, with_claim, without_claim = 0, now, 0
    for alternative in alternatives:
        both = _total(fold, [*history, claim, alternative.settlement]) - before
        kept = _total(fold, [*history, alternative.settlement]) - before
        if best is None or kept - both > best_gain:
            best, best_gain, with_claim, without_claim = alternative, kept - both, both, kept
    return Advice(now, _uses_left(fold, history, claim), best, with_claim, without_claim)


def _total(fold: HistoryFold, history: Iterable[Settlement]) -> int:
    return sum(row.amount_fen for row in fold.fold(history))


def _uses_left(fold: HistoryFold, history: Sequence[Settlement], claim: Settlement) -> int | None:
    left: list[int] = []
    for row in fold.fold([*history, claim]):
        if row.settlement != claim.number or row.edition is None:
            continue
        for count in row.edition.counts:
            limit, used = row.step(f"limit {count.id}"), row.step(f"uses {count.id}")
            if limit is not None and used is not None:
                left.append(max(0, limit - used))
    return min(left, default=None)
