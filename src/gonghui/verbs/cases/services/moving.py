"""A case goes on: each deed is one statement, for one case or for a thousand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.verbs.cases.errors import refusal
from gonghui.verbs.cases.kinds import CaseKind, Decided, Returned, registered
from gonghui.verbs.cases.models import Case, Decision, State
from gonghui.verbs.cases.queries.deadlines import deadlines
from gonghui.verbs.cases.services.asking import ask
from gonghui.verbs.cases.services.sealing import seal_parts

DONE = ("done", "repeated", "waits")
_ASKED = ("confirm", "accept", "change")
"""Deeds before which the programme is asked."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one case. ``outcome``: done, repeated (it was so already), waits (for the
    second person), or what is in the way: a key of ``errors``, or barred (by the programme:
    ``why``)."""

    case_id: int
    outcome: str
    state: str = ""
    version: int = 0
    decision_id: int | None = None
    why: Refusal | None = field(default=None, compare=False)

    @property
    def in_the_way(self) -> Refusal:
        """Of one that did not go on: what it is, and what to do about it."""
        return self.why or refusal(self.outcome)


@dataclass(frozen=True, slots=True)
class _Words:
    reason: str = ""
    clause: str = ""
    step: str | None = None
    lacking: tuple[str, ...] = ()


def confirm(actor: Actor, case_id: int, *, on: date, version: int | None = None) -> Moved:
    """The unit: she works here, the papers are complete."""
    return moved_one(actor, "confirm", case_id, on=on, version=version)


def confirm_many(actor: Actor, case_ids: Sequence[int], *, on: date) -> list[Moved]:
    """Those that can be confirmed are; each answer says why another is not."""
    return move_many(actor, "confirm", case_ids, on=on)


def pass_step(
    actor: Actor, case_id: int, *, on: date, step: str | None = None, version: int | None = None
) -> Moved:
    """One step of the review is passed: the next one, or the one named."""
    return moved_one(actor, "pass", case_id, on=on, version=version, words=_Words(step=step))


def pass_many(
    actor: Actor, case_ids: Sequence[int], *, on: date, step: str | None = None
) -> list[Moved]:
    """The same step for many."""
    return move_many(actor, "pass", case_ids, on=on, words=_Words(step=step))


def return_case(
    actor: Actor,
    case_id: int,
    reason: str,
    *,
    lacking: Sequence[str] = (),
    on: date,
    version: int | None = None,
) -> Moved:
    """退回补正: why, and which papers (kinds) must be brought, or brought again."""
    words = _Words(reason=masked_reason(reason), lacking=tuple(lacking))
    return moved_one(actor, "return", case_id, on=on, version=version, words=words)


def complete(actor: Actor, case_id: int, *, on: date, version: int | None = None) -> Moved:
    """A case that was sent back is handed in again."""
    return moved_one(actor, "complete", case_id, on=on, version=version)


def withdraw(actor: Actor, case_id: int, *, on: date, version: int | None = None) -> Moved:
    """She, or who filed for her, takes it back: before the decision only."""
    return moved_one(actor, "withdraw", case_id, on=on, version=version)


def accept(
    actor: Actor,
    case_id: int,
    amount_fen: int | None = None,
    *,
    reason: str = "",
    on: date,
    version: int | None = None,
) -> Moved:
    """Granted. Where two must decide, the first call waits for another person's same one."""
    words = _Words(reason=masked_reason(reason))
    return moved_one(
        actor, "accept", case_id, on=on, version=version, words=words, amount=amount_fen
    )


def accept_many(
    actor: Actor, amounts: Sequence[tuple[int, int | None]], *, on: date
) -> list[Moved]:
    """(case, fen) each: those that can be granted are."""
    return move_many(
        actor, "accept", [one[0] for one in amounts], on=on, amounts=[one[1] for one in amounts]
    )


def refuse(
    actor: Actor,
    case_id: int,
    reason: str,
    clause: str,
    *,
    on: date,
    version: int | None = None,
) -> Moved:
    """Not granted: by a person, with a reason, the clause, and (of the kind) the way of 复核."""
    words = _Words(masked_reason(reason), clause.strip())
    return moved_one(actor, "refuse", case_id, on=on, version=version, words=words)


def ask_review(
    actor: Actor, case_id: int, grounds: str, *, on: date, version: int | None = None
) -> Moved:
    """She asks that another look at it; what she says is sealed."""
    if not grounds.strip():
        raise refusal("reason")
    with actor.transaction() as scope:
        found = Case.objects.filter(pk=case_id).values_list("subject_id", "state").first()
        if found is not None and found[1] in (State.ACCEPTED, State.REFUSED):
            seal_parts(
                [(case_id, found[0], {"grounds": grounds})],
                "grounds",
                herself=scope.post_id is None,
            )
        return moved_one(actor, "ask_review", case_id, on=on, version=version)


def decide_review(
    actor: Actor,
    case_id: int,
    reason: str,
    *,
    clause: str = "",
    amount_fen: int | None = None,
    upheld: bool,
    on: date,
    version: int | None = None,
) -> Moved:
    """复核 by somebody who had no part in it. Not upheld: granted, with this amount."""
    words = _Words(masked_reason(reason), clause.strip())
    deed = "uphold" if upheld else "change"
    return moved_one(actor, deed, case_id, on=on, version=version, words=words, amount=amount_fen)


