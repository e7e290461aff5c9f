"""The files: what an office would be sent, marked as synthetic, same bytes for the same seed."""

import hashlib
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
import yaml
from python_calamine import CalamineWorkbook

from gonghui.core.errors import Refusal
from gonghui.core.rulebook.fields import NONE
from gonghui.twin.city import build_city
from gonghui.twin.files import write_city
from gonghui.twin.tables import REMARK, feed_table, yuan
from tests.twin.plain_scheme import PlainScheme

RULES = {"plain/scheme/2022": "0123"}
MONTHS = [f"2022-{month:02d}.csv" for month in range(1, 13)]


@pytest.fixture(scope="module")
def folder(city, tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin") / "城 city"
    write_city(city, folder, RULES)
    return folder


def table(path, encoding="utf-8-sig"):
    return pl.read_csv(path.read_bytes().decode(encoding).encode(), infer_schema=False)


def workbook(path):
    headings, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    cells = [
        [f"{cell:.2f}" if isinstance(cell, float) else cell or None for cell in row] for row in rows
    ]
    return pl.DataFrame(cells, schema=dict.fromkeys(headings, pl.String), orient="row")


@pytest.fixture(scope="module")
def feed(folder):
    csv = [table(folder / "feed" / name, "gb18030") for name in MONTHS]
    return pl.concat([*csv, workbook(folder / "feed" / "late.xlsx")])


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_there(folder):
    assert sorted(digests(folder)) == sorted(
        ["units.csv", "persons.csv", "covers.csv", "published.yaml"]
        + [f"feed/{name}" for name in [*MONTHS, "late.xlsx"]]
    )
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(folder, tmp_path):
    write_city(build_city(PlainScheme()), tmp_path / "again", RULES)
    assert digests(tmp_path / "again") == digests(folder)
    write_city(build_city(PlainScheme(), seed=3), tmp_path / "other", RULES)
    other = digests(tmp_path / "other")
    assert all(other[name] != digest for name, digest in digests(folder).items())


def test_every_row_says_that_it_is_synthetic(folder, feed):
    tables = [table(folder / name) for name in ("units.csv", "persons.csv", "covers.csv")]
    assert all((rows["备注"] == REMARK).all() for rows in [*tables, feed])
    account = yaml.safe_load((folder / "published.yaml").read_text("utf-8"))
    assert account["说明"].startswith(REMARK)


def test_contributions_add_up_to_the_published_sum(folder):
    covers = table(folder / "covers.csv")
    assert covers.height == 62_715
    assert sum(map(Decimal, covers["互助金"])) == Decimal("5017200.00")


def test_units_lead_to_people(folder):
    units, persons = table(folder / "units.csv"), table(folder / "persons.csv")
    taking_part = units.filter(pl.col("参加人数").is_not_null())
    assert taking_part.height == 423
    assert taking_part["参加人数"].cast(pl.Int64).sum() == persons.height == 62_715
    counts = persons.group_by("单位编号").len()
    joined = taking_part.join(counts, on="单位编号")
    assert (joined["参加人数"].cast(pl.Int64) == joined["len"]).all()
    assert units["上级编号"].drop_nulls().is_in(units["单位编号"].implode()).all()


def test_feed_files_hold_what_arrived_in_their_month(folder):
    for name in MONTHS:
        received = table(folder / "feed" / name, "gb18030")["收到日期"]
        assert (received.str.head(7) == name.removesuffix(".csv")).all()
        assert received.is_sorted()


def test_the_feed_is_the_city(city, feed):
    settlements = feed.filter(pl.col("REFD_SETL_FLAG") == "0").sort("SETL_ID")
    order = np.argsort(city.settlements["settlement"])
    assert settlements["SETL_ID"].is_unique().all()
    assert settlements.height == order.size
    for heading, name in (("MEDFEE_SUMAMT", "total_cost"), ("CASH_PAYAMT", "cash_pay")):
        fen = [int(Decimal(amount) * 100) for amount in settlements[heading]]
        assert fen == city.settlements[name][order].tolist()
    number = city.people.identity_number[city.settlements["person"][order]]
    assert settlements["CERTNO"].to_list() == number.tolist()
    filed = settlements["申请日期"].is_not_null().to_numpy()
    assert np.array_equal(filed, city.outcome.filed_on[order] != NONE)


def test_a_reversal_takes_back_the_whole_settlement(city, feed):
    reversals = feed.filter(pl.col("REFD_SETL_FLAG") == "1")
    assert reversals.height == (city.settlements["reversed_on"] != NONE).sum()
    both = reversals.join(feed, left_on="INIT_SETL_ID", right_on="SETL_ID", suffix="_original")
    assert both.height == reversals.height
    for heading in ("MEDFEE_SUMAMT", "FUND_PAY_SUMAMT", "CASH_PAYAMT"):
        amounts = both.select(heading, f"{heading}_original").iter_rows()
        assert all(Decimal(amount) == -Decimal(original) for amount, original in amounts)
    assert (both["CERTNO"] == both["CERTNO_original"]).all()
    assert (both["MDTRT_ID"] == both["MDTRT_ID_original"]).all()
    assert (both["收到日期"] > both["收到日期_original"]).all()


def test_a_settlement_made_anew_is_of_the_same_visit(city):
    table = feed_table(city).filter(pl.col("REFD_SETL_FLAG") == "0")
    visits = table.group_by("MDTRT_ID").len()["len"]
    assert (visits == 2).sum() == (city.settlements["replaces"] != NONE).sum()
    assert visits.max() == 2


def test_the_account_says_what_is_published_and_what_is_assumed(folder):
    account = yaml.safe_load((folder / "published.yaml").read_text("utf-8"))
    published = {name: entry["数值"] for name, entry in account["公布"].items()}
    assert published["people_paid"] == "1120"
    assert published["paid"] == "960290.00"
    assert published["contributions"] == "5017200.00"
    assert all(entry["理由"] for entry in account["假定"].values())
    assert account["假定"]["cut_off"]["数值"] == "2022-10-31"
    assert account["校准"]["所依实施细则"] == RULES
    results = account["结果"]
    assert results["截至2022-10-31给付"]["人数"] == 1_120
    assert results["截至2022-10-31给付"]["金额（元）"] == "960290.00"
    assert results["截至2022-10-31给付"]["笔数"] > 1_120
    unfiled, everything = results["符合条件而从未申请"], results["如果全部申请"]
    assert 0 < Decimal(unfiled["金额（元）"]) < Decimal(everything["金额（元）"])


def test_amounts_are_exact_text():
    assert yuan(np.array([0, 5, 123_450, -7, -100_000_000_01])).to_list() == [
        *("0.00", "0.05", "1234.50", "-0.07", "-100000000.01")
    ]


def test_a_folder_with_other_things_is_left_alone(city, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Refusal, match="holds something else"):
        write_city(city, tmp_path, RULES)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_failure_leaves_the_earlier_city(city, tmp_path, monkeypatch):
    folder = tmp_path / "city"
    write_city(city, folder, RULES)
    before = digests(folder)

    def fail(*_arguments):
        raise OSError("disk full")

    monkeypatch.setattr("gonghui.twin.files._write_workbook", fail)
    with pytest.raises(OSError, match="disk full"):
        write_city(city, folder, RULES)
    assert digests(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["city"]
