"""When nothing leaves: from a restore until two people have compared with the bank."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person


class PayoutHold(models.Model):
    """A backup knows nothing of what was paid after it was made, so that what it calls owed may
    have been paid. ``gonghui restore`` puts the hold; one person says that the bank's statements
    since then were compared and what they show was marked, another lifts it."""

    backup_made_at = models.DateTimeField()
    made_at = models.DateTimeField(db_default=Now())
    compared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    compared_at = models.DateTimeField(null=True)
    because = models.TextField(blank=True, db_default="")
    lifted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True)
                | (Q(compared_by__isnull=False) & ~Q(compared_by=models.F("lifted_by"))),
                name="payout_hold_by_two",
            ),
        )
