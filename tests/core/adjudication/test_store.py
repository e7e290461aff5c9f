"""The Parquet store: what is appended comes back sorted, whole, in narrow types, or not at all."""

import random
import stat
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.core.adjudication.bounds import check_bounds
from gonghui.core.adjudication.store import (
    EVENT_TYPES,
    FACTS,
    SAME_DAY,
    Order,
    Store,
    part_of,
)
from gonghui.core.errors import Refusal
from gonghui.core.rulebook.fields import FIELDS, MAX_AMOUNT_FEN, NONE

COLUMNS = ["person", "settlement", "settled_on", "received_on", "total_cost", "filed_on", "shares"]


def make_store(path, same_day_order="settlement_number", partitions=3):
    return Store.create(
        path, partitions=partitions, deciding_date="settled_on", same_day_order=same_day_order
    )


def settlements(count=400, people=60, seed=1):
    draw = random.Random(seed)
    return pl.DataFrame(
        {
            "person": [draw.randrange(people) for _ in range(count)],
            "settlement": draw.sample(range(2**62), count),
            "settled_on": [19_000 + draw.randrange(20) for _ in range(count)],
            "received_on": [19_020 + draw.randrange(20) for _ in range(count)],
            "total_cost": [draw.randrange(MAX_AMOUNT_FEN) for _ in range(count)],
            "hospital_level": [draw.randrange(4) for _ in range(count)],
            "cover_from": [18_993] * count,
        }
    )


def read_all(store, columns=COLUMNS, order=None):
    """The rows of all partitions by person; the order within a person is the store's."""
    parts = [store.read(part, columns, order=order) for part in range(store.manifest.partitions)]
    rows = [row for part in parts for row in zip(*(part[c].tolist() for c in columns), strict=True)]
    return sorted(rows, key=lambda row: row[0])


def expected(frame, same_day_order, columns=COLUMNS):
    key = {
        "settlement_number": lambda row: 0,
        "earliest_received": lambda row: row["received_on"],
        "largest_cost_first": lambda row: -row["total_cost"],
        "smallest_cost_first": lambda row: row["total_cost"],
    }[same_day_order]
    rows = sorted(
        frame.iter_rows(named=True),
        key=lambda row: (row["person"], row["settled_on"], key(row), row["settlement"]),
    )
    return [
        tuple(row.get(name, FIELDS[name].default if name in FIELDS else None) for name in columns)
        for row in rows
    ]


@pytest.mark.parametrize("same_day_order", SAME_DAY)
def test_reads_back_in_the_declared_order(tmp_path, same_day_order):
    store, frame = make_store(tmp_path, same_day_order), settlements()
    store.append(frame)
    assert read_all(store) == expected(frame, same_day_order)
    assert store.rows == sum(store.part_rows) == frame.height


@pytest.mark.parametrize("same_day_order", SAME_DAY)
def test_another_order_is_sorted_anew(tmp_path, same_day_order):
    store, frame = make_store(tmp_path), settlements()
    store.append(frame)
    other = Order("settled_on", same_day_order)
    assert read_all(store, order=other) == expected(frame, same_day_order)


@settings(max_examples=25)  # each writes some files, and waits until the disk has them
@given(cuts=st.lists(st.integers(0, 60), max_size=4), seed=st.integers(0, 1000))
def test_however_the_rows_arrive_they_read_the_same(tmp_path_factory, cuts, seed):
    frame = settlements(60, 15, seed)
    store = make_store(tmp_path_factory.mktemp("store"), "earliest_received")
    edges = sorted({0, *cuts, frame.height})
    for start, end in pairwise(edges):
        store.append(frame[start:end])
    assert read_all(store) == expected(frame, "earliest_received")
    store.compact()
    assert read_all(store) == expected(frame, "earliest_received")
    assert all(len(files) <= 1 for files in store.manifest.parts)


def test_columns_are_narrow_and_not_writable(tmp_path):
    store = make_store(tmp_path, partitions=1)
    store.append(settlements())
    columns = store.read(0, list(EVENT_TYPES))
    assert {name: columns[name].dtype.name for name in FACTS} == {
        name: field.dtype for name, field in FIELDS.items()
    }
    assert not any(column.flags.writeable for column in columns.values())


