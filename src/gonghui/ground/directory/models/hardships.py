"""Registered hardship (建档): a dated fact with its evidence."""

from __future__ import annotations

from django.db import models

from gonghui.ground.directory.models.persons import Person
from gonghui.ground.directory.models.spans import in_order, one_at_a_time
from gonghui.ground.directory.models.unions import Union


class Hardship(models.Model):
    """A person is registered as being in hardship, from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="hardships")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    kind = models.TextField()
    evidence = models.TextField()
    evidence_sha256 = models.BinaryField(null=True, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            in_order("hardship_in_order"),
            one_at_a_time("hardship_one_at_a_time", "person", "kind"),
        )
