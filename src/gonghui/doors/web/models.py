"""What pages remember of forms that were sent."""

from __future__ import annotations

from django.db import models

from gonghui.ground.directory.models import Person


class Answer(models.Model):
    """A form's one-time key, and what it was answered with, in the transaction of what it did."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    fingerprint = models.BinaryField()
    status = models.SmallIntegerField(null=True)
    location = models.TextField(blank=True, db_default="")
    made_at = models.DateTimeField()
