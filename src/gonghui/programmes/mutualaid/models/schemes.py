"""Schemes: what a federation offers, apart from the rules of any year."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.ground.directory.models import Union


class Scheme(models.Model):
    """One mutual-aid scheme, run by one union. ``code`` is what its rule books name themselves by:
    ``<city>/<scheme>``."""

    code = models.TextField(unique=True)
    name = models.TextField()
    union = models.ForeignKey(Union, models.PROTECT, related_name="schemes")
    founded_at = models.DateTimeField(db_default=Now())
