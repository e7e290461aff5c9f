"""Sums kept beside the lines by triggers, and proved equal to them by ``queries.proofs``."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gonghui.ground.directory.models import Union
from gonghui.verbs.treasury.models.funds import Account, Fund, Item
from gonghui.verbs.treasury.models.periods import Period


class Balance(models.Model):
    """What moved on an account for a union, an item (none: money) and a period."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    union = models.ForeignKey(Union, models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+", db_index=False)
    period = models.ForeignKey(Period, models.PROTECT, related_name="+")
    debit_fen = models.BigIntegerField()
    credit_fen = models.BigIntegerField()
    quantity_in = models.BigIntegerField()
    quantity_out = models.BigIntegerField()
    lines = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "union", "item", "period"],
                name="ledger_balance_once",
                nulls_distinct=False,
            ),
        )


class Stock(models.Model):
    """How many of an item lie in a store. A check on this row beats a query over all lines."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    union = models.ForeignKey(Union, models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    quantity = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "union", "item"], name="ledger_stock_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="ledger_stock_not_negative"),
        )


class Purse(models.Model):
    """Money at hand of a fund: the sum of its cash accounts, never below a floor that is set."""

    fund = models.OneToOneField(Fund, models.PROTECT, primary_key=True, related_name="purse")
    union = models.ForeignKey(Union, models.PROTECT, related_name="+")
    held_fen = models.BigIntegerField()
    floor_fen = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(floor_fen__isnull=True) | Q(held_fen__gte=F("floor_fen")),
                name="ledger_fund_floor",
            ),
        )
