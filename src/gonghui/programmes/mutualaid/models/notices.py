"""Public notices (公示): who was given how much, masked, for so many working days.

What a line may say has a column each; there is none for a number or an illness. When the days are
over nobody sees a line, and a sweep empties them: what stays is the hash of what was shown.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person, Union
from gonghui.programmes.mutualaid.models.schemes import Scheme


class Notice(models.Model):
    """One notice. ``ends_before`` is the first day on which it no longer stands."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    about = models.TextField(choices=[("grants", "救助"), ("benefits", "互助保障金")])
    title = models.TextField()
    working_days = models.IntegerField()
    state = models.TextField(
        default="drafted",
        choices=[("drafted", "草稿"), ("published", "公示中"), ("taken_down", "已撤下")],
    )
    lines_count = models.IntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    content_sha256 = models.BinaryField(null=True)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(db_default=Now())
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    published_on = models.DateField(null=True)
    ends_before = models.DateField(null=True)
    taken_down_at = models.DateTimeField(null=True)
    taken_down_because = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(working_days__gte=1, working_days__lte=60), name="notice_working_days"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="notice_titled"),
            models.CheckConstraint(
                condition=Q(state="drafted", published_on__isnull=True)
                | Q(
                    state__in=["published", "taken_down"],
                    published_on__isnull=False,
                    published_by__isnull=False,
                    content_sha256__isnull=False,
                    ends_before__gt=F("published_on"),
                ),
                name="notice_states",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="notice_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state="taken_down", taken_down_at__isnull=False)
                | (~Q(state="taken_down") & Q(taken_down_at__isnull=True)),
                name="notice_taken_down",
            ),
        )
        indexes = (
            models.Index(
                fields=["ends_before", "id"],
                condition=Q(state="published"),
                name="notice_standing",
            ),
        )


class NoticeLine(models.Model):
    """One beneficiary as the public reads her. ``source`` names what it is about, for officers."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="lines")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    place = models.IntegerField()
    source = models.TextField()
    masked_name = models.TextField()
    unit_name = models.TextField()
    month = models.TextField()
    fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["notice", "place"], name="noticeline_place"),
            models.UniqueConstraint(fields=["notice", "source"], name="noticeline_once"),
            # A star in every name, no digit in any, few characters; emptied by the sweep.
            models.CheckConstraint(
                condition=Q(masked_name="")
                | (
                    Q(masked_name__contains="*")
                    & Q(masked_name__regex=r"^[^0-9]{1,24}$")
                    & Q(month__regex=r"^[0-9]{4}-[0-9]{2}$")
                    & ~Q(unit_name__regex=r"[0-9]{6}")
                ),
                name="noticeline_masked",
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="noticeline_amount"),
        )


class Objection(models.Model):
    """What somebody said against a notice while it stood, and what came of it."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    raised_on = models.DateField()
    words = models.TextField()
    received_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_default=Now())
    answer = models.TextField(blank=True, default="")
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(words=""), name="objection_said"),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_on__gte=F("raised_on"), answered_by__isnull=False) & ~Q(answer="")),
                name="objection_answered",
            ),
        )
