"""Journals and their lines: appended, never changed. A debit is positive, a credit negative."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.ground.directory.models import Person, Post, Union
from gonghui.verbs.treasury.models.funds import Account, Fund, Item
from gonghui.verbs.treasury.models.periods import Period


class Journal(models.Model):
    """One thing that happened to a fund's money or goods.

    The database fills in ``period``, ``union`` (the fund's) and who recorded it when, whatever an
    INSERT says. ``source`` is opaque here: the programme that posted knows what it names.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="journals")
    period = models.ForeignKey(Period, models.PROTECT, related_name="journals")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+", db_index=False)
    booked_on = models.DateField()
    kind = models.TextField()
    source = models.TextField(null=True, blank=True)
    memo = models.TextField(blank=True, default="")
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    recorded_post = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__regex=r"^[a-z][a-z_]{0,39}$"), name="ledger_journal_kind"
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=True) | ~Q(source=""), name="ledger_journal_source_said"
            ),
            models.UniqueConstraint(
                fields=["fund", "source"],
                condition=Q(source__isnull=False),
                name="ledger_journal_source_once",
            ),
        )
        indexes = (models.Index(fields=["fund", "booked_on", "id"], name="ledger_journal_by_day"),)


class Line(models.Model):
    """One side of a journal: fen of money, or a quantity of goods and what it is worth.

    ``booked_on`` is the journal's day once more: an account is read in its order.
    """

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="lines", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    union = models.ForeignKey(Union, models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+", db_index=False)
    booked_on = models.DateField()
    quantity = models.BigIntegerField(default=0)
    fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(Q(item__isnull=True, quantity=0) & ~Q(fen=0))
                | (Q(item__isnull=False) & ~Q(quantity=0)),
                name="ledger_line_money_or_goods",
            ),
        )
        indexes = (
            models.Index(fields=["journal", "id"], name="ledger_line_of_journal"),
            models.Index(fields=["account", "booked_on", "id"], name="ledger_line_of_account"),
            models.Index(fields=["union", "booked_on", "id"], name="ledger_line_of_union"),
        )


class Proved(models.Model):
    """A journal found balanced; written as the transaction ends. It takes no more lines.

    Without it ``SET CONSTRAINTS … IMMEDIATE`` would let a transaction have its journal judged early
    and then add to it.
    """

    journal = models.OneToOneField(Journal, models.PROTECT, primary_key=True, related_name="+")
