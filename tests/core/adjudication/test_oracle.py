"""The fold against the slow reading of the clauses: equal to the fen, the reason and the sentence.

The short dose runs always; the whole one (marked slow) makes up more than ten thousand examples.
"""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.adjudication.running import Reversal, Running
from gonghui.core.rulebook import overlays
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_edition
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import always, timeline
from tests.core.adjudication.side_by_side import (
    as_rows,
    by_engine,
    by_oracle,
    days_off_and_worked,
    fold_of,
    settlements,
    told,
    working_days,
)
from tests.generators import SHAPES, text
from tests.generators.histories import arrivals, history
from tests.generators.strategies import (
    editions_and_histories,
    revised_editions_and_histories,
    revisions_and_histories,
)
from tests.oracle import judge
from tests.oracle.reading import read

SHORT, WHOLE = 6, 240
DOSES = [
    pytest.param(SHORT, id="short"),
    pytest.param(WHOLE, id="whole", marks=pytest.mark.slow),
]
each_shape = pytest.mark.parametrize("shape", sorted(SHAPES))
each_dose = pytest.mark.parametrize("dose", DOSES)


@each_shape
@each_dose
def test_every_decision_is_the_oracles(shape, dose):
    @settings(max_examples=dose)
    @given(editions_and_histories(shape))
    def equal(drawn):
        edition, events = drawn
        assert by_engine(fold_of(edition), events) == by_oracle(edition, events)

    equal()


@each_shape
@each_dose
def test_whatever_the_order_of_arrival_the_decisions_are_the_replays(shape, dose):
    """Settlements, reversals and repeats come one by one or in batches, in any order."""

    @settings(max_examples=dose)
    @given(editions_and_histories(shape), st.randoms(use_true_random=False))
    def equal(drawn, chance):
        edition, events = drawn
        fold = fold_of(edition)
        running = Running(fold)
        stream = [event(*each) for each in arrivals(chance, events)]
        while stream:
            batch = chance.randint(1, len(stream))
            running.receive(stream[:batch])
            stream = stream[batch:]
        known = settlements(events)
        found = [row for number in known for row in running.decisions[number]]
        assert sorted(told(found, known), key=str) == sorted(by_engine(fold, events), key=str)

    equal()


def event(what, facts):
    """An arrival of the generators as the engine takes it."""
    number = facts["settlement"]
    if what == "reverse":
        return Reversal(number, facts["reversed_on"])
    (settlement,) = settlements([facts]).values()
    return settlement


@each_shape
def test_what_is_paid_in_all_is_what_the_history_is_worth(shape):
    """The differences that went out add up to the decisions, whatever came late."""
    for seed in range(40):
        chance = random.Random(seed)
        edition = SHAPES[shape](chance)
        if edition["answers"]["overpayment"] == "waive":
            continue  # what was waived stays with the worker
        events = history(chance, edition)
        running, out = Running(fold_of(edition)), 0
        for each in arrivals(chance, events):
            out += sum(one.difference_fen for one in running.receive([event(*each)]))
        assert out == sum(row[2] for row in by_engine(running.fold, events))


@settings(max_examples=400)
@given(revisions_and_histories())
def test_under_the_revision_of_the_page_no_history_is_paid_less(drawn):
    before, revised, events = drawn
    old, new = both(before, revised)
    known = settlements(events).values()
    paid_before = sum(row.amount_fen for row in old.fold(known))
    assert sum(row.amount_fen for row in new.fold(known)) >= paid_before


def both(before, revised):
    """The folds of a book and of its revision, each applied to every day."""
    base, over = (parse(text(one).encode(), "random.yaml") for one in (before, revised))
    changes = overlays.read_amendments(over.mapping["changes"])
    editions = [read_edition(base, ()), read_edition(overlays.apply(base, over, changes), ())]
    return [HistoryFold(compile_segments(always(edition)), working_days()) for edition in editions]


@each_shape
def test_across_a_revision_in_mid_period_every_decision_is_the_oracles(shape, tmp_path):
    """Each change counts from its own day: next period, from a date, or the whole period."""

    @settings(max_examples=SHORT)
    @given(revised_editions_and_histories(shape))
    def equal(drawn):
        before, revised, events = drawn
        known = settlements(events)
        decisions = scheme_fold(tmp_path, before, revised).fold(known.values())
        rows = judge([read(text(one)) for one in (before, revised)], events, days_off_and_worked())
        assert told(decisions, known) == as_rows(rows)

    equal()


def scheme_fold(folder, before, revised):
    """The fold of a scheme of two editions, kept on a shelf as they would be."""
    for edition in (before, revised):
        path = folder / edition["scheme"] / f"{edition['edition']}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(edition), encoding="utf-8")
    return HistoryFold(compile_segments(timeline(Shelf(folder), before["scheme"])), working_days())
