"""The accounting identities: they guard every row, and give what a source does not state."""

import pytest

from gonghui.core.rulebook.fields import HOSPITAL_LEVELS
from tests.adapters.medical_insurance.statements import (
    amounts,
    faults,
    read_one,
    statement,
    yuan,
)

WHOLE = "医疗费总额 = 基金支付总额 + 个人负担总金额"
PERSONAL = "个人负担总金额 = 个人账户支出 + 账户共济支付 + 个人现金支出"
PARTS = "医疗费总额 = 全自费金额 + 超限价自费费用 + 先行自付金额 + 符合政策范围金额"


def broken(**changes):
    money = amounts()
    for fact, extra in changes.items():
        money[fact] += extra
    return statement("S1", money=money)


@pytest.mark.parametrize("sign", [1, -1])
def test_one_fen_is_rounding(tmp_path, sign):
    feed = read_one(tmp_path, broken(cash_pay=sign))
    assert feed.accepted.height == 1
    assert feed.broken == {}


@pytest.mark.parametrize("extra", [2, -2, 1_000_000])
def test_two_fen_are_a_breach_that_names_both_sides(tmp_path, extra):
    feed = read_one(tmp_path, statement("S0"), broken(cash_pay=extra))
    personal = amounts()["personal_total"]
    sides = f"{personal / 100:,.2f} ≠ {(personal + extra) / 100:,.2f}"
    assert faults(feed) == [(3, PERSONAL, sides, "identity_broken")]
    assert feed.broken == {PERSONAL: 1}


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("MEDFEE_SUMAMT", "abc", "amount_malformed"),
        ("INSCP_AMT", "28,45.11", "amount_commas"),
        ("FUND_PAY_SUMAMT", "1.005", "amount_fraction"),
        ("INSCP_AMT", "", "value_missing"),
    ],
)
def test_what_cannot_be_read_breaks_no_identity(tmp_path, heading, cell, code):
    feed = read_one(tmp_path, statement("S0"), statement("S1", **{heading: cell}))
    assert faults(feed) == [(3, heading, cell, code)]


def test_the_other_identities_of_such_a_row_are_checked(tmp_path):
    row = broken(pool_pay=500) | {"INSCP_AMT": "abc"}
    assert [code for *_, code in faults(read_one(tmp_path, row))] == [
        "amount_malformed",
        "identity_broken",
    ]


def test_each_identity_is_checked(tmp_path):
    feed = read_one(tmp_path, broken(total_cost=500))
    assert {field for _, field, *_ in faults(feed)} == {WHOLE, PARTS}
    feed = read_one(tmp_path, broken(pool_pay=500))
    assert [field.split(" = ")[0] for _, field, *_ in faults(feed)] == ["基金支付总额"]


def test_what_the_source_states_is_not_derived_but_checked(tmp_path):
    money = amounts()
    left = money["in_scope"] - money["deductible_paid"] - money["fund_total"]
    stated = {"按比例自付": yuan(left - 1000)}
    feed = read_one(tmp_path, statement("S1", money=money, **stated))
    assert feed.accepted["above_ceiling"].to_list() == [1000]
    both = stated | {"超统筹封顶线金额": "0.00"}
    feed = read_one(tmp_path, statement("S1", money=money, **both))
    assert [field.split(" = ")[0] for _, field, *_ in faults(feed)] == ["符合政策范围金额"]


def test_a_derived_amount_below_zero_is_refused(tmp_path):
    money = amounts(pool_pay=2_600_000)
    feed = read_one(tmp_path, statement("S1", money=money))
    assert [code for *_, code in faults(feed)] == ["derived_negative"]


def test_another_installation_needs_another_mapping(tmp_path):
    """It sends civil-servant aid as HIFMI, critical-illness pay as HIFDM, large-cost as HIFES."""
    named = {"civil_servant_pay": 111, "resident_critical_pay": 222, "employee_large_pay": 333}
    money = amounts(pool_pay=1_000_000, **named)
    row = statement("S1", money=money, HOSP_LV="1")
    sent = {
        "HIFMI_PAY": yuan(111),
        "HIFDM_PAY": yuan(222),
        "HIFES_PAY": yuan(333),
        "CVLSERV_PAY": "0.00",
        "HIFOB_PAY": "0.00",
    }
    feed = read_one(tmp_path, row | sent, mapping="bridge-example")
    assert faults(feed) == []
    facts = feed.accepted.row(0, named=True)
    assert {name: facts[name] for name in named} == named
    assert facts["hospital_level"] == HOSPITAL_LEVELS.code("tertiary")
    assert "supplementary_pay" not in facts
    assert [code for *_, code in faults(read_one(tmp_path, row | sent))] == ["code_unknown"]
