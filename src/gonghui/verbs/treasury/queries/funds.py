"""Funds and their accounts by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.models import Fund, Item


@dataclass(frozen=True, slots=True)
class KnownFund:
    """A fund, as much of it as everybody may know."""

    id: int
    code: str
    name: str
    purpose: str
    union_id: int


def funds(actor: Actor) -> list[KnownFund]:
    """All funds, by code."""
    with actor.transaction():
        rows = Fund.objects.order_by("code")
        return [
            KnownFund(*row) for row in rows.values_list("id", "code", "name", "purpose", "union_id")
        ]


def fund_named(code: str) -> KnownFund:
    """The fund of a code. Called inside ``actor.transaction()``."""
    row = (
        Fund.objects.filter(code=code)
        .values_list("id", "code", "name", "purpose", "union_id")
        .first()
    )
    if row is None:
        raise _no_fund(code)
    return KnownFund(*row)


def accounts_of(fund: str, keys: Collection[str]) -> tuple[int, dict[str, int]]:
    """The fund's id, and the ids of the accounts asked for by their keys: one statement."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select f.id, a.key, a.id from public.treasury_fund f"
            " left join public.treasury_account a on a.fund_id = f.id and a.key = any(%s)"
            " where f.code = %s",
            [sorted(set(keys)), fund],
        )
        rows = cursor.fetchall()
    if not rows:
        raise _no_fund(fund)
    found = {key: account for _, key, account in rows if key is not None}
    missing = sorted(set(keys) - set(found))
    if missing:
        raise Refusal(
            N_("The fund {fund} has no account {missing}."),
            N_("Add it to the fund's chart of accounts, or name one that is there."),
            fund=fund,
            missing=", ".join(missing),
        )
    return int(rows[0][0]), found


def items_named(codes: Collection[str]) -> dict[str, int]:
    """The ids of items by their codes."""
    found = dict(Item.objects.filter(code__in=set(codes)).values_list("code", "id"))
    missing = sorted(set(codes) - set(found))
    if missing:
        raise Refusal(
            N_("There is no item {missing}."),
            N_("Add it with its unit, or name one that is there."),
            missing=", ".join(missing),
        )
    return found


def _no_fund(code: str) -> Refusal:
    return Refusal(N_("There is no fund {code}."), N_("Look at the list of funds."), code=code)


def only_fund(code: str = "") -> KnownFund:
    """The fund named; where there is one only, it need not be said. Inside a transaction."""
    if code:
        return fund_named(code)
    codes = list(Fund.objects.order_by("code").values_list("code", flat=True)[:5])
    if len(codes) == 1:
        return fund_named(codes[0])
    raise Refusal(
        N_("There are {count} funds here."),
        N_("Name one with --fund: {codes}."),
        count=len(codes),
        codes=", ".join(codes),
    )
