"""`gonghui ingest`: every row ends somewhere, and is counted there."""

import csv
import json

import pytest

from tests.doors.cli.small_city import STAYS, feed_row, gonghui, take_in, write_city


@pytest.fixture
def city(tmp_path):
    return write_city(tmp_path / "city")


def test_rows_in_are_accepted_or_rejected(city, tmp_path, capsys):
    store = tmp_path / "store"
    assert take_in(city, store, tmp_path) == 0
    said = capsys.readouterr().out
    assert "合成数据" in said
    assert "读入6行＝结算6笔＋冲销0笔＋已有0笔＋退回0行" in said
    record = json.loads((store / "intake.json").read_text("utf-8"))
    assert record["participants"] == {"18993": 4}
    assert [file["rows"] for file in record["files"]] == [4, 4, 6]
    assert all(len(file["sha256"]) == 64 for file in record["files"])


def test_the_same_feed_again_is_known(city, tmp_path, capsys):
    store = tmp_path / "store"
    take_in(city, store, tmp_path)
    first = json.loads((store / "intake.json").read_text("utf-8"))
    capsys.readouterr()
    assert gonghui(
        *("--lang", "en", "ingest", store, city / "feed.csv"),
        *("--persons", city / "persons.csv", "--covers", city / "covers.csv"),
        home=tmp_path,
    ) == 0  # fmt: skip
    said = capsys.readouterr().out
    assert "6 rows in = 0 settlements + 0 reversals + 6 known already + 0 rejected" in said
    assert json.loads((store / "intake.json").read_text("utf-8")) == first


def test_a_bad_row_goes_to_the_rejects(tmp_path, capsys):
    bad = list(feed_row(*STAYS[0]))
    bad[7] = "=1E5"
    city = write_city(tmp_path / "city", [bad, feed_row(*STAYS[3])])
    store = tmp_path / "store"
    lists = ("--persons", city / "persons.csv", "--covers", city / "covers.csv")
    assert gonghui("--lang", "en", "ingest", store, city / "feed.csv", *lists, home=tmp_path) == 0
    said = capsys.readouterr().out
    assert "2 rows in = 1 settlements + 0 reversals + 0 known already + 1 rejected" in said
    assert str(store / "rejects.csv") in said
    with (store / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1][:3] == ["feed.csv", "2", "S1"]
    assert rows[1][4] == "'=1E5"  # no cell that a spreadsheet takes for a formula


def test_a_folder_of_feeds_is_its_files(city, tmp_path, capsys):
    (city / "feed").mkdir()
    (city / "feed.csv").rename(city / "feed" / "2022.csv")
    lists = ("--persons", city / "persons.csv", "--covers", city / "covers.csv")
    assert gonghui("ingest", tmp_path / "s", city / "feed", *lists, home=tmp_path) == 0
    (tmp_path / "empty").mkdir()
    assert gonghui("ingest", tmp_path / "t", tmp_path / "empty", *lists, home=tmp_path) == 3
    assert str(tmp_path / "empty") in capsys.readouterr().err


def test_the_rejects_take_no_inputs_place(city, tmp_path, capsys):
    lists = ("--persons", city / "persons.csv", "--covers", city / "covers.csv")
    before = {path: path.read_bytes() for path in city.iterdir()}
    for name in ("feed.csv", "persons.csv", "covers.csv"):
        ending = gonghui(
            *("ingest", tmp_path / "store", city / "feed.csv", *lists),
            *("--rejects", city / name),
            home=tmp_path,
        )
        assert ending == 3
        assert name in capsys.readouterr().err
    assert {path: path.read_bytes() for path in city.iterdir()} == before
    assert not (tmp_path / "store").exists()


def test_what_lies_in_the_store_is_for_its_owner_only(city, tmp_path):
    store = tmp_path / "store"
    take_in(city, store, tmp_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in store.iterdir() if path.is_file()}
    assert modes.keys() >= {"intake.json", "rejects.csv", "manifest.json", "lock"}
    assert set(modes.values()) == {0o600}


def test_a_wrong_value_names_its_option(city, tmp_path, capsys):
    lists = ("--persons", city / "persons.csv", "--covers", city / "covers.csv")
    feed = ("ingest", tmp_path / "store", city / "feed.csv", *lists)
    assert gonghui(*feed, "--received-on", "2022-02-30", home=tmp_path) == 3
    assert capsys.readouterr().err.startswith("--received-on: 没有“2022-02-30”这一天。")
    assert gonghui(*feed, "--mapping", "nope", home=tmp_path) == 3
    assert "bridge-example, national" in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_refused_as_a_whole_leaves_nothing(city, tmp_path, capsys, language):
    (city / "feed.csv").write_text("", encoding="utf-8")
    lists = ("--persons", city / "persons.csv", "--covers", city / "covers.csv")
    store = tmp_path / "store"
    feed = city / "feed.csv"
    assert gonghui("--lang", language, "ingest", store, feed, *lists, home=tmp_path) == 3
    said = capsys.readouterr().err
    assert "feed.csv" in said
    assert ("文件是空的" if language == "zh" else "The file is empty") in said
    assert not store.exists()
