"""Setting up the books: funds with their accounts, items, periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connections

from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.charts import PlannedAccount
from gonghui.verbs.treasury.errors import in_words
from gonghui.verbs.treasury.models import Fund, Item, Period
from gonghui.verbs.treasury.permissions import OPEN
from gonghui.verbs.treasury.queries.funds import fund_named

_ACCOUNTS = """
insert into public.treasury_account (fund_id, key, code, name, kind, cash, store)
select %s, planned.* from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[],
                                 %s::boolean[]) planned"""


def open_fund(
    actor: Actor,
    *,
    code: str,
    name: str,
    purpose: str,
    union_id: int,
    accounts: Sequence[PlannedAccount],
) -> int:
    """A fund of a union with its chart of accounts; what it may be spent on is its purpose."""
    with actor.transaction() as scope:
        scope.require(OPEN)
        with in_words():
            fund = Fund.objects.create(code=code, name=name, purpose=purpose, union_id=union_id)
        add_accounts(actor, code, accounts)
        record(
            "fund.opened",
            subject="treasury_fund",
            subject_id=fund.pk,
            union_id=union_id,
            details={"code": code},
        )
        return int(fund.pk)


def add_accounts(actor: Actor, fund: str, accounts: Sequence[PlannedAccount]) -> None:
    """More accounts for a fund; none is ever taken away or given another meaning."""
    with actor.transaction() as scope:
        scope.require(OPEN)
        known = fund_named(fund)
        columns = ("key", "code", "name", "kind", "cash", "store")
        values = [[getattr(account, column) for account in accounts] for column in columns]
        with in_words(), connections["default"].cursor() as cursor:
            cursor.execute(_ACCOUNTS, [known.id, *values])


def add_item(actor: Actor, *, code: str, name: str, unit: str) -> int:
    """A kind of goods. Choose a unit so small that nothing is ever counted in parts of it."""
    with actor.transaction() as scope:
        scope.require(OPEN)
        with in_words():
            return int(Item.objects.create(code=code, name=name, unit=unit).pk)


def open_period(actor: Actor, fund: str, starts_on: date, ends_before: date) -> int:
    """The next period of a fund; it starts where the last one ends."""
    with actor.transaction() as scope:
        scope.require(OPEN)
        known = fund_named(fund)
        with in_words():
            period = Period.objects.create(
                fund_id=known.id, starts_on=starts_on, ends_before=ends_before
            )
        record(
            "period.opened",
            subject="treasury_period",
            subject_id=period.pk,
            union_id=known.union_id,
            details={"starts_on": starts_on.isoformat(), "ends_before": ends_before.isoformat()},
        )
        return int(period.pk)
