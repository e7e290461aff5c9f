"""Enrolments: who takes part, through which unit, in which period, and from when covered."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from gonghui.ground.directory.models import Person, Union
from gonghui.ground.directory.models.spans import DateSpan
from gonghui.programmes.mutualaid.models.rosters import RosterFile


class Enrolment(models.Model):
    """A person takes part for one period. ``[starts_on, ends_before)`` is the span of cover.

    Cover is good from ``starts_on`` once the contribution is there (``paid_on``). It stays with
    the person when she changes her unit; ``union`` is the unit that enrolled her.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    scheme = models.ForeignKey("mutualaid.Scheme", models.PROTECT, related_name="+")
    rosterfile = models.ForeignKey(RosterFile, models.PROTECT, related_name="enrolments")
    row_number = models.IntegerField()
    period_from = models.DateField()
    period_until = models.DateField()
    starts_on = models.DateField()
    ends_before = models.DateField()
    fee_class = models.TextField()
    category = models.TextField()
    shares = models.IntegerField()
    fee_fen = models.BigIntegerField()
    first_join = models.BooleanField()
    enrolled_on = models.DateField()
    bill = models.ForeignKey("mutualaid.Bill", models.PROTECT, null=True, related_name="enrolments")
    paid_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    withdrawn_because = models.TextField()
    cancelled = models.BooleanField()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="enrolment_one_cover",
                expressions=[
                    ("scheme", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (DateSpan(), RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled=False),
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=models.F("starts_on")) | Q(cancelled=True),
                name="enrolment_in_order",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__gte=models.F("period_from"))
                & Q(ends_before__lte=models.F("period_until")),
                name="enrolment_within_period",
            ),
            models.CheckConstraint(
                condition=Q(fee_fen__gte=0, shares__gte=1), name="enrolment_fee"
            ),
        )
        indexes = (
            models.Index(fields=["union", "scheme", "period_from", "id"], name="enrolment_unit"),
            models.Index(fields=["person", "scheme"], name="enrolment_person"),
            models.Index(fields=["bill"], name="enrolment_bill"),
        )
