"""Money in suspense: applied to the bill it was for, or given back by somebody else."""

import pytest

from tests.programmes.mutualaid.enrolling import open_for_rosters
from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.paying import CAME, FEE, KEPT, SLIPPED, billed, reasons_kept


@pytest.fixture
def year(house, tmp_path, connect):
    found = billed(house, open_for_rosters(house, tmp_path), tmp_path, connect)
    found.take(("200.00", "互助金", "S1"))
    return found


def test_it_pays_the_bill_it_was_for_and_the_rest_goes_on_waiting(year):
    from gonghui.programmes.mutualaid.services.suspense import apply_to_bill

    ((waiting, _why, _left),) = year.suspense()
    because = "单位来电说明"
    applied = apply_to_bill(year.house.clerk, waiting, year.number(), on=CAME, because=because)
    assert applied == 2 * FEE
    assert year.bill()[3:] == (2 * FEE, CAME)
    assert year.suspense() == [(waiting, "unknown", 40_00)]
    assert (year.balance("suspense"), year.balance("contributions")) == (-40_00, -2 * FEE)
    with refused("no open bill"):
        apply_to_bill(year.house.clerk, waiting, year.number(), on=CAME, because=because)
    other = year.number("unit_b")
    assert apply_to_bill(year.house.clerk, waiting, other, on=CAME, because=because) == 40_00
    assert year.suspense() == []
    with refused("no such money"):
        apply_to_bill(year.house.clerk, waiting, other, on=CAME, because=because)


def test_who_took_the_statement_does_not_give_its_money_back(year):
    from gonghui.programmes.mutualaid.services.suspense import give_back

    ((waiting, _why, _left),) = year.suspense()
    with refused("somebody else"):
        give_back(year.house.clerk, waiting, on=CAME, because="误汇")
    with refused("contribution.refund"):
        give_back(year.house.accountant, waiting, on=CAME, because="误汇")
    give_back(year.house.second_clerk, waiting, on=CAME, because="误汇")
    assert year.suspense() == []
    assert (year.balance("suspense"), year.balance("refunds_payable")) == (0, -200_00)
    with refused("no such money"):
        give_back(year.house.head, waiting, on=CAME, because="误汇")


def test_two_accounts_of_one_person_are_not_two(year, connect):
    from gonghui.programmes.mutualaid.services.suspense import give_back

    persons = year.house.person
    connect("superuser", autocommit=True).execute(
        "update directory_person set merged_into_id = %s where id = %s",
        [persons["clerk"], persons["second_clerk"]],
    )
    ((waiting, _why, _left),) = year.suspense()
    with refused("somebody else"):
        give_back(year.house.second_clerk, waiting, on=CAME, because="误汇")


def test_of_a_number_in_the_reason_only_the_end_is_kept(year, connect):
    from gonghui.programmes.mutualaid.services.suspense import apply_to_bill, give_back

    ((waiting, _why, _left),) = year.suspense()
    apply_to_bill(year.house.clerk, waiting, year.number(), on=CAME, because=SLIPPED)
    give_back(year.house.second_clerk, waiting, on=CAME, because=SLIPPED)
    assert reasons_kept(connect) == [KEPT, KEPT]
    assert year.row("select because from mutualaid_refund") == (KEPT,)
    question = (
        "select distinct memo from treasury_journal where source like 'mutualaid_suspense:%%'"
    )
    assert year.row(question) == (KEPT,)
