"""Who leaves is covered as far as she paid, and given back what a clause or two people say."""

from datetime import date

import pytest

from tests.programmes.mutualaid.enrolling import FUND, open_for_rosters
from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.paying import (
    BILLED,
    CAME,
    FEE,
    KEPT,
    SLIPPED,
    billed,
    issue,
    reasons_kept,
)

REFUNDS = {"refunds": "{before_start: 100%, after_start: 25%}"}
MAY = date(2022, 5, 1)


@pytest.fixture
def furnished(house, tmp_path, connect):
    def furnished(changes=None):
        return billed(house, open_for_rosters(house, tmp_path, changes), tmp_path, connect)

    return furnished


def leave(actor, enrolment, on, because="调离"):
    from gonghui.programmes.mutualaid.services.enrolments import withdraw

    return withdraw(actor, enrolment, on=on, because=because, fund=FUND)


def paid(year):
    year.take(("160.00", year.number(), "S1"), ("80.00", year.number("unit_b"), "S2"))
    return year


def cover(year, enrolment):
    return year.row(
        "select starts_on, ends_before, cancelled from mutualaid_enrolment where id = %s", enrolment
    )


def test_before_the_start_all_is_given_back_and_nothing_was(furnished):
    year = paid(furnished(REFUNDS))
    left = leave(year.house.clerk, year.people()[0], CAME)
    assert (left.covered_until, left.refund_fen) == (None, FEE)
    assert cover(year, year.people()[0])[2] is True
    assert (year.balance("contributions"), year.balance("refunds_payable")) == (-2 * FEE, -FEE)
    assert year.row("select clause <> '' from mutualaid_refund") == (True,)


def test_after_the_start_she_is_covered_until_that_day_and_given_back_the_share(furnished):
    year = paid(furnished(REFUNDS))
    left = leave(year.house.clerk, year.people()[0], MAY)
    assert (left.covered_until, left.refund_fen) == (MAY, FEE // 4)
    assert cover(year, year.people()[0]) == (date(2022, 1, 1), MAY, False)
    with refused("no such enrolment"):
        leave(year.house.clerk, year.people()[0], MAY)


def test_a_bill_not_paid_asks_for_one_less_and_she_was_never_covered(furnished):
    year = furnished()
    somebody, other = year.people()
    assert leave(year.house.clerk, somebody, MAY).covered_until is None
    assert year.bill()[2] == FEE
    year.take(("80.00", year.number(), "S1"))
    unpaid = year.rows("select id from mutualaid_enrolment where paid_on is null and cancelled")
    assert unpaid == [(somebody,)]
    assert cover(year, other)[2] is False
    # Nor is she billed again.
    assert issue(year.house.clerk, year.scheme).heads == 0


def test_of_a_bill_partly_paid_nobody_leaves_before_the_rest_came(furnished):
    year = furnished()
    year.take(("80.00", year.number(), "S1"))
    with refused("partly paid"):
        leave(year.house.clerk, year.people()[0], MAY)


def test_a_unit_withdraws_its_people_as_long_as_no_money_is_moved(furnished, house):
    from gonghui.programmes.mutualaid.services.bills import cancel_bill

    year = furnished(REFUNDS)
    with refused("the mutual-aid office"):
        leave(house.officer_a, year.people()[0], MAY)
    cancel_bill(house.clerk, year.bill()[0], on=BILLED, because="重出")
    assert leave(house.officer_a, year.people()[0], CAME).refund_fen == 0
    paid_here = year.people("unit_b")[0]
    year.take(("80.00", year.number("unit_b"), "S1"))
    with refused("the mutual-aid office"):
        leave(house.officer_b, paid_here, MAY)
    with refused("no such enrolment"):
        leave(house.officer_a, paid_here, MAY)


def test_what_no_clause_gives_needs_two_people(furnished, house):
    from gonghui.programmes.mutualaid.services.enrolments import ask_refund, confirm_refund

    year = paid(furnished())
    somebody = year.people()[0]
    with refused("no such enrolment"):
        ask_refund(house.clerk, somebody, FEE, on=MAY, because="死亡")
    assert leave(house.clerk, somebody, MAY).refund_fen is None
    with refused("At most"):
        ask_refund(house.clerk, somebody, FEE + 1, on=MAY, because="死亡")
    refund = ask_refund(house.clerk, somebody, 30_00, on=MAY, because="死亡")
    assert year.balance("refunds_payable") == 0
    with refused("asked for before"):
        ask_refund(house.head, somebody, 30_00, on=MAY, because="死亡")
    with refused("somebody else"):
        confirm_refund(house.clerk, refund, on=MAY, fund=FUND)
    confirm_refund(house.head, refund, on=MAY, fund=FUND)
    assert year.balance("refunds_payable") == -30_00
    with refused("no such refund"):
        confirm_refund(house.head, refund, on=MAY, fund=FUND)


def test_the_cover_ends_by_itself(furnished):
    year = paid(furnished())
    with refused("ends on its own"):
        leave(year.house.clerk, year.people()[0], date(2023, 1, 1))


def test_of_a_number_in_the_reason_only_the_end_is_kept(furnished, connect):
    from gonghui.programmes.mutualaid.services.enrolments import ask_refund, confirm_refund

    year = paid(furnished())
    somebody = year.people()[0]
    leave(year.house.clerk, somebody, MAY, because=SLIPPED)
    refund = ask_refund(year.house.clerk, somebody, FEE, on=MAY, because=SLIPPED)
    journal = confirm_refund(year.house.head, refund, on=MAY, fund=FUND)
    assert reasons_kept(connect) == [KEPT]
    question = "select withdrawn_because from mutualaid_enrolment where id = %s"
    assert year.row(question, somebody) == (KEPT,)
    assert year.row("select because from mutualaid_refund") == (KEPT,)
    assert year.row("select memo from treasury_journal where id = %s", journal) == (KEPT,)


def test_of_a_number_in_a_refund_by_clause_only_the_end_is_kept(furnished):
    year = paid(furnished(REFUNDS))
    leave(year.house.clerk, year.people()[0], MAY, because=SLIPPED)
    assert year.row("select because from mutualaid_refund") == (KEPT,)
