"""Posts, what they allow, and who stands in for whom."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from gonghui.ground.directory.models.persons import Person
from gonghui.ground.directory.models.spans import in_order, one_at_a_time
from gonghui.ground.directory.models.unions import Union


class PostKind(models.Model):
    """A kind of post. One that does not write reads only, whatever its permissions."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    permissions = ArrayField(models.TextField())
    writes = models.BooleanField()


class PostKindSpan(models.Model):
    """What a kind of post allowed, day by day; written by a trigger."""

    kind = models.ForeignKey(PostKind, models.PROTECT, related_name="spans")
    permissions = ArrayField(models.TextField())
    writes = models.BooleanField()
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            in_order("postkindspan_in_order"),
            one_at_a_time("postkindspan_one_at_a_time", "kind"),
        )


class Post(models.Model):
    """A person's post in a union, from a day to a day. It reaches all that lies below."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    union = models.ForeignKey(Union, models.PROTECT, related_name="posts")
    kind = models.ForeignKey(PostKind, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    appointed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            in_order("post_in_order"),
            one_at_a_time("post_one_at_a_time", "person", "union", "kind"),
            models.CheckConstraint(
                condition=models.Q(appointed_by__isnull=True)
                | ~models.Q(appointed_by=models.F("person")),
                name="post_not_by_oneself",
            ),
        )


class Appointment(models.Model):
    """A post that one person proposed and a second has to confirm before it is given."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    kind = models.ForeignKey(PostKind, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    declined_because = models.TextField(blank=True, db_default="")
    post = models.OneToOneField(Post, models.PROTECT, null=True, related_name="appointment")

    class Meta:
        constraints = (
            in_order("appointment_in_order"),
            models.UniqueConstraint(
                fields=["person", "union", "kind"],
                condition=models.Q(decided_by__isnull=True),
                name="appointment_open_once",
            ),
        )


class Delegation(models.Model):
    """Somebody acts on behalf of a post, for named permissions, from a day to a day."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="delegations")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    matter = models.TextField()
    permissions = ArrayField(models.TextField())
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            in_order("delegation_in_order"),
            one_at_a_time("delegation_one_at_a_time", "post", "person"),
        )
