"""Rows of a feed against what is known: reversals find theirs, the rest is left to be worked on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connections

from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.programmes.mutualaid.models import FeedFile
from gonghui.programmes.mutualaid.services.decisions import mark_waiting
from gonghui.programmes.mutualaid.services.feed_reading import Reject, Row
from gonghui.programmes.mutualaid.services.settlements import content_digest

_KNOWN = """
select 's', s.settlement_id, s.content_sha256, coalesce(p.merged_into_id, p.id),
       coalesce((s.facts ->> 'total_cost')::bigint, 0), s.id, '', s.received_on
  from public.mutualaid_settlement s join public.directory_person p on p.id = s.person_id
 where s.scheme_id = %(scheme)s and s.settlement_id = any(%(ids)s)
union all
select 'r', r.reversal_id, r.content_sha256, coalesce(p.merged_into_id, p.id), r.total_cost_fen,
       r.id, r.original_id, r.received_on
  from public.mutualaid_reversal r join public.directory_person p on p.id = r.person_id
 where r.scheme_id = %(scheme)s and r.refused_because = ''
   and (r.reversal_id = any(%(ids)s) or r.original_id = any(%(ids)s) and r.settlement_id is null)"""

_REVERSALS = """
insert into public.mutualaid_reversal
       (scheme_id, union_id, reversal_id, original_id, person_id, total_cost_fen, content_sha256,
        received_on, feedfile_id, row_number, refused_because)
select %s, %s, r.id, r.original, r.person, r.cost, r.digest, r.received, %s, r.row_number, ''
  from unnest(%s, %s, %s, %s, %s, %s, %s)
       r (id, original, person, cost, digest, received, row_number)
returning id, reversal_id"""

# The earliest reversal counts, whichever came first.
_TAKE_BACK = """
update public.mutualaid_settlement s set reversed_on = least(s.reversed_on, t.received)
  from (select settlement, min(received) as received from unnest(%s, %s) t (settlement, received)
         group by 1) t
 where s.id = t.settlement and s.reversed_on is distinct from least(s.reversed_on, t.received)"""
_TAKEN_BACK = """
update public.mutualaid_reversal r set settlement_id = t.settlement, refused_because = t.because
  from unnest(%s, %s, %s) t (id, settlement, because) where r.id = t.id
returning r.feedfile_id, r.row_number, t.because"""

_ROWS = """
insert into public.mutualaid_feedrow
       (feedfile_id, union_id, row_number, code, finding, field, settlement_id, blind)
select %s, %s, w.* from unnest(%s, %s, %s, %s, %s, %s) w
on conflict (feedfile_id, row_number) do update
   set code = excluded.code, finding = excluded.finding, field = excluded.field,
       settlement_id = excluded.settlement_id, blind = excluded.blind,
       attempts = mutualaid_feedrow.attempts + 1"""
_DONE = """
update public.mutualaid_feedrow r
   set state = 'done', attempts = r.attempts + 1
  from unnest(%s, %s) d (file, row_number)
 where r.feedfile_id = d.file and r.row_number = d.row_number and r.state = 'open'
returning r.feedfile_id, r.code"""
_REFUSED_LATER = """
update public.mutualaid_feedrow r set code = 'rejected', finding = d.finding
  from unnest(%s, %s, %s) d (file, row_number, finding)
 where r.feedfile_id = d.file and r.row_number = d.row_number and r.state = 'open'
