"""What kinds of case there are and which way each goes: rows that programmes place."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

LEVELS = ("unit", "county", "city")


class Kind(models.Model):
    """A kind of case. ``two_from_fen``: from this amount on, two people decide."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    unit_confirms = models.BooleanField()
    decide_permission = models.TextField()
    decide_level = models.TextField()
    two_from_fen = models.BigIntegerField(null=True, blank=True)
    review_way = models.TextField()
    review_days = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(decide_level__in=LEVELS), name="casekind_level"),
        )


class KindStep(models.Model):
    """One step of the review chain; it applies from an amount on."""

    kind = models.ForeignKey(Kind, models.PROTECT, related_name="steps")
    ordinal = models.IntegerField()
    code = models.TextField()
    permission = models.TextField()
    level = models.TextField()
    two_people = models.BooleanField()
    from_fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "ordinal"], name="kindstep_in_order"),
            models.UniqueConstraint(fields=["kind", "code"], name="kindstep_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="kindstep_level"),
        )


class KindPaper(models.Model):
    """A paper that cases of a kind come with."""

    kind = models.ForeignKey(Kind, models.PROTECT, related_name="papers")
    code = models.TextField()
    name = models.TextField()
    required = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "code"], name="kindpaper_once"),)


class KindConsent(models.Model):
    """A consent of the person concerned without which a case of a kind is not filed."""

    kind = models.ForeignKey(Kind, models.PROTECT, related_name="consents")
    purpose = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "purpose"], name="kindconsent_once"),
        )


class Transition(models.Model):
    """From which state to which a deed leads, and whose deed it is."""

    deed = models.TextField()
    from_state = models.TextField()
    to_state = models.TextField()
    whose = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["deed", "from_state"], name="transition_once"),
        )
