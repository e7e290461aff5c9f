"""Feeds of the medical insurance: kept first, then applied, and what was left over worked through.

Whatever comes, in whatever order and however often, ends the same: a record known before changes
nothing, a reversal waits for what it takes back, and nothing that was said is said otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connections

from gonghui.adapters.medical_insurance import FeedRefused
from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.models import FeedFile, FeedRow, Scheme
from gonghui.programmes.mutualaid.permissions import TAKE_FEED
from gonghui.programmes.mutualaid.services.feed_people import find_people
from gonghui.programmes.mutualaid.services.feed_reading import Reject, Row, read_content
from gonghui.programmes.mutualaid.services.sealed_files import open_file, seal_file
from gonghui.programmes.mutualaid.services.settlements import (
    Statement,
    content_digest,
    keep_statements,
    lock_settlements,
    mark_waiting,
    stated,
)

MOST_BYTES = 256 * 1024 * 1024
_TABLE = "mutualaid_feedfile"

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
class Applied:
    """What became of the rows: ``rows_in = accepted + rejected + waiting``. ``accepted`` holds
    ``settlements`` that are new, ``reversals``, and ``repeated`` ones known before."""

    rows_in: int
    accepted: int
    rejected: int
    waiting: int
    settlements: int = 0
    reversals: int = 0
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class _Record:
    """A record that is known: a settlement, or a reversal (``original_id``)."""

    kind: str
    digest: bytes
    person_id: int
    cost: int
    pk: int
    original_id: str
    received_on: date


@dataclass(slots=True)
class _Sorted:
    """Where each row goes."""

    new: list[Row] = field(default_factory=list)
    reversals: list[Row] = field(default_factory=list)
    repeated: list[Row] = field(default_factory=list)
    left: list[tuple[str, Reject, bytes | None]] = field(default_factory=list)  # code, row, blind

    def reject(self, row: Row, finding: str, where: str = "settlement_id") -> None:
        told = Reject(row.row_number, finding, where, row.settlement_id)
        self.left.append(("rejected", told, None))


def take_feed(
    actor: Actor,
    content: bytes,
    name: str,
    *,
    scheme: Scheme | int,
    mapping: str = "national",
    on: date,
) -> int:
    """Keeps a feed as it came, sealed, before anything of it is read; its id. The same content
    again is the same feed."""
    if not content or len(content) > MOST_BYTES:
        raise Refusal(
            N_("The feed {name} is empty, or larger than a feed can be."),
            N_("Ask the sender for it again, in parts if it is that large."),
            name=name,
        )
    with actor.transaction() as scope:
        scope.require(TAKE_FEED)
        found = scheme if isinstance(scheme, Scheme) else Scheme.objects.get(pk=scheme)
        digest = hashlib.sha256(content).digest()
        lock_settlements(found.pk)
        known = FeedFile.objects.filter(scheme=found, sha256=digest).values_list("pk", flat=True)
        if pk := known.first():
            return int(pk)
        kept = FeedFile.objects.create(
            scheme=found,
            union_id=found.union_id,
            name=name,
            sha256=digest,
            sealed=seal_file(content, _TABLE, digest),
            mapping=mapping,
            received_on=on,
            received_by_id=scope.person_id,
        )
        record(
            "feed.taken",
            subject=_TABLE,
            subject_id=kept.pk,
            union_id=found.union_id,
            after=digest,
        )
        return kept.pk


def apply_feed(actor: Actor, feedfile_id: int, *, on: date, mapping: str | None = None) -> Applied:
    """Applies a kept feed, once: applied again, it says what it came to.

    A file refused as a whole is marked so and stays; with another ``mapping`` it is tried again.
    """
    with actor.transaction() as scope:
        scope.require(TAKE_FEED)
        feed = _locked(feedfile_id)
        if feed.state == "applied":
            return Applied(feed.rows_in, feed.accepted, feed.rejected, feed.waiting)
        if mapping is not None:
            feed.mapping = mapping
        try:
            read = read_content(_content(feed), feed.name, feed.mapping, feed.received_on)
        except FeedRefused as refused:
            feed.state, feed.refused_because = "refused", refused.code
            feed.save(update_fields=["state", "refused_because", "mapping"])
            _record_applied(feed, Applied(0, 0, 0, 0), "feed.refused")
            raise_after = refused
        else:
            raise_after = None
            applied = _apply(scope, feed, read.rows, read.rejects)
            feed.state, feed.refused_because, feed.rows_in = "applied", "", read.rows_in
            feed.accepted, feed.rejected = applied.accepted, applied.rejected
            feed.waiting = applied.waiting
            with connections["default"].cursor() as cursor:
                cursor.execute("select now()")
                (feed.applied_at,) = cursor.fetchone()
            feed.save(
                update_fields=[
                    *("state", "refused_because", "mapping", "rows_in", "accepted", "rejected"),
                    *("waiting", "applied_at"),
                ]
            )
            _record_applied(feed, applied, "feed.applied")
    if raise_after is not None:  # outside: that it was refused stays on record
        raise raise_after
    return applied


def match_row(actor: Actor, feedrow_id: int, person_id: int, *, because: str, on: date) -> Applied:
    """Somebody found out whose a row is. Later rows under the same number are hers, too."""
    because = masked_reason(because)
    with actor.transaction() as scope:
        scope.require(TAKE_FEED)
        row = _open_row(feedrow_id, "unmatched")
        row.person_id, row.note = person_id, because
        row.save(update_fields=["person_id", "note"])
        applied = _again(scope, row.feedfile, [row], {row.row_number: person_id})
        record(
            "feed.row_matched",
            subject="mutualaid_feedrow",
            subject_id=row.pk,
            union_id=row.union_id,
            person_seen=person_id,
            purpose=because,
            details={"row": row.row_number},
        )
        return applied


def drop_row(actor: Actor, feedrow_id: int, *, because: str) -> None:
    """A row that will never be a settlement: it stays where it is, and is asked about no more."""
    because = masked_reason(because)
    with actor.transaction() as scope:
        scope.require(TAKE_FEED)
        row = _open_row(feedrow_id)
        row.state, row.note = "dropped", because
        row.save(update_fields=["state", "note"])
        if row.code != "rejected":
            _count([(row.feedfile_id, 0, 1, -1)])
        record(
            "feed.row_dropped",
            subject="mutualaid_feedrow",
            subject_id=row.pk,
            union_id=row.union_id,
            details={"because": because},
        )


def retry_rows(
    actor: Actor, scheme: Scheme | int, *, on: date, feedfile_id: int | None = None,
    mapping: str | None = None,
) -> Applied:  # fmt: skip
    """Tries every open row again: people who were entered since, mappings that were put right.

    ``mapping`` reads the rejected rows of one feed in another way.
    """
    with actor.transaction() as scope:
        scope.require(TAKE_FEED)
        pk = scheme.pk if isinstance(scheme, Scheme) else scheme
        lock_settlements(pk)
        rows = FeedRow.objects.filter(feedfile__scheme_id=pk, state="open").exclude(code="held")
        if feedfile_id is not None:
            rows = rows.filter(feedfile_id=feedfile_id)
        by_file: dict[int, list[FeedRow]] = {}
        for row in rows.order_by("feedfile_id", "row_number"):
            by_file.setdefault(row.feedfile_id, []).append(row)
        total = Applied(0, 0, 0, 0)
        for file_id, left in by_file.items():
            feed = _locked(file_id)
            if mapping is not None:
                feed.mapping = mapping
                feed.save(update_fields=["mapping"])
            done = _again(scope, feed, left, {})
            total = Applied(
                *(getattr(total, one) + getattr(done, one) for one in Applied.__slots__)
            )
        return total


def _locked(feedfile_id: int) -> FeedFile:
    """The feed, alone; and nobody else brings settlements of the scheme meanwhile."""
    scheme_id = FeedFile.objects.filter(pk=feedfile_id).values_list("scheme_id", flat=True).first()
    if scheme_id is None:
        raise Refusal(N_("There is no such feed."), N_("Look at the list: gonghui feed list"))
    lock_settlements(scheme_id)
    return FeedFile.objects.select_related("scheme").get(pk=feedfile_id)


def _open_row(feedrow_id: int, *codes: str) -> FeedRow:
    row = FeedRow.objects.select_related("feedfile__scheme").filter(pk=feedrow_id).first()
    if row is not None:
        lock_settlements(row.feedfile.scheme_id)
        row.refresh_from_db()
    if row is None or row.state != "open" or (codes and row.code not in codes):
        raise Refusal(
            N_("There is no such open row."), N_("Look at the list of what is left over.")
        )
    return row


def _content(feed: FeedFile) -> bytes:
    return open_file(feed.sealed, _TABLE, feed.sha256)


def _again(
    scope: Scope, feed: FeedFile, left: Sequence[FeedRow], people: dict[int, int]
) -> Applied:
    """Open rows of an applied feed once more; ``people`` says whose some rows are."""
    read = read_content(_content(feed), feed.name, feed.mapping, feed.received_on)
    wanted = {row.row_number: row for row in left}
    rows = [row for row in read.rows if row.row_number in wanted]
    applied = _apply(scope, feed, rows, (), people)
    still = set(
        FeedRow.objects.filter(pk__in=[row.pk for row in left]).values_list(
            "row_number", "attempts"
        )
    )
    tried = {number for number, attempts in still if attempts > wanted[number].attempts}
    passed = [row for row in rows if row.row_number not in tried]
    _finish([(feed.pk, row.row_number) for row in passed])
    before_waiting = sum(wanted[row.row_number].code == "unmatched" for row in rows)
    before_rejected = len(rows) - before_waiting
    _count([(feed.pk, applied.accepted, applied.rejected - before_rejected,
             applied.waiting - before_waiting)])  # fmt: skip
    return replace(applied, rows_in=len(rows))


def _apply(
    scope: Scope,
    feed: FeedFile,
    rows: Iterable[Row],
    rejects: Sequence[Reject],
    people: dict[int, int] | None = None,
) -> Applied:
    """Rows into settlements, reversals and the work list; how many went where."""
    placed = _Sorted(left=[("rejected", one, None) for one in rejects])
    owners = _sort(feed, list(rows), placed, people or {})
    new = {one.settlement_id: one for one in placed.new}
    kept = keep_statements(
        scope,
        feed.scheme,
        [
            Statement(one.settlement_id, owners[one.row_number], stated(one.facts),
                      one.received_on, one.filed_on)
            for one in placed.new
        ],
        origin="feed",
        feedfile_id=feed.pk,
    )  # fmt: skip
    held, refused = _take_back(feed, placed, owners, new, kept)
    _keep_left(feed, placed)
    reversals = len(placed.reversals) - held - refused
    rejected = sum(code == "rejected" for code, _row, _blind in placed.left)
    waiting = len(placed.left) - rejected
    return Applied(
        rows_in=len(placed.new) + reversals + len(placed.repeated) + rejected + waiting,
        accepted=len(placed.new) + reversals + len(placed.repeated),
        rejected=rejected,
        waiting=waiting,
        settlements=len(placed.new),
        reversals=reversals,
        repeated=len(placed.repeated),
    )


def _sort(
    feed: FeedFile, rows: list[Row], placed: _Sorted, people: dict[int, int]
) -> dict[int, int]:
    """Fills ``placed``; who each row is of."""
    found = find_people(row.certificate for row in rows)
    owners: dict[int, int] = {}
    for row in rows:
        blind, person = found.get(row.certificate, (b"", None))
        person = people.get(row.row_number, person)
        if person is None:
            told = Reject(row.row_number, "person_unknown", "person_id", row.settlement_id)
            placed.left.append(("unmatched", told, blind))
        else:
            owners[row.row_number] = person
    owned = [row for row in rows if row.row_number in owners]
    known = _known(feed.scheme_id, [row.settlement_id for row in owned])
    said: dict[str, set[tuple[int, bytes]]] = {}
    for row in owned:
        said.setdefault(row.settlement_id, set()).add((owners[row.row_number], _digest(row)))
    seen: set[str] = set()
    for row in sorted(owned, key=lambda one: (one.received_on, one.settlement_id, one.row_number)):
        there = known.get(row.settlement_id)
        if there is not None:
            same = (there.person_id, there.digest) == (owners[row.row_number], _digest(row))
            if same:
                placed.repeated.append(row)
            else:
                placed.reject(row, "other_content")
        elif len(said[row.settlement_id]) > 1:
            placed.reject(row, "conflicting_content")
        elif row.settlement_id in seen:
            placed.repeated.append(row)
        else:
            seen.add(row.settlement_id)
            (placed.reversals if row.original_id else placed.new).append(row)
    return owners


def _digest(row: Row) -> bytes:
    """What a record says; of a reversal, with what it takes back."""
    digest = content_digest(row.facts)
    return hashlib.sha256(row.original_id.encode() + digest).digest() if row.original_id else digest


def _known(scheme_id: int, ids: Sequence[str]) -> dict[str, _Record]:
    """Settlements and reversals of these ids, by id."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_KNOWN, {"scheme": scheme_id, "ids": list(set(ids))})
        rows = cursor.fetchall()
    wanted = set(ids)
    return {
        one: _Record(kind, bytes(digest), person, cost, pk, original, received)
        for kind, one, digest, person, cost, pk, original, received in rows
        if one in wanted
    }


