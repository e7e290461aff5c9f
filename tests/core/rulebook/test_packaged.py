"""The editions that ship: every day covered, every parameter cited, every word from a clause."""

from datetime import date
from itertools import pairwise

import pytest

from gonghui.core.periods import FOREVER, date_of, day_of
from gonghui.core.rulebook.shelf import Shelf, in_force
from gonghui.core.rulebook.timeline import timeline

SHELF = Shelf.packaged()
SCHEMES = sorted({name.rpartition("/")[0] for name in SHELF.ids})


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_day_from_the_first_edition_to_the_last_has_exactly_one_in_force(scheme):
    editions = SHELF.scheme(scheme)
    first = editions[0].valid_from
    last = min(editions[-1].valid_until, day_of(date(2030, 1, 1)))
    for day in range(first, last):
        valid = [one for one in editions if one.valid_from <= day < one.valid_until]
        assert len(valid) == 1, date_of(day)
        assert in_force(editions, day) is valid[0]
    assert in_force(editions, first - 1) is None
    assert editions[-1].valid_until == FOREVER or in_force(editions, last) is None


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_timeline_of_a_scheme_has_no_gap_and_no_overlap(scheme):
    segments = timeline(SHELF, scheme)
    editions = SHELF.scheme(scheme)
    assert segments[0].since == editions[0].valid_from
    assert segments[-1].until == editions[-1].valid_until
    for earlier, later in pairwise(segments):
        assert earlier.until == later.since
        assert earlier.edition is not later.edition


@pytest.mark.parametrize("name", SHELF.ids)
def test_every_parameter_cites_a_clause_of_its_text_or_says_why_it_is_assumed(name):
    edition = SHELF.edition(name)
    assert edition.parameters
    assert len(edition.parameters) == len({one.path for one in edition.parameters})
    for parameter in edition.parameters:
        clause, because = parameter.citation.clause, parameter.citation.because
        assert clause or because, parameter.path
        if clause:
            cited = edition.clause(clause)
            assert cited is not None, parameter.path
            assert cited.words, clause


@pytest.mark.parametrize("name", SHELF.ids)
def test_every_parameter_knows_its_line(name):
    for parameter in SHELF.edition(name).parameters:
        assert parameter.place.line > 0
        assert parameter.place.file.endswith(".yaml")


def test_the_revision_of_jiaozuo_is_the_one_of_the_page():
    before, after = SHELF.scheme("jiaozuo/medical")
    assert (before.fee.plain, after.fee.plain) == (8_000, 7_000)
    assert (before.counts[0].limit.plain, after.counts[0].limit.plain) == (2, 3)
    assert (before.caps[0].amount.plain, after.caps[0].amount.plain) == (3_000_000, 5_000_000)
    rates = [
        [value for row in one.benefits[0].bands.rows for value in row.result.values]
        for one in (before, after)
    ]
    assert rates[1] == [value + 1_000 for value in rates[0]]
    assert 6_000 in rates[0]
    assert 7_000 in rates[1]
    assert before.gates == ()
    (gate,) = after.gates
    assert (gate.relation, gate.line.plain) == ("above", 10_000_000)


def test_the_revision_of_qinhuangdao_adds_5_points_and_lowers_the_deductible():
    before, after = SHELF.scheme("qinhuangdao/medical")
    rates = [[row.result.plain for row in one.benefits[0].bands.rows] for one in (before, after)]
    assert rates[1] == [value + 500 for value in rates[0]]
    floors = [one.benefits[0].floor.amount.plain for one in (before, after)]
    assert floors == [200_000, 150_000]
    assert after.caps[0].amount.plain == 3_000_000


@pytest.mark.parametrize(
    "scheme",
    ["jiaozuo/medical", "pinghu/medical", "hubei-cmi/medical", "anji/medical",
     "guangdong/medical", "qinhuangdao/medical"],
)  # fmt: skip
def test_the_schemes_of_the_page_ship(scheme):
    assert scheme in SCHEMES
