"""Bodies that decide, with their members and terms."""

from __future__ import annotations

from django.db import models

from gonghui.ground.directory.models.persons import Person
from gonghui.ground.directory.models.spans import in_order, one_at_a_time
from gonghui.ground.directory.models.unions import Union


class BodyKind(models.TextChoices):
    """What a body is for."""

    COMMITTEE = "committee", "管理委员会"
    OFFICE = "office", "办公室"
    LEADING_GROUP = "leading_group", "党组"
    AUDIT_COMMITTEE = "audit_committee", "经费审查委员会"


class Body(models.Model):
    """A body of a union."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="bodies")
    kind = models.TextField(choices=BodyKind.choices)
    name = models.TextField()
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            in_order("body_in_order"),
            one_at_a_time("body_one_at_a_time", "union", "kind"),
        )


class BodyMember(models.Model):
    """A person's term in a body."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="members")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    title = models.TextField(blank=True, default="")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            in_order("bodymember_in_order"),
            one_at_a_time("bodymember_one_at_a_time", "body", "person"),
        )
