"""Setting up: funds, accounts, items, and who may."""

from datetime import date

import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.borders.scope import Actor


def opened(house, actor=None, union="city", **said):
    from gonghui.verbs.treasury.charts import PlannedAccount
    from gonghui.verbs.treasury.services.funds import open_fund

    chart = [
        PlannedAccount("bank", "1", "银行", "asset", cash=True),
        PlannedAccount("dues", "2", "会费", "income"),
    ]
    said = {"code": "relief", "name": "慰问资金", "purpose": "慰问", "accounts": chart, **said}
    return open_fund(actor or house.accountant, union_id=house.union[union], **said)


def test_a_fund_begins_with_an_empty_purse(house):
    from gonghui.verbs.treasury.models import Purse

    fund = opened(house)
    with house.accountant.transaction():
        purse = Purse.objects.get(fund_id=fund)
    assert (purse.held_fen, purse.floor_fen, purse.union_id) == (0, None, house.union["city"])


def test_a_county_keeps_a_fund_of_its_own(house):
    from gonghui.verbs.treasury.queries.balances import account_balance
    from gonghui.verbs.treasury.services.funds import open_period
    from gonghui.verbs.treasury.services.journals import Line, post

    # The city's accountant acts in the county: it is the county's fund.
    county = Actor(house.accountant.token, union_id=house.union["county_a"])
    opened(house, county, "county_a")
    open_period(county, "relief", date(2022, 1, 1), date(2023, 1, 1))
    lines = [
        Line("bank", house.union["county_a"], 5),
        Line("dues", house.union["unit_a"], -5),
    ]
    post(county, "relief", on=date(2022, 1, 5), kind="dues", lines=lines)
    assert account_balance(county, "relief", "bank").fen == 5
    elsewhere = [
        Line("bank", house.union["county_a"], 5),
        Line("dues", house.union["unit_b"], -5),
    ]
    with pytest.raises(Refusal, match="outside"):
        post(county, "relief", on=date(2022, 1, 5), kind="dues", lines=elsewhere)


def test_nobody_sets_up_a_fund_for_a_union_elsewhere(house):
    county = Actor(house.accountant.token, union_id=house.union["county_a"])
    for union in ("city", "county_b", "unit_b"):
        with pytest.raises(Refusal, match="outside"):
            opened(house, county, union)


def test_who_may_not_set_up_anything(books):
    from gonghui.verbs.treasury.services.funds import add_accounts, add_item, open_period

    for name in ("cashier", "auditor", "officer_a"):
        actor = getattr(books.house, name)
        for attempt in (
            lambda actor=actor: opened(books.house, actor),
            lambda actor=actor: add_accounts(actor, "mutualaid", []),
            lambda actor=actor: add_item(actor, code="RICE", name="大米", unit="袋"),
            lambda actor=actor: open_period(actor, "mutualaid", date(2023, 1, 1), date(2024, 1, 1)),
        ):
            with pytest.raises(Refusal, match="posts"):
                attempt()


def test_codes_stand_once_and_are_well_formed(books):
    from gonghui.verbs.treasury.charts import PlannedAccount
    from gonghui.verbs.treasury.services.funds import add_accounts, add_item

    house = books.house
    for code, said in (("mutualaid", "There is a fund"), ("Relief", "cannot be used")):
        with pytest.raises(Refusal, match=said):
            opened(house, code=code)
    for code, said in (("RADISH", "There is an item"), ("CNY", "cannot"), ("rice", "cannot")):
        with pytest.raises(Refusal, match=said):
            add_item(house.accountant, code=code, name="x", unit="袋")
    for account, said in (
        (PlannedAccount("bank", "9", "x", "asset"), "of this key"),
        (PlannedAccount("bank2", "1002", "x", "asset"), "of this code"),
    ):
        with pytest.raises(Refusal, match=said):
            add_accounts(house.accountant, "mutualaid", [account])


def test_an_account_added_later_is_posted_to(books):
    from gonghui.verbs.treasury.charts import PlannedAccount
    from gonghui.verbs.treasury.services.funds import add_accounts

    account = PlannedAccount("bank_second", "1003", "第二账户", "asset", cash=True)
    add_accounts(books.house.accountant, "mutualaid", [account])
    books.post(("bank_second", "city", 5), ("contributions", "unit_a", -5))


def test_funds_are_listed_for_everybody_signed_in(books):
    from gonghui.verbs.treasury.queries.funds import funds

    opened(books.house)
    told = [(fund.code, fund.purpose) for fund in funds(books.house.officer_b)]
    assert told == [("mutualaid", "只用于职工医疗互助保障"), ("relief", "慰问")]
