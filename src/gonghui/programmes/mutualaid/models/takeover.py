"""Take-overs: what a city had counted elsewhere until a day, brought in by two people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person, Post, Union
from gonghui.programmes.mutualaid.models.rosters import RosterFile
from gonghui.programmes.mutualaid.models.schemes import Scheme


class ControlTotals(models.Model):
    """What is stated by hand. ``opening_fen``: money at the bank on the day."""

    units = models.IntegerField()
    people = models.IntegerField()
    paid_fen = models.BigIntegerField()
    uses = models.IntegerField()
    opening_fen = models.BigIntegerField()

    class Meta:
        abstract = True


class Takeover(ControlTotals):
    """The workbooks of a take-over, and what they add up to. ``taken_on`` is the first day that is
    ours. One content is entered once; it is booked whole, by the second signature."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    period_from = models.DateField()
    period_until = models.DateField()
    taken_on = models.DateField()
    content_sha256 = models.BinaryField()
    state = models.TextField(
        choices=[("entered", "已录入"), ("booked", "已入账"), ("set_aside", "已作废")],
        db_default="entered",
    )
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())
    booked_at = models.DateTimeField(null=True)
    rosterfile = models.ForeignKey(RosterFile, models.PROTECT, null=True, related_name="+")
    journal_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["scheme", "content_sha256"],
                condition=~Q(state="set_aside"),
                name="takeover_content_once",
            ),
            models.UniqueConstraint(
                fields=["scheme", "period_from"],
                condition=Q(state="booked"),
                name="takeover_period_once",
            ),
            models.CheckConstraint(
                condition=Q(state="booked", booked_at__isnull=False)
                | Q(state__in=["entered", "set_aside"], booked_at__isnull=True),
                name="takeover_state",
            ),
            models.CheckConstraint(
                condition=Q(taken_on__gte=models.F("period_from"))
                & Q(taken_on__lt=models.F("period_until")),
                name="takeover_within_period",
            ),
        )


class TakeoverFile(models.Model):
    """One workbook as it was brought. Its bytes are sealed."""

    takeover = models.ForeignKey(Takeover, models.PROTECT, related_name="files")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    name = models.TextField()
    sha256 = models.BinaryField()
    sealed = models.BinaryField()


class TakeoverSignature(ControlTotals):
    """One person states the totals by hand; PostgreSQL compares them with the workbooks'."""

    takeover = models.ForeignKey(Takeover, models.PROTECT, related_name="signatures")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["takeover", "person"], name="takeover_signed_once"),
        )


class TakenPayout(models.Model):
    """A payout that was made before the take-over: it counts in figures and towards limits, and
    no journal of ours moved it."""

    takeover = models.ForeignKey(Takeover, models.PROTECT, related_name="payouts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    row_number = models.IntegerField()
    paid_on = models.DateField()
    fen = models.BigIntegerField()
    counts = models.BooleanField()
    reference = models.TextField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(fen__gt=0), name="takenpayout_something"),
            models.UniqueConstraint(fields=["takeover", "row_number"], name="takenpayout_row"),
        )
        indexes = (
            models.Index(fields=["person"], name="takenpayout_person"),
            models.Index(fields=["paid_on", "id"], name="takenpayout_day"),
        )