def test_a_fact_with_one_value_is_said_once(tmp_path):
    store, frame = make_store(tmp_path), settlements()
    store.append(frame)
    assert store.constants["cover_from"] == 18_993
    assert store.constants["shares"] == 1
    assert "settled_on" not in store.constants
    first = tmp_path / store.manifest.parts[0][0].path
    assert not {"cover_from", "shares"} & set(pl.read_parquet_schema(first))

    more = settlements(50, seed=2).with_columns(cover_from=pl.lit(18_000), shares=pl.lit(3))
    store.append(more)
    assert not {"cover_from", "shares"} & store.constants.keys()
    both = pl.concat([frame.with_columns(shares=pl.lit(1)), more], how="vertical_relaxed")
    columns = ["person", "settlement", "cover_from", "shares"]
    order = "settlement_number"
    assert read_all(store, columns) == expected(both, order, columns)


def test_amounts_lie_within_the_range_the_manifest_states(tmp_path):
    store, frame = make_store(tmp_path), settlements()
    store.append(frame[:200])
    store.append(frame[200:])
    assert store.manifest.amount_range["total_cost"] == (
        frame["total_cost"].min(),
        frame["total_cost"].max(),
    )
    assert store.manifest.amount_range["pool_pay"] == (0, 0)


def test_replaced_facts_stand_for_their_settlements_only(tmp_path):
    store, frame = make_store(tmp_path), settlements()
    store.append(frame)
    chosen = frame[5:8]
    untouched = set(range(3)) - set(part_of(chosen["person"].to_numpy(), 3).tolist())
    before = store.manifest.parts
    with store.change() as change:
        change.mark_reversed(chosen.select("person", "settlement", reversed_on=pl.lit(19_100)))
    columns = ["person", "settlement", "reversed_on"]
    wanted = frame.join(
        chosen.select("settlement", reversed_on=pl.lit(19_100)), on="settlement", how="left"
    )
    wanted = wanted.with_columns(pl.col("reversed_on").fill_null(NONE))
    assert read_all(store, columns) == expected(wanted, "settlement_number", columns)
    assert all(store.manifest.parts[part] == before[part] for part in untouched)


def test_what_is_not_there_cannot_be_replaced(tmp_path):
    store, frame = make_store(tmp_path), settlements()
    store.append(frame)
    before = read_all(store)
    with pytest.raises(Refusal, match="is not in the store"):
        store.replace_rows(pl.DataFrame({"person": [1], "settlement": [5], "filed_on": [19_000]}))
    assert read_all(Store.open(tmp_path)) == before


def test_histories_of_chosen_persons(tmp_path):
    store, frame = make_store(tmp_path), settlements()
    store.append(frame[:300])
    store.append(frame[300:])
    chosen = [3, 17, 1000]
    columns = store.read_persons(np.array(chosen), COLUMNS)
    rows = list(zip(*(columns[name].tolist() for name in COLUMNS), strict=True))
    own = frame.filter(pl.col("person").is_in(chosen))
    assert rows == expected(own, "settlement_number")
    assert store.read_persons(np.array([], dtype=np.int32), ["person"])["person"].size == 0


def test_a_failed_change_leaves_the_old_store_and_no_files(tmp_path):
    store = make_store(tmp_path)
    store.append(settlements(100))
    before, files = read_all(store), sorted(tmp_path.rglob("*"))
    with pytest.raises(ZeroDivisionError), store.change() as change:
        change.append(settlements(50, seed=2))
        change.register(registered(settlements(50, seed=2)))
        raise ZeroDivisionError
    assert sorted(tmp_path.rglob("*.parquet")) == [f for f in files if f.suffix == ".parquet"]
    assert read_all(Store.open(tmp_path)) == before


def test_a_change_that_dies_before_the_manifest_never_happened(tmp_path, monkeypatch):
    store = make_store(tmp_path)
    store.append(settlements(100))
    before = read_all(store)

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "publish", die)
    with pytest.raises(KeyboardInterrupt):
        store.append(settlements(50, seed=2))
    monkeypatch.undo()
    # What a power cut leaves, nobody could remove.
    stray = tmp_path / "events" / "part=00" / "000002.parquet"
    stray.write_bytes(b"half a file")
    reopened = Store.open(tmp_path)
    assert read_all(reopened) == before
    reopened.append(settlements(50, seed=3))
    assert reopened.rows == 150
    assert reopened.damaged() == []


def test_a_second_writer_is_refused(tmp_path):
    store = make_store(tmp_path)
    with store.change(), pytest.raises(Refusal, match="Somebody else"):
        Store.open(tmp_path).append(settlements(5))


