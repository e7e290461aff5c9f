"""Unions: a tree of any depth and kind, whose history is dated."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.ground.directory.models.spans import in_order, one_at_a_time


class UnionKind(models.TextChoices):
    """What a union or a body of one is."""

    CITY = "city", "市总工会"
    COUNTY = "county", "县区总工会"
    INDUSTRY = "industry", "产业工会"
    GROUP = "group", "集团公司工会"
    GRASSROOTS = "grassroots", "基层工会"
    BRANCH = "branch", "分工会"
    INSTITUTION = "institution", "二级机构"
    DEPARTMENT = "department", "部门"


class Union(models.Model):
    """A union as it is today. ``low`` … ``high`` is the interval of its part of the tree.

    Positions are numbered in preorder: what lies below it has a ``low`` within the interval.
    """

    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField(choices=UnionKind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    credit_code = models.TextField(blank=True, default="")
    unit_class = models.TextField(blank=True, default="")
    workforce = models.IntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )

    class Meta:
        constraints = (
            in_order("union_span_in_order"),
            models.CheckConstraint(condition=Q(low__lte=models.F("high")), name="union_interval"),
            models.CheckConstraint(
                condition=Q(workforce__isnull=True) | Q(workforce__gte=0), name="union_workforce"
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code="") & Q(ends_before__isnull=True),
                name="union_credit_code",
            ),
        )
        indexes = (
            models.Index(fields=["low"], name="union_low"),
            models.Index(fields=["parent"], name="union_parent"),
        )


class UnionSpan(models.Model):
    """What a union was called and where it belonged, day by day."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="spans")
    parent = models.ForeignKey(Union, models.PROTECT, null=True, related_name="+")
    name = models.TextField()
    kind = models.TextField(choices=UnionKind.choices)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            in_order("unionspan_in_order"),
            one_at_a_time("unionspan_one_at_a_time", "union"),
        )


class UnitSpan(models.Model):
    """What was known of a unit, day by day. ``Union`` repeats the last of it."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="unit_spans")
    credit_code = models.TextField(blank=True, default="")
    unit_class = models.TextField(blank=True, default="")
    workforce = models.IntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            in_order("unitspan_in_order"),
            one_at_a_time("unitspan_one_at_a_time", "union"),
        )
