"""A cached state of everybody gives, batch after batch, what the replay of all gives."""

import random

import numpy as np
import pytest

from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.standing import Standing
from gonghui.core.errors import Refusal
from tests.core.adjudication.side_by_side import program_of, working_days
from tests.core.adjudication.test_columns import columns_of
from tests.generators import SHAPES
from tests.generators.histories import history

PEOPLE = 150


@pytest.fixture(scope="module")
def city(compiled):
    chance = random.Random(11)
    program = program_of(SHAPES["jiaozuo"](chance))
    edition = SHAPES["jiaozuo"](random.Random(11))
    people = [history(chance, edition) for _ in range(PEOPLE)]
    fold = ColumnFold(program, compiled, working_days())
    return fold, columns_of(program, people)[0]


def take(columns, which):
    return {name: values[which] for name, values in columns.items()}


def paid_by(columns, results):
    """Fen by person, of result rows."""
    paid = np.zeros(PEOPLE, np.int64)
    np.add.at(paid, columns["person"][results.row], results.amount)
    return paid


def test_batches_in_any_order_end_where_the_replay_ends(city):
    fold, columns = city
    arrival = np.random.default_rng(5).permutation(len(columns["person"]))
    day = int(columns[fold.program.answers.deciding_date][0])
    standing = Standing.empty(fold, PEOPLE, day)
    paid = np.zeros(PEOPLE, np.int64)
    for part in np.array_split(arrival, 4):
        came = arrival[: np.flatnonzero(arrival == part[-1])[0] + 1]

        def histories(persons, came=came):
            known = np.sort(came)  # the columns are sorted by person and order
            return take(columns, known[np.isin(columns["person"][known], persons)])

        batch = take(columns, part)
        result = standing.advance(batch, histories)
        paid[result.marked] = 0  # what was decided of them is decided again
        paid += paid_by(batch, result.straight) + paid_by(result.histories, result.again)
    assert (paid == paid_by(columns, fold.results(columns)[0])).all()


def test_a_saved_state_goes_on_and_belongs_to_its_editions(city, compiled, tmp_path):
    fold, columns = city
    standing = Standing.empty(fold, PEOPLE, 19_000)
    standing.advance(columns, lambda persons: take(columns, np.isin(columns["person"], persons)))
    path = tmp_path / "standing.npz"
    standing.save(path)
    again = Standing.load(path, fold)
    assert (again.state == standing.state).all() and (again.last == standing.last).all()
    other = ColumnFold(program_of(SHAPES["jiaozuo"](random.Random(99))), compiled)
    with pytest.raises(Refusal, match="other editions"):
        Standing.load(path, other)
    path.write_bytes(b"cut")
    with pytest.raises(Refusal, match="cannot be read"):
        Standing.load(path, fold)
