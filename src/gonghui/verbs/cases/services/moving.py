"""A case goes on: each deed is one statement, for one case or for a thousand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.verbs.cases.errors import refusal
from gonghui.verbs.cases.kinds import Decided, registered
from gonghui.verbs.cases.models import Case, Decision, State
from gonghui.verbs.cases.queries.deadlines import deadlines
from gonghui.verbs.cases.services.asking import ask
from gonghui.verbs.cases.services.sealing import seal_parts

DONE = ("done", "repeated", "waits")


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one case. ``outcome``: done, repeated (it was so already), waits (for the
    second person), or what is in the way: a key of ``errors``."""

    case_id: int
    outcome: str
    state: str = ""
    version: int = 0
    decision_id: int | None = None


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
            raise refusal(moved.outcome)
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
    with actor.transaction():
        rows = ask(
            "select case_id, outcome, coalesce(state, ''), coalesce(version, 0), decision_id"
            " from gate.move_cases(%s, %s::bigint[], %s::integer[], %s::bigint[], %s, %s::jsonb,"
            " %s, %s, %s, %s::text[])",
            [
                deed,
                list(case_ids),
                None if versions is None else list(versions),
                None if amounts is None else list(amounts),
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
    return [moved[case_id] for case_id in case_ids]


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
