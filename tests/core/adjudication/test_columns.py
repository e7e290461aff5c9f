"""The compiled fold over columns equals the plain replay, row by row, on every shape."""

import random

import numpy as np
import pytest

from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.history import order_key
from gonghui.core.errors import Refusal
from gonghui.core.rulebook.fields import FIELDS
from tests.core.adjudication.side_by_side import program_of, settlements, working_days
from tests.generators import SHAPES
from tests.generators.histories import history

HISTORIES = 220


def columns_of(program, people):
    """Columns of many histories, sorted by person and declared order."""
    rows = []
    for person, events in enumerate(people):
        known = sorted(settlements(events).values(), key=lambda one: order_key(program, one))
        rows += [(person, one) for one in known]
    columns = {
        name: np.array([one.fact(name) for _, one in rows], FIELDS[name].dtype)
        for name in {*program.fields, "reversed_on"}
    }
    columns["person"] = np.array([person for person, _ in rows], np.int32)
    return columns, rows


def replayed(fold, people):
    """(person, settlement, kind, fen, reason) of every decision by the plain replay."""
    return [
        (person, row.settlement, row.kind, row.amount_fen, row.reason, row.detail)
        for person, events in enumerate(people)
        for row in fold.fold(settlements(events).values())
    ]


def by_columns(program, rows, results):
    kinds = [*program.kinds, ""]
    return [
        (rows[at][0], rows[at][1].number, kinds[kind], amount, reason % 64, reason // 64)
        for at, kind, amount, reason in zip(
            results.row.tolist(),
            results.kind.tolist(),
            results.amount.tolist(),
            results.reason.tolist(),
            strict=True,
        )
    ]


@pytest.mark.slow
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_two_hundred_histories_fold_alike_compiled_and_plain(shape, compiled):
    from gonghui.core.adjudication.history import HistoryFold

    chance = random.Random(shape)
    edition = SHAPES[shape](chance)
    people = [history(chance, edition) for _ in range(HISTORIES)]
    program = program_of(edition)
    fold = ColumnFold(program, compiled, working_days())
    columns, rows = columns_of(program, people)
    results, totals = fold.results(columns)
    expected = replayed(HistoryFold(program, working_days()), people)
    assert by_columns(program, rows, results) == expected
    assert fold.totals(columns) == totals
    assert totals.amount_fen == sum(row[3] for row in expected)
    assert totals.rows == len(expected)


@pytest.fixture(scope="module")
def jiaozuo(compiled):
    chance = random.Random(7)
    edition = SHAPES["jiaozuo"](chance)
    people = [history(chance, edition) for _ in range(HISTORIES)]
    program = program_of(edition)
    return ColumnFold(program, compiled, working_days()), people


def test_events_in_order_of_arrival_give_the_same_when_the_late_are_folded_again(jiaozuo):
    """Persons with a late event or a reversal are marked; the others need no second look."""
    fold, people = jiaozuo
    columns, rows = columns_of(fold.program, people)
    arrival = np.random.default_rng(3).permutation(len(rows))
    came = {name: values[arrival] for name, values in columns.items()}
    last, marked = np.full(len(people), -(10**6), np.int32), np.zeros(len(people), bool)
    found = fold.mark_late(came, last, marked)
    assert 0 < found == marked.sum() < len(people)
    state = fold.state(len(people), int(columns[fold.program.answers.deciding_date][0]))
    straight, first = fold.arrival(came, state, marked, rows=True)
    late = np.isin(columns["person"], np.flatnonzero(marked))
    again, second = fold.results({name: values[late] for name, values in columns.items()})
    whole, totals = fold.results(columns)
    assert first + second == totals

    def keyed(results, places):
        return {(int(places[at]), int(kind)): int(fen) for at, kind, fen in
                zip(results.row, results.kind, results.amount, strict=True)}  # fmt: skip

    parts = keyed(straight, arrival) | keyed(again, np.flatnonzero(late))
    assert parts == keyed(whole, np.arange(len(rows)))


def test_a_state_goes_on_where_the_last_batch_ended(jiaozuo):
    """Two batches on one state are one history, as long as everything comes in order."""
    fold, people = jiaozuo
    columns, _ = columns_of(fold.program, people)
    order = np.argsort(columns[fold.program.answers.deciding_date], kind="stable")
    came = {name: values[order] for name, values in columns.items()}
    last, marked = np.full(len(people), -(10**6), np.int32), np.zeros(len(people), bool)
    fold.mark_late(came, last, marked)
    day = int(came[fold.program.answers.deciding_date][0])
    at_once = fold.arrival(came, fold.state(len(people), day), marked, rows=False)[1]
    state, half = fold.state(len(people), day), len(order) // 2
    first = fold.arrival({k: v[:half] for k, v in came.items()}, state, marked, rows=False)[1]
    second = fold.arrival({k: v[half:] for k, v in came.items()}, state, marked, rows=False)[1]
    assert first + second == at_once


def test_the_compiled_file_is_written_once_and_shared_by_books_of_one_shape(tmp_path):
    chance = random.Random(1)
    programs = []
    while len({program.parameters for program in programs}) < 2:
        program = program_of(SHAPES["pinghu"](chance))
        if not programs or program.shape == programs[0].shape:
            programs.append(program)
    for program in programs:
        ColumnFold(program, tmp_path, working_days())
    assert len(list(tmp_path.glob(f"*{programs[0].shape}*.py"))) == 1


def test_a_payout_too_large_for_its_column_is_refused_and_never_wraps(jiaozuo, monkeypatch):
    fold, people = jiaozuo
    columns, _ = columns_of(fold.program, people)
    monkeypatch.setattr("gonghui.core.adjudication.columns.MAX_PAYOUT_FEN", 1)
    with pytest.raises(Refusal, match="would be paid more"):
        fold.results(columns)
