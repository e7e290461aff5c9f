"""Cases are opened and filed: by herself, by another for her, by her unit, at the window."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gonghui.ground.borders.scope import Actor, Scope
from gonghui.verbs.cases.errors import refusal
from gonghui.verbs.cases.kinds import CaseKind, kind_named
from gonghui.verbs.cases.services.asking import ask
from gonghui.verbs.cases.services.moving import Moved, move_many, moved_one
from gonghui.verbs.cases.services.papers import Given, store_papers
from gonghui.verbs.cases.services.sealing import seal_parts


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for one person.

    ``confidential`` is sealed under her data key; ``plain`` is read by her unit, too.
    ``request_key`` makes two sendings of it one asking.
    """

    subject_id: int
    union_id: int
    asked_fen: int | None = None
    plain: Mapping[str, object] = field(default_factory=dict)
    confidential: Mapping[str, object] = field(default_factory=dict)
    papers: tuple[Given, ...] = ()
    applicant_id: int | None = None
    request_key: str | None = None

    def sha256(self, kind: str) -> bytes:
        """Of everything that was said: the same key with another content is refused."""
        said = [kind, self.subject_id, self.union_id, self.asked_fen, self.plain, self.confidential]
        said += [[one.kind, one.document_id] for one in self.papers]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).digest()


@dataclass(frozen=True, slots=True)
class Opened:
    """``new`` is false when the same request was here before."""

    case_id: int
    number: str
    new: bool


def open_case(actor: Actor, kind: str, asked: Asked, *, how: str, on: date) -> Opened:
    """A draft. ``how``: self, proxy (with the person's consent "proxy"), unit, window."""
    return open_many(actor, kind, [asked], how=how, on=on)[0]


def open_many(
    actor: Actor, kind: str, asked: Sequence[Asked], *, how: str, on: date
) -> list[Opened]:
    """Several drafts, all or none, in a constant number of statements."""
    case_kind = kind_named(kind)
    with actor.transaction() as scope:
        return _open(scope, case_kind, asked, how, on)


def file_case(actor: Actor, case_id: int, *, on: date, version: int | None = None) -> Moved:
    """The draft is handed in."""
    return moved_one(actor, "file", case_id, on=on, version=version)


def file_many(
    actor: Actor, kind: str, asked: Sequence[Asked], *, how: str, on: date
) -> list[Opened]:
    """Opened and handed in, all or none: a unit's 申请汇总表, or one case at the window."""
    case_kind = kind_named(kind)
    with actor.transaction() as scope:
        opened = _open(scope, case_kind, asked, how, on)
        new = [one.case_id for one in opened if one.new]
        for moved in move_many(actor, "file", new, on=on):
            if moved.outcome not in ("done", "repeated"):
                raise refusal(moved.outcome)
        return opened


def _open(scope: Scope, kind: CaseKind, asked: Sequence[Asked], how: str, on: date) -> list[Opened]:
    if not asked:
        return []
    columns: list[Any] = [
        [one.applicant_id or one.subject_id for one in asked],
        [one.subject_id for one in asked],
        [one.union_id for one in asked],
        [one.asked_fen for one in asked],
        [json.dumps(dict(one.plain), ensure_ascii=False) for one in asked],
        [one.request_key for one in asked],
        [one.sha256(kind.code) for one in asked],
    ]  # fmt: skip
    rows = ask(
        "select case_id, number, outcome from gate.open_cases(%s, %s, %s, %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bytea[])"
        " order by ordinal",
        [kind.code, how, on, *columns],
    )
    for _, _, outcome in rows:
        if outcome not in ("done", "repeated"):
            raise refusal(outcome)
    opened = [Opened(case_id, number, outcome == "done") for case_id, number, outcome in rows]
    new = [(one, said) for one, said in zip(opened, asked, strict=True) if one.new]
    parts = [
        (one.case_id, said.subject_id, said.confidential) for one, said in new if said.confidential
    ]
    seal_parts(parts, "inputs", herself=scope.post_id is None)
    store_papers([(one.case_id, paper) for one, said in new for paper in said.papers])
    return opened
