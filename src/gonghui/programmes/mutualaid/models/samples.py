"""Samples of payments that the 经审会 drew, each with the population it was drawn from."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person, Union
from gonghui.programmes.mutualaid.models.schemes import Scheme
from gonghui.verbs.treasury.models import PayoutLine


class Sample(models.Model):
    """One draw: how, with which seed, from what. It stays as it was drawn.

    ``population`` is the file the lines were drawn from, so that a later look says what has changed
    since; it names nobody. ``bounds`` are limits of bands in fen.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_before = models.DateField()
    kind = models.TextField(
        choices=[("random", "简单随机"), ("strata", "分层"), ("money", "货币单位")]
    )
    by = models.TextField(blank=True, default="")
    weight = models.TextField(blank=True, default="")
    bounds = ArrayField(models.BigIntegerField(), default=list)
    size = models.IntegerField()
    seed = models.TextField()
    population = models.BinaryField()
    population_sha256 = models.BinaryField()
    population_lines = models.IntegerField()
    population_fen = models.BigIntegerField()
    drawn_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["random", "money"], by="", weight="")
                | Q(
                    kind="strata",
                    by__in=["amount", "unit", "month", "level"],
                    weight__in=["lines", "money"],
                ),
                name="sample_method",
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=models.F("starts_on"))
                & Q(size__gte=1, size__lte=models.F("population_lines")),
                name="sample_of_a_period",
            ),
        )
        indexes = (models.Index(fields=["scheme", "id"], name="sample_scheme"),)


class SampleLine(models.Model):
    """A payment that was drawn; ``layer`` "" where there are none."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="lines")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    place = models.IntegerField()
    line = models.ForeignKey(PayoutLine, models.PROTECT, related_name="+")
    layer = models.TextField(blank=True, default="")
    hits = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sample", "place"], name="sampleline_place"),
            models.UniqueConstraint(fields=["sample", "line"], name="sampleline_once"),
            models.CheckConstraint(condition=Q(hits__gte=1), name="sampleline_hit"),
        )
