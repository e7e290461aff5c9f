"""A paper statement is held against itself; an invoice is named by code and number."""

from datetime import date

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.periods import day_of
from gonghui.programmes.mutualaid.claims import statements
from gonghui.programmes.mutualaid.claims.invoices import invoice_of, names_an_invoice
from gonghui.programmes.mutualaid.claims.rules import rules
from gonghui.programmes.mutualaid.claims.statements import check_statement

ON = date(2022, 7, 1)
STAY = {
    "event_kind": 1,
    "hospital_level": 3,
    "admitted_on": day_of(date(2022, 6, 1)),
    "discharged_on": day_of(date(2022, 6, 9)),
    "settled_on": day_of(date(2022, 6, 9)),
    "total_cost": 1_500_000,
    "fund_total": 900_000,
    "personal_total": 600_000,
    "own_expense": 100_000,
    "preliminary_selfpay": 50_000,
    "in_scope": 1_350_000,
    "deductible_paid": 80_000,
}


def check(**changes):
    facts = {name: value for name, value in {**STAY, **changes}.items() if value is not None}
    return check_statement(facts, needed=rules().needed_of(1), on=ON)


def codes(statement):
    return [(fault.code, fault.field) for fault in statement.faults]


def test_what_follows_is_added_and_every_sum_is_shown():
    statement = check()
    assert statement.faults == ()
    assert statement.facts["proportional_selfpay"] == 1_350_000 - 80_000 - 900_000
    assert statement.facts["days"] == 8
    assert all(one.holds for one in statement.sums)
    assert any("医疗费总额 = 基金支付总额 + 个人负担总金额" in one.words for one in statement.sums)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"personal_total": 600_001}, []),
        ({"personal_total": 600_002}, [("sums_differ", "total_cost")]),
        ({"own_expense": 99_000}, [("sums_differ", "total_cost")]),
        ({"cash_pay": 500_000, "account_pay": 100_000}, []),
        ({"cash_pay": 400_000, "account_pay": 100_000}, [("sums_differ", "personal_total")]),
        ({"own_expense": None}, [("value_needed", "own_expense"), ("sums_differ", "total_cost")]),
        ({"deductible_paid": 500_000}, [("follows_negative", "proportional_selfpay")]),
        ({"discharged_on": STAY["admitted_on"] - 1}, [("days_in_disorder", "discharged_on")]),
        ({"discharged_on": day_of(date(2022, 7, 2))}, [("day_ahead", "discharged_on")]),
        ({"over_limit": -1}, [("amount_absurd", "over_limit")]),
    ],
)
def test_what_does_not_add_up_is_told(changes, found):
    assert codes(check(**changes))[: len(found) or None] == found


def test_control_a_wider_tolerance_lets_a_mistyped_amount_through(monkeypatch):
    assert codes(check(personal_total=600_100))
    monkeypatch.setattr(statements, "TOLERANCE_FEN", 100)
    assert not codes(check(personal_total=600_100))


def test_an_invoice_is_the_same_however_it_is_typed():
    assert invoice_of("41060122", "００12 345678") == invoice_of("4106 0122", "0012-345678")
    assert names_an_invoice("41060122", "0012345678")
    assert not names_an_invoice("41060122", "")
    with pytest.raises(Refusal):
        invoice_of("41060122", "12")
    with pytest.raises(Refusal):
        invoice_of("41060122", "0012345678", kind="3")
    assert invoice_of("41060122", "0012345678", kind="冲红").kind == "reversal"


def test_every_event_of_the_book_names_papers_and_facts():
    assert rules().kind.deadlines == {
        "filed": 3,
        "confirmed": 10,
        "reviewing": 10,
        "review_asked": 15,
    }
    assert set(rules().needed) == set(rules().due_papers)
    with pytest.raises(Refusal, match="Nobody has written down"):
        rules().needed_of(8)
