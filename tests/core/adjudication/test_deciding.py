"""A whole store decided: the rows of the plain replay, and differences to an earlier deciding."""

import random

import polars as pl
import pytest

from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.deciding import decide, total, with_differences
from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.adjudication.store import EVENT_TYPES, Store
from gonghui.core.rulebook.fields import FIELDS
from gonghui.core.simulation.replay import compare
from tests.core.adjudication.side_by_side import program_of, settlements, working_days
from tests.generators import SHAPES
from tests.generators.histories import history

PEOPLE = 40


@pytest.fixture(scope="module")
def people():
    chance = random.Random(4)
    edition = SHAPES["jiaozuo"](chance)
    known = [history(chance, edition) for _ in range(PEOPLE)]
    # numbers are the person's own in the generator; a store needs them distinct
    for person, events in enumerate(known):
        for facts in events:
            facts["settlement"] += person * 1_000
    return edition, known


@pytest.fixture(scope="module")
def store(people, tmp_path_factory):
    edition, known = people
    answers = program_of(edition).answers
    made = Store.create(
        tmp_path_factory.mktemp("store") / "store",
        partitions=3,
        deciding_date=answers.deciding_date,
        same_day_order=answers.same_day_order,
    )
    rows = [
        {"person": person, "settlement": facts["settlement"]}
        | {name: facts.get(name, field.default) for name, field in FIELDS.items()}
        for person, events in enumerate(known)
        for facts in events
    ]
    made.append(pl.DataFrame(rows, schema=EVENT_TYPES))
    return made


@pytest.fixture(scope="module")
def fold(people, compiled):
    return ColumnFold(program_of(people[0]), compiled, working_days())


def test_a_store_is_decided_as_every_history_is(people, store, fold):
    edition, known = people
    plain = HistoryFold(program_of(edition), working_days())
    kinds = [*fold.program.kinds, ""]
    expected = {
        (person, row.settlement, row.kind, row.amount_fen)
        for person, events in enumerate(known)
        for row in plain.fold(settlements(events).values())
    }
    found = pl.concat(decide(store, fold))
    rows = found.select("person", "settlement", "kind", "amount_fen").rows()
    assert {(person, number, kinds[kind], fen) for person, number, kind, fen in rows} == expected
    assert total(store, fold).amount_fen == found["amount_fen"].sum()


def test_differences_add_up_to_the_change_of_the_whole(store, fold):
    now = pl.concat(decide(store, fold))
    before = now.with_columns(amount_fen=pl.col("amount_fen") // 2).head(now.height - 5)
    gone = before.head(1).with_columns(
        settlement=pl.lit(-7, pl.Int64), amount_fen=pl.lit(99, pl.Int32)
    )
    changed = with_differences(now, pl.concat([before, gone]))
    change = now["amount_fen"].sum() - before["amount_fen"].sum() - 99
    assert changed["difference_fen"].sum() == change
    assert changed.filter(settlement=-7).select("amount_fen", "difference_fen").rows() == [(0, -99)]
    assert with_differences(now, now)["difference_fen"].to_list() == [0] * now.height


def test_compared_with_itself_a_book_has_neither_winners_nor_losers(store, fold):
    compared = compare(store, fold, fold)
    assert compared.before_fen == compared.after_fen == total(store, fold).amount_fen
    assert compared.gains.is_empty() and compared.losses.is_empty()


def test_what_was_not_filed_is_decided_as_if_it_had_been_when_asked(store, fold):
    filed = pl.concat(decide(store, fold, keep=["filed_on"]))
    assumed = pl.concat(decide(store, fold, keep=["filed_on"], assume_filed=True))
    assert (filed["filed_on"] == FIELDS["filed_on"].default).any()
    assert not (assumed["filed_on"] == FIELDS["filed_on"].default).any()
