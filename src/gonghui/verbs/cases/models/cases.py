"""A case, and what was said and done in it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gonghui.ground.directory.models import Person, Union
from gonghui.verbs.cases.models.kinds import Kind


class State(models.TextChoices):
    """Where a case stands."""

    DRAFT = "draft", "草稿"
    FILED = "filed", "已申请"
    CONFIRMED = "confirmed", "单位已审核"
    REVIEWING = "reviewing", "审核中"
    RETURNED = "returned", "退回补正"
    ACCEPTED = "accepted", "同意"
    REFUSED = "refused", "不予同意"
    WITHDRAWN = "withdrawn", "已撤回"
    REVIEW_ASKED = "review_asked", "复核中"
    REVIEWED = "reviewed", "已复核"


class FiledHow(models.TextChoices):
    """Who brought it."""

    SELF = "self", "本人"
    PROXY = "proxy", "代办"
    UNIT = "unit", "单位"
    WINDOW = "window", "窗口"


class Case(models.Model):
    """Somebody asks for somebody. ``plain`` holds nothing confidential.

    ``version`` grows with each deed; ``turn`` counts how often it was filed. ``request_key`` is
    whatever makes one asking out of two sendings of it.
    """

    number = models.TextField(unique=True)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+")
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Person, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    filed_how = models.TextField(choices=FiledHow.choices)
    unit_sees = models.BooleanField()
    state = models.TextField(choices=State.choices)
    asked_fen = models.BigIntegerField(null=True, blank=True)
    plain = models.JSONField()
    request_key = models.TextField(null=True, blank=True)
    request_sha256 = models.BinaryField(null=True)
    opened_at = models.DateTimeField()
    filed_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    turn = models.IntegerField()
    version = models.IntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=State.values), name="case_state"),
            models.CheckConstraint(condition=Q(filed_how__in=FiledHow.values), name="case_how"),
            models.CheckConstraint(
                condition=Q(asked_fen__isnull=True) | Q(asked_fen__gte=0), name="case_asked"
            ),
            models.UniqueConstraint(fields=["filed_by", "request_key"], name="case_asked_once"),
        )
        indexes = (
            models.Index(fields=["union", "state"], name="case_by_union"),
            models.Index(fields=["subject"], name="case_by_subject"),
            models.Index(fields=["kind", "state"], name="case_by_kind"),
        )


class Confidential(models.Model):
    """What is sealed under the person's data key. No select reaches it: see ``confidential_sql``.

    The newest row of a part holds.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    part = models.TextField()
    cipher = models.BinaryField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(part__in=("inputs", "grounds")), name="case_part"),
        )


class Paper(models.Model):
    """A paper of a case. ``document_id`` is that of the kept document, where one was kept."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="papers")
    kind = models.TextField()
    document_id = models.BigIntegerField(null=True, blank=True)
    state = models.TextField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("given", "seen", "lacking", "replaced")), name="paper_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="given") | Q(document_id__isnull=False), name="paper_given"
            ),
        )


class Consent(models.Model):
    """A person agrees to one purpose, to a wording of which the hash is kept.

    ``given_to``: to whom, where it is one person (to act for her). ``on_paper``: she signed, and
    ``given_by`` entered it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="consents")
    purpose = models.TextField()
    wording_version = models.TextField()
    text_sha256 = models.BinaryField()
    given_to = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on_paper = models.BooleanField()
    document_id = models.BigIntegerField(null=True, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(wording_version=""), name="consent_said"
            ),
        )
        indexes = (models.Index(fields=["person", "purpose"], name="consent_by_person"),)


class Step(models.Model):
    """One deed in a case, by one person. ``step`` names the step of the chain that was passed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    turn = models.IntegerField()
    version = models.IntegerField()
    deed = models.TextField()
    step = models.TextField(blank=True)
    outcome = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    post_id = models.BigIntegerField(null=True, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    clause = models.TextField(blank=True)
    done_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "version"], name="casestep_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=("done", "proposed")), name="casestep_outcome"
            ),
        )


class Decision(models.Model):
    """What was decided: the first, or after 复核. Never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    instance = models.IntegerField()
    outcome = models.TextField()
    amount_fen = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    clause = models.TextField(blank=True)
    review_way = models.TextField(blank=True)
    decided_on = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "instance"], name="casedecision_once"),
            models.CheckConstraint(
                condition=Q(outcome="accepted")
                | Q(outcome="refused") & ~Q(reason="") & ~Q(clause="") & ~Q(review_way=""),
                name="casedecision_reasoned",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0),
                name="casedecision_amount",
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("by")),
                name="casedecision_by_two",
            ),
        )


class Review(models.Model):
    """She asks that another look at it. The grounds are sealed."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="review")
    asked_on = models.DateField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    outcome = models.TextField(blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=("", "upheld", "changed")), name="casereview_outcome"
            ),
        )


class Kinship(models.Model):
    """Two people are relatives, so neither handles the other's case."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    relative = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.TextField()
    stated_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(person=F("relative")), name="kinship_of_two"),
            models.UniqueConstraint(
                fields=["person", "relative"],
                condition=Q(ends_before__isnull=True),
                name="kinship_once",
            ),
        )