def moved_one(
    actor: Actor,
    deed: str,
    case_id: int,
    *,
    on: date,
    version: int | None = None,
    words: _Words | None = None,
    amount: int | None = None,
) -> Moved:
    """One case, or a refusal."""
    with actor.transaction():
        (moved,) = move_many(
            actor, deed, [case_id], on=on, versions=[version], words=words, amounts=[amount]
        )
        if moved.outcome not in DONE:
            raise moved.in_the_way
        return moved


def move_many(
    actor: Actor,
    deed: str,
    case_ids: Sequence[int],
    *,
    on: date,
    versions: Sequence[int | None] | None = None,
    words: _Words | None = None,
    amounts: Sequence[int | None] | None = None,
) -> list[Moved]:
    """The answers in the order of the cases; each case once."""
    if len(set(case_ids)) < len(case_ids):
        raise ValueError("each case once")
    if not case_ids:
        return []
    said = words or _Words()
    fen = list(amounts or [None] * len(case_ids))
    with actor.transaction():
        barred = _ask_programmes(actor, deed, case_ids, fen, on) if deed in _ASKED else {}
        going = [at for at, case_id in enumerate(case_ids) if case_id not in barred]
        rows = ask(
            "select case_id, outcome, coalesce(state, ''), coalesce(version, 0), decision_id"
            " from gate.move_cases(%s, %s::bigint[], %s::integer[], %s::bigint[], %s, %s::jsonb,"
            " %s, %s, %s, %s::text[])",
            [
                deed,
                [case_ids[at] for at in going],
                None if versions is None else [versions[at] for at in going],
                [fen[at] for at in going],
                on,
                json.dumps(deadlines(on)),
                said.step,
                said.reason,
                said.clause,
                list(said.lacking),
            ],
        )
        moved = {row[0]: Moved(*row) for row in rows}
        _tell_programmes(actor, list(moved.values()), on)
        if deed == "return":
            _tell_returned(actor, list(moved.values()), said, on)
    found = {**moved, **{one: Moved(one, "barred", why=why) for one, why in barred.items()}}
    return [found[case_id] for case_id in case_ids]


def _ask_programmes(
    actor: Actor, deed: str, case_ids: Sequence[int], fen: list[int | None], on: date
) -> dict[int, Refusal]:
    """What the programmes have against it, by case; amounts that nobody named are filled in."""
    asked = {code: kind for code, kind in registered().items() if kind.barred or kind.amounts}
    if not asked:
        return {}
    of_kind: dict[str, list[int]] = {}
    rows = Case.objects.filter(pk__in=case_ids, kind_id__in=asked).order_by("pk")
    for case_id, code in rows.values_list("pk", "kind_id"):
        of_kind.setdefault(code, []).append(case_id)
    barred: dict[int, Refusal] = {}
    for code, some in of_kind.items():
        kind = asked[code]
        if kind.barred is not None:
            barred |= kind.barred(actor, deed, some)
        if kind.amounts is not None and deed != "confirm":
            barred |= _fill_amounts(actor, kind, case_ids, fen, {*some} - barred.keys(), on)
    return barred


def _fill_amounts(
    actor: Actor,
    kind: CaseKind,
    case_ids: Sequence[int],
    fen: list[int | None],
    some: set[int],
    on: date,
) -> dict[int, Refusal]:
    """The amounts that the kind's rules give are written into ``fen``; refusals come back."""
    open_ = [one for at, one in enumerate(case_ids) if one in some and fen[at] is None]
    given = kind.amounts(actor, open_, on) if kind.amounts is not None and open_ else {}
    for at, case_id in enumerate(case_ids):
        amount = given.get(case_id)
        if isinstance(amount, int):
            fen[at] = amount
    return {one: why for one, why in given.items() if isinstance(why, Refusal)}


def _tell_returned(actor: Actor, moved: Sequence[Moved], said: _Words, on: date) -> None:
    """What was sent back is told in the same transaction."""
    versions = {one.case_id: one.version for one in moved if one.outcome == "done"}
    handlers = {code: kind.returned for code, kind in registered().items() if kind.returned}
    if not versions or not handlers:
        return
    of_kind: dict[str, list[Returned]] = {}
    for case in Case.objects.filter(pk__in=versions, kind_id__in=handlers).order_by("pk"):
        one = Returned(
            case.pk, case.subject_id, case.number, versions[case.pk], said.reason, said.lacking
        )
        of_kind.setdefault(case.kind_id, []).append(one)
    for code, some in of_kind.items():
        handler = handlers[code]
        assert handler is not None  # chosen so above
        handler(actor, some, on)


def _tell_programmes(actor: Actor, moved: Sequence[Moved], on: date) -> None:
    """What was decided is handed to the programmes in the same transaction."""
    ids = [
        one.decision_id for one in moved if one.decision_id is not None and one.outcome == "done"
    ]
    if not ids:
        return
    by_kind: dict[str, list[Decided]] = {}
    for one in Decision.objects.filter(pk__in=ids).select_related("case").order_by("pk"):
        decided = Decided(
            one.case_id, one.case.subject_id, one.case.union_id, one.case.asked_fen,
            one.amount_fen, one.pk, one.instance, one.outcome, one.case.plain,
        )  # fmt: skip
        by_kind.setdefault(one.case.kind_id, []).append(decided)
    for code, decisions in by_kind.items():
        kind = registered().get(code)
        if kind is None:
            raise Refusal(
                N_("The programme behind the kind of case {kind} is not there."),
                N_("Ask whoever looks after the system."),
                kind=code,
            )
        for outcome, handler in (("accepted", kind.accepted), ("refused", kind.refused)):
            chosen = [one for one in decisions if one.outcome == outcome]
            if handler is not None and chosen:
                handler(actor, chosen, on)
