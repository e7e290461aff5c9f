"""What happened, which rows changed, and the blocks and heads that hold both fast.

Nobody writes here through these classes: events come from ``gate.record_event``, changes from a
trigger, blocks and heads from the sealer. Persons and subjects are plain numbers, as the record
outlives what it speaks of.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q


class TransactionId(models.Field):  # type: ignore[type-arg]  # not generic when it runs
    """PostgreSQL's 64-bit transaction id, which does not wrap around."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"

    def from_db_value(self, value: Any, *_: object) -> int | None:  # noqa: ANN401  (text, or None)
        return None if value is None else int(value)


class Event(models.Model):
    """Somebody did something, or was shown something."""

    id = models.BigIntegerField(primary_key=True)  # from one sequence with the changes
    xid = TransactionId()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)  # none: the machine by itself
    authority = models.TextField()  # post:7, delegation:3, self, machine
    post_id = models.BigIntegerField(null=True)
    session_id = models.BigIntegerField(null=True)
    action = models.TextField()
    subject = models.TextField()  # the table of what it was done to
    subject_id = models.BigIntegerField(null=True)
    union_id = models.BigIntegerField(null=True)
    person_seen = models.BigIntegerField(null=True)
    purpose = models.TextField()
    before_hash = models.BinaryField(null=True)
    after_hash = models.BinaryField(null=True)
    request = models.TextField()
    details = models.TextField()  # the bytes that are hashed: not jsonb, which would reword them

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(person_seen__isnull=True) | ~Q(purpose=""), name="event_shown_for_why"
            ),
        )
        indexes = (
            models.Index(fields=["xid", "id"], name="event_xid"),
            models.Index(fields=["subject", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["union_id", "id"], name="event_union"),
            models.Index(fields=["actor_id", "id"], name="event_actor"),
            models.Index(
                fields=["person_seen", "id"],
                name="event_person_seen",
                condition=Q(person_seen__isnull=False),
            ),
        )


class Change(models.Model):
    """One statement changed rows of one table, whoever sent it."""

    id = models.BigIntegerField(primary_key=True)
    xid = TransactionId()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    table_name = models.TextField()
    verb = models.TextField()
    rows = models.BigIntegerField()
    before_hash = models.BinaryField(null=True)
    after_hash = models.BinaryField(null=True)

    class Meta:
        indexes = (models.Index(fields=["xid", "id"], name="change_xid"),)


class Block(models.Model):
    """Up to a thousand events and changes, in the order of their numbers, and their hashes."""

    number = models.BigIntegerField(primary_key=True)
    chain = models.TextField()
    algorithm = models.TextField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    at = models.DateTimeField()
    previous = models.BinaryField()
    head = models.BinaryField()
    cluster = models.BigIntegerField()
    before = TransactionId()
    hash = models.BinaryField()
    kinds = models.TextField()  # e or c for each entry
    entries = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()  # 32 bytes for each entry


class Head(models.Model):
    """A signature under the newest block of its time."""

    block = models.BigIntegerField(primary_key=True)
    chain = models.TextField()
    algorithm = models.TextField()
    last = models.BigIntegerField()
    hash = models.BinaryField()
    at = models.DateTimeField()
    scheme = models.TextField()
    key = models.TextField()
    signature = models.BinaryField()
    digest = models.BinaryField()
