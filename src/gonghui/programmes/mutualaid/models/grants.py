"""Special grants: whether somebody may be given one, the meeting that decides, what it decided.

How much is always a person's word: no column here is reckoned from another but ``difference_fen``.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Body, Hardship, Person, Union
from gonghui.programmes.mutualaid.models.editions import Edition
from gonghui.programmes.mutualaid.models.schemes import Scheme
from gonghui.verbs.treasury.models import Fund


class GrantCheck(models.Model):
    """The gate of one application, with its figures: what was measured, the line, the finding.

    ``measured_fen`` is what the edition's gate measures over its window; ``line_fen`` is the
    edition's line. Whether a family is in extreme difficulty a person found, on evidence.
    ``decided_by`` is the edition's word for who decides, ``body_kind`` the kind of body it means.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    case_id = models.BigIntegerField(null=True)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    gate = models.TextField()
    decided_by = models.TextField(default="")
    body_kind = models.TextField(default="")
    measured_fen = models.BigIntegerField()
    measured_from = models.TextField(choices=[("settlements", "结算数据"), ("papers", "书面材料")])
    measured_because = models.TextField(blank=True, default="")
    line_fen = models.BigIntegerField()
    relation = models.TextField(choices=[("above", "高于"), ("at_least", "不低于")])
    hardship = models.ForeignKey(Hardship, models.PROTECT, null=True, related_name="+")
    in_difficulty = models.BooleanField()
    finding = models.TextField()
    found_on = models.DateField()
    found_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(measured_fen__gte=0, line_fen__gte=0), name="grantcheck_figures"
            ),
            models.CheckConstraint(
                condition=Q(measured_from="settlements")
                | (Q(measured_from="papers") & ~Q(measured_because="")),
                name="grantcheck_papers_said",
            ),
            models.CheckConstraint(condition=~Q(finding=""), name="grantcheck_found_by_words"),
            models.CheckConstraint(
                condition=Q(in_difficulty=False) | Q(hardship__isnull=False),
                name="grantcheck_on_evidence",
            ),
        )
        indexes = (models.Index(fields=["person", "id"], name="grantcheck_person"),)

    @property
    def over_the_line(self) -> bool:
        """Whether the measured figure meets the edition's line."""
        if self.relation == "above":
            return bool(self.measured_fen > self.line_fen)
        return bool(self.measured_fen >= self.line_fen)


