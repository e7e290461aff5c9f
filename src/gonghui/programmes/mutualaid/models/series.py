"""Running numbers of documents, each kind and year from 1, without gaps."""

from __future__ import annotations

from django.db import models


class Series(models.Model):
    """The last number given. Whoever takes the next waits until the one before is sure."""

    kind = models.TextField()
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "year"], name="series_year"),)
