"""Periods of a fund, and how they are closed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gonghui.ground.directory.models import Person, Union
from gonghui.ground.directory.models.spans import in_order, one_at_a_time
from gonghui.verbs.treasury.models.funds import Fund


class Period(models.Model):
    """A half-open span of days in which a fund's journals are posted, until it is closed."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="periods")
    starts_on = models.DateField()
    ends_before = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            in_order("ledger_period_in_order"),
            one_at_a_time("ledger_period_one_at_a_time", "fund"),
        )


class Closing(models.Model):
    """One person's proposal to close a period on these figures, and another's confirmation.

    ``trial_balance`` is kept as text with its SHA-256: it can be printed again without us.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="closings")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    trial_balance = models.TextField()
    sha256 = models.BinaryField()
    journals = models.BigIntegerField()
    lines = models.BigIntegerField()
    turnover_fen = models.BigIntegerField()
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    audit_head = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="ledger_closing_by_two",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="ledger_closing_confirmed",
            ),
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(confirmed_at__isnull=False),
                name="ledger_closing_once",
            ),
        )