returning r.feedfile_id"""
_COUNT = """
update public.mutualaid_feedfile f
   set accepted = f.accepted + c.accepted, rejected = f.rejected + c.rejected,
       waiting = f.waiting + c.waiting
  from unnest(%s, %s, %s, %s) c (id, accepted, rejected, waiting) where f.id = c.id"""


@dataclass(frozen=True, slots=True)
class Known:
    """A record that is known: a settlement, or a reversal (``original_id``)."""

    kind: str
    digest: bytes
    person_id: int
    cost: int
    pk: int
    original_id: str
    received_on: date


@dataclass(slots=True)
class Sorted:
    """Where each row goes."""

    new: list[Row] = field(default_factory=list)
    reversals: list[Row] = field(default_factory=list)
    repeated: list[Row] = field(default_factory=list)
    left: list[tuple[str, Reject, bytes | None]] = field(default_factory=list)  # code, row, blind

    def reject(self, row: Row, finding: str, where: str = "settlement_id") -> None:
        told = Reject(row.row_number, finding, where, row.settlement_id)
        self.left.append(("rejected", told, None))


def digest_of(row: Row) -> bytes:
    """What a record says; of a reversal, with what it takes back."""
    digest = content_digest(row.facts)
    return hashlib.sha256(row.original_id.encode() + digest).digest() if row.original_id else digest


def known_records(scheme_id: int, ids: Sequence[str]) -> dict[str, Known]:
    """Settlements and reversals of these ids, by id."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_KNOWN, {"scheme": scheme_id, "ids": list(set(ids))})
        rows = cursor.fetchall()
    wanted = set(ids)
    return {
        one: Known(kind, bytes(digest), person, cost, pk, original, received)
        for kind, one, digest, person, cost, pk, original, received in rows
        if one in wanted
    }


def take_back(
    feed: FeedFile,
    placed: Sorted,
    owners: dict[int, int],
    new: dict[str, Row],
    kept: dict[str, int],
) -> tuple[int, int]:
    """Reversals that came now, and those that waited for what came now; how many of the first are
    held, and how many refused."""
    originals = {row.original_id for row in placed.reversals}
    waiting = _waiting_reversals(feed.scheme_id, list(new))
    if not originals and not waiting:
        return 0, 0
    there = known_records(feed.scheme_id, list(originals | {one.original_id for one in waiting}))
    coming = {row.settlement_id for row in placed.reversals}
    ids = _keep_reversals(feed, placed.reversals, owners)
    taken: list[tuple[int, date]] = []
    marks: list[tuple[int, int | None, str]] = []
    held = refused = 0
    for row in placed.reversals:
        cost = abs(row.facts.get("total_cost", 0))
        if row.original_id in coming:
            because: str | None = "original_is_reversal"
        else:
            because = _unfit(there.get(row.original_id), owners[row.row_number], cost)
        if because is None:
            held += 1
            told = Reject(row.row_number, "original_unknown", "original_id", row.settlement_id)
            placed.left.append(("held", told, None))
        elif because:
            refused += 1
            placed.reject(row, because, "original_id")
            marks.append((ids[row.settlement_id], None, because))
        else:
            original = there[row.original_id]
            taken.append((original.pk, row.received_on))
            marks.append((ids[row.settlement_id], original.pk, ""))
    later: list[tuple[int, int, str]] = []
    for one in waiting:
        because = _unfit(there.get(one.original_id), one.person_id, one.cost)
        if because is None:
            continue
        if because:
            marks.append((one.pk, None, because))
        else:
            taken.append((there[one.original_id].pk, one.received_on))
            marks.append((one.pk, there[one.original_id].pk, ""))
    later = _mark(taken, marks)
    mine = {(feed.pk, row.row_number) for row in placed.reversals}
    _resolve([one for one in later if one[:2] not in mine])
    touched = [owners[row.row_number] for row in placed.reversals]
    mark_waiting(feed.scheme_id, feed.scheme.union_id, touched)
    return held, refused


def _unfit(original: Known | None, person_id: int, cost: int) -> str | None:
    """Why a reversal does not fit what it takes back; None while that is not there."""
    if original is None:
        return None
    if original.kind == "r":
        return "original_is_reversal"
    if original.person_id != person_id:
        return "reversal_other_person"
    return "reversal_amount" if original.cost != cost else ""


def _waiting_reversals(scheme_id: int, ids: Sequence[str]) -> list[Known]:
    with connections["default"].cursor() as cursor:
        cursor.execute(_KNOWN, {"scheme": scheme_id, "ids": list(ids)})
        return [
            Known(kind, bytes(digest), person, cost, pk, original, received)
            for kind, one, digest, person, cost, pk, original, received in cursor.fetchall()
            if kind == "r" and original in set(ids)
        ]


