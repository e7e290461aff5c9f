"""Decisions: what a settlement comes to, from what it was reckoned, and why. Only appended.

Rows are made by ``gate.book_decisions`` (``decisions_sql``): whoever writes as ``web`` cannot make
one that does not follow the one before it, or that leads the running account over its limits.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from gonghui.ground.directory.models import Person, Union
from gonghui.programmes.mutualaid.models.editions import Edition
from gonghui.programmes.mutualaid.models.schemes import Scheme
from gonghui.programmes.mutualaid.models.settlements import Settlement


class Running(models.Model):
    """A person's running account: one row a window, locked while she is decided.

    Everybody who was ever decided has one row of the window ``ever``: the lock that comes first.
    ``uses`` and ``decided_fen`` are what the decisions here came to; what another system had
    decided before is ``taken_over_uses`` and ``taken_over_fen``, and counts towards the limits.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    window = models.TextField(
        choices=[("period", "互助保障期"), ("ever", "自参加起")], db_default="period"
    )
    period_from = models.DateField()
    period_until = models.DateField()
    uses = models.IntegerField(db_default=0)
    uses_limit = models.IntegerField(null=True)
    decided_fen = models.BigIntegerField(db_default=0)
    ceiling_fen = models.BigIntegerField(null=True)
    taken_over_uses = models.IntegerField(db_default=0)
    taken_over_fen = models.BigIntegerField(db_default=0)
    owed_fen = models.BigIntegerField(db_default=0)
    version = models.IntegerField(db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["scheme", "person", "window", "period_from"], name="running_once"
            ),
            models.CheckConstraint(
                condition=Q(window__in=["period", "ever"]), name="running_window"
            ),
            models.CheckConstraint(
                condition=Q(period_until__gt=F("period_from")), name="running_in_order"
            ),
            models.CheckConstraint(
                condition=Q(uses__gte=0, taken_over_uses__gte=0)
                & (
                    Q(uses_limit__isnull=True)
                    | Q(
                        uses_limit__gte=F("uses") + F("taken_over_uses"),
                    )
                    | Q(uses=0)
                ),
                name="running_uses",
            ),
            models.CheckConstraint(
                condition=Q(decided_fen__gte=0, taken_over_fen__gte=0)
                & (
                    Q(ceiling_fen__isnull=True)
                    | Q(ceiling_fen__gte=F("decided_fen") + F("taken_over_fen"))
                    | Q(decided_fen=0)
                ),
                name="running_ceiling",
            ),
            models.CheckConstraint(condition=Q(owed_fen__gte=0), name="running_owed"),
        )


class Turn(models.Model):
    """One person's whole history, decided once: everything it was decided from, in canonical bytes.

    ``inputs`` are enough to reckon every decision of the turn again, years later: the editions by
    their hashes and the days they counted for, what was taken over, and all settlements with all
    their facts. ``engine`` is the version of the program that decided.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    engine = models.TextField()
    inputs = models.BinaryField()
    inputs_sha256 = models.BinaryField()
    decided_on = models.DateField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["person", "scheme", "id"], name="turn_person"),)


class Decision(models.Model):
    """What one kind of benefit gives for one settlement, and the sentence the worker is told.

    A later decision of the same settlement and kind takes the place of the one it ``supersedes``;
    the one that nothing supersedes stands. ``amount_fen`` is what she is entitled to,
    ``before_fen`` what stood before, ``standing_fen`` what stands now: more than the entitlement
    only where an overpayment is waived.
    """

    turn = models.ForeignKey(Turn, models.PROTECT, related_name="decisions")
    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="decisions")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    running = models.ForeignKey(Running, models.PROTECT, null=True, related_name="decisions")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    kind = models.TextField()
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="+")
    amount_fen = models.BigIntegerField()
    before_fen = models.BigIntegerField()
    standing_fen = models.BigIntegerField()
    reason = models.TextField()
    detail = models.IntegerField()
    uses = models.IntegerField()
    trace = models.BinaryField()
    sentence = models.TextField()
    decided_on = models.DateField()
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    journal_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["settlement", "kind"],
                condition=Q(supersedes__isnull=True),
                name="decision_one_first",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0, before_fen__gte=0, uses__gte=0)
                & Q(standing_fen__gte=F("amount_fen")),
                name="decision_amounts",
            ),
        )
        indexes = (
            models.Index(fields=["person", "id"], name="decision_person"),
            models.Index(fields=["union", "decided_on", "id"], name="decision_unit"),
        )
