"""Feeds of the medical insurance: kept first, then applied, and what was left over worked through.

Whatever comes, in whatever order and however often, ends the same: a record known before changes
nothing, a reversal waits for what it takes back, and nothing that was said is said otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connections

from gonghui.adapters.medical_insurance import FeedRefused
from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.models import FeedFile, FeedRow, Scheme
from gonghui.programmes.mutualaid.permissions import TAKE_FEED
from gonghui.programmes.mutualaid.services.feed_people import find_people
from gonghui.programmes.mutualaid.services.feed_reading import Reject, Row, read_content
from gonghui.programmes.mutualaid.services.feed_rows import (
    Sorted,
    count_rows,
    digest_of,
    finish_rows,
    keep_left,
    known_records,
    take_back,
)
from gonghui.programmes.mutualaid.services.sealed_files import open_file, seal_file
from gonghui.programmes.mutualaid.services.settlements import (
    Statement,
    keep_statements,
    lock_settlements,
    stated,
)

MOST_BYTES = 256 * 1024 * 1024
_TABLE = "mutualaid_feedfile"


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
        whole: FeedRefused | None = None
        try:
            read = read_content(_content(feed), feed.name, feed.mapping, feed.received_on)
        except FeedRefused as refused:
            feed.state, feed.refused_because = "refused", refused.code
            feed.save(update_fields=["state", "refused_because", "mapping"])
            _record_applied(feed, Applied(0, 0, 0, 0), "feed.refused")
            whole = refused
        else:
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
    if whole is not None:  # outside: that it was refused stays on record
        raise whole
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
            count_rows([(row.feedfile_id, 0, 1, -1)])
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
    return open_file(bytes(feed.sealed), _TABLE, bytes(feed.sha256))


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
    finish_rows([(feed.pk, row.row_number) for row in passed])
    before_waiting = sum(wanted[row.row_number].code == "unmatched" for row in rows)
    before_rejected = len(rows) - before_waiting
    count_rows([(feed.pk, applied.accepted, applied.rejected - before_rejected,
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
    placed = Sorted(left=[("rejected", one, None) for one in rejects])
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
    held, refused = take_back(feed, placed, owners, new, kept)
    keep_left(feed, placed)
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
    feed: FeedFile, rows: list[Row], placed: Sorted, people: dict[int, int]
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
    known = known_records(feed.scheme_id, [row.settlement_id for row in owned])
    said: dict[str, set[tuple[int, bytes]]] = {}
    for row in owned:
        said.setdefault(row.settlement_id, set()).add((owners[row.row_number], digest_of(row)))
    seen: set[str] = set()
    for row in sorted(owned, key=lambda one: (one.received_on, one.settlement_id, one.row_number)):
        there = known.get(row.settlement_id)
        if there is not None:
            same = (there.person_id, there.digest) == (owners[row.row_number], digest_of(row))
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
