"""Every way of deciding gives the same rows, to the fen and the reason: also on hostile data."""

import numpy as np
import polars as pl
import pytest

from benchmarks import agreement
from benchmarks.agreement import REFERENCE, disagreeing, rows_of_every_way
from benchmarks.books import BANDS, FLAT, SIX_KINDS, program_of
from benchmarks.ways.windows import Inexpressible, query
from gonghui.core.adjudication.store import EVENT_TYPES, Store
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.fields import FIELDS, NONE
from gonghui.core.rulebook.reasons import DETAIL, Reason
from gonghui.twin.nation import Nation
from gonghui.twin.nation_files import write_arrivals, write_nation

BOOKS = (FLAT, BANDS, SIX_KINDS)
PATIENTLY = [FLAT, BANDS, pytest.param(SIX_KINDS, marks=pytest.mark.slow)]
"""To compile six kinds takes its time."""
SETTLEMENTS = 6_000
PEOPLE = 900
YEAR = parse_day("2022-01-01")
# On the lines, band ends and caps of the three books, and a fen beside them.
LINES = [0, 20_00, 200_00, 400_00, 500_00, 600_00, 800_00, 1_000_00, 5_000_00, 20_000_00,
         30_000_00, 60_000_00]  # fmt: skip
AMOUNTS = sorted({max(0, line + beside) for line in LINES for beside in (-1, 0, 1, 49, 50)})


@pytest.fixture(scope="module", autouse=True)
def compiled(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGHUI_HOME", str(tmp_path_factory.mktemp("home")))
        yield


def hostile(seed: int) -> pl.DataFrame:
    """Many settlements of few people, on the edges of amounts, days and cover."""
    chance = np.random.default_rng(seed)

    def any_of(values, odds=None):
        return chance.choice(values, SETTLEMENTS, p=odds)

    # No two of one day: what came without its number could not be told apart.
    days = np.arange(-20, 390)
    drawn = [chance.permutation(days)[:20] for _ in range(PEOPLE)]
    chosen = [(person, day) for person, own in enumerate(drawn) for day in own]
    person, day = np.array(chance.permutation(chosen)[:SETTLEMENTS]).T
    amounts = ("deductible_paid", "preliminary_selfpay", "proportional_selfpay", "own_expense")
    columns = {
        "person": person,
        "settlement": chance.permutation(SETTLEMENTS),
        "event_kind": any_of(range(1, 10), [0.6] + [0.05] * 8),
        "discharged_on": YEAR + day,
        "received_on": YEAR + day + any_of([1, 2, 90]),
        "reversed_on": any_of([NONE, YEAR + 500], [0.93, 0.07]),
        "claimed_elsewhere": any_of([0, 1], [0.97, 0.03]),
        "hospital_level": any_of(range(4)),
        "counts_as_stay": any_of([0, 1]),
        "disease": any_of(range(4)),
        "days": any_of([0, 1, 3, 4, 33, 34, 90]),
        "cover_from": any_of([NONE, YEAR - 400, YEAR, YEAR + 200], [0.02, 0.5, 0.4, 0.08]),
        "cover_until": any_of([YEAR + 100, YEAR + 365, YEAR + 800], [0.05, 0.5, 0.45]),
    }
    columns |= {name: any_of([0] * 20 + AMOUNTS) for name in amounts}
    frame = pl.DataFrame(columns)
    return frame.select("person", "settlement", *(name for name in FIELDS if name in frame.columns))


@pytest.fixture(scope="module", params=[1, 2, 3])
def hostile_store(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    order = {"deciding_date": "discharged_on", "same_day_order": "settlement_number"}
    store = Store.create(folder / "store", partitions=3, **order)
    frame = hostile(request.param)
    store.append(frame)
    arrivals = folder / "arrivals.parquet"
    came = frame.cast({name: EVENT_TYPES[name] for name in frame.columns}).sort("received_on")
    came.drop(store.constants.keys() & set(came.columns)).write_parquet(arrivals)
    return store, arrivals


@pytest.mark.parametrize("scheme", PATIENTLY)
def test_every_way_decides_hostile_settlements_alike(hostile_store, scheme):
    store, arrivals = hostile_store
    ways = rows_of_every_way(store, arrivals, PEOPLE, scheme)
    assert disagreeing(ways) == []
    assert ("windows" in ways) == (scheme != SIX_KINDS)
    reasons = {Reason(reason % DETAIL) for reason in ways[REFERENCE]["reason"]}
    assert reasons >= {
        Reason.PAID,
        Reason.CUT,
        Reason.CAP_USED_UP,
        Reason.NO_EDITION,
        Reason.REVERSED,
        Reason.CLAIMED_ELSEWHERE,
        Reason.NOT_COVERED,
        Reason.EVENT_NOT_COVERED,
        Reason.NOTHING_TO_BEAR,
        Reason.BELOW_FLOOR,
    }
    if scheme == BANDS:
        assert reasons >= {Reason.WAITING, Reason.COUNT_USED_UP, Reason.BELOW_MINIMUM}


@pytest.mark.parametrize("scheme", PATIENTLY)
def test_every_way_decides_the_nation_alike(scheme, tmp_path, monkeypatch):
    """In several batches of arrivals, so that states and marks go from one to the next."""
    monkeypatch.setattr("benchmarks.ways.arrivals._ROWS_AT_ONCE", 1_500)
    store = write_nation(Nation(8_000), tmp_path / "store", partitions=3)
    arrivals = write_arrivals(store, tmp_path / "arrivals.parquet")
    ways = rows_of_every_way(store, arrivals.path, arrivals.people, scheme)
    assert disagreeing(ways) == []
    assert ways[REFERENCE]["settlement"].n_unique() == store.rows


def test_a_way_that_decides_otherwise_is_found(tmp_path, monkeypatch):
    store = write_nation(Nation(8_000), tmp_path / "store", partitions=2)
    arrivals = write_arrivals(store, tmp_path / "arrivals.parquet")
    asked = query

    def half_down(*arguments):
        sql = asked(*arguments)
        assert "x + 5000" in sql
        return sql.replace("x + 5000", "x + 4999")

    monkeypatch.setattr(agreement, "query", half_down)
    ways = rows_of_every_way(store, arrivals.path, arrivals.people, FLAT)
    assert disagreeing(ways) == ["windows"]


def test_windows_refuse_what_they_cannot_say():
    (edition,) = program_of(SIX_KINDS).editions
    with pytest.raises(Inexpressible):
        query(edition, [], {})


def test_the_books_are_assumed_throughout():
    """They are there to be measured with; nobody should take them for a city's."""
    for scheme in BOOKS:
        (edition,) = program_of(scheme).editions
        assert all(parameter.citation.assumed for parameter in edition.parameters)
