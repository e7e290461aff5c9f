"""The year's settlements: amounts that add up on every row, dates in their order."""

import numpy as np

from gonghui.core.periods import parse_day
from gonghui.core.rulebook.fields import FIELDS, NONE
from gonghui.twin.bills import FUNDS, breaches


def stays(city):
    return city.settlements["event_kind"] == 1


def test_every_identity_holds_on_every_row(city):
    rows = city.settlements
    funds = sum(rows[fund] for fund in FUNDS)
    assert (rows["fund_total"] == funds).all()
    assert (rows["total_cost"] == rows["fund_total"] + rows["personal_total"]).all()
    assert (
        rows["personal_total"]
        == rows["account_pay"] + rows["account_shared_pay"] + rows["cash_pay"]
    ).all()
    assert (
        rows["total_cost"]
        == rows["own_expense"] + rows["over_limit"] + rows["preliminary_selfpay"] + rows["in_scope"]
    ).all()
    assert (
        rows["proportional_selfpay"] == rows["in_scope"] - rows["deductible_paid"] - funds
    ).all()
    amounts = [name for name, field in FIELDS.items() if field.unit == "fen" and name in rows]
    assert all((rows[name] >= 0).all() for name in amounts)
    assert breaches(rows).size == 0


def test_a_breach_is_found(city):
    rows = {name: column[:50].copy() for name, column in city.settlements.items()}
    rows["pool_pay"][7] += 1
    rows["cash_pay"][9] -= 1
    rows["own_expense"][11] += 1
    assert breaches(rows).tolist() == [7, 9, 11]


def test_as_many_as_people_of_working_age_have(city):
    count = stays(city).sum()
    assert 15 <= 100 * count / len(city.people) <= 20
    assert 14_000 <= city.settlements["person"].size <= 18_000


def test_costs_are_skewed_and_stays_repeated(city):
    cost = city.settlements["total_cost"][stays(city)]
    assert cost.mean() > 1.4 * np.median(cost)
    assert np.sort(cost)[-cost.size // 100 :].sum() > 0.1 * cost.sum()
    each = np.bincount(city.settlements["person"][stays(city)])
    assert (each >= 2).sum() > 0.15 * (each >= 1).sum()
    assert each.max() >= 5


def test_dates_stand_in_their_order(city):
    rows = city.settlements
    assert (rows["admitted_on"] <= rows["discharged_on"]).all()
    assert (rows["discharged_on"] <= rows["settled_on"]).all()
    assert (rows["settled_on"] < rows["received_on"]).all()
    assert rows["settled_on"].min() >= parse_day("2022-01-01")
    assert rows["settled_on"].max() <= parse_day("2022-12-31")
    assert (rows["days"] == rows["discharged_on"] - rows["admitted_on"]).all()


def test_nobody_is_in_two_beds(city):
    rows = city.settlements
    standing = stays(city) & (rows["reversed_on"] == NONE)
    person, admitted, discharged = (
        rows[name][standing] for name in ("person", "admitted_on", "discharged_on")
    )
    same = person[1:] == person[:-1]
    assert (admitted[1:][same] > discharged[:-1][same]).all()


def test_settlements_are_numbered_by_day(city):
    order = np.argsort(city.settlements["settlement"])
    assert (city.settlements["settlement"][order] == np.arange(1, order.size + 1)).all()
    assert (np.diff(city.settlements["settled_on"][order]) >= 0).all()


def test_reversals_are_settled_anew_for_most(city):
    rows = city.settlements
    wrong = np.flatnonzero(rows["reversed_on"] != NONE)
    assert 0.005 < wrong.size / rows["person"].size < 0.02
    anew = np.flatnonzero(rows["replaces"] != NONE)
    replaced = rows["replaces"][anew]
    assert 0.7 < anew.size / wrong.size < 1
    assert set(replaced) <= set(wrong)
    for name in ("person", "admitted_on", "discharged_on", "hospital_level"):
        assert (rows[name][anew] == rows[name][replaced]).all()
    assert (rows["settled_on"][anew] == rows["taken_back_on"][replaced]).all()
    assert (rows["total_cost"][anew] != rows["total_cost"][replaced]).mean() > 0.95


def test_some_settlements_arrive_late(city):
    wait = city.settlements["received_on"] - city.settlements["settled_on"]
    assert 0.01 < (wait > 30).mean() < 0.04
    assert np.median(wait) <= 3
