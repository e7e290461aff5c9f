"""City profiles: what a city's documents say of it. A new one takes the place of the last."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person, Union


class CityProfile(models.Model):
    """A profile as it was set: the file, and what was read from it. The newest one counts."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    number = models.IntegerField()
    source = models.BinaryField()
    sha256 = models.BinaryField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["union", "number"], name="cityprofile_number"),
        )
