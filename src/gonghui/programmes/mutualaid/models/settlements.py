"""Settlements: what the insurer, or a paper read at the window, says of one event.

The facts of a settlement are never changed. What happens to it later (it is applied for, or taken
back) stands in columns of its own; facts of the person and the cover are read when it is decided.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person, Union
from gonghui.programmes.mutualaid.models.enrolments import Enrolment
from gonghui.programmes.mutualaid.models.schemes import Scheme


class FeedFile(models.Model):
    """A feed as it came: its bytes are sealed before anything is read. One content counts once.

    ``rows_in = accepted + rejected + waiting``, always; ``accepted`` counts new settlements,
    reversals and records known before.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    name = models.TextField()
    sha256 = models.BinaryField()
    sealed = models.BinaryField()
    mapping = models.TextField()
    received_on = models.DateField()
    received_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_default=Now())
    state = models.TextField(
        choices=[("received", "已收到"), ("applied", "已处理"), ("refused", "整份退回")],
        db_default="received",
    )
    refused_because = models.TextField(db_default="")
    rows_in = models.IntegerField(db_default=0)
    accepted = models.IntegerField(db_default=0)
    rejected = models.IntegerField(db_default=0)
    waiting = models.IntegerField(db_default=0)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["scheme", "sha256"], name="feedfile_content_once"),
            models.CheckConstraint(
                condition=Q(rows_in=F("accepted") + F("rejected") + F("waiting"))
                & Q(accepted__gte=0, rejected__gte=0, waiting__gte=0),
                name="feedfile_every_row_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "applied", "refused"]), name="feedfile_state"
            ),
        )


class FeedRow(models.Model):
    """A row that is no settlement yet: nobody is found, what it takes back is not there, or it
    cannot be read. What it says stands in the sealed file, at ``row_number``.

    ``blind`` finds the person's number; ``person`` is whom somebody found it to be.
    """

    feedfile = models.ForeignKey(FeedFile, models.PROTECT, related_name="rows")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    row_number = models.IntegerField()
    code = models.TextField(
        choices=[("unmatched", "找不到人"), ("held", "等待原结算"), ("rejected", "退回")]
    )
    finding = models.TextField()
    field = models.TextField(db_default="")
    settlement_id = models.TextField(db_default="")
    blind = models.BinaryField(null=True)
    state = models.TextField(
        choices=[("open", "待处理"), ("done", "已处理"), ("dropped", "不再处理")],
        db_default="open",
    )
    attempts = models.IntegerField(db_default=1)
    note = models.TextField(db_default="")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["feedfile", "row_number"], name="feedrow_once"),
            models.CheckConstraint(
                condition=Q(code__in=["unmatched", "held", "rejected"])
                & Q(state__in=["open", "done", "dropped"]),
                name="feedrow_words",
            ),
        )
        indexes = (
            models.Index(fields=["blind"], name="feedrow_blind"),
            models.Index(fields=["state", "code", "id"], name="feedrow_open"),
        )


class Settlement(models.Model):
    """One statement of one event. ``number`` follows from ``settlement_id`` alone, so that it is
    the same in every road; ``facts`` are those of ``core.rulebook.fields``, as integers."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    settlement_id = models.TextField()
    number = models.BigIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField()
    content_sha256 = models.BinaryField()
    received_on = models.DateField()
    filed_on = models.DateField(null=True)
    reversed_on = models.DateField(null=True)
    origin = models.TextField(
        choices=[("feed", "医保结算数据"), ("case", "申请"), ("takeover", "接续")]
    )
    feedfile = models.ForeignKey(FeedFile, models.PROTECT, null=True, related_name="+")
    source_case = models.BigIntegerField(null=True, unique=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["scheme", "settlement_id"], name="settlement_once"),
            models.UniqueConstraint(fields=["scheme", "number"], name="settlement_number_once"),
            models.CheckConstraint(
                condition=Q(origin__in=["feed", "case", "takeover"]), name="settlement_origin"
            ),
        )
        indexes = (models.Index(fields=["person", "scheme"], name="settlement_person"),)


class Reversal(models.Model):
    """The insurer takes a settlement back. It may come before what it takes back, and waits."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    reversal_id = models.TextField()
    original_id = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    total_cost_fen = models.BigIntegerField()
    content_sha256 = models.BinaryField()
    received_on = models.DateField()
    feedfile = models.ForeignKey(FeedFile, models.PROTECT, related_name="+")
    row_number = models.IntegerField()
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, related_name="reversals")
    refused_because = models.TextField(db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["scheme", "reversal_id"], name="reversal_once"),
        )
        indexes = (models.Index(fields=["scheme", "original_id"], name="reversal_original"),)


class Waiting(models.Model):
    """A person with something new: she is to be decided. Deciding takes the mark away."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scheme", "person"], name="waiting_once"),)
