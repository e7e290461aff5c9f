"""Settlements by the million: reproducible, in the store's layout, in the order of arrival."""

import hashlib

import numpy as np
import polars as pl
import pytest

from gonghui.core.rulebook.fields import FIELDS, NONE
from gonghui.twin.nation import STORED, Nation
from gonghui.twin.nation_files import write_arrivals, write_nation

COUNT = 300_001


@pytest.fixture(scope="module")
def nation():
    return Nation(COUNT)


@pytest.fixture(scope="module")
def store(nation, tmp_path_factory):
    return write_nation(nation, tmp_path_factory.mktemp("nation") / "store", partitions=7)


@pytest.fixture(scope="module")
def everything(store):
    columns = ("person", "settlement", *STORED)
    return pl.concat(
        pl.DataFrame(store.read(part, columns)) for part in range(store.manifest.partitions)
    )


def test_exactly_so_many_each_once(nation, store, everything):
    assert store.rows == everything.height == COUNT
    assert everything["settlement"].n_unique() == COUNT
    assert sum(int(counts.sum()) for _, counts in nation.blocks()) == COUNT
    assert store.damaged() == []


def test_people_have_one_and_two_thirds_settlements(everything):
    counts = everything.group_by("person").len()["len"]
    assert 1.65 < counts.mean() < 1.68
    assert (counts == 1).mean() == pytest.approx(0.6, abs=0.005)


def test_partitions_are_sorted_and_hold_whole_persons(store):
    seen = set()
    for part in range(store.manifest.partitions):
        frame = pl.DataFrame(store.read(part, ("person", "discharged_on", "settlement")))
        assert frame.equals(frame.sort("person", "discharged_on", "settlement"))
        persons = set(frame["person"])
        assert seen.isdisjoint(persons)
        seen |= persons


def test_a_part_can_be_made_alone(nation, store):
    person, counts = next(nation.blocks())
    some = slice(1_000, 1_200)
    made = pl.DataFrame(nation.rows(person[some], counts[some]))
    read = store.read_persons(person[some], made.columns)
    assert pl.DataFrame(read).equals(made)


def test_values_are_facts_in_their_bounds(everything):
    for name in STORED:
        field, values = FIELDS[name], everything[name]
        assert values.dtype == {"int8": pl.Int8, "int16": pl.Int16, "int32": pl.Int32}[field.dtype]
        if field.unit == "fen":
            assert values.min() >= 0
            assert values.max() <= 1_000_000_000
    total = everything.select(pl.sum_horizontal("own_expense", "preliminary_selfpay"))
    assert (total.to_series() <= everything["total_cost"]).all()


def test_costs_have_a_heavy_tail(everything):
    cost = everything["total_cost"].cast(pl.Int64)
    assert cost.mean() > 1.4 * cost.median()
    assert cost.max() > 100 * cost.median()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(nation, store, tmp_path):
    def digests(made):
        return [file.sha256 for part in made.manifest.parts for file in part]

    assert digests(write_nation(nation, tmp_path / "again", partitions=7)) == digests(store)
    other = write_nation(Nation(COUNT, seed=7), tmp_path / "other", partitions=7)
    assert set(digests(other)).isdisjoint(digests(store))


def test_a_store_is_replaced_whole(tmp_path):
    write_nation(Nation(5_000), tmp_path / "store")
    store = write_nation(Nation(3_000), tmp_path / "store")
    assert store.rows == 3_000
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_arrivals(store, everything, tmp_path):
    arrivals = write_arrivals(store, tmp_path / "arrivals.parquet")
    frame = pl.read_parquet(arrivals.path)
    assert frame["received_on"].is_sorted()
    assert frame.sort("settlement").equals(everything.sort("settlement"))
    assert [path.name for path in tmp_path.iterdir()] == ["arrivals.parquet"]
    assert 0.002 < arrivals.people_out_of_order / arrivals.people <= 0.03
    assert arrivals.people == everything["person"].n_unique()


def test_arrivals_of_many_windows_are_the_same(store, tmp_path, monkeypatch):
    one = write_arrivals(store, tmp_path / "one.parquet").path
    monkeypatch.setattr("gonghui.twin.nation_files._ROWS_PER_WINDOW", 40_000)
    many = write_arrivals(store, tmp_path / "many.parquet").path
    assert pl.read_parquet(many).equals(pl.read_parquet(one))


def test_out_of_order_is_counted_by_person(store, everything, tmp_path):
    arrivals = write_arrivals(store, tmp_path / "arrivals.parquet")
    late = everything.sort("person", "discharged_on", "settlement").with_columns(
        latest=pl.col("received_on").cum_max().over("person")
    )
    expected = late.filter(pl.col("latest") > pl.col("received_on"))["person"].n_unique()
    assert arrivals.people_out_of_order == expected


def test_hashes_differ_between_streams_and_seeds():
    person = np.arange(1_000, dtype=np.int32)
    digests = {
        hashlib.sha256(column.tobytes()).hexdigest()
        for seed in (1, 2)
        for column in Nation(seed=seed).rows(person, np.ones(1_000, dtype=np.int32)).values()
        if column.dtype == np.int32 and (column != NONE).all()
    }
    assert len(digests) > 8
