"""Applications: what a case claims, the invoices it shows, and what somebody has to look at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person, Union
from gonghui.programmes.mutualaid.models.schemes import Scheme
from gonghui.programmes.mutualaid.models.settlements import Settlement


class Claim(models.Model):
    """One case asks for what one settlement gives. ``statement_id`` is the settlement's number, or
    made from the case's (``numbered`` false) where the paper has none; ``facts`` are what was keyed
    in, empty where the insurer's data is awaited. A claim ends when its case is withdrawn or
    refused; until then its settlement is claimed once."""

    case_id = models.BigIntegerField(unique=True)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    statement_id = models.TextField()
    numbered = models.BooleanField()
    facts = models.JSONField()
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, related_name="+")
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    live = models.BooleanField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["scheme", "statement_id"], condition=Q(live=True), name="claim_live_once"
            ),
        )
        indexes = (models.Index(fields=["person", "scheme"], name="claim_person"),)


class ClaimInvoice(models.Model):
    """An electronic invoice shown with a claim (``normal``), or the notice that one was reversed
    (冲红: ``reversal``). Code and number count once in the city."""

    code = models.TextField()
    number = models.TextField()
    kind = models.TextField(choices=[("normal", "正常"), ("reversal", "冲红")])
    reverses_code = models.TextField(db_default="")
    reverses_number = models.TextField(db_default="")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="invoices")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    live = models.BooleanField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["code", "number"], condition=Q(live=True), name="claiminvoice_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="normal", claim__isnull=False, reverses_number="")
                | Q(kind="reversal", claim__isnull=True) & ~Q(reverses_number=""),
                name="claiminvoice_kind",
            ),
        )
        indexes = (
            models.Index(fields=["reverses_code", "reverses_number"], name="claiminvoice_back"),
        )


class ClaimFlag(models.Model):
    """The work list: claims that somebody has to look at, and why. Whoever entered the claim, and
    whose act put it here, does not clear it."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="flags")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    code = models.TextField(
        choices=[("split", "同一次住院分次申请"), ("invoice_reversed", "票据已冲红")]
    )
    other = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=[("open", "待处理"), ("done", "已处理")], db_default="open")
    note = models.TextField(db_default="")
    noted_at = models.DateTimeField(db_default=Now())
    noted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    cleared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["claim", "code"], name="claimflag_once"),
            models.CheckConstraint(
                condition=Q(code__in=["split", "invoice_reversed"])
                & Q(state__in=["open", "done"])
                & (Q(state="open") | ~Q(note="")),
                name="claimflag_words",
            ),
        )


class ClaimPaper(models.Model):
    """A paper that is due for a kind of event (0: what happened is not known yet)."""

    event_kind = models.IntegerField()
    paper = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event_kind", "paper"], name="claimpaper_once"),
        )


class ClaimList(models.Model):
    """A unit's list of applications (申请汇总表) as it was sent. Its bytes are sealed; checked
    again, they give the marked workbook back."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    name = models.TextField()
    content_sha256 = models.BinaryField()
    meaning = models.BinaryField()
    sealed = models.BinaryField()
    rows_read = models.IntegerField()
    rows_good = models.IntegerField()
    rows_warned = models.IntegerField()
    rows_bad = models.IntegerField()
    came_on = models.DateField()
    checked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(db_default=Now())
    filed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["union", "scheme", "content_sha256"], name="claimlist_once"
            ),
        )
