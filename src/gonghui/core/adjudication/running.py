"""One person's running account: events come as they come, differences go out.

The reference is always the replay of the whole history. The cached state is used only while
events arrive in the declared order; a late event or a reversal lets the history be folded again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gonghui.core.adjudication.differences import (
    Decided,
    Difference,
    Key,
    decided_after,
    differences,
)
from gonghui.core.adjudication.history import Decision, HistoryFold, Settlement, order_key, unique
from gonghui.core.adjudication.possible import refuse_impossible
from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.fields import NONE


@dataclass(frozen=True, slots=True)
class Reversal:
    """The insurer takes a settlement back, on a day. It may arrive before what it reverses."""

    settlement: int
    on: int


@dataclass
class Running:
    """Everything known of one person under one program."""

    fold: HistoryFold
    decided: Decided = field(default_factory=dict)
    history: dict[int, Settlement] = field(default_factory=dict)
    decisions: dict[int, list[Decision]] = field(default_factory=dict)
    refolded: int = 0
    """How often the whole history was folded again: for tests and for the curious."""
    _waiting: dict[int, Reversal] = field(default_factory=dict)
    _waived: dict[Key, int] = field(default_factory=dict)
    _state: list[int] = field(default_factory=list)
    _last: tuple[int, int, int] | None = None

    def receive(self, events: Iterable[Settlement | Reversal]) -> list[Difference]:
        """Takes events in any order; answers what they change. A repeated event changes nothing.

        Events that are refused leave everything as it was, together with those they came with.
        """
        history, waiting = dict(self.history), dict(self._waiting)
        try:
            self._decide(*self._take(events))
        except Refusal:
            self.history, self._waiting = history, waiting
            raise
        rows = [row for decisions in self.decisions.values() for row in decisions]
        overpayment = self.fold.program.answers.overpayment
        found = [
            difference
            for difference in differences(self.decided, rows)
            # What was waived stands as decided, and would be found lower every time again.
            if self._waived.get((difference.settlement, difference.kind)) != difference.now_fen
        ]
        self.decided = decided_after(self.decided, found, overpayment)
        for difference in found:
            if overpayment == "waive" and difference.difference_fen < 0:
                self._waived[difference.settlement, difference.kind] = difference.now_fen
            else:
                self._waived.pop((difference.settlement, difference.kind), None)
        return found

    def _take(self, events: Iterable[Settlement | Reversal]) -> tuple[list[Settlement], bool]:
        """What is new, and whether nothing known was reversed."""
        in_order = True
        fresh: list[Settlement] = []
        for event in events:
            if isinstance(event, Reversal):
                in_order = not self._reverse(event) and in_order
            elif self._is_new(event):
                refuse_impossible(event.number, event.facts)
                self.history[event.number] = event
                reversal = self._waiting.pop(event.number, None)
                if reversal is not None:
                    self._reverse(reversal)
                fresh.append(self.history[event.number])
            elif event.fact("reversed_on") != NONE:  # known, and now stated as reversed
                reversal = Reversal(event.number, event.fact("reversed_on"))
                in_order = not self._reverse(reversal) and in_order
        return fresh, in_order

    def _is_new(self, settlement: Settlement) -> bool:
        known = self.history.get(settlement.number)
        if known is None:
            return True
        facts = {name: value for name, value in known.facts.items() if name != "reversed_on"}
        same = {name: value for name, value in settlement.facts.items() if name != "reversed_on"}
        if facts != same:
            unique([known, settlement])  # refuses: the same number with other content
        return False

    def _reverse(self, reversal: Reversal) -> bool:
        """Whether something known changed; an unknown settlement's reversal waits for it."""
        refuse_impossible(reversal.settlement, {"reversed_on": reversal.on})
        known = self.history.get(reversal.settlement)
        earlier = self._waiting.get(reversal.settlement, reversal)
        stated = earlier.on if known is None else known.fact("reversed_on")
        if stated not in (NONE, reversal.on):
            raise Refusal(
                N_("Settlement {number} is reversed twice, on different days."),
                N_("Ask the sender which is right."),
                number=reversal.settlement,
            )
        if known is None:
            self._waiting[reversal.settlement] = reversal
            return False
        self.history[reversal.settlement] = known.with_facts(reversed_on=reversal.on)
        return stated == NONE

    def _decide(self, fresh: list[Settlement], in_order: bool) -> None:
        program = self.fold.program
        fresh.sort(key=lambda one: order_key(program, one))
        keys = [order_key(program, one) for one in fresh]
        advances = (
            in_order
            and not program.chooses_best
            and (self._last is None or not keys or keys[0] > self._last)
        )
        if not advances:
            self.refolded += 1
            rows, self._state = self.fold.fold_with_state(self.history.values())
            self.decisions = {}
            for row in rows:
                self.decisions.setdefault(row.settlement, []).append(row)
            known = (order_key(program, one) for one in self.history.values())
            self._last = max(known, default=None)
            return
        state = list(self._state) or [0] * program.layout.size
        advanced = {one.number: self.fold.advance(state, one) for one in fresh}
        self._state, self.decisions = state, self.decisions | advanced
        self._last = keys[-1] if keys else self._last
