"""One person's turn: her history folded, compared with what stands, and the money that follows.

Nothing is written where nothing changed. Overpaid is only what has left or is on its way out: what
is still open is simply owed no more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from gonghui.core.adjudication.history import Decision, Settlement
from gonghui.core.adjudication.sentences import sentence
from gonghui.core.rulebook.fields import NONE
from gonghui.core.rulebook.reasons import Reason
from gonghui.programmes.mutualaid.deciding.facts import settlement_of
from gonghui.programmes.mutualaid.deciding.histories import History, OpenDue, Said, Stands
from gonghui.programmes.mutualaid.deciding.inputs import write_inputs
from gonghui.programmes.mutualaid.deciding.rules import Limits, Rules

Recovery = tuple[Literal["owed", "demanded", "received", "waived"], int]
"""What becomes of fen paid too much."""


@dataclass(slots=True)
class Made:
    """A new decision, and its money: fen by account, what is due, what is to be recovered.

    ``lines``: debits are positive.
    """

    settlement: Said
    kind: str
    supersedes: int | None
    edition: int | None
    amount: int
    before: int
    standing: int
    reason: str
    detail: int
    uses: int
    trace: bytes
    sentence: str
    limits: Limits | None
    lines: list[tuple[str, int]] = field(default_factory=list)
    due: int = 0
    stopped: list[int] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)


@dataclass(slots=True)
class Turn:
    """What one person's history came to, as far as it is new."""

    history: History
    inputs: bytes
    made: list[Made]


@dataclass(frozen=True, slots=True)
class Result:
    """One decision of a fold, in the words that are stored."""

    settlement: int
    kind: str
    edition: str
    amount: int
    reason: str
    detail: int
    uses: int
    sentence: str
    decision: Decision


def settlements_of(rules: Rules, history: History) -> list[Settlement]:
    """The history with all its facts; what its rules never ask for is not part of it."""
    asked = set(rules.program.fields) | {rules.program.answers.deciding_date, "reversed_on",
                                         "received_on", "settled_on", "total_cost"}  # fmt: skip
    found = []
    for said in history.settlements:
        full = settlement_of(said, history, rules.program.answers.deciding_date)
        facts = {name: value for name, value in full.facts.items() if name in asked}
        found.append(Settlement(full.number, facts))
    return found


def reckon(rules: Rules, history: History) -> Turn:
    """The turn of one person; refuses facts that cannot be."""
    settlements = settlements_of(rules, history)
    found = results(rules, settlements, history)
    known = {one.number: one for one in history.settlements}
    made = [
        _made(rules, known[one.settlement], one, history.standing.get((one.settlement, one.kind)))
        for one in found
        if _differs(rules, one, history.standing.get((one.settlement, one.kind)))
    ]
    made += _gone(rules, known, found, history)
    _account(rules, made, history)
    inputs = write_inputs(rules.scheme, rules.text, history.openings, settlements)
    return Turn(history, inputs if made else b"", made)


def results(rules: Rules, settlements: Sequence[Settlement], history: History) -> list[Result]:
    """What the rules give for every settlement of a history."""
    by_number = {one.number: one for one in settlements}
    rows, _state = rules.fold.fold_with_state(settlements, history.openings)
    return [result_of(row, by_number[row.settlement]) for row in rows]


def result_of(row: Decision, settlement: Settlement) -> Result:
    counts = {} if row.edition is None else {one.id: one.window for one in row.edition.counts}
    uses = sum(counts[use.count] == "period" for use in row.uses)
    return Result(
        settlement=row.settlement,
        kind=row.kind,
        edition="" if row.edition is None else row.edition.id,
        amount=row.amount_fen,
        reason=row.reason.name.lower(),
        detail=row.detail,
        uses=0 if row.reason == Reason.REVERSED else uses,
        sentence=sentence(row, settlement).zh,
        decision=row,
    )


def trace_of(row: Decision) -> bytes:
    """Every intermediate amount by name, unit, clause and value: canonical JSON."""
    steps = [[one.name, one.unit, one.path, one.value] for one in row.steps]
    return json.dumps(steps, ensure_ascii=False, separators=(",", ":")).encode()


def _differs(rules: Rules, one: Result, stands: Stands | None) -> bool:
    if stands is None:
        return True
    said = (one.amount, one.reason, one.detail, one.uses, rules.rows.get(one.edition), one.sentence)
    was = (stands.amount, stands.reason, stands.detail, stands.uses, stands.edition,
           stands.sentence)  # fmt: skip
    return said != was


def _made(rules: Rules, said: Said, one: Result, stands: Stands | None) -> Made:
    day = one.decision.day
    return Made(
        settlement=said,
        kind=one.kind,
        supersedes=None if stands is None else stands.id,
        edition=rules.rows.get(one.edition),
        amount=one.amount,
        before=0 if stands is None else stands.standing,
        standing=one.amount,
        reason=one.reason,
        detail=one.detail,
        uses=one.uses,
        trace=trace_of(one.decision),
        sentence=one.sentence,
        limits=None if day == NONE else rules.limits(day),
    )


def _gone(
    rules: Rules, known: dict[int, Said], found: Sequence[Result], history: History
) -> list[Made]:
    """What was decided of a kind that the settlement has no more comes to nothing."""
    now = {(one.settlement, one.kind) for one in found}
    first = {one.settlement: one for one in reversed(found)}
    made = []
    for key, stands in sorted(history.standing.items()):
        number, kind = key
        if key in now or number not in known or not (stands.amount or stands.uses):
            continue
        nothing = _made(rules, known[number], first[number], stands)
        nothing.kind, nothing.amount, nothing.standing, nothing.uses = kind, 0, 0, 0
        made.append(nothing)
    return made


def _account(rules: Rules, made: list[Made], history: History) -> None:
    """Less first, then more: what is owed since this turn is set off in it."""
    overpayment = rules.program.answers.overpayment
    owed = history.owed_fen
    for one in made:
        if one.amount < one.before:
            dues = history.dues.get((one.settlement.number, one.kind), [])
            owed += _less(one, overpayment, dues)
    for one in made:
        if one.amount > one.before:
            set_off = min(one.amount - one.before, owed) if overpayment == "offset" else 0
            owed -= set_off
            _more(one, set_off)


def _more(one: Made, set_off: int) -> None:
    more = one.amount - one.before
    one.due = more - set_off
    one.lines = [("benefits", more)]
    if one.due:
        one.lines.append(("benefits_payable", -one.due))
    if set_off:
        one.lines.append(("benefits_recoverable", -set_off))
        one.recoveries.append(("received", set_off))


def _less(one: Made, overpayment: str, dues: Sequence[OpenDue]) -> int:
    """How much more is owed to the scheme afterwards, to be set off."""
    less = one.before - one.amount
    still_open = sum(due.fen for due in dues)
    unpaid = min(less, still_open)
    paid = less - unpaid
    if unpaid:
        one.stopped = [due.id for due in dues]
        one.due = still_open - unpaid
        one.lines.append(("benefits_payable", unpaid))
    if paid and overpayment == "waive":
        one.standing += paid
        one.recoveries.append(("waived", paid))
    elif paid:
        one.lines.append(("benefits_recoverable", paid))
        one.recoveries.append(("owed" if overpayment == "offset" else "demanded", paid))
    booked = sum(fen for _account_key, fen in one.lines)
    if booked:
        one.lines.append(("benefits", -booked))
    return paid if overpayment == "offset" else 0