def test_a_reader_keeps_its_files_through_one_change(tmp_path):
    store, frame = make_store(tmp_path), settlements()
    store.append(frame)
    reader = Store.open(tmp_path)
    store.replace_rows(frame.select("person", "settlement", filed_on=pl.lit(19_050)))
    assert read_all(reader) == expected(frame, "settlement_number")


def test_damage_is_found(tmp_path):
    store = make_store(tmp_path)
    store.append(settlements())
    assert store.damaged() == []
    path = store.manifest.parts[1][0].path
    data = bytearray((tmp_path / path).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / path).write_bytes(data)
    assert store.damaged() == [path]


def registered(frame):
    return frame.select(
        "settlement",
        settlement_id=pl.col("settlement").cast(pl.String),
        visit_id=pl.lit(None, pl.String),
        person="person",
        content="settlement",
        total_cost="total_cost",
        reverses=pl.lit(0),
    )


def test_who_and_what_the_keys_stand_for_lives_apart(tmp_path):
    store, frame = make_store(tmp_path), settlements(20)
    people = pl.DataFrame(
        {
            "person": [1, 2],
            "certificate": ["990800196201020017", "990800197005060025"],
            "name": ["张三", "李四"],
            "unit_id": ["U1", None],
            "unit_name": ["九里山矿", None],
        }
    )
    with store.change() as change:
        change.append(frame)
        change.put_identities(people)
        change.register(registered(frame))
    assert store.identities().rows() == people.rows()
    numbers = frame["settlement"][:3]
    assert set(store.settlements(numbers)["settlement"]) == set(numbers)
    assert store.settlements().height == 20
    for path in tmp_path.rglob("*.parquet"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secrets = [text.encode() for text in (*people["certificate"], "张三", "九里山矿")]
    for path in (tmp_path / "events").rglob("*.parquet"):
        assert not any(secret in path.read_bytes() for secret in secrets)


ABSURD = [
    ("total_cost", -1),
    ("total_cost", MAX_AMOUNT_FEN + 1),
    ("total_cost", 10**18),
    ("settled_on", 10**6),
    ("hospital_level", 4),
    ("hospital_level", 300),  # would wrap to 44 in eight bits
    ("away", 2),
    ("days", 40_000),
]


@pytest.mark.parametrize(("name", "value"), ABSURD)
def test_absurd_values_are_refused_before_they_are_narrowed(tmp_path, name, value):
    frame = settlements(10).with_columns(pl.lit(0).alias("away"), pl.lit(1).alias("days"))
    bad = frame.with_columns(
        pl.when(pl.col("settlement") == frame["settlement"][4])
        .then(pl.lit(value, pl.Int64))
        .otherwise(pl.col(name))
        .alias(name)
    )
    store = make_store(tmp_path)
    with pytest.raises(Refusal) as refused:
        store.append(bad)
    assert refused.value.field == name
    assert refused.value.values["settlement"] == frame["settlement"][4]
    assert refused.value.values["value"] == value
    assert store.rows == 0


def test_missing_values_are_refused(tmp_path):
    frame = settlements(10).with_columns(total_cost=pl.lit(None, pl.Int64))
    with pytest.raises(Refusal, match="not integers"):
        make_store(tmp_path).append(frame)


def test_facts_nobody_knows_are_refused(tmp_path):
    with pytest.raises(Refusal, match="diagnosis"):
        make_store(tmp_path).append(settlements(10).with_columns(diagnosis=pl.lit(1)))


def test_bounds_accept_what_is_possible():
    check_bounds(
        {
            "total_cost": np.array([0, MAX_AMOUNT_FEN]),
            "filed_on": np.array([NONE, 19_000]),
            "born_on": np.array([-1, -20_000]),  # 31 December 1969 is a birthday like any other
            "settlement": np.array([1, 2]),
        }
    )


def test_orders_nobody_knows_are_refused():
    with pytest.raises(Refusal, match="cannot be ordered"):
        Order("settled_on", "alphabetical")
    with pytest.raises(Refusal, match="cannot be ordered"):
        Order("total_cost", "settlement_number")


def test_a_folder_that_is_no_store_is_refused(tmp_path):
    with pytest.raises(Refusal, match="no store"):
        Store.open(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": "gonghui-store/99"}')
    with pytest.raises(Refusal, match="no store"):
        Store.open(tmp_path)


def test_a_store_is_not_made_over_another(tmp_path):
    make_store(tmp_path)
    with pytest.raises(Refusal, match="store already"):
        make_store(tmp_path)
