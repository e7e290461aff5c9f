"""The list of top-ups: which days change, who gets what, and one hash whoever makes it."""

import hashlib
import random

import polars as pl
import pytest

from gonghui.core.adjudication.backdating import top_ups
from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.adjudication.store import EVENT_TYPES, Store
from gonghui.core.errors import Refusal
from gonghui.core.periods import date_of, parse_day
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.kept import KeptEditions
from gonghui.programmes.mutualaid.publication.decided import StoredAmounts
from gonghui.programmes.mutualaid.publication.succession import succeed
from tests.core.adjudication.conftest import KEPT
from tests.core.rulebook.books import COUNTED, book, revision, stay
from tests.programmes.mutualaid.federation import SCHEME, source
from tests.programmes.mutualaid.publication.stores import rows, store

BASE = book({"valid.until": None, **COUNTED})
RATE = "{{at: benefits.hospital.rate, add: {} points, effect: {}}}"
LIMIT = "{{at: limits.counts.uses.limit, is: {}, effect: whole_period}}"
NOVEMBER = "2022-11-15"


def succession(*changes, since=NOVEMBER):
    books = KeptEditions({f"{SCHEME}/2022": source(BASE)})
    said = revision(*changes, since=since) if changes else book({"edition": "'2023'",
        "valid": f"{{from: {since}}}", **COUNTED})  # fmt: skip
    return succeed(books, f"{SCHEME}/2023", source(said))


def changed(found, on="2022-12-01"):
    return [
        (date_of(since).isoformat(), date_of(until).isoformat())
        for since, until in found.changes_before(parse_day(on))
    ]


@pytest.mark.parametrize(
    ("effect", "days"),
    [
        ("whole_period", [("2022-01-01", "2022-12-01")]),
        ("from_date", [("2022-11-15", "2022-12-01")]),
        ("next_period", []),
    ],
)
def test_the_days_past_that_a_revision_changes(effect, days):
    assert changed(succession(RATE.format(10, effect))) == days


def test_a_revision_of_days_to_come_changes_nothing_past():
    assert changed(succession(RATE.format(10, "from_date"), since="2022-12-01")) == []


def test_another_edition_with_the_same_rules_changes_nothing():
    assert changed(succession()) == []


def test_days_before_the_first_edition_are_no_change():
    found = succeed(KeptEditions({}), f"{SCHEME}/2022", source(BASE))
    assert changed(found) == []


HISTORY = {
    7: [stay(1, "2022-02-01", "100"), stay(2, "2022-03-01", "200"), stay(3, "2022-04-01", "300")],
    8: [stay(4, "2022-05-01", "1000"), stay(5, "2022-06-01", "50", filed_on="2022-06-01")],
    9: [stay(6, "2021-12-31", "500")],  # before any edition
}


def decided(tmp_path, history=None):
    store(tmp_path / "store", history or HISTORY)
    return StoredAmounts(tmp_path / "store", KEPT)


def listed(tmp_path, *changes, history=None):
    found = succession(*changes)
    return decided(tmp_path, history).list_top_ups(found.before, found.after)


def test_everybody_who_gains_is_listed_with_each_settlement(tmp_path):
    found = listed(tmp_path, RATE.format(10, "whole_period"), LIMIT.format(3))
    assert found.content().decode().splitlines() == [
        "person,settlement,kind,before_fen,now_fen,difference_fen",
        "7,1,hospital,5000,6000,1000",
        "7,2,hospital,10000,12000,2000",
        "7,3,hospital,0,18000,18000",
        "8,4,hospital,50000,60000,10000",
        "8,5,hospital,2500,3000,500",
    ]
    said = found.summary()
    assert (said["people"], said["count"], said["total_fen"]) == (2, 5, 31_500)
    assert said["sha256"] == hashlib.sha256(found.content()).hexdigest()
    assert said["decided"] == "store"


def test_a_change_from_a_date_on_tops_up_only_what_came_after(tmp_path):
    late = {7: [stay(1, "2022-11-14", "100"), stay(2, "2022-11-15", "100")]}
    found = listed(tmp_path, RATE.format(10, "from_date"), history=late)
    assert [one.difference.settlement for one in found.top_ups] == [2]


def test_no_decided_amount_falls(tmp_path):
    with pytest.raises(Refusal, match="would lower") as caught:
        listed(tmp_path, RATE.format(10, "whole_period"), LIMIT.format(1))
    assert "settlement 2 of 7 from 100.00 to 0.00 yuan" in caught.value.words()


def test_control_a_plain_sum_would_not_have_seen_the_fall(tmp_path):
    """Everybody together gains, and so does each person: only settlement by settlement it shows."""
    richer = {7: [stay(1, "2022-02-01", "100000"), stay(2, "2022-03-01", "2")]}
    with pytest.raises(Refusal, match="would lower"):
        listed(tmp_path, RATE.format(10, "whole_period"), LIMIT.format(1), history=richer)
    found = succession(RATE.format(10, "whole_period"), LIMIT.format(1))
    was, is_now = (
        sum(row.amount_fen for row in HistoryFold(compile_segments(one)).fold(richer[7]))
        for one in (found.before, found.after)
    )
    assert is_now > was


def test_the_columns_find_whom_the_plain_replay_finds(tmp_path):
    chance = random.Random(7)
    history = {
        person: [
            stay(
                person * 100 + number,
                f"2022-{chance.randrange(1, 12):02}-{chance.randrange(1, 28):02}",
                str(chance.randrange(1, 3_000)),
            )
            for number in range(chance.randrange(1, 5))
        ]
        for person in range(60)
    }
    found = succession(RATE.format(10, "from_date"), LIMIT.format(3))
    by_columns = decided(tmp_path, history).list_top_ups(found.before, found.after)
    folds = (HistoryFold(compile_segments(one)) for one in (found.before, found.after))
    plain = top_ups(*folds, {str(person): known for person, known in history.items()})
    assert set(by_columns.top_ups) == set(plain)
    assert len(plain) > 10


def test_the_state_of_what_is_decided_has_a_hash(tmp_path):
    amounts = decided(tmp_path)
    before = amounts.sha256
    assert amounts.sha256 == before
    more = pl.DataFrame(rows({10: [stay(99, "2022-07-01", "10")]}), schema=EVENT_TYPES)
    Store.open(amounts.folder).append(more)
    assert amounts.sha256 != before
