"""Roster files: what a unit sent, as it came, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.ground.directory.models import Person, Union


class RosterFile(models.Model):
    """A roster (花名册) as it was sent. Its bytes are sealed; they settle any dispute.

    ``meaning`` is the hash of what the rows say, whatever their order or the file's format: one
    meaning is booked once.
    """

    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    scheme = models.ForeignKey("mutualaid.Scheme", models.PROTECT, related_name="+")
    period_from = models.DateField()
    period_until = models.DateField()
    name = models.TextField()
    content_sha256 = models.BinaryField()
    meaning = models.BinaryField()
    sealed = models.BinaryField()
    state = models.TextField(
        choices=[("checked", "已检查"), ("booked", "已入账"), ("set_aside", "已作废")]
    )
    rows_read = models.IntegerField()
    rows_good = models.IntegerField()
    rows_warned = models.IntegerField()
    rows_bad = models.IntegerField()
    checked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    booked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    booked_at = models.DateTimeField(null=True)
    rows_booked = models.IntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["union", "scheme", "period_from", "meaning"],
                condition=Q(state="booked"),
                name="rosterfile_booked_once",
            ),
            models.CheckConstraint(
                condition=Q(state="booked", booked_at__isnull=False, booked_by__isnull=False)
                | (~Q(state="booked") & Q(booked_at__isnull=True, booked_by__isnull=True)),
                name="rosterfile_booked_by_somebody",
            ),
        )
