"""Employment: where a person works; what makes her visible to a unit's officers."""

from __future__ import annotations

from django.db import models

from gonghui.ground.directory.models.persons import Person
from gonghui.ground.directory.models.spans import in_order, one_at_a_time
from gonghui.ground.directory.models.unions import Union


class Employment(models.Model):
    """A person in a unit for a span of days, under the name that the unit wrote."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="employments")
    union = models.ForeignKey(Union, models.PROTECT, related_name="employments")
    name_as_written = models.TextField()
    category = models.TextField(blank=True, default="")
    staff_number = models.TextField(blank=True, default="")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            in_order("employment_in_order"),
            one_at_a_time("employment_one_at_a_time", "person", "union"),
        )
        indexes = (models.Index(fields=["union", "person"], name="employment_union"),)
