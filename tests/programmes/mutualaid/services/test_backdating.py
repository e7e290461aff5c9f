"""A back-dated revision is published with its list of top-ups, or not at all."""

from datetime import date

import polars as pl
import pytest

from gonghui.core.adjudication.store import EVENT_TYPES, Store
from gonghui.core.rulebook.shelf import Source
from gonghui.programmes.mutualaid.publication.decided import StoredAmounts
from gonghui.programmes.mutualaid.publication.statement import read_statement
from tests.core.adjudication.conftest import KEPT
from tests.core.rulebook.books import COUNTED, book, revision, stay, written
from tests.programmes.mutualaid.federation import furnish_scheme, load, refused
from tests.programmes.mutualaid.publication.stores import rows, store
from tests.programmes.mutualaid.services.test_revisions import CODE, go, issue

RATE = "{at: benefits.hospital.rate, add: 10 points, effect: whole_period}"
FEWER = "{at: limits.counts.uses.limit, is: 1, effect: whole_period}"
HISTORY = {7: [stay(1, "2022-02-01", "100"), stay(2, "2022-03-01", "200")]}


@pytest.fixture
def decided(tmp_path):
    store(tmp_path / "decided", HISTORY)
    return StoredAmounts(tmp_path / "decided", KEPT)


@pytest.fixture
def scheme(house, tmp_path):
    made = furnish_scheme(house)
    load(house, tmp_path / "shelf", book({"valid.until": None, **COUNTED}))
    return made


def bring_to_the_end(house, *changes):
    from gonghui.programmes.mutualaid.services.revisions import draft_revision

    said = written(revision(*changes, since="2022-11-15")).encode()
    draft_revision(house.clerk, CODE, Source(said, b"## fee\n"))
    go(house, "leading_group")


def publish(house, prepared, **options):
    from gonghui.programmes.mutualaid.services.editions import publish_together

    return publish_together(house.head, house.second_clerk, prepared, **options)


def test_the_two_confirm_the_list_by_its_hash(house, scheme, decided):
    bring_to_the_end(house, RATE)
    prepared = issue(house, decided=decided)
    listed = read_statement(prepared.statement)["top_ups"]
    assert (listed["count"], listed["people"], listed["total_fen"]) == (2, 1, 3_000)
    assert bytes(prepared.top_ups).splitlines()[1] == b"7,1,hospital,5000,6000,1000"
    published = publish(house, prepared, decided=decided)
    assert bytes(published.top_ups_sha256).hex() == listed["sha256"]
    assert (published.starts_on, published.changes[0]["counts_from"]) == (
        date(2022, 11, 15),
        "2022-01-01",
    )


def test_afterwards_the_rows_decide_the_topped_up_amounts(house, scheme, decided):
    from gonghui.core.adjudication.history import HistoryFold
    from gonghui.programmes.mutualaid.queries.editions import program
    from tests.programmes.mutualaid.federation import SCHEME

    bring_to_the_end(house, RATE)
    publish(house, issue(house, decided=decided), decided=decided)
    with house.head.transaction():
        fold = HistoryFold(program(SCHEME))
    assert [row.amount_fen for row in fold.fold(HISTORY[7])] == [6_000, 12_000]


def test_nobody_publishes_back_without_saying_what_was_decided(house, scheme, decided):
    bring_to_the_end(house, RATE)
    with refused("days that are past, from 2022-01-01 on"):
        issue(house)
    prepared = issue(house, decided=decided)
    with refused("in another state"):
        publish(house, prepared)


def test_what_was_decided_since_asks_for_a_new_list(house, scheme, decided):
    bring_to_the_end(house, RATE)
    prepared = issue(house, decided=decided)
    more = pl.DataFrame(rows({8: [stay(9, "2022-07-01", "10")]}), schema=EVENT_TYPES)
    Store.open(decided.folder).append(more)
    with refused("in another state"):
        publish(house, prepared, decided=decided)
    anew = issue(house, decided=decided)
    assert anew.digest != prepared.digest
    publish(house, anew, decided=decided)


def test_a_decided_amount_never_falls(house, scheme, decided):
    bring_to_the_end(house, RATE, FEWER)
    with refused("would lower settlement 2 of 7 from 100.00 to 0.00 yuan"):
        issue(house, decided=decided)


def test_the_list_is_for_who_runs_the_scheme(house, scheme, decided):
    from gonghui.programmes.mutualaid.models import Publication

    bring_to_the_end(house, RATE)
    issue(house, decided=decided)
    for who in (house.officer_a, house.county_clerk_a):
        with who.transaction():
            assert Publication.objects.count() == 0
