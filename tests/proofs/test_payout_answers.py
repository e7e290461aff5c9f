"""Whatever the bank says, in whatever order and however often: one end (P6)."""

import itertools
import random

import pytest
from django.db import connections, transaction

from tests.payout_fixtures import *  # noqa: F403  (fixtures are known by their names)
from tests.vault_fixtures import SOAK

ORDERS = 500 if SOAK else 25
REPEATED = 0.2


class Undone(Exception):
    """Takes back what a try has done."""


def story(lines):
    """What the bank says of each payment, by the days it says it of."""
    told = []
    for at, line in enumerate(lines):
        said = {
            0: [("已受理", 20), ("成功", 21)],
            1: [("已受理", 20), ("成功", 21), ("退汇", 23)],
            2: [("已受理", 20), ("退汇", 22)],
            3: [("成功", 21)],
            4: [("成功", 21), ("退汇", 22), ("成功", 24)],
            5: [("已受理", 20)],
        }[at % 6]
        told += [(line.reference, word, line.fen, f"2022-10-{day}") for word, day in said]
    return told


def ending(till, batch):
    """States of the lines, and what every account comes to."""
    with till.house.accountant.transaction(), connections["default"].cursor() as cursor:
        cursor.execute(
            "select a.key, sum(l.fen)::bigint from treasury_line l join treasury_account a"
            " on a.id = l.account_id group by 1 order by 1"
        )
        return [one.state for one in till.lines(batch)], cursor.fetchall(), till.state(batch)


def told_in(till, batch, files):
    """The end after these files; everything is taken back."""
    try:
        with transaction.atomic():
            for number, rows in enumerate(files):
                till.answer(rows, message=f"{number}")
            raise Undone(ending(till, batch))
    except Undone as end:
        return end.args[0]


def in_files(rows, dice):
    """Some repeated, shuffled, cut into files at random places."""
    rows = rows + [row for row in rows if dice.random() < REPEATED]
    dice.shuffle(rows)
    cuts = sorted({0, len(rows), *(dice.randrange(len(rows)) for _ in range(dice.randrange(5)))})
    return [rows[start:end] for start, end in itertools.pairwise(cuts)]


def test_in_any_order_cut_anywhere_and_repeated_the_end_is_one(till):
    batch = till.batch("released", lines=12)
    rows = story(till.lines(batch))
    wanted = told_in(till, batch, [rows])
    assert wanted[0] == ["paid", "returned", "returned", "paid", "paid", "sent"] * 2
    for seed in range(ORDERS):
        assert told_in(till, batch, in_files(rows, random.Random(seed))) == wanted, seed


def test_control_the_last_word_heard_would_end_differently(till):
    """What a line's state would be, were each row applied as it comes."""
    batch = till.batch("released", lines=12)
    rows = story(till.lines(batch))
    becomes = {"已受理": "sent", "成功": "paid", "退汇": "returned"}
    ends = set()
    for seed in range(ORDERS):
        states = {}
        for file in in_files(rows, random.Random(seed)):
            for reference, word, _fen, _day in file:
                states[reference] = becomes[word]
        ends.add(tuple(sorted(states.items())))
    assert len(ends) > 1


@pytest.mark.parametrize("seed", range(3))
def test_told_before_it_left_it_counts_once_it_has(till, seed):
    """Rows that come for a batch still in the house wait for it."""
    from gonghui.verbs.treasury.services import releasing

    batch = till.batch("sealed", lines=6)
    rows = story(till.lines(batch))
    for number, file in enumerate(in_files(rows, random.Random(seed))):
        till.answer(file, message=f"{number}")
    assert till.states(batch) == {"ready"}
    releasing.release_batch(till.house.cashier, batch)
    assert ending(till, batch)[0] == ["paid", "returned", "returned", "paid", "paid", "sent"]
