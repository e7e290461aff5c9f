"""A fund with its accounts and a year of months, for tests of the ledger."""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import pytest

MONTHS = [date(2022, month, 1) for month in range(1, 13)] + [date(2023, 1, 1)]
DAY = date(2022, 3, 15)


@dataclass
class Books:
    """The cast, and what they keep: ``books.post(("bank", "city", 5), …)``."""

    house: object
    fund_id: int
    account: dict
    item: dict
    period: dict = field(default_factory=dict)

    def line(self, account, union, fen=0, item=None, quantity=0):
        from gonghui.verbs.treasury.services.journals import Line

        return Line(account, self.house.union[union], fen, item, quantity)

    def post(self, *lines, on=DAY, kind="contribution", actor=None, **said):
        from gonghui.verbs.treasury.services.journals import post

        lines = [self.line(*line) for line in lines]
        actor = actor or self.house.accountant
        return post(actor, "mutualaid", on=on, kind=kind, lines=lines, **said)

    def contribution(self, union, fen, **said):
        """A unit's money reaches the bank of the city."""
        return self.post(("bank", "city", fen), ("contributions", union, -fen), **said)

    def close(self, *months):
        """Two people close these months of the year."""
        from gonghui.verbs.treasury.services.periods import confirm_closing, propose_closing

        for month in months:
            proposal = propose_closing(self.house.accountant, self.period[month])
            confirm_closing(self.house.head, proposal.closing_id)


def open_books(house):
    from gonghui.verbs.treasury.charts import SHIPPED, read_chart
    from gonghui.verbs.treasury.models import Account, Item
    from gonghui.verbs.treasury.services.funds import add_item, open_fund, open_period

    actor = house.accountant
    fund = open_fund(
        actor,
        code="mutualaid",
        name="职工医疗互助保障资金",
        purpose="只用于职工医疗互助保障",
        union_id=house.union["city"],
        accounts=read_chart(SHIPPED / "mutual-aid.yaml"),
    )
    add_item(actor, code="RADISH", name="萝卜", unit="公斤")
    add_item(actor, code="WATER", name="矿泉水", unit="箱")
    with actor.transaction():
        accounts = dict(Account.objects.filter(fund_id=fund).values_list("key", "id"))
        items = dict(Item.objects.values_list("code", "id"))
    books = Books(house, fund, accounts, items)
    for starts_on, ends_before in pairwise(MONTHS):
        books.period[starts_on.month] = open_period(actor, "mutualaid", starts_on, ends_before)
    return books


@pytest.fixture
def books(house):
    """The house with a fund of the city and the months of 2022, all of them open."""
    return open_books(house)


@pytest.fixture
def proved(as_keeper):
    """``proved()``: the ledger's check of `gonghui verify` finds nothing, as keeper sees it."""

    def nothing_wrong():
        from gonghui.verbs.treasury.queries.proofs import prove_balances

        as_keeper.rollback()
        return list(prove_balances(as_keeper)) == []

    return nothing_wrong
