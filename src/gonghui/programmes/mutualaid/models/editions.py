"""Editions: what is prepared and confirmed by two people, and what is published for ever.

Rows of ``Edition`` and ``EditionSpan`` are made by ``gate.publish_edition`` (``editions_sql``).
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person, Post, Union
from gonghui.ground.directory.models.spans import DateSpan, in_order
from gonghui.programmes.mutualaid.models.schemes import Scheme


class EditionText(models.Model):
    """One text of a rule book as it was written and read.

    ``canonical`` is what ``sha256`` is of; ``source`` and ``words`` are the files. ``changes`` says
    for each change of a revision from which day it counts; ``governance`` who issued the text, on
    what it rests, which bodies decided and under which numbers.
    """

    name = models.TextField()
    title = models.TextField()
    source = models.BinaryField()
    source_sha256 = models.BinaryField()
    words = models.BinaryField(null=True)
    words_sha256 = models.BinaryField(null=True)
    canonical = models.BinaryField()
    sha256 = models.BinaryField()
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)
    extends = models.TextField(default="")
    changes = models.JSONField()
    governance = models.JSONField()
    engine_version = models.IntegerField()

    class Meta:
        abstract = True


class Publication(EditionText):
    """An edition prepared for publication. ``statement`` is what two people confirm, ``digest`` its
    SHA-256; ``top_ups`` lists what a back-dated effect brings to whom."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="publications")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    draft = models.ForeignKey("mutualaid.Draft", models.PROTECT, null=True, related_name="+")
    statement = models.BinaryField()
    digest = models.BinaryField(unique=True)
    top_ups = models.BinaryField(null=True)
    prepared_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (in_order("publication_in_order"),)


class Confirmation(models.Model):
    """One person confirms a statement by its digest, in a session of her own."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="confirmations")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    digest = models.BinaryField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["publication", "person"], name="confirmation_once_a_person"
            ),
        )


class Edition(EditionText):
    """A published edition: nothing in it is changed or deleted, by anybody."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="editions")
    publication = models.OneToOneField(Publication, models.PROTECT, related_name="edition")
    top_ups_sha256 = models.BinaryField(null=True)
    first_publisher = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second_publisher = models.ForeignKey(Person, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            in_order("edition_in_order"),
            models.UniqueConstraint(fields=["scheme", "name"], name="edition_name"),
            models.CheckConstraint(
                condition=~Q(first_publisher=F("second_publisher")), name="edition_two_publishers"
            ),
        )

    @property
    def code(self) -> str:
        """``<city>/<scheme>/<name>``."""
        return f"{self.scheme.code}/{self.name}"


class EditionSpan(models.Model):
    """The days an edition is in force: those that it states, cut short by the next edition."""

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="span")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="spans")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)

    class Meta:
        constraints = (
            in_order("editionspan_in_order"),
            ExclusionConstraint(
                name="editionspan_one_in_force",
                expressions=[
                    ("scheme", RangeOperators.EQUAL),
                    (DateSpan(), RangeOperators.OVERLAPS),
                ],
            ),
        )
