"""`gonghui replay`: the same settlements under the revision."""

import polars as pl
import pytest

from tests.doors.cli.small_city import gonghui, take_in, write_city

REVISED = ("--under", "jiaozuo/medical/2022-revised")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write_city(folder / "city")
    assert take_in(folder / "city", folder / "store", folder) == 0
    return folder


@pytest.fixture
def said(home, capsys):
    capsys.readouterr()
    ending = gonghui("replay", home / "store", *REVISED, "--until", "2022-10-31", home=home)
    assert ending == 0
    return capsys.readouterr().out


def lines(text):
    return [" ".join(line.split()) for line in text.splitlines()]


def test_what_comes_in_and_goes_out(said):
    assert "合成数据" in said
    for line in (
        "每人互助金（元） 80.00 70.00 −10.00",
        "互助金（元） 320.00 280.00 −40.00",
        "互助保障金（元） 3,300.00 5,100.00 +1,800.00",
        "享受次数 3 4 +1",
        "互助保障金（元） 3,700.00 5,600.00 +1,900.00",
    ):
        assert line in lines(said)
    assert "是截至 2022-10-31 已给付的 2,900.00 元的 0.10 倍" in said


def test_who_gains(said):
    assert (
        "已申请的：2 人多得，共 1,800.00 元；半数不超过 100.00 元，最多 1,700.00 元；没有人减少。"
        in said
    )
    assert "如果可给付的全部申请：3 人多得，共 1,900.00 元" in said
    assert "已申请的：多用享受次数 1 次。" in said
    assert "50–100 1 100.00" in lines(said)
    assert "1,000–2,000 1 1,700.00" in lines(said)
    assert "焦煤集团九里山矿 1 1,700.00" in lines(said)
    assert "三级 2,850.00 4,550.00 +1,700.00" in lines(said)


def test_the_gate_is_counted_and_never_computed(said):
    assert "达到“大额自费救助”金额条件（超过 100,000.00 元）的：0 人。" in said
    assert "不作计算" in said
    assert "另外假定：参加职工、就医和申请都不因修改而改变。" in said


def test_the_other_way_round_somebody_loses(home, capsys):
    ending = gonghui(
        *("replay", home / "store", "--under", "jiaozuo/medical/2022"),
        *("--against", "jiaozuo/medical/2022-revised"),
        home=home,
    )
    assert ending == 0
    assert "2 人减少，共 1,800.00 元" in capsys.readouterr().out


def test_an_edition_that_extends_none_needs_another(home, capsys):
    ending = gonghui("replay", home / "store", "--under", "jiaozuo/medical/2022", home=home)
    assert ending == 3
    assert "--against" in capsys.readouterr().err


def test_the_files(home, tmp_path):
    arguments = ("replay", home / "store", *REVISED, "--out", tmp_path / "out")
    assert gonghui(*arguments, home=home) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("gains.parquet", "report.html")
    ]
    gains = pl.read_parquet(tmp_path / "out" / "gains.parquet")
    assert gains["gain_fen"].to_list() == [1700_00, 100_00]
