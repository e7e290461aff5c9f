"""Bills (交费通知): what a unit owes for the people it enrolled."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gonghui.ground.directory.models import Person, Union


class Bill(models.Model):
    """What one unit is asked to pay for one period. Later additions get a bill of their own."""

    number = models.TextField(unique=True)
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    scheme = models.ForeignKey("mutualaid.Scheme", models.PROTECT, related_name="+")
    period_from = models.DateField()
    period_until = models.DateField()
    heads = models.IntegerField()
    total_fen = models.BigIntegerField()
    received_fen = models.BigIntegerField()
    issued_on = models.DateField()
    due_on = models.DateField()
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    paid_on = models.DateField(null=True)
    cancelled_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(received_fen__gte=0, received_fen__lte=F("total_fen")),
                name="bill_received_within",
            ),
            models.CheckConstraint(condition=Q(heads__gt=0, total_fen__gte=0), name="bill_heads"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(received_fen=F("total_fen")),
                name="bill_paid_in_full",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True) | Q(received_fen=0, paid_on__isnull=True),
                name="bill_cancelled_unpaid",
            ),
        )
        indexes = (models.Index(fields=["union", "period_from", "id"], name="bill_unit"),)
