"""Half-open spans of days: ``[starts_on, ends_before)``; without an end it goes on."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Func, Q


class DateSpan(Func):
    """``daterange(starts_on, ends_before)``, half-open."""

    function = "daterange"

    def __init__(self) -> None:
        super().__init__("starts_on", "ends_before", output_field=models.Field())


def in_order(name: str) -> models.CheckConstraint:
    """A span ends after it starts."""
    later = Q(ends_before__isnull=True) | Q(ends_before__gt=models.F("starts_on"))
    return models.CheckConstraint(condition=later, name=name)


def one_at_a_time(name: str, *same: str) -> ExclusionConstraint:
    """Rows that agree in ``same`` have spans that do not overlap."""
    keys = [(column, RangeOperators.EQUAL) for column in same]
    return ExclusionConstraint(
        name=name, expressions=[*keys, (DateSpan(), RangeOperators.OVERLAPS)]
    )
