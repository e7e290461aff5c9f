"""The wrapped data keys of persons. Useless without the key file; with it, all that opens values.

The two tables are kept apart from everything else so that a backup can leave them out, or keep
them for a shorter time: whose key is destroyed shall not come back from a backup for ever.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DataKey(models.Model):
    """The key under which a person's values are written now. ``wrapped`` is NULL once destroyed.

    ``key_id`` is that of the master key; ``uses`` counts encryptions. The generation stands in
    every value, as its key id.
    """

    # By name: the directory stands to the right of the vault and is not imported here.
    person = models.OneToOneField(
        "directory.Person", models.PROTECT, primary_key=True, related_name="+"
    )
    generation = models.IntegerField(db_default=1)
    wrapped = models.BinaryField(null=True)
    key_id = models.IntegerField()
    uses = models.BigIntegerField(db_default=0)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(wrapped__isnull=False) | Q(destroyed_at__isnull=False),
                name="datakey_there_or_destroyed",
            ),
            models.CheckConstraint(
                condition=Q(generation__gte=1, uses__gte=0), name="datakey_counts"
            ),
        )


class EarlierKey(models.Model):
    """A key that reached its number of uses, or was of another profile: it only reads."""

    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+")
    generation = models.IntegerField()
    wrapped = models.BinaryField()
    key_id = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "generation"], name="earlierkey_once"),
        )


class FileKey(models.Model):
    """The key of one sealed file, such as a roster as it came. The file holds this row's id."""

    union = models.ForeignKey("directory.Union", models.PROTECT, related_name="+")
    wrapped = models.BinaryField()
    key_id = models.IntegerField()
