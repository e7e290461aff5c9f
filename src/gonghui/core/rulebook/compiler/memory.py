"""What a scheme must remember of every person, whichever edition decides.

A revision in mid-period goes on from what was used before it. So an edition's step also remembers
what only a later edition asks for: what a kind has paid, its cost, its diseases, its payouts. What
is remembered is what happened (a kind paid so much in a window); what is asked of it (a cap over
several kinds) is each edition's own affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gonghui.core.rulebook import expressions
from gonghui.core.rulebook.consistency import numbers_of
from gonghui.core.rulebook.expressions import Expression
from gonghui.core.rulebook.model import Benefit, Edition, LongWindow, Number

BASIS_WINDOW: dict[str, LongWindow] = {
    "accumulated_in_period": "period",
    "accumulated_in_year": "year",
}


@dataclass(frozen=True)
class Memory:
    """What any edition of a scheme asks about the past."""

    editions: tuple[Edition, ...]

    @property
    def one_grid(self) -> bool:
        """Whether all editions have the same periods."""
        return len({edition.period for edition in self.editions}) == 1

    @property
    def counts_stays(self) -> bool:
        return any(uses_dimension(edition, "stay_ordinal") for edition in self.editions)

    def paid_windows(self, kind: str) -> tuple[LongWindow, ...]:
        """Over which windows it is asked what a kind has paid."""
        windows: set[LongWindow] = set()
        for edition in self.editions:
            for cap in edition.caps:
                if kind in cap.covers and cap.window != "claim":
                    windows.add(cap.window)
            for benefit in edition.benefits:
                if benefit.id == kind and benefit.basis != "per_stay":
                    windows.add(BASIS_WINDOW[benefit.basis])
                if benefit.top_up and kind in benefit.top_up.counting:
                    windows.add(benefit.top_up.window)
        return tuple(sorted(windows))

    def cost_windows(self, kind: str) -> tuple[LongWindow, ...]:
        """Over which windows the kind's base is accumulated."""
        found = {BASIS_WINDOW[one.basis] for one in self._of(kind) if one.basis != "per_stay"}
        return tuple(sorted(found))

    def disease_windows(self, kind: str) -> tuple[LongWindow, ...]:
        """Over which windows a disease is paid once only."""
        found: set[LongWindow] = set()
        for benefit in self._of(kind):
            if benefit.once_per_disease:
                found.add(benefit.once_per_disease)
        return tuple(sorted(found))

    def counts_payouts(self, kind: str) -> bool:
        """Whether a table of the kind, or of a limit over it, runs over its number of payouts."""
        return any(_depends_on_payouts(edition, kind) for edition in self.editions)

    def counts_days(self, kind: str) -> bool:
        return any(one.allowance and one.allowance.most_in_period for one in self._of(kind))

    def gated(self) -> tuple[tuple[LongWindow, Expression], ...]:
        """What gates sum up over a window."""
        found: dict[tuple[LongWindow, Expression], None] = {}
        for edition in self.editions:
            for gate in edition.gates:
                if gate.window != "claim":
                    found[gate.window, gate.base] = None
        return tuple(sorted(found, key=lambda one: (one[0], expressions.text(one[1]))))

    def _of(self, kind: str) -> Sequence[Benefit]:
        return [one for edition in self.editions for one in edition.benefits if one.id == kind]


def uses_dimension(edition: Edition, name: str) -> bool:
    """Whether any table of the edition runs over a dimension."""
    numbers = [number for benefit in edition.benefits for number in numbers_of(benefit)]
    numbers += [count.limit for count in edition.counts] + [cap.amount for cap in edition.caps]
    return any(_runs_over(number, name) for number in numbers)


def _depends_on_payouts(edition: Edition, kind: str) -> bool:
    numbers = [n for one in edition.benefits if one.id == kind for n in numbers_of(one)]
    numbers += [count.limit for count in edition.counts if kind in count.covers]
    numbers += [cap.amount for cap in edition.caps if kind in cap.covers]
    return any(_runs_over(number, "payout_ordinal") for number in numbers)


def _runs_over(number: Number, name: str) -> bool:
    return any(dimension.name == name for dimension in number.dimensions)
