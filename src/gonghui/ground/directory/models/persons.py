"""Persons: names as written; every number encrypted, found again by keyed blind index."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Replace

from gonghui.ground.directory.models.spans import in_order
from gonghui.ground.directory.models.unions import Union


class Initials(models.Func):
    """``shan xiong xin`` → ``sxx``."""

    template = r"regexp_replace(%(expressions)s, '(\S)\S*\s*', '\1', 'g')"
    output_field = models.TextField()


class Person(models.Model):
    """A human being, once. Two rows found to be one person are merged, never deleted."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.TextField()
    name_folded = models.TextField()
    name_pinyin = models.TextField(blank=True, default="")
    born_on = models.DateField(null=True, blank=True)
    sex = models.TextField(blank=True, default="", choices=[("M", "男"), ("F", "女")])
    # Columns, not expressions: under row security only plain comparisons use an index.
    name_run = models.GeneratedField(
        expression=Replace("name_pinyin", models.Value(" "), models.Value("")),
        output_field=models.TextField(),
        db_persist=True,
    )
    name_initials = models.GeneratedField(
        expression=Initials("name_pinyin"), output_field=models.TextField(), db_persist=True
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="person_not_merged_into_itself",
            ),
        )
        indexes = (
            models.Index(fields=["name_folded", "id"], name="person_name"),
            models.Index(fields=["name_pinyin", "id"], name="person_pinyin"),
            models.Index(fields=["name_run"], name="person_run"),
            models.Index(fields=["name_initials"], name="person_initials"),
        )


class PersonNumber(models.Model):
    """An identity document's number. ``blind`` finds it, only the vault can read it.

    A number in force belongs to one person: the index below is reached by definer functions only,
    so that no error tells an officer about somebody else's people.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="numbers")
    kind = models.TextField()
    cipher = models.BinaryField()
    blind = models.BinaryField()
    last_four = models.BinaryField()
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    replaced_because = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            in_order("personnumber_in_order"),
            models.UniqueConstraint(
                fields=["blind"],
                condition=Q(ends_before__isnull=True),
                name="personnumber_one_person",
            ),
        )
        indexes = (
            models.Index(fields=["last_four"], name="personnumber_last_four"),
            models.Index(fields=["blind"], name="personnumber_blind"),  # ended ones, too
        )


class PersonContact(models.Model):
    """How a person is reached or paid, as one union was told it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="contacts")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    kind = models.TextField(choices=[("phone", "手机"), ("card", "银行卡"), ("address", "住址")])
    cipher = models.BinaryField()
    blind = models.BinaryField()
    last_four = models.BinaryField()
    bank = models.TextField(blank=True, default="")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (in_order("personcontact_in_order"),)
        indexes = (
            models.Index(fields=["person", "kind"], name="personcontact_person"),
            models.Index(fields=["blind"], name="personcontact_blind"),
        )


class Lookup(models.Model):
    """How many numbers an officer below the whole asked about on a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    day = models.DateField()
    asked = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "day"], name="lookup_once_a_day"),)
