"""Published figures: each is the sum of lines that can be opened."""

from datetime import date

import pytest

from gonghui.core.errors import Refusal
from tests.adapters.spreadsheets.builders import xlsx
from tests.programmes.mutualaid.enrolling import open_for_rosters
from tests.programmes.mutualaid.feeding import filed, insured, taken_back
from tests.programmes.mutualaid.takeover.workbooks import BALANCES, PAYOUTS, PEOPLE, UNITS

ON = date(2022, 7, 1)
SPAN = {"since": date(2022, 1, 1), "until": date(2022, 11, 1)}


@pytest.fixture
def scheme(house, tmp_path):
    """A city that was taken over: three payouts to two people of one unit."""
    from gonghui.programmes.mutualaid.services.takeover import (
        Workbook,
        enter_takeover,
        sign_takeover,
    )
    from gonghui.programmes.mutualaid.takeover import Totals

    scheme = open_for_rosters(house, tmp_path)
    content = xlsx(PEOPLE, UNITS, PAYOUTS, BALANCES, names=["人员", "单位", "给付", "余额"])
    totals = Totals(units=2, people=3, paid_fen=1_500_00, uses=2, opening_fen=238_740_00)
    files = [Workbook("旧账.xlsx", content)]
    sign_takeover(house.clerk, enter_takeover(house.head, files, totals, on=ON), totals)
    return scheme


@pytest.mark.parametrize("name", ["decided", "paid", "received"])
@pytest.mark.parametrize("by", [None, "unit", "month", "level"])
def test_a_figure_is_the_sum_of_its_lines(house, scheme, name, by):
    from gonghui.programmes.mutualaid.queries.figures import figure, figure_lines

    lines = figure_lines(house.auditor, scheme, name, **SPAN)
    parts = figure(house.auditor, scheme, name, by=by, **SPAN)
    assert sum(part.fen for part in parts) == sum(line.fen for line in lines) > 0
    assert sum(part.lines for part in parts) == len(lines)


def test_people_and_payouts_are_counted_apart_by_the_day_of_payment(house, scheme):
    from gonghui.programmes.mutualaid.queries.figures import figure, published

    said = published(house.auditor, scheme, "paid", received_since=date(2022, 1, 1), **SPAN)
    assert (said.people, said.payouts, said.fen) == (2, 3, 1_500_00)
    assert (said.mean_fen, said.received_fen, said.ratio) == (750_00, 240_240_00, 62)
    months = figure(house.auditor, scheme, "paid", by="month", **SPAN)
    assert [(one.part, one.people, one.fen) for one in months] == [
        ("2022-03", 1, 1_000_00),
        ("2022-05", 1, 400_00),
        ("2022-06", 1, 100_00),
    ]


def test_what_is_owed_back_is_no_longer_paid(house, tmp_path, connect):
    """The bank's payments do not change; until the money is back, the figure is less by it."""
    from gonghui.programmes.mutualaid.queries.figures import published

    city = insured(house, tmp_path, connect)
    one, _ = city.numbers
    city.take([filed("S1", one, bears=200_000)])
    city.decide()
    connect("superuser", autocommit=True).execute("update mutualaid_due set state = 'paid'")
    city.take([taken_back("S1R", "S1", one, bears=200_000)], name="second.csv")
    city.decide()
    asked = {"received_since": date(2022, 1, 1), **SPAN}
    assert published(house.auditor, city.scheme, "paid", **asked).fen == -1_000_00
    city.take([filed("S2", one, bears=100_000)], name="third.csv")
    city.decide()
    said = published(house.auditor, city.scheme, "paid", **asked)
    assert (said.fen, said.payouts) == (-500_00, 0)


def test_figures_are_not_for_everybody(house, scheme):
    from gonghui.programmes.mutualaid.queries.figures import figure

    with pytest.raises(Refusal):
        figure(house.officer_a, scheme, "paid", **SPAN)


def test_what_nobody_publishes_is_refused(house, scheme):
    from gonghui.programmes.mutualaid.queries.figures import figure_lines

    with pytest.raises(Refusal):
        figure_lines(house.head, scheme, "luck", **SPAN)
