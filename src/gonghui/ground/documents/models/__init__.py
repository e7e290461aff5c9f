"""Documents and their pages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.ground.directory.models import Person, Union


class Document(models.Model):
    """A paper as it came: the sealed original, and the key that opens it and its pages.

    The key is sealed under the data key of the person (``key``), or, where a paper concerns
    nobody in particular, under a file key of the union (``union_key``). The file's name is not
    kept: people write numbers into names.
    """

    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    kind = models.TextField()
    format = models.TextField()
    sha256 = models.BinaryField()
    size = models.IntegerField()
    pages = models.IntegerField()
    original = models.BinaryField()
    key = models.BinaryField(null=True)
    union_key = models.BinaryField(null=True)
    kept_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["union", "person", "kind", "sha256"],
                nulls_distinct=False,
                name="document_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, key__isnull=False, union_key__isnull=True)
                | Q(person__isnull=True, key__isnull=True, union_key__isnull=False),
                name="document_one_key",
            ),
        )


class Page(models.Model):
    """One page as a JPEG of ours, sealed. Numbers count from 1."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    number = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document", "number"], name="page_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="page_number_from_one"),
        )
