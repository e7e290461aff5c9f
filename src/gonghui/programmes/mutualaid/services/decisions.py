"""Deciding: each person's whole history under one lock, the differences booked and owed.

One person takes ten statements, a portion of many people the same ten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.db import DatabaseError, connections, transaction

import gonghui
from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.compiler.program import ENGINE_VERSION
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Person
from gonghui.programmes.mutualaid.deciding.histories import History, Said, histories
from gonghui.programmes.mutualaid.deciding.reckoning import (
    Made,
    Result,
    Turn,
    reckon,
    results,
    settlements_of,
)
from gonghui.programmes.mutualaid.decision_sql import BOOK, BOOK_ARGUMENTS
from gonghui.programmes.mutualaid.permissions import DECIDE
from gonghui.programmes.mutualaid.queries.rules import Standing, rules_of
from gonghui.verbs.treasury.services.journals import Entry, Line, post_many

ENGINE = f"gonghui {gonghui.__version__} engine {ENGINE_VERSION}"
PORTION = 1000
"""People decided in one transaction of the night run."""

OPEN = "select person, what, said::text from gate.open_histories(%s, %s)"
_NUMBERS = """
select array(select nextval('public.mutualaid_turn_id_seq') from generate_series(1, %s)),
       array(select nextval('public.mutualaid_decision_id_seq') from generate_series(1, %s))"""
_WAITING = """
select person_id from public.mutualaid_waiting
 where scheme_id = %s and marked_at < %s order by id limit %s"""
_MARK = """
insert into public.mutualaid_waiting (scheme_id, union_id, person_id, marked_at)
select %s, %s, p, clock_timestamp() from unnest(%s::bigint[]) p order by p
on conflict (scheme_id, person_id) do update set marked_at = excluded.marked_at"""


@dataclass(frozen=True, slots=True)
class Decided:
    """What deciding came to. ``due_fen`` is newly due; ``stopped_fen`` is owed no more, and
    ``recoverable_fen`` was paid too much. ``refused``: people whose facts cannot be."""

    people: int = 0
    decisions: int = 0
    due_fen: int = 0
    stopped_fen: int = 0
    recoverable_fen: int = 0
    refused: tuple[tuple[int, Refusal], ...] = ()

    def __add__(self, other: Decided) -> Decided:
        return Decided(
            self.people + other.people,
            self.decisions + other.decisions,
            self.due_fen + other.due_fen,
            self.stopped_fen + other.stopped_fen,
            self.recoverable_fen + other.recoverable_fen,
            self.refused + other.refused,
        )


def decide_person(actor: Actor, scheme_id: int, person_id: int, *, on: date) -> Decided:
    """One person's whole history, now; refused when a fact of it cannot be."""
    with actor.transaction() as scope:
        scope.require(DECIDE)
        decided = _decide(actor, rules_of(scheme_id), [person_id], on)
        for _person, refusal in decided.refused:
            raise refusal
        return decided


def decide_waiting(
    actor: Actor, scheme_id: int, *, on: date, most: int | None = None, portion: int = PORTION
) -> Decided:
    """The night run: everybody with something new, in portions that each count for themselves.

    Whose facts cannot be is left waiting, and told; everybody else is decided.
    """
    total = Decided()
    started: datetime | None = None
    while most is None or total.people < most:
        asked = portion if most is None else min(portion, most - total.people)
        with actor.transaction() as scope, connections["default"].cursor() as cursor:
            scope.require(DECIDE)
            if started is None:
                cursor.execute("select clock_timestamp()")
                (started,) = cursor.fetchone()
            cursor.execute(_WAITING, [scheme_id, started, asked])
            persons = [person for (person,) in cursor.fetchall()]
            if not persons:
                return total
            standing = rules_of(scheme_id)
            decided = _decide(actor, standing, persons, on)
            if decided.refused:
                left = [person for person, _ in decided.refused]
                cursor.execute(_MARK, [scheme_id, standing.union_id, left])
        total += replace(decided, people=len(persons))
    return total


