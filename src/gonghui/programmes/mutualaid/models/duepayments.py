"""Which payment pays which due: one live payment a due, one due a payment."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.ground.directory.models import Union
from gonghui.programmes.mutualaid.models.dues import Due
from gonghui.verbs.treasury.models import PayoutLine


class DuePayment(models.Model):
    """Written by a trigger as the line arrives; no longer live when it came back or was taken
    back."""

    due = models.ForeignKey(Due, models.PROTECT, related_name="payments")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    line = models.OneToOneField(PayoutLine, models.PROTECT, related_name="+")
    live = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["due"], condition=Q(live=True), name="duepayment_one_live"
            ),
        )
