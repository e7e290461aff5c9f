"""Every fen of a statement pays a bill or waits for somebody, once, whatever file it comes in."""

from datetime import date

import pytest

from tests.programmes.mutualaid.enrolling import open_for_rosters
from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.paying import CAME, FEE, billed


@pytest.fixture
def year(house, tmp_path, connect):
    return billed(house, open_for_rosters(house, tmp_path), tmp_path, connect)


def covered(year):
    return year.row("select count(*) from mutualaid_enrolment where paid_on is not null")[0]


def test_the_exact_amount_pays_the_bill_and_the_cover_is_good(year):
    taken = year.take(("160.00", f"互助金 {year.number()}", "S1"))
    assert (taken.paid_bills, taken.suspense, taken.contributions_fen) == (1, 0, 2 * FEE)
    assert year.bill()[3:] == (2 * FEE, CAME)
    assert covered(year) == 2
    assert year.balance("contributions") == -2 * FEE
    assert year.balance("bank") == 2 * FEE


def test_a_part_leaves_the_bill_open_and_nobody_covered(year):
    taken = year.take(("100.00", year.number(), "S1"))
    assert (taken.paid_bills, taken.partly_paid) == (0, 1)
    assert year.bill()[3:] == (100_00, None)
    assert covered(year) == 0
    assert year.take(("60.00", year.number(), "S2")).paid_bills == 1
    assert covered(year) == 2
    assert year.row("select count(distinct number) from mutualaid_receipt") == (2,)


def test_what_is_too_much_waits_in_suspense(year):
    taken = year.take(("200.00", year.number(), "S1"))
    assert (taken.paid_bills, taken.suspense_fen) == (1, 40_00)
    assert [(why, left) for _id, why, left in year.suspense()] == [("over", 40_00)]
    assert year.balance("suspense") == -40_00


def test_what_names_no_bill_waits_for_its_owner_until_a_working_day(year):
    owner = year.house.person["accountant"]
    year.take(("80.00", "互助金", "S1"), owner_id=owner)
    why, owner_id, due_on = year.row("select why, owner_id, due_on from mutualaid_suspense")
    # Ten working days after 28 December; New Year's days off lie between.
    assert (why, owner_id, due_on) == ("unknown", owner, date(2022, 1, 12))
    assert year.bill("unit_b")[3] == 0  # the amount alone proves nothing


def test_a_payment_for_a_paid_bill_waits_and_says_so(year):
    year.take(("160.00", year.number(), "S1"))
    year.take(("160.00", year.number(), "S2"))
    assert [(why, left) for _id, why, left in year.suspense()] == [("closed", 2 * FEE)]


def test_two_lines_for_one_bill_pay_it_once(year):
    taken = year.take(("160.00", year.number(), "S1"), ("160.00", year.number(), "S2"))
    assert (taken.paid_bills, taken.suspense_fen) == (1, 2 * FEE)


def test_a_bill_named_twice_in_a_line_is_paid_once_and_two_bills_are_paid_by_one(year):
    both = f"{year.number()} {year.number('unit_b')} {year.number()}"
    taken = year.take(("240.00", both, "S1"))
    assert (taken.paid_bills, taken.suspense) == (2, 0)
    assert covered(year) == 3


def test_the_number_of_another_bill_that_begins_alike_is_another(year):
    superuser = year.connect("superuser", autocommit=True)
    superuser.execute("update mutualaid_bill set number = 'HZ-' || id where true")
    longer = f"{year.number()}7"
    assert year.take(("160.00", longer, "S1")).suspense_fen == 2 * FEE
    assert year.take(("160.00", f"{longer} {year.number()},", "S2")).paid_bills == 1


def test_money_that_went_out_is_counted_and_books_nothing(year):
    taken = year.take(("500.00", year.number(), "S1", "支"), ("160.00", year.number(), "S2"))
    assert (taken.outgoing, taken.paid_bills, taken.received_fen) == (1, 1, 2 * FEE)
    assert year.balance("bank") == 2 * FEE


def test_the_same_file_is_taken_once(year):
    line = ("160.00", year.number(), "S1")
    year.take(line)
    with refused("taken before"):
        year.take(line)
    assert year.row("select count(*) from mutualaid_receipt") == (1,)


def test_lines_that_came_in_an_earlier_file_count_for_nothing(year):
    year.take(("160.00", year.number(), "S1"))
    taken = year.take(("160.00", year.number(), "S1"), ("80.00", year.number("unit_b"), "S2"))
    assert (taken.lines, taken.known, taken.paid_bills, taken.received_fen) == (2, 1, 1, FEE)
    assert year.suspense() == []


def test_a_serial_that_comes_again_with_another_amount_is_money_too(year):
    """Some banks begin to count anew each day."""
    year.take(("160.00", year.number(), "S1"))
    taken = year.take(("80.00", year.number("unit_b"), "S1"))
    assert (taken.known, taken.paid_bills) == (0, 1)


def test_lines_without_serials_are_told_apart_and_known_again(year):
    same = ("80.00", year.number(), "")
    assert year.take(same, same).paid_bills == 1
    taken = year.take(same, same, ("80.00", year.number("unit_b"), ""))
    assert (taken.known, taken.paid_bills) == (2, 1)


def test_all_or_nothing(year):
    """A line of a day that no open period has: the books refuse it, and with it the rest."""
    superuser = year.connect("superuser", autocommit=True)
    superuser.execute("update treasury_period set ends_before = '2021-12-24'"
                      " where ends_before = '2022-01-01'")  # fmt: skip
    with refused("No open period"):
        year.take(("160.00", year.number(), "S1"))
    assert year.row("select count(*) from mutualaid_statementfile") == (0,)
    assert year.bill()[3] == 0


def test_a_unit_may_not_take_statements(year):
    with refused("contribution.match"):
        year.take(("160.00", year.number(), "S1"), actor=year.house.officer_a)