def decide_people(
    actor: Actor, scheme_id: int, persons: Sequence[int], *, on: date, portion: int = PORTION
) -> Decided:
    """These people and nobody else, in the caller's transaction: many applications accepted at
    once. Whose facts cannot be is left waiting, and told; everybody else is decided."""
    total, wanted = Decided(), sorted(set(persons))
    if not wanted:
        return total
    with actor.transaction() as scope:
        scope.require(DECIDE)
        standing = rules_of(scheme_id)
        for start in range(0, len(wanted), portion):
            total += _decide(actor, standing, wanted[start : start + portion], on)
        left = [person for person, _ in total.refused]
        if left:
            mark_waiting(scheme_id, standing.union_id, left)
    return total


def mark_waiting(scheme_id: int, union_id: int, persons: Sequence[int]) -> None:
    """These people have something new. Inside the caller's transaction, behind what is new."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_MARK, [scheme_id, union_id, sorted(set(persons))])


@dataclass(frozen=True, slots=True)
class Supposed:
    """A settlement as if it were applied for. ``number`` is that of one which is known, or any
    other; days are day numbers."""

    person_id: int
    number: int
    facts: Mapping[str, int]
    received: int
    filed: int | None


def preview(actor: Actor, scheme_id: int, person_id: int, facts: Mapping[str, int]) -> list[Result]:
    """What another settlement would give her, with everything that is known; nothing is written.

    ``facts`` are those of the settlement; the person's and the cover's are added.
    """
    received = facts.get("received_on", facts["settled_on"])
    one = Supposed(person_id, 0, facts, received, facts.get("filed_on"))
    (given,) = preview_many(actor, scheme_id, [one])
    if isinstance(given, Refusal):
        raise given
    return given


def preview_many(
    actor: Actor, scheme_id: int, supposed: Sequence[Supposed]
) -> list[list[Result] | Refusal]:
    """What each of these would give if all of them were applied for: as many statements for many
    as for one. A refusal stands where her facts cannot be."""
    with actor.transaction() as scope:
        scope.require(DECIDE)
        rules = rules_of(scheme_id).rules
        persons = sorted({one.person_id for one in supposed})
        rows = Person.objects.filter(pk__in=persons).values_list("pk", "merged_into_id")
        joined = {pk: into or pk for pk, into in rows}
        point = transaction.savepoint()  # what is opened is closed again, with its marks
        opened = {one.person_id: one for one in _opened(scheme_id, persons)}
        transaction.savepoint_rollback(point)
    of: dict[int, list[Supposed]] = {}
    for one in supposed:
        of.setdefault(joined.get(one.person_id, one.person_id), []).append(one)
    given: dict[int, list[Result] | Refusal] = {}
    for person_id, some in of.items():
        history = opened.get(person_id) or History(person_id)
        known = {one.number: one for one in history.settlements}
        for one in some:
            said = known.get(one.number) or Said(
                0, one.number, dict(one.facts), 0, one.received, None, None
            )
            known[one.number] = said._replace(filed=one.filed if said.filed is None else said.filed)
        history.settlements = list(known.values())
        try:
            settlements = settlements_of(rules, history.in_order())
            found: list[Result] | Refusal = results(rules, settlements, history)
        except Refusal as refusal:
            found = refusal
        given[person_id] = found
    answers: list[list[Result] | Refusal] = []
    for one in supposed:
        hers = given[joined.get(one.person_id, one.person_id)]
        answers.append(
            hers
            if isinstance(hers, Refusal)
            else [result for result in hers if result.settlement == one.number]
        )
    return answers


def _opened(scheme_id: int, persons: Sequence[int]) -> list[History]:
    """Each person locked, and everything her decisions are reckoned from."""
    with array_cursor() as cursor:
        cursor.execute(OPEN, [scheme_id, array("bigint[]", persons)])
        return histories(cursor.fetchall())


def _decide(actor: Actor, standing: Standing, persons: Sequence[int], on: date) -> Decided:
    """Locks, reckons and books; people without any change leave no trace."""
    opened = _opened(standing.scheme_id, persons)
    turns: list[Turn] = []
    refused: list[tuple[int, Refusal]] = []
    for history in opened:
        try:
            turn = reckon(standing.rules, history)
        except Refusal as refusal:
            refused.append((history.person_id, refusal))
            continue
        if turn.made:
            turns.append(turn)
    if turns:
        _book(actor, standing, turns, on)
    made = [one for turn in turns for one in turn.made]
    recoverable = chain.from_iterable(one.recoveries for one in made)
    return Decided(
        people=len(opened) - len(refused),
        decisions=len(made),
        due_fen=sum(one.due for one in made if one.amount > one.before),
        stopped_fen=sum(fen for one in made for key, fen in one.lines
                        if key == "benefits_payable" and fen > 0),
        recoverable_fen=sum(fen for state, fen in recoverable if state in ("owed", "demanded")),
        refused=tuple(refused),
    )  # fmt: skip


def _book(actor: Actor, standing: Standing, turns: Sequence[Turn], on: date) -> None:
    """The ledger first, so that each decision names its journal; then everything else at once."""
    made = [one for turn in turns for one in turn.made]
    with connections["default"].cursor() as cursor:
        cursor.execute(_NUMBERS, [len(turns), len(made)])
        turn_ids, ids = cursor.fetchone()
    posted = [
        (id_, Entry(on, "benefit", _lines(one), source=f"mutualaid.decision:{id_}"))
        for id_, one in zip(ids, made, strict=True)
        if one.lines
    ]
    journals: dict[int, int] = {}
    if posted:
        booked = post_many(actor, standing.fund, [entry for _, entry in posted])
        journals = dict(zip((id_ for id_, _ in posted), booked, strict=True))
    of_turn = [id_ for id_, turn in zip(turn_ids, turns, strict=True) for _ in turn.made]
    columns: dict[str, list[Any]] = {
        "turns": turn_ids,
        "turn_persons": [turn.history.person_id for turn in turns],
        "turn_unions": [turn.made[0].settlement.union_id for turn in turns],
        "turn_inputs": [turn.inputs for turn in turns],
        "turn_digests": [hashlib.sha256(turn.inputs).digest() for turn in turns],
        "decisions": ids,
        "of_turns": of_turn,
        "settlements": [one.settlement.id for one in made],
        "kinds": [one.kind for one in made],
        "superseded": [one.supersedes for one in made],
        "editions": [one.edition for one in made],
        "amounts": [one.amount for one in made],
        "standings": [one.standing for one in made],
        "reasons": [one.reason for one in made],
        "details": [one.detail for one in made],
        "drawn": [one.uses for one in made],
        "traces": [one.trace for one in made],
        "sentences": [one.sentence for one in made],
        "journals": [journals.get(id_) for id_ in ids],
        "periods_from": [one.limits and one.limits.since for one in made],
        "periods_until": [one.limits and one.limits.until for one in made],
        "use_limits": [one.limits and one.limits.uses for one in made],
        "ceilings": [one.limits and one.limits.fen for one in made],
        "due_decisions": [id_ for id_, one in zip(ids, made, strict=True) if one.due],
        "due_fen": [one.due for one in made if one.due],
        "stopped": [due for one in made for due in one.stopped],
        "recovery_decisions": [
            id_ for id_, one in zip(ids, made, strict=True) for _ in one.recoveries
        ],
        "recovery_fen": [fen for one in made for _, fen in one.recoveries],
        "recovery_states": [state for one in made for state, _ in one.recoveries],
    }
    _append([standing.scheme_id, on, ENGINE], columns)


def _append(about: Sequence[Any], columns: Mapping[str, Sequence[Any]]) -> None:
    kinds = list(BOOK_ARGUMENTS.items())
    values = [array(kind, columns[name]) for name, kind in kinds[len(about) :]]
    try:
        with array_cursor() as cursor:
            cursor.execute(BOOK, [*about, *values])
    except DatabaseError as error:
        raise _in_words(error) from error


def _in_words(error: DatabaseError) -> BaseException:
    """What PostgreSQL refuses of a decision; anything else stays a fault."""
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if getattr(cause, "sqlstate", "") == "GH409" or name in ("running_uses", "running_ceiling"):
        return Refusal(
            N_("Somebody else decided about this person at the same moment."),
            N_("Nothing was changed. Decide again."),
        )
    return error


def _lines(one: Made) -> list[Line]:
    place = one.settlement.union_id
    return [Line(key, place, fen=fen) for key, fen in one.lines]