def _take_back(
    feed: FeedFile,
    placed: _Sorted,
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
    there = _known(feed.scheme_id, list(originals | {one.original_id for one in waiting}))
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


def _unfit(original: _Record | None, person_id: int, cost: int) -> str | None:
    """Why a reversal does not fit what it takes back; None while that is not there."""
    if original is None:
        return None
    if original.kind == "r":
        return "original_is_reversal"
    if original.person_id != person_id:
        return "reversal_other_person"
    return "reversal_amount" if original.cost != cost else ""


def _waiting_reversals(scheme_id: int, ids: Sequence[str]) -> list[_Record]:
    with connections["default"].cursor() as cursor:
        cursor.execute(_KNOWN, {"scheme": scheme_id, "ids": list(ids)})
        return [
            _Record(kind, bytes(digest), person, cost, pk, original, received)
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
        ("bytea[]", [_digest(row) for row in rows]),
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
    _finish([(file, number) for file, number, because in later if not because], counted=True)
    refused = [one for one in later if one[2]]
    if refused:
        files, numbers, reasons = zip(*refused, strict=True)
        columns = [array("bigint[]", files), array("integer[]", numbers), array("text[]", reasons)]
        with array_cursor() as cursor:
            cursor.execute(_REFUSED_LATER, columns)
            _count([(file, 0, 1, -1) for (file,) in cursor.fetchall()])


def _finish(rows: Sequence[tuple[int, int]], *, counted: bool = False) -> None:
    if not rows:
        return
    files, numbers = zip(*rows, strict=True)
    with array_cursor() as cursor:
        cursor.execute(_DONE, [array("bigint[]", files), array("integer[]", numbers)])
        done = cursor.fetchall()
    if counted:
        _count([(file, 1, 0, -1) for file, _code in done])


def _count(changes: Sequence[tuple[int, int, int, int]]) -> None:
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


def _keep_left(feed: FeedFile, placed: _Sorted) -> None:
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


def _record_applied(feed: FeedFile, applied: Applied, action: str) -> None:
    record(
        action,
        subject=_TABLE,
        subject_id=feed.pk,
        union_id=feed.union_id,
        details={
            "rows_in": applied.rows_in,
            "accepted": applied.accepted,
            "rejected": applied.rejected,
            "waiting": applied.waiting,
        },
    )
