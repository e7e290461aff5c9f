"""A revision that counts for the whole current period, also back.

It is allowed only if nobody's decided amount falls; whoever gains is listed with the top-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gonghui.core.adjudication.differences import Difference, differences
from gonghui.core.adjudication.history import HistoryFold, Settlement
from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan


@dataclass(frozen=True, slots=True)
class TopUp:
    """What one person gets in addition for a settlement already decided."""

    person: str
    difference: Difference


def top_ups(
    before: HistoryFold, after: HistoryFold, histories: Mapping[str, Sequence[Settlement]]
) -> list[TopUp]:
    """The top-ups a back-dated revision brings, person by person.

    Raises :class:`Refusal` naming the first settlement whose decided amount would fall.
    """
    found: list[TopUp] = []
    for person, history in histories.items():
        decided = {(row.settlement, row.kind): row.amount_fen for row in before.fold(history)}
        changed = differences(decided, after.fold(history))
        _refuse_falls(person, changed)
        found += [TopUp(person, difference) for difference in changed]
    return found


def _refuse_falls(person: str, changed: Iterable[Difference]) -> None:
    for difference in changed:
        if difference.difference_fen < 0:
            raise Refusal(
                N_(
                    "Back-dated, the revision would lower settlement {settlement} of {person} "
                    "from {before} to {after} yuan."
                ),
                N_("Let the change count from the next period, or from a date."),
                settlement=difference.settlement,
                person=person,
                before=format_yuan(difference.before_fen),
                after=format_yuan(difference.now_fen),
            )
