"""Putting on record what a person does, inside the transaction in which it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connections

from gonghui.ground.audit.canonical import details_text

_request: ContextVar[str] = ContextVar("request", default="")


@contextmanager
def request(name: str) -> Iterator[None]:
    """What happens in here belongs together: one request of a door, one command, one job."""
    before = _request.set(name)
    try:
        yield
    finally:
        _request.reset(before)


def record(
    action: str,
    *,
    subject: str = "",
    subject_id: int | None = None,
    union_id: int | None = None,
    person_seen: int | None = None,
    purpose: str = "",
    before: bytes | None = None,
    after: bytes | None = None,
    details: Mapping[str, object] | None = None,
) -> int:
    """One event, on record if and only if the transaction is: ``record("roster.booked", …)``.

    Who acts, in which post, in which transaction and when is filled in by PostgreSQL from the
    scope; without a scope it refuses. ``subject`` is a table, ``union_id`` where it happened (else
    where the actor stands). ``person_seen`` is who was shown to the actor, and then ``purpose``
    says what for. ``before`` and ``after`` are SHA-256 of what was and is there; of a file, of its
    bytes. ``details`` hold no personal data.
    """
    values = [action, subject, subject_id, union_id, person_seen, purpose, before, after]
    values += [_request.get(), details_text(details or {})]
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select gate.record_event(%s, %s, %s::bigint, %s::bigint, %s::bigint, %s, %s::bytea,"
            " %s::bytea, %s, %s)",
            values,
        )
        return int(cursor.fetchone()[0])


def record_of_machine(
    action: str,
    *,
    subject: str = "",
    subject_id: int | None = None,
    details: Mapping[str, object] | None = None,
) -> int:
    """One event of the machine by itself, such as a restore: on keeper's connection."""
    with connections["keeper"].cursor() as cursor:
        cursor.execute(
            "select gate.record_machine_event(%s, %s, %s::bigint, %s)",
            [action, subject, subject_id, details_text(details or {})],
        )
        return int(cursor.fetchone()[0])
