"""Payout batches: money on its way out, each line once, and every word of the bank about it.

``web`` reads these tables. Rows come and change only through the functions of ``payout_sql``.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from gonghui.ground.directory.models import Person, Union
from gonghui.verbs.treasury.models.funds import Fund
from gonghui.verbs.treasury.models.journals import Journal

BATCH_STATES = (
    *("drafted", "checked", "approved", "sealed", "released", "answered", "closed"),
    "cancelled",
)
LINE_STATES = ("ready", "sent", "unknown", "paid", "returned", "held", "cancelled")
OUTCOMES = ("accepted", "not_sent", "refused", "unknown")
"""How an attempt ended. After ``accepted`` and ``unknown`` there is never another one."""

VERDICTS = ("accepted", "paid", "returned", "unknown")
"""What a row of an answer says; ``unknown``: a word of the bank that we do not know."""

ROW_STATES = ("waiting", "counted", "held", "settled")
"""``waiting``: came before its reference left; ``held``: for a person; ``settled`` by one."""


def _person(**said: Any) -> models.ForeignKey[Any, Any]:  # noqa: ANN401  (Django's own)
    return models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="+",
        db_index=False,
        **said,
    )


class PayoutBatch(models.Model):
    """Lines that leave the house together. Sealed, its bytes are the same for ever."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="payout_batches")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    number = models.TextField(unique=True)
    mark = models.TextField()
    """Drawn at random into every reference: a restored older backup makes no reference again."""
    drafted_on = models.DateField()
    layout = models.TextField()
    purpose = models.TextField(blank=True, default="")
    state = models.TextField()
    lines = models.IntegerField()
    total_fen = models.BigIntegerField()
    payees = models.BinaryField()
    payees_sha256 = models.BinaryField()
    file = models.BinaryField(null=True)
    file_name = models.TextField(blank=True, default="")
    file_sha256 = models.BinaryField(null=True)
    drafted_by = _person()
    drafted_at = models.DateTimeField()
    checked_by = _person(null=True)
    checked_at = models.DateTimeField(null=True)
    approved_by = _person(null=True)
    approved_at = models.DateTimeField(null=True)
    sealed_by = _person(null=True)
    sealed_at = models.DateTimeField(null=True)
    released_by = _person(null=True)
    released_at = models.DateTimeField(null=True)
    closed_by = _person(null=True)
    closed_at = models.DateTimeField(null=True)
    cancelled_by = _person(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_because = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=BATCH_STATES), name="payout_batch_state"),
            models.CheckConstraint(
                condition=Q(lines__gt=0, total_fen__gt=0), name="payout_batch_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("drafted_by")),
                name="payout_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="payout_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True)
                | (
                    ~Q(released_by=F("drafted_by"))
                    & ~Q(released_by=F("checked_by"))
                    & ~Q(released_by=F("approved_by"))
                ),
                name="payout_released_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "checked", "approved", "cancelled"])
                | Q(file__isnull=False, file_sha256__isnull=False, sealed_by__isnull=False),
                name="payout_sealed_whole",
            ),
        )


class PayoutLine(models.Model):
    """One payment. ``source`` says what for and is opaque here; ``reference`` is the bank's handle
    on it and never given twice, not even to a second attempt at the same source."""

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="payments")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    place = models.IntegerField()
    source = models.TextField()
    attempt = models.IntegerField()
    reference = models.TextField(unique=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    account_key = models.TextField()
    account_blind = models.BinaryField()
    fen = models.BigIntegerField()
    state = models.TextField()
    return_code = models.TextField(blank=True, default="")
    paid_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    posted = models.IntegerField(default=0)
    """How often it was posted as paid: once, unless the bank first took its word back."""
    journal = models.ForeignKey(Journal, models.PROTECT, null=True, related_name="+")
    return_journal = models.ForeignKey(Journal, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=LINE_STATES), name="payout_line_state"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payout_line_pays"),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="payout_line_attempt"),
            models.UniqueConstraint(fields=["batch", "place"], name="payout_line_place_once"),
            models.UniqueConstraint(fields=["source", "attempt"], name="payout_attempt_once"),
            models.UniqueConstraint(
                fields=["source"],
                condition=~Q(state__in=["returned", "cancelled"]),
                name="payout_source_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(journal__isnull=False, paid_on__isnull=False),
                name="payout_paid_posted",
            ),
        )
        indexes = (models.Index(fields=["account_blind"], name="payout_line_account"),)


class PayoutAttempt(models.Model):
    """The intention to hand a batch to the bank: committed before the call, ended after it."""

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="attempts")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    number = models.IntegerField()
    gateway = models.TextField()
    file_sha256 = models.BinaryField()
    intended_by = _person()
    intended_at = models.DateTimeField()
    outcome = models.TextField(blank=True, default="")
    told = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=["", *OUTCOMES]), name="payout_attempt_outcome"
            ),
            models.UniqueConstraint(fields=["batch", "number"], name="payout_attempt_number"),
            # Under way, taken by the bank, or nobody knows: then no machine tries again.
            models.UniqueConstraint(
                fields=["batch"],
                condition=~Q(outcome__in=["not_sent", "refused"]),
                name="payout_never_twice",
            ),
        )


class BankAnswer(models.Model):
    """What the bank said, as it came: bytes and hash first, meaning afterwards."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="bank_answers")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    message_id = models.TextField()
    layout = models.TextField()
    sealed = models.BinaryField()
    sha256 = models.BinaryField()
    taken_on = models.DateField()
    taken_by = _person()
    taken_at = models.DateTimeField()
    because = models.TextField(blank=True, default="")
    """Why a person says it herself, where no file of the bank does."""
    rows = models.IntegerField(null=True)
    """How many rows were read; none yet: only the bytes are here."""
    counted = models.IntegerField(default=0)
    """Up to which row they have been counted."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["fund", "message_id"], name="payout_message_once"),
        )


class BankAnswerRow(models.Model):
    """One row of an answer: about one reference, never about a name or an amount."""

    answer = models.ForeignKey(BankAnswer, models.PROTECT, related_name="said")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    place = models.IntegerField()
    reference = models.TextField()
    word = models.TextField(blank=True, default="")
    verdict = models.TextField()
    fen = models.BigIntegerField(null=True)
    dated_on = models.DateField()
    code = models.TextField(blank=True, default="")
    state = models.TextField()
    held_because = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["answer", "place"], name="payout_answer_place_once"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="payout_verdict"),
            models.CheckConstraint(condition=Q(state__in=ROW_STATES), name="payout_row_state"),
        )
        indexes = (models.Index(fields=["reference"], name="payout_row_reference"),)


class BankBalance(models.Model):
    """What the bank says the account holds at the end of a day, beside what the ledger says."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="bank_balances")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    day = models.DateField()
    stated_fen = models.BigIntegerField()
    ledger_fen = models.BigIntegerField()
    stated_by = _person()
    stated_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["fund", "day", "id"], name="payout_bank_balance"),)
