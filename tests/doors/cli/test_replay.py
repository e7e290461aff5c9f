"""`gonghui replay`: the same settlements under the revision."""

import shutil

import polars as pl
import pytest

from gonghui.core.rulebook.shelf import Shelf
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


DRAFT = """\
gonghui: rulebook/1
scheme: jiaozuo/medical
edition: draft
extends: jiaozuo/medical/2022
title: 草案
valid: {from: 2023-01-01, until: 2024-01-01, assumed: true, because: 草案}
governance:
  {issued_by: [总工会], document_number: 无, rests_on: [], reasons: 草案, sources: []}
changes:
  - {at: contribution.fee, is: 100 yuan, effect: next_period, assumed: true, because: 草案}
  - at: benefits.hospital.bands.rows.*.rate
    add: +20 points
    effect: next_period
    assumed: true
    because: 草案
"""


@pytest.fixture
def draft(tmp_path):
    """A draft with other rates, laid out as on a shelf."""
    path = tmp_path / "books" / "jiaozuo" / "medical" / "draft.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(DRAFT, encoding="utf-8")
    return path


def test_a_draft_of_ones_own_is_replayed_by_its_id_and_by_its_file(home, draft, capsys):
    shelf = ("--shelf", draft.parents[2])
    said = []
    for named in (("jiaozuo/medical/draft", *shelf), (draft,)):
        assert gonghui("replay", home / "store", "--under", *named, home=home) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "每人互助金（元） 80.00 100.00 +20.00" in lines(said[0])
    # 5,000 × 60 % + 1,000 × 65 %, 1,000 × 60 %, 1,001 × 65 % to ten yuan
    assert "互助保障金（元） 3,300.00 4,900.00 +1,600.00" in lines(said[0])
    against = ("--under", "jiaozuo/medical/2022", "--against", "jiaozuo/medical/draft", *shelf)
    assert gonghui("replay", home / "store", *against, home=home) == 0
    assert "互助保障金（元） 4,900.00 3,300.00 −1,600.00" in lines(capsys.readouterr().out)


def test_a_draft_of_ones_own_is_explained(home, draft, capsys):
    for named in (("jiaozuo/medical/draft", "--shelf", draft.parents[2]), (draft,)):
        asked = ("李梅", "--store", home / "store")
        assert gonghui("explain", *asked, "--under", *named, home=home) == 0
        assert "5,000.00 × 60%（三级）＝3,000.00" in capsys.readouterr().out


def test_a_scheme_of_ones_own_takes_in_and_decides(home, draft, tmp_path, capsys):
    shipped, scheme = Shelf.packaged().folder / "jiaozuo" / "medical", draft.parents[1] / "own"
    shutil.copytree(shipped / "text", scheme / "text")
    text = (shipped / "2022.yaml").read_text(encoding="utf-8")
    text = text.replace("scheme: jiaozuo/medical", "scheme: jiaozuo/own")
    (scheme / "2022.yaml").write_text(text, encoding="utf-8")
    own = ("--scheme", "jiaozuo/own", "--shelf", draft.parents[2])
    city = home / "city"
    lists = ("--persons", city / "persons.csv", "--covers", city / "covers.csv")
    store = tmp_path / "store"
    assert gonghui("ingest", store, city / "feed.csv", *lists, *own, home=home) == 0
    assert gonghui("adjudicate", store, *own, "--out", tmp_path / "out", home=home) == 0
    assert "3,300.00" in capsys.readouterr().out
    assert gonghui("explain", "李梅", "--store", store, *own, home=home) == 0
    assert gonghui("adjudicate", store, *own[:2], "--out", tmp_path / "x", home=home) == 3


def test_the_files(home, tmp_path):
    arguments = ("replay", home / "store", *REVISED, "--out", tmp_path / "out")
    assert gonghui(*arguments, home=home) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("gains.parquet", "report.html")
    ]
    gains = pl.read_parquet(tmp_path / "out" / "gains.parquet")
    assert gains["gain_fen"].to_list() == [1700_00, 100_00]
