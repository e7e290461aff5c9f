"""`gonghui adjudicate`: sums, files, and nothing half-written."""

import datetime
import os
import re

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.doors.cli.small_city import LI, PERSONS, gonghui, take_in, write_city

SCHEME = ("--scheme", "jiaozuo/medical")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write_city(folder / "city")
    assert take_in(folder / "city", folder / "store", folder) == 0
    return folder


@pytest.fixture(scope="module")
def out(home):
    folder = home / "decisions"
    assert gonghui("adjudicate", home / "store", *SCHEME, "--until", "2022-10-31", "--out", folder,
                   home=home) == 0  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def sheets(out):
    book = CalamineWorkbook.from_path(out / "decisions.xlsx")
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_every_decision_is_in_the_parquet(out):
    table = pl.read_parquet(out / "decisions.parquet").sort("settlement_id")
    amounts = dict(table.select("settlement_id", "amount_fen").iter_rows())
    assert amounts == {"S1": 2450_00, "S2": 400_00, "S3": 0, "S4": 450_00, "S5": 0, "S6": 0}
    reasons = table["reason"].to_list()
    assert reasons == ["paid", "paid", "count_used_up", "paid", "below_floor", "not_filed"]
    assert table["uses"].to_list() == [1, 1, 0, 1, 0, 0]
    assert table["edition"].unique().to_list() == ["jiaozuo/medical/2022"]
    assert table.schema["paid_on"] == pl.Date
    said = pl.read_parquet_metadata(out / "decisions.parquet")["gonghui"]
    assert "合成数据" in said
    assert "SHA-256" in said


def test_the_sums_count_what_was_paid_by_the_day(out, home, capsys):
    assert gonghui("adjudicate", home / "store", *SCHEME, "--until", "2022-10-31", "--out", out,
                   home=home) == 0  # fmt: skip
    said = capsys.readouterr().out
    assert "合成数据" in said
    for line in (
        "参加职工：4",
        "互助金（元）：320.00",
        "享受互助的职工（人）：2",
        "给付笔数：2",
        "互助保障金（元）：2,900.00",
        "截止日以后给付的：1 人, 1 笔, 400.00 元",
        "可给付而未申请的：1 人, 1 笔, 400.00 元",
    ):
        assert line in said
    assert "本结果依赖其中" in said


def test_the_workbook_has_numbers_dates_and_no_identity(sheets):
    assert list(sheets) == ["汇总", "决定明细", "说明"]
    details = {row[0]: row for row in sheets["决定明细"][1:]}
    assert details.keys() == {"S1", "S2", "S3", "S4", "S5"}
    assert details["S1"][9] == 2450.0
    assert details["S1"][5] == datetime.date(2022, 2, 20)
    assert details["S1"][2] == "990800********0016"
    assert details["S5"][1] == "=1+1"  # as text
    assert [details[number][12] for number in ("S1", "S2", "S4")] == ["是", "", "是"]
    everything = str(sheets)
    assert not any(certificate in everything for certificate, *_ in PERSONS)
    assert sheets["汇总"][1][0].startswith("数据性质：合成数据")


def test_no_cell_is_a_formula(out):
    import zipfile

    with zipfile.ZipFile(out / "decisions.xlsx") as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 3
        assert not any(b"<f>" in archive.read(name) for name in sheets)


def test_every_decision_applied_for_has_its_sentence(sheets):
    told = {row[0]: row for row in sheets["说明"][1:]}
    assert told["S3"][3] == "住院互助保障金：“享受次数”2次已用完，不予给付。"
    assert (
        "给付基数＝实际支付起付线 100.00 + 先行自付金额 100.00 + 按比例自付 5,800.00＝6,000.00"
        in told["S1"][4]
    )
    assert "第 2 档（5,000–20,000）：1,000.00 × 45%（三级）＝450.00" in told["S1"][4]
    assert "起付标准 300.00（一级）：未达到" in told["S5"][4]


def test_if_all_had_been_filed(home, tmp_path, capsys):
    assert gonghui("adjudicate", home / "store", *SCHEME, "--if-all-filed", "--out", tmp_path,
                   home=home) == 0  # fmt: skip
    assert "互助保障金（元）：3,700.00" in capsys.readouterr().out
    assert gonghui("adjudicate", home / "store", *SCHEME, "--if-all-filed", "--until",
                   "2022-10-31", "--out", tmp_path, home=home) == 3  # fmt: skip


def test_an_edition_for_all_days(home, tmp_path, capsys):
    assert gonghui("adjudicate", home / "store", *SCHEME, "--edition",
                   "jiaozuo/medical/2022-revised", "--out", tmp_path, home=home) == 0  # fmt: skip
    assert "互助保障金（元）：5,100.00" in capsys.readouterr().out
    amounts = pl.read_parquet(tmp_path / "decisions.parquet")["amount_fen"].sort().to_list()
    assert amounts == [0, 0, 500_00, 550_00, 1000_00, 3050_00]


