"""Dues: what the scheme owes to somebody because of a decision or a grant; and what is owed back.

A due is one amount for one person with one cause. Payout lines point to it by its ``source``.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person, Union
from gonghui.programmes.mutualaid.models.decisions import Decision
from gonghui.programmes.mutualaid.models.schemes import Scheme


class Due(models.Model):
    """``account_key`` is the liability it stands on. ``open`` becomes ``lined`` when a payout takes
    it up, then ``paid``, or ``returned`` and open again; ``stopped`` when the cause is gone before
    anything left."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="dues")
    grant_id = models.BigIntegerField(null=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    owed_on = models.DateField()
    account_key = models.TextField()
    kind = models.TextField(
        choices=[("benefit", "互助保障金"), ("grant", "救助金"), ("refund", "退互助金")]
    )
    state = models.TextField(
        choices=[
            ("open", "待发放"),
            ("lined", "已列入发放"),
            ("paid", "已发放"),
            ("returned", "被退回"),
            ("stopped", "不再发放"),
        ],
        db_default="open",
    )
    source = models.TextField(unique=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(fen__gt=0), name="due_something"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "lined", "paid", "returned", "stopped"])
                & Q(kind__in=["benefit", "grant", "refund"])
                & Q(account_key__in=["benefits_payable", "grants_payable", "refunds_payable"]),
                name="due_words",
            ),
            models.CheckConstraint(
                condition=Q(decision__isnull=True) | Q(grant_id__isnull=True),
                name="due_one_cause",
            ),
        )
        indexes = (models.Index(fields=["state", "union", "id"], name="due_open"),)


class Recovery(models.Model):
    """What was paid too much: ``owed`` until later benefits set it off, ``demanded`` back, or
    ``waived``, as the edition says; ``received`` is what came back, by set-off or by hand."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="recoveries")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    state = models.TextField(
        choices=[
            ("owed", "待抵扣"),
            ("demanded", "待退回"),
            ("received", "已收回"),
            ("waived", "不再追回"),
        ]
    )
    stated_on = models.DateField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(fen__gt=0), name="recovery_something"),
            models.CheckConstraint(
                condition=Q(state__in=["owed", "demanded", "received", "waived"]),
                name="recovery_state",
            ),
        )
