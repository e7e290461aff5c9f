"""Requests that were answered, by the key their form carried."""

from __future__ import annotations

from django.db import models

from gonghui.ground.directory.models import Person


class Once(models.Model):
    """One request of one person; it stands or falls with what it did."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    key = models.TextField()
    fingerprint = models.BinaryField()
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "key"], name="once_for_each_key"),)