def test_published_figures_stand_beside_ours(home, tmp_path, capsys):
    published = tmp_path / "published.yaml"
    published.write_text("公布: {workers: {数值: '4'}, paid: {数值: '2900.01'}}", encoding="utf-8")
    assert gonghui("adjudicate", home / "store", *SCHEME, "--until", "2022-10-31", "--published",
                   published, "--out", tmp_path, home=home) == 0  # fmt: skip
    said = capsys.readouterr().out
    assert "✓ 一致" in said
    assert "✗ 相差 -0.01" in said
    published.write_text("公布: {workers: 4}", encoding="utf-8")
    assert gonghui("adjudicate", home / "store", *SCHEME, "--published", published, "--out",
                   tmp_path, home=home) == 3  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("公布: [1, 2]", "这不是公布数字的列表。"),
        ("just words", "这不是公布数字的列表。"),
        ("公布: {}", "这不是公布数字的列表。"),
        ("公布: {workers: 4}", "公布.workers: 此处缺少数字。"),
        ("公布: {workers: {数值: many}}", "公布.workers: 此处缺少数字。"),
        ("公布: {paid: {数值: much}}", "公布.paid: “much”不是"),
        ("公布: {", "published.yaml:1:"),
        ("\udcff", "这不是UTF-8编码的YAML文件。"),
    ],
)
def test_bad_published_figures_are_refused_before_anything_is_written(
    home, tmp_path, capsys, text, words
):
    published = tmp_path / "published.yaml"
    published.write_bytes(text.encode("utf-8", "surrogateescape"))
    folder = tmp_path / "out"
    for command in (("adjudicate", home / "store", *SCHEME), ("replay", home / "store", "--under",
                    "jiaozuo/medical/2022-revised")):  # fmt: skip
        capsys.readouterr()
        ending = gonghui(*command, "--published", published, "--out", folder, home=home)
        said = capsys.readouterr()
        assert (ending, said.out) == (3, "")
        assert words in said.err
        assert said.err.count("\n") == 1
        assert not re.search(r"indices|Error|literal|NoneType", said.err)
    assert not folder.exists()


@pytest.mark.parametrize("command", ["adjudicate", "replay"])
def test_a_day_of_no_calendar_names_its_option(home, tmp_path, capsys, command):
    more = SCHEME if command == "adjudicate" else ("--under", "jiaozuo/medical/2022-revised")
    ending = gonghui(command, home / "store", *more, "--until", "2022-13-01", "--out",
                     tmp_path / "out", home=home)  # fmt: skip
    assert ending == 3
    assert capsys.readouterr().err.startswith("--until: 没有“2022-13-01”这一天。")
    assert not (tmp_path / "out").exists()


def test_the_same_decisions_are_the_same_bytes(home, out, tmp_path, monkeypatch):
    later = datetime.datetime(2031, 5, 6)

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return later.replace(tzinfo=tz)

    monkeypatch.setattr("xlsxwriter.workbook.datetime", Clock)
    assert gonghui("adjudicate", home / "store", *SCHEME, "--until", "2022-10-31", "--out",
                   tmp_path, home=home) == 0  # fmt: skip
    for name in ("decisions.xlsx", "decisions.parquet"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes()


def test_a_failure_leaves_the_earlier_files(home, out, monkeypatch):
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def fail(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("gonghui.doors.cli.report.workbook.write_workbook", fail)
    ending = gonghui("adjudicate", home / "store", *SCHEME, "--out", out, home=home)
    assert ending == 130
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_store_that_is_none_is_refused(home, tmp_path, capsys):
    assert gonghui("adjudicate", tmp_path, *SCHEME, "--out", tmp_path / "out", home=home) == 3
    assert not (tmp_path / "out").exists()
    assert str(tmp_path) in capsys.readouterr().err


def test_no_name_of_a_person_but_in_the_workbook(out):
    table = pl.read_parquet(out / "decisions.parquet")
    assert LI not in str(table.to_dicts())
    assert "李梅" not in str(table.to_dicts())


def test_what_a_killed_run_left_is_removed(home, tmp_path):
    gone, running = 2**22 + 1, os.getpid()  # no process has a number above 2^22
    for process in (gone, running):
        (tmp_path / f".{process}.decisions.xlsx").write_text("half", encoding="utf-8")
    (tmp_path / ".notes.decisions.xlsx").write_text("mine", encoding="utf-8")
    assert gonghui("adjudicate", home / "store", *SCHEME, "--out", tmp_path, home=home) == 0
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"decisions.parquet", "decisions.xlsx", ".notes.decisions.xlsx"}
