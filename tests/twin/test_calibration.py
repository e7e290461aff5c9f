"""The published figures come out exactly whatever the assumed parameters; or it says why not."""

import numpy as np
import pytest

from gonghui.core.errors import Refusal
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.fields import NONE
from gonghui.twin.city import SEED, build_city
from gonghui.twin.events import per_person
from gonghui.twin.unions import MINE
from tests.twin.plain_scheme import PlainScheme

CUT_OFF = parse_day("2022-10-31")

SCHEMES = [
    PlainScheme(),
    PlainScheme(rate_percent=(45, 45, 45, 45), threshold_fen=(600_00,) * 4),
    PlainScheme(rate_percent=(70, 70, 70, 70), threshold_fen=(0,) * 4),
    PlainScheme(rate_percent=(25, 35, 30, 25), threshold_fen=(300_00,) * 4),
    PlainScheme(unit_fen=1),
    PlainScheme(unit_fen=100),
    PlainScheme(uses=1),
    PlainScheme(uses=9, cap_fen=100_000_00),
]


def figures(city, scheme, cut_off=CUT_OFF):
    """The figures as somebody reads them who has the files and the scheme, not the twin's word."""
    history = city.history()
    payout = scheme(history)
    paid = (history["paid_on"] != NONE) & (history["paid_on"] <= cut_off)
    each = per_person(history, np.where(paid, payout, 0), len(city.people))
    return payout, each


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_the_published_figures(scheme):
    city = build_city(scheme)
    payout, each = figures(city, scheme)
    assert np.array_equal(payout, city.outcome.payout)
    assert (each > 0).sum() == 1_120
    assert each.sum() == 960_290_00
    hardship = city.people.facts["hardship"] == 1
    assert each[hardship].max() == 27_970_00 == each[city.protagonist]
    _, by_march = figures(city, scheme, parse_day("2022-03-31"))
    assert by_march[city.protagonist] == 27_970_00


def test_the_miner(city):
    facts, person = city.people.facts, city.protagonist
    assert city.tree.unions[city.people.union[person]].name == MINE
    assert facts["hardship"][person] == 1
    own = city.settlements["person"] == person
    assert own.sum() == 3
    assert (city.outcome.payout[own] > 0).tolist() == [True, True, False]


def test_the_hardship_mark_changes_no_amount(city):
    history = city.history() | {"hardship": np.zeros_like(city.settlements["person"])}
    assert np.array_equal(PlainScheme()(history), city.outcome.payout)


def test_only_what_was_filed_is_paid_and_a_refusal_has_no_day(city):
    outcome = city.outcome
    assert ((outcome.payout > 0) == (outcome.paid_on != NONE)).all()
    paid = outcome.payout > 0
    assert (outcome.filed_on[paid] > city.settlements["settled_on"][paid]).all()
    assert (outcome.paid_on[paid] > outcome.filed_on[paid]).all()
    assert (outcome.paid_on[paid] > city.settlements["received_on"][paid]).all()
    refused = (outcome.filed_on != NONE) & ~paid
    assert refused.any()


def test_take_up_rises_with_the_payout(city):
    assert city.outcome.slope > 0.05
    payable, filed = city.outcome.payable, city.outcome.payout
    large = payable > np.quantile(payable[payable > 0], 0.9)
    small = (payable > 0) & (payable < np.quantile(payable[payable > 0], 0.3))
    assert (filed[large] > 0).mean() > 1.3 * (filed[small] > 0).mean()
    assert (filed[small] > 0).mean() < 0.3


def test_most_payable_is_never_filed(city):
    assert city.outcome.payable.sum() > 2 * city.outcome.payout.sum()


def test_people_file_in_the_order_of_their_stays(city):
    filed = city.outcome.payout > 0
    person = city.settlements["person"][filed]
    same = person[1:] == person[:-1]
    for days in (city.outcome.filed_on[filed], city.outcome.paid_on[filed]):
        assert (np.diff(days)[same] >= 0).all()


@pytest.mark.parametrize("seed", range(1, 7))
def test_any_seed(seed):
    scheme = PlainScheme()
    city = build_city(scheme, seed)
    _, each = figures(city, scheme)
    assert (each > 0).sum() == 1_120
    assert each.sum() == 960_290_00


def test_the_default_city_needs_no_other_level_of_costs(city):
    assert city.seed == SEED
    assert city.cost_level == 1.0


@pytest.mark.parametrize(
    ("scheme", "reason"),
    [
        (PlainScheme(cap_fen=20_000_00), "No cost of two stays"),
        (PlainScheme(unit_fen=100_00), "No cost of two stays"),
        (PlainScheme(threshold_fen=(20_000_00,) * 4), "people could be paid by the cut-off"),
        (
            PlainScheme(rate_percent=(100,) * 4, threshold_fen=(8_000_00,) * 4),
            "filers would be paid|people could",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_met_is_refused_with_the_reason(scheme, reason):
    with pytest.raises(Refusal, match=reason):
        build_city(scheme)
