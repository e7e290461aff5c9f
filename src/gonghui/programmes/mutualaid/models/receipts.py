"""Money that came in: the bank's statement, line by line, and what each line paid for."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gonghui.ground.directory.models import Person, Union
from gonghui.programmes.mutualaid.models.bills import Bill


class StatementFile(models.Model):
    """A bank's statement as it came. Its bytes are sealed; the same bytes are taken once."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    fund = models.TextField()
    account = models.TextField()
    name = models.TextField()
    content_sha256 = models.BinaryField()
    sealed = models.BinaryField()
    lines_read = models.IntegerField()
    incoming_fen = models.BigIntegerField()
    read_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "content_sha256"], name="statementfile_once"
            ),
        )


class StatementLine(models.Model):
    """One line of a statement. ``fen`` is positive for money in. A serial comes once."""

    statementfile = models.ForeignKey(StatementFile, models.PROTECT, related_name="lines")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    account = models.TextField()
    serial = models.TextField()
    booked_on = models.DateField()
    fen = models.BigIntegerField()
    payer = models.TextField()
    payer_account_end = models.TextField()
    memo = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "serial"], name="statementline_once"),
            models.CheckConstraint(condition=~Q(fen=0), name="statementline_not_nothing"),
        )
        indexes = (models.Index(fields=["booked_on", "id"], name="statementline_day"),)


class Receipt(models.Model):
    """A part of a statement line that paid a bill (收据). Its number is on the paper."""

    number = models.TextField(unique=True)
    statementline = models.ForeignKey(StatementLine, models.PROTECT, related_name="receipts")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="receipts")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    journal_id = models.BigIntegerField()
    received_on = models.DateField()
    matched_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    matched_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(fen__gt=0), name="receipt_something"),
            models.UniqueConstraint(fields=["statementline", "bill"], name="receipt_once"),
        )


class Suspense(models.Model):
    """Money whose purpose is not known yet (待查款): somebody looks after it, until a day."""

    statementline = models.ForeignKey(StatementLine, models.PROTECT, related_name="suspenses")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    left_fen = models.BigIntegerField()
    why = models.TextField(
        choices=[("unknown", "用途不明"), ("over", "多交"), ("closed", "已交清或已作废")]
    )
    journal_id = models.BigIntegerField()
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    due_on = models.DateField()
    settled_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(fen__gt=0, left_fen__gte=0, left_fen__lte=F("fen")),
                name="suspense_amounts",
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True) | Q(left_fen=0), name="suspense_settled"
            ),
            models.UniqueConstraint(fields=["statementline"], name="suspense_once"),
        )
        indexes = (
            models.Index(
                fields=["due_on", "id"],
                condition=Q(settled_on__isnull=True),
                name="suspense_open",
            ),
        )


class Refund(models.Model):
    """Contribution to be given back (退费). What the edition does not say, two people decide."""

    enrolment = models.ForeignKey(
        "mutualaid.Enrolment", models.PROTECT, null=True, related_name="refunds"
    )
    suspense = models.ForeignKey(Suspense, models.PROTECT, null=True, related_name="refunds")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    because = models.TextField()
    clause = models.TextField()
    journal_id = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(fen__gt=0), name="refund_something"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")),
                name="refund_by_two",
            ),
            models.CheckConstraint(
                condition=Q(journal_id__isnull=True)
                | Q(confirmed_by__isnull=False)
                | ~Q(clause=""),
                name="refund_by_clause_or_two",
            ),
            models.CheckConstraint(
                condition=Q(enrolment__isnull=False, suspense__isnull=True)
                | Q(enrolment__isnull=True, suspense__isnull=False),
                name="refund_of_one_thing",
            ),
            models.UniqueConstraint(fields=["enrolment"], name="refund_once"),
        )
