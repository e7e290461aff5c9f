"""Decisions as they are kept: explained, and reckoned again from their own inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.deciding.inputs import read_inputs
from gonghui.programmes.mutualaid.deciding.reckoning import Result, result_of, trace_of
from gonghui.programmes.mutualaid.permissions import READ_SETTLEMENTS
from gonghui.programmes.mutualaid.queries.rules import rules_then

PORTION = 500
_EXPLAIN = """
select d.id, s.settlement_id, d.kind, d.amount_fen, d.before_fen, d.standing_fen, d.reason,
       d.sentence, d.trace, d.decided_on, d.journal_id, t.engine, t.inputs_sha256, e.sha256,
       c.code || '/' || e.name, e.canonical, d.supersedes_id
  from public.mutualaid_decision d join public.mutualaid_settlement s on s.id = d.settlement_id
  join public.mutualaid_turn t on t.id = d.turn_id
  left join public.mutualaid_edition e on e.id = d.edition_id
  left join public.mutualaid_scheme c on c.id = e.scheme_id
 where d.id = %s"""
_TURNS = """
select id, inputs, inputs_sha256 from public.mutualaid_turn
 where scheme_id = %s and id > %s and (%s::bigint[] is null or id in (
       select turn_id from public.mutualaid_decision where id = any(%s)))
 order by id limit %s"""
_DECISIONS = """
select d.turn_id, d.id, s.number, d.kind, d.amount_fen, d.reason, d.detail, d.sentence, d.trace
  from public.mutualaid_decision d join public.mutualaid_settlement s on s.id = d.settlement_id
 where d.turn_id = any(%s) order by d.id"""


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision with everything it rests on. ``payers``: who pays before this scheme, in order;
    empty where the edition does not state it."""

    id: int
    settlement_id: str
    kind: str
    amount_fen: int
    before_fen: int
    standing_fen: int
    reason: str
    sentence: str
    steps: tuple[tuple[str, str, str, int], ...]
    decided_on: date
    journal_id: int | None
    engine: str
    inputs_sha256: str
    edition_sha256: str
    edition: str
    payers: tuple[str, ...]
    supersedes: int | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What replaying came to: ``fen`` is the sum of all differences without their signs; ``words``
    counts decisions with another reason, sentence or trace; ``damaged`` turns whose inputs are not
    what was hashed. ``first`` is the first decision that differs."""

    turns: int
    decisions: int
    fen: int
    words: int
    damaged: int
    first: int | None

    @property
    def same(self) -> bool:
        return not (self.fen or self.words or self.damaged)


def explain(actor: Actor, decision_id: int) -> Explained:
    """One decision; refused when it is not there for the one who asks."""
    with actor.transaction(), connections["default"].cursor() as cursor:
        cursor.execute(_EXPLAIN, [decision_id])
        row = cursor.fetchone()
    if row is None:
        raise Refusal(N_("There is no decision {id}."), N_("Look for it by the settlement."),
                      id=decision_id)  # fmt: skip
    (id_, settlement, kind, amount, before, standing, reason, said, trace, on, journal, engine,
     inputs, edition_hash, edition, canonical, supersedes) = row  # fmt: skip
    return Explained(
        id_, settlement, kind, amount, before, standing, reason, said,
        tuple((name, unit, path, value) for name, unit, path, value in json.loads(bytes(trace))),
        on, journal, engine, bytes(inputs).hex(),
        "" if edition_hash is None else bytes(edition_hash).hex(), edition or "",
        _payers(None if canonical is None else bytes(canonical)), supersedes,
    )  # fmt: skip


def _payers(canonical: bytes | None) -> tuple[str, ...]:
    """The parameter ``payers.order`` of an edition: names from the first to the last, by 、or →."""
    if canonical is None:
        return ()
    for parameter in json.loads(canonical).get("parameters", ()):
        if parameter.get("path") == "payers.order":
            said = str(parameter.get("value", ""))
            return tuple(part.strip() for part in said.replace("→", "、").split("、"))
    return ()


def replay(actor: Actor, scheme_id: int, ids: Sequence[int] | None = None) -> Replayed:
    """Every stored decision (or these) reckoned again from the inputs kept with it, under the
    editions by their hashes, and compared: amount, reason, sentence, trace."""
    turns = decisions = fen = words = damaged = 0
    first: int | None = None
    for inputs, digest, scheme, stored in _stored(actor, scheme_id, ids):
        turns += 1
        decisions += len(stored)
        if hashlib.sha256(inputs).digest() != digest:
            damaged += 1
            continue
        found = _again(actor, scheme_id, scheme, inputs)
        for id_, number, kind, amount, reason, detail, said, trace in stored:
            now = found.get((number, kind))
            fallen = now is None
            if now is None:  # nothing listens to it any more: what was decided came to nothing
                now = next(one for (known, _), one in found.items() if known == number)
            difference = abs((0 if fallen else now.amount) - amount)
            differs = (now.reason, now.detail, now.sentence, trace_of(now.decision)) != (
                reason, detail, said, trace)  # fmt: skip
            fen += difference
            words += differs
            if first is None and (difference or differs):
                first = id_
    return Replayed(turns, decisions, fen, words, damaged, first)


def _again(
    actor: Actor, scheme_id: int, scheme: str, inputs: bytes
) -> dict[tuple[int, str], Result]:
    said = read_inputs(inputs)
    with actor.transaction():
        rules = rules_then(scheme_id, scheme, said.editions)
    by_number = {one.number: one for one in said.settlements}
    rows, _state = rules.fold.fold_with_state(said.settlements, said.openings)
    found = (result_of(row, by_number[row.settlement]) for row in rows)
    return {(one.settlement, one.kind): one for one in found}


_Kept = tuple[int, int, str, int, str, int, str, bytes]


def _stored(
    actor: Actor, scheme_id: int, ids: Sequence[int] | None
) -> Iterator[tuple[bytes, bytes, str, list[_Kept]]]:
    """Turns with their decisions, a portion in memory at a time."""
    after = 0
    wanted = None if ids is None else list(ids)
    while True:
        with actor.transaction() as scope, connections["default"].cursor() as cursor:
            scope.require(READ_SETTLEMENTS)
            cursor.execute(_TURNS, [scheme_id, after, wanted, wanted, PORTION])
            turns = cursor.fetchall()
            cursor.execute(_DECISIONS, [[turn for turn, _, _ in turns]])
            of_turn: dict[int, list[_Kept]] = {}
            for turn, *row, trace in cursor.fetchall():
                if wanted is None or row[0] in wanted:
                    of_turn.setdefault(turn, []).append((*row, bytes(trace)))
        for turn, inputs, digest in turns:
            data = bytes(inputs)
            yield data, bytes(digest), json.loads(data)["scheme"], of_turn.get(turn, [])
        if len(turns) < PORTION:
            return
        after = turns[-1][0]
