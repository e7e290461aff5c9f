"""Funds, their accounts, and the kinds of goods."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gonghui.ground.directory.models import Union


class AccountKind(models.TextChoices):
    """What an account is; a debit adds to the first two."""

    ASSET = "asset", "资产"
    EXPENSE = "expense", "支出"
    LIABILITY = "liability", "负债"
    EQUITY = "equity", "净资产"
    INCOME = "income", "收入"


class Fund(models.Model):
    """Money kept apart for one purpose (专款专用). No journal reaches into a second fund."""

    code = models.TextField(unique=True)
    name = models.TextField()
    purpose = models.TextField()
    union = models.ForeignKey(Union, models.PROTECT, related_name="funds")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9-]{0,39}$"), name="ledger_fund_code"
            ),
        )


class Account(models.Model):
    """One account of a fund. Programmes name it by ``key``; ``code`` and ``name`` are for people.

    ``cash``: what lies on it is money at hand. ``store``: its goods are never fewer than none.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="accounts")
    key = models.TextField()
    code = models.TextField()
    name = models.TextField()
    kind = models.TextField(choices=AccountKind.choices)
    cash = models.BooleanField(default=False)
    store = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["fund", "key"], name="ledger_account_key_once"),
            models.UniqueConstraint(fields=["fund", "code"], name="ledger_account_code_once"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]{0,39}$"), name="ledger_account_key"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="ledger_account_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind="asset") | Q(cash=False, store=False), name="ledger_account_holds"
            ),
        )


class Item(models.Model):
    """A kind of goods, counted in whole ``unit``. Money is no item: it is counted in fen."""

    code = models.TextField(unique=True)
    name = models.TextField()
    unit = models.TextField()

    class Meta:
        constraints = (
            # As Beancount writes a commodity; CNY is money.
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z][A-Z0-9-]{0,20}[A-Z0-9]$") & ~Q(code="CNY"),
                name="ledger_item_code",
            ),
        )
