"""Revisions on their road: drafts, steps taken by bodies, comments by clause and their answers."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.ground.directory.models import Body, Person, Union
from gonghui.programmes.mutualaid.models.schemes import Scheme


class Revision(models.Model):
    """A new text of a scheme on its road to publication. ``road`` is the one it set out on: what
    the city changes later in its profile does not move a revision that is under way."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="revisions")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    name = models.TextField()
    title = models.TextField()
    road = models.JSONField()
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scheme", "name"], name="revision_name"),)

    @property
    def code(self) -> str:
        """The id of the edition it is to become."""
        return f"{self.scheme.code}/{self.name}"


class Draft(models.Model):
    """One state of the words. A changed word is a new draft; ``redline`` is against the edition
    it extends, or the one in force."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="drafts")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    number = models.IntegerField()
    source = models.BinaryField()
    words = models.BinaryField(null=True)
    canonical = models.BinaryField()
    sha256 = models.BinaryField()
    redline = models.TextField()
    reason = models.TextField(default="")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["revision", "number"], name="draft_number"),)


class RevisionStep(models.Model):
    """A step taken: by which body, on which day, on which draft, under which number, on which
    evidence; recorded by whom and when. ``position`` counts the road's steps from 0."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="steps")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, models.PROTECT, related_name="steps")
    position = models.IntegerField()
    step = models.TextField()
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    taken_on = models.DateField()
    minute_number = models.TextField(default="")
    evidence = models.TextField(default="")
    evidence_sha256 = models.BinaryField(null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["revision", "position", "draft"], name="revisionstep_once_a_draft"
            ),
        )


class Attachment(models.Model):
    """A paper that goes with a draft: replay figures with the hash of the file they stand in."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="attachments")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    kind = models.TextField(choices=[("replay", "测算"), ("other", "其他")])
    name = models.TextField()
    sha256 = models.BinaryField()
    figures = models.JSONField(default=dict)
    attached_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["draft", "sha256"], name="attachment_once"),)


class Consultation(models.Model):
    """A draft that went out for comments: all that a unit sees of a revision."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="consultations")
    draft = models.OneToOneField(Draft, models.PROTECT, related_name="consultation")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    name = models.TextField()
    title = models.TextField()
    clauses = models.JSONField()
    redline = models.TextField()
    opens_on = models.DateField()
    closes_before = models.DateField()
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(closes_before__gt=models.F("opens_on")),
                name="consultation_in_order",
            ),
        )


class Comment(models.Model):
    """What a union says of one clause."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="comments")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    clause = models.TextField()
    words = models.TextField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(words=""), name="comment_says_something"),
        )


class Answer(models.Model):
    """What the office answers to a comment. ``union`` is the one that commented."""

    comment = models.OneToOneField(Comment, models.PROTECT, related_name="answer")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    outcome = models.TextField(
        choices=[("adopted", "采纳"), ("partly", "部分采纳"), ("not_adopted", "未采纳")]
    )
    words = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(words=""), name="answer_says_something"),
        )
