"""`gonghui explain`: step by step, clause beside number."""

import os
import subprocess
import sys

import pytest

from tests.doors.cli.small_city import LI, gonghui, take_in, write_city


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write_city(folder / "city")
    assert take_in(folder / "city", folder / "demo" / "store", folder) == 0
    return folder


@pytest.fixture
def explain(home, capsys):
    capsys.readouterr()

    def said(*arguments):
        ending = gonghui("explain", *arguments, home=home)
        told = capsys.readouterr()
        return ending, told.out, told.err

    return said


def test_every_step_with_its_source(explain):
    ending, said, _ = explain("李梅")
    assert ending == 0
    for line in (
        "合成数据",
        "李梅　990800********0016　焦煤集团九里山矿",
        "1. 住院 2022-02-01 至 2022-02-20，三级医院　S1",
        "给付基数＝实际支付起付线 100.00 + 先行自付金额 100.00 + 按比例自付 5,800.00＝6,000.00",
        "起付标准 800.00（三级）：已达到，全额计算 【假定】",
        "第 1 档（0–5,000）：5,000.00 × 40%（三级）＝2,000.00 【假定】",
        "第 2 档（5,000–20,000）：1,000.00 × 45%（三级）＝450.00 【假定】",
        "各档合计 2,450.00",
        "“年度累计最高”30,000.00：此前已给付 2,450.00，还可给付 27,550.00",
        "取整到 10 元（四舍五入）：2,450.00 【假定】",
        "➜ 给付 2,450.00 元",
        "“享受次数”还剩 1 次；“年度累计最高”还可给付 27,550.00 元",
        "住院互助保障金：“享受次数”2次已用完，不予给付。",
        "合计给付 2,850.00 元，2 笔",
        "条文 uses 享受次数：“一个互助保障期内，每个参保人最多享受次数由2次调整到3次”",
    ):
        assert line in said
    assert LI not in said


def test_what_came_after_the_refusal_is_not_told(explain):
    _, said, _ = explain("李梅", "--settlement", "S3")
    assert "S1" not in said
    steps = said.split("条文和假定")[0]
    assert "此前已用 2 次，共 2 次" in steps
    assert "年度累计最高" not in steps
    assert "取整" not in steps


def test_under_another_edition(explain):
    _, said, _ = explain("李梅", "--under", "jiaozuo/medical/2022-revised")
    assert "全部按 jiaozuo/medical/2022-revised 计算" in said
    assert "合计给付 4,550.00 元，3 笔" in said
    assert "“大额自费救助”：累计 150.00，门槛为超过 100,000.00" in said


def test_by_number_identity_number_or_name(explain):
    _, by_name, _ = explain("李梅")
    number = by_name.split("人员编号 ")[1].split("）")[0]
    assert explain(number)[1] == by_name
    assert explain(LI)[1] == by_name


def test_a_shared_name_is_listed(explain):
    ending, said, refused = explain("王伟")
    assert ending == 3
    assert "990800********0020  解放区纺织厂" in said
    assert "990800********0012  焦煤集团九里山矿" in said
    assert refused


@pytest.mark.parametrize("asked", ["赵无名", "4711", "990800198212120021"])
def test_nobody_like_that(explain, asked):
    ending, _, refused = explain(asked)
    assert ending == 3
    assert "990800198212120021" not in refused


@pytest.mark.parametrize(
    "asked", ["李梅990800198212120021", "9908001982121200", "990800-19821212-0021x"]
)
def test_a_number_within_what_was_asked_is_masked(explain, asked):
    ending, _, refused = explain(asked)
    assert ending == 3
    assert "990800" in refused
    assert "19821212" not in refused


def test_a_settlement_that_is_not_hers(explain):
    assert explain("李梅", "--settlement", "S4")[0] == 3


def test_in_english(explain):
    _, said, _ = explain("李梅", "--lang", "en")
    assert "band 2 (5,000–20,000): 1,000.00 × 45% (tertiary) = 450.00 [assumed]" in said
    assert "2,850.00 yuan in 2 payouts" in said


def test_nothing_heavy_is_imported(home):
    """The compiled fold, charts and spreadsheets would cost more than the answer."""
    heavy = "{'numba', 'vl_convert', 'xlsxwriter', 'jinja2'} & sys.modules.keys()"
    script = (
        "import sys; from gonghui.doors.cli import main; main.run(['explain', '李梅']);"
        f"sys.exit(str({heavy} or ''))"
    )
    environment = {**os.environ, "GONGHUI_HOME": str(home), "PYTHONUTF8": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert ended.stderr.strip() == ""
    assert "2,450.00" in ended.stdout
