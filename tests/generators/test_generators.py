"""The generators themselves: every shape is a complete edition, and hostile enough."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given

from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_edition
from gonghui.core.rulebook.shelf import Shelf
from tests.generators import SHAPES, text
from tests.generators.histories import arrivals, arrived, history, spoilt
from tests.generators.revisions import jiaozuo_and_its_revision, revision_of
from tests.generators.strategies import editions_and_histories, revisions_and_histories, seeded
from tests.oracle import judge
from tests.oracle.dictionary import DEFAULTS
from tests.oracle.reading import composed, plain, read
from tests.oracle.sentences import SENTENCES

SEEDS = range(10)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_a_complete_edition_and_the_same_for_the_same_seed(name):
    for seed in SEEDS:
        edition = seeded(name, seed)
        assert text(edition) == text(seeded(name, seed))
        assert read(text(edition)) == edition
        read_edition(parse(text(edition).encode(), f"{name}.yaml"), ())


def test_there_are_enough_shapes_and_they_reach_every_reason():
    assert len(SHAPES) >= 20
    reached: Counter[str] = Counter()
    for seed in range(100):
        for name in SHAPES:
            random = Random(seed)
            edition = SHAPES[name](random)
            settlements = history(random, edition)
            if seed % 10 == 0:
                settlements = spoilt(random, settlements)
            reached.update(row.reason for row in judge([edition], settlements, {}))
    assert reached.keys() == SENTENCES["reasons"].keys()


def test_a_history_speaks_only_of_known_facts_and_its_arrivals_end_in_it():
    for seed in SEEDS:
        for name in SHAPES:
            random = Random(seed)
            settlements = history(random, SHAPES[name](random))
            by_number = {each["settlement"]: each for each in settlements}
            assert len(by_number) == len(settlements)
            assert all(each.keys() - DEFAULTS.keys() == {"settlement"} for each in settlements)
            stream = arrivals(random, settlements)
            assert {each["settlement"]: each for each in arrived(stream)} == by_number


@given(editions_and_histories())
def test_whatever_is_paid_is_called_so_and_nothing_is_negative(drawn):
    edition, settlements = drawn
    rows = judge([edition], settlements, {})
    assert all(row.amount_fen >= 0 for row in rows)
    assert all((row.amount_fen > 0) == (row.reason in ("paid", "cut")) for row in rows)


@given(editions_and_histories())
def test_the_order_of_arrival_is_nothing_to_the_oracle(drawn):
    edition, settlements = drawn
    assert judge([edition], settlements, {}) == judge([edition], settlements[::-1], {})


@given(revisions_and_histories())
def test_nobody_gets_less_under_the_revision_of_the_page(drawn):
    before, revised, settlements = drawn
    always = {"valid": {"from": "2020-01-01"}}
    after = _revised_at_once(before, revised) | always
    paid = [
        sum(row.amount_fen for row in judge([edition], settlements, {}))
        for edition in (before | always, after)
    ]
    assert paid[0] <= paid[1]


def test_a_revision_is_read_with_what_it_extends(tmp_path):
    for seed in range(3):
        pairs = [jiaozuo_and_its_revision(Random(seed))]
        pairs += [revision_of(Random(seed), seeded(name, seed)) for name in SHAPES]
        for before, revised in pairs:
            folder = tmp_path / str(seed)
            for document in (before, revised):
                path = folder / document["scheme"] / f"{document['edition']}.yaml"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text(document), encoding="utf-8")
            assert len(Shelf(folder).scheme(before["scheme"])) == 2
            assert judge([before, revised], history(Random(seed), before), {})


def _revised_at_once(before: dict, revised: dict) -> dict:
    return composed([plain(before), plain(revised)], plain(revised), date.max)