class GrantMeeting(models.Model):
    """A meeting that decides on grants, with the year's surplus as the ledger had it that day.

    The database reckons every figure but one as the row is written: ``unreported_fen`` is a
    person's estimate of what is still to be reported, with its reason. ``brought_fen`` is what was
    owed from earlier years, ``pending_fen`` what other meetings recorded and nobody has confirmed.
    ``elsewhere_fen`` was granted by other meetings after this one was written.

    ``quorum`` of ``seated`` members must be there, None where the city has recorded no members. The
    minute is confirmed by whoever first confirms a decision of it; nobody is added from then on.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    held_on = models.DateField()
    period_from = models.DateField()
    period_until = models.DateField()
    received_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    unpaid_fen = models.BigIntegerField(default=0)
    brought_fen = models.BigIntegerField(default=0)
    pending_fen = models.BigIntegerField(default=0)
    unreported_fen = models.BigIntegerField()
    unreported_because = models.TextField()
    surplus_fen = models.BigIntegerField(default=0)
    granted_fen = models.BigIntegerField(default=0)
    elsewhere_fen = models.BigIntegerField(default=0)
    minute_number = models.TextField()
    minute_sha256 = models.BinaryField()
    quorum = models.IntegerField(null=True)
    seated = models.IntegerField(null=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(period_from__lte=F("held_on"), held_on__lt=F("period_until")),
                name="grantmeeting_in_its_year",
            ),
            models.CheckConstraint(
                condition=Q(
                    surplus_fen=F("received_fen")
                    - F("paid_fen")
                    - F("unpaid_fen")
                    + F("brought_fen")
                    - F("pending_fen")
                    - F("unreported_fen")
                ),
                name="grantmeeting_surplus_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(granted_fen=0)
                | Q(granted_fen__gt=0, granted_fen__lte=F("surplus_fen")),
                name="grantmeeting_within_surplus",
            ),
            models.CheckConstraint(
                condition=Q(unreported_fen__gte=0) & ~Q(unreported_because=""),
                name="grantmeeting_estimate_said",
            ),
            models.CheckConstraint(condition=~Q(minute_number=""), name="grantmeeting_minute"),
            models.UniqueConstraint(
                fields=["scheme", "minute_number"], name="grantmeeting_minute_once"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_on__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_on__isnull=False)
                & ~Q(confirmed_by=F("recorded_by")),
                name="grantmeeting_confirmed",
            ),
        )
        indexes = (models.Index(fields=["scheme", "period_from", "id"], name="grantmeeting_year"),)


class GrantPresence(models.Model):
    """Somebody who was at a meeting: in the chair, as a member, or attending (列席)."""

    meeting = models.ForeignKey(GrantMeeting, models.PROTECT, related_name="present")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    part = models.TextField(choices=[("chair", "主持"), ("member", "出席"), ("attending", "列席")])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["meeting", "person"], name="grantpresence_once"),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(part="chair"), name="grantpresence_one_chair"
            ),
            models.CheckConstraint(
                condition=Q(part__in=["chair", "member", "attending"]), name="grantpresence_part"
            ),
        )


class Grant(models.Model):
    """What a meeting decided for one applicant: recorded by one person, confirmed by another.

    ``reconsiders`` points to the decision of the same body that new facts put aside; only the
    difference to it is posted. ``recused`` lists who was present and kept out of this decision.
    """

    meeting = models.ForeignKey(GrantMeeting, models.PROTECT, related_name="grants")
    gate_check = models.ForeignKey(GrantCheck, models.PROTECT, related_name="grants")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    case_id = models.BigIntegerField(null=True)
    outcome = models.TextField(choices=[("granted", "给予救助"), ("refused", "不予救助")])
    fen = models.BigIntegerField()
    difference_fen = models.BigIntegerField(default=0)
    reason = models.TextField()
    reconsiders = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    new_facts = models.TextField(blank=True, default="")
    recused = ArrayField(models.BigIntegerField(), default=list)
    state = models.TextField(
        default="recorded",
        choices=[("recorded", "已登记"), ("confirmed", "已确认"), ("struck", "已撤销")],
    )
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_on = models.DateField(null=True)
    journal_id = models.BigIntegerField(null=True)
    struck_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    struck_because = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            # No upper bound: what limits a grant is its meeting's surplus.
            models.CheckConstraint(
                condition=Q(outcome="granted", fen__gt=0) | Q(outcome="refused", fen=0),
                name="grant_amount_said",
            ),
            models.CheckConstraint(condition=Q(difference_fen__gte=0), name="grant_not_less"),
            models.CheckConstraint(condition=~Q(reason=""), name="grant_reason_said"),
            models.CheckConstraint(
                condition=Q(reconsiders__isnull=True) | ~Q(new_facts=""), name="grant_new_facts"
            ),
            models.CheckConstraint(
                condition=Q(state="recorded", confirmed_by__isnull=True, struck_by__isnull=True)
                | Q(state="confirmed", confirmed_by__isnull=False, struck_by__isnull=True)
                | (
                    Q(state="struck", confirmed_by__isnull=True, struck_by__isnull=False)
                    & ~Q(struck_because="")
                ),
                name="grant_states",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
                name="grant_by_two",
            ),
            models.UniqueConstraint(
                fields=["reconsiders"], condition=~Q(state="struck"), name="grant_reconsidered_once"
            ),
            models.UniqueConstraint(
                fields=["gate_check"],
                condition=Q(reconsiders__isnull=True) & ~Q(state="struck"),
                name="grant_one_for_an_application",
            ),
            models.UniqueConstraint(
                fields=["case_id"],
                condition=Q(reconsiders__isnull=True, case_id__isnull=False) & ~Q(state="struck"),
                name="grant_one_for_a_case",
            ),
        )
        indexes = (models.Index(fields=["person", "id"], name="grant_person"),)