def _keep_reversals(feed: FeedFile, rows: Sequence[Row], owners: dict[int, int]) -> dict[str, int]:
    if not rows:
        return {}
    columns: list[tuple[str, list[Any]]] = [
        ("text[]", [row.settlement_id for row in rows]),
        ("text[]", [row.original_id for row in rows]),
        ("bigint[]", [owners[row.row_number] for row in rows]),
        ("bigint[]", [abs(row.facts.get("total_cost", 0)) for row in rows]),
        ("bytea[]", [digest_of(row) for row in rows]),
        ("date[]", [row.received_on for row in rows]),
        ("integer[]", [row.row_number for row in rows]),
    ]
    with array_cursor() as cursor:
        about = [feed.scheme_id, feed.scheme.union_id, feed.pk]
        cursor.execute(_REVERSALS, [*about, *(array(*column) for column in columns)])
        return {reversal_id: pk for pk, reversal_id in cursor.fetchall()}


def _mark(
    taken: Sequence[tuple[int, date]], marks: Sequence[tuple[int, int | None, str]]
) -> list[tuple[int, int, str]]:
    """Settlements taken back, reversals that found theirs: (feed, row, why refused) of each."""
    with array_cursor() as cursor:
        if taken:
            settlements, days = zip(*taken, strict=True)
            cursor.execute(_TAKE_BACK, [array("bigint[]", settlements), array("date[]", days)])
        if not marks:
            return []
        ids, originals, reasons = zip(*marks, strict=True)
        columns = [array("bigint[]", ids), array("bigint[]", originals), array("text[]", reasons)]
        cursor.execute(_TAKEN_BACK, columns)
        return [(file, number, because) for file, number, because in cursor.fetchall()]


def _resolve(later: Sequence[tuple[int, int, str]]) -> None:
    """Rows of earlier feeds that waited for what came now."""
    finish_rows([(file, number) for file, number, because in later if not because], counted=True)
    refused = [one for one in later if one[2]]
    if refused:
        files, numbers, reasons = zip(*refused, strict=True)
        columns = [array("bigint[]", files), array("integer[]", numbers), array("text[]", reasons)]
        with array_cursor() as cursor:
            cursor.execute(_REFUSED_LATER, columns)
            count_rows([(file, 0, 1, -1) for (file,) in cursor.fetchall()])


def finish_rows(rows: Sequence[tuple[int, int]], *, counted: bool = False) -> None:
    if not rows:
        return
    files, numbers = zip(*rows, strict=True)
    with array_cursor() as cursor:
        cursor.execute(_DONE, [array("bigint[]", files), array("integer[]", numbers)])
        done = cursor.fetchall()
    if counted:
        count_rows([(file, 1, 0, -1) for file, _code in done])


def count_rows(changes: Sequence[tuple[int, int, int, int]]) -> None:
    """Rows that moved between accepted, rejected and waiting, feed by feed."""
    sums: dict[int, list[int]] = {}
    for file, *moved in changes:
        known = sums.setdefault(file, [0, 0, 0])
        for place, by in enumerate(moved):
            known[place] += by
    if not sums:
        return
    columns = [list(column) for column in zip(*sums.values(), strict=True)]
    with array_cursor() as cursor:
        counted = [array("integer[]", column) for column in columns]
        cursor.execute(_COUNT, [array("bigint[]", list(sums)), *counted])


def keep_left(feed: FeedFile, placed: Sorted) -> None:
    """The work list and the dead letters; what is left already is counted as tried again."""
    if not placed.left:
        return
    rows = [row for _code, row, _blind in placed.left]
    columns: list[tuple[str, list[Any]]] = [
        ("integer[]", [row.row_number for row in rows]),
        ("text[]", [code for code, _row, _blind in placed.left]),
        ("text[]", [row.code for row in rows]),
        ("text[]", [row.field for row in rows]),
        ("text[]", [row.settlement_id for row in rows]),
        ("bytea[]", [blind for _code, _row, blind in placed.left]),
    ]
    with array_cursor() as cursor:
        about = [feed.pk, feed.scheme.union_id]
        cursor.execute(_ROWS, [*about, *(array(*column) for column in columns)])
