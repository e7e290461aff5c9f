"""`gonghui rulebook check`: what it says of good editions, of wrong cases, of mistakes."""

import re
import shutil
from pathlib import Path

import pytest

from gonghui.core.rulebook.shelf import Shelf

SHIPPED = Shelf.packaged()
PINGHU = SHIPPED.folder / "pinghu" / "medical"


@pytest.fixture
def shelf(tmp_path):
    """A shelf with one scheme of its own, to be spoilt."""
    shutil.copytree(PINGHU, tmp_path / "pinghu" / "medical")
    return tmp_path


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_all_that_ship_are_right(gonghui):
    answer = gonghui("rulebook", "check", "--all")
    assert (answer.code, answer.err) == (0, "")
    assert re.findall(r"^✓  (\S+/\S+/\S+) +[0-9a-f]{12} ", answer.out, re.MULTILINE) == [
        *SHIPPED.ids
    ]
    assert "✗" not in answer.out


def test_printed_amounts_come_first_with_their_figures(gonghui):
    answer = gonghui("rulebook", "check", "--all")
    _, printed = answer.out.split("来源中印出的金额：")
    rows = [line for line in printed.splitlines() if line.startswith("✓")]
    assert re.search(r"pinghu/medical/cases/2022/printed-example.yaml +2,616.49  平湖", printed)
    assert len(rows) == 5


def test_a_scheme_stands_for_its_editions(gonghui):
    answer = gonghui("rulebook", "check", "jiaozuo/medical", "--lang", "en")
    assert re.findall(r"jiaozuo/medical/\S+", answer.out) == [
        "jiaozuo/medical/2022",
        "jiaozuo/medical/2022-revised",
    ]
    # parameters, of which assumed, cases, different
    edition = SHIPPED.edition("jiaozuo/medical/2022")
    counted = [len(edition.parameters), len(edition.assumptions), 13, 0]
    assert re.search(r"medical/2022 .*", answer.out)[0].split()[2:] == [*map(str, counted)]


def test_a_case_that_differs_is_shown_and_ends_with_1(gonghui, shelf):
    case = shelf / "pinghu/medical/cases/2022/printed-example.yaml"
    replace(case, "2,616.49", "2,616.50")
    answer = gonghui("rulebook", "check", "--all", "--shelf", shelf)
    assert answer.code == 1
    assert re.search(r"^✗  pinghu/medical/2022 ", answer.out, re.MULTILINE)
    assert re.search(r"^✗  \S+printed-example.yaml +2,616.50", answer.out, re.MULTILINE)
    (row,) = re.findall(r"^pinghu/\S+printed-example.yaml +1 .*", answer.out, re.MULTILINE)
    assert row.split()[2:] == ["住院补助", "2,616.50", "2,616.49"]


def test_a_rate_off_by_a_hundredth_point_is_caught(gonghui, shelf):
    replace(shelf / "pinghu/medical/2022.yaml", "50%", "50.01%")
    assert gonghui("rulebook", "check", "--all", "--shelf", shelf).code == 1


MISTAKES = [
    (
        "until: 2023-01-01",
        "until: 2022-02-30",
        r"2022.yaml:\d+:\d+: valid.until: 没有“2022-02-30”这一天。",
    ),
    ("50%", "0.5", r"2022.yaml:\d+:\d+: benefits.hospital.rate: “0.5”不是比例，可以有两种理解。"),
    ("600 yuan", "600", r"benefits.hospital.floor.amount: 金额“600”没有写单位。"),
    ("      kind: threshold\n", "", r"问题“floor.kind”没有回答：起付标准是门槛"),
    ("clause: cap", "clause: nowhere", r"条文文件中没有“nowhere”这一条。"),
    ("gonghui: rulebook/1", "gonghui: &a rulebook/1", r"不用锚点"),
    ('edition: "2022"', 'edition: "2023"', r"文件存为“2022”，内容写的是“2023”。"),
]


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES)
def test_a_mistake_is_refused_with_place_and_remedy(old, new, words, gonghui, shelf):
    replace(shelf / "pinghu/medical/2022.yaml", old, new)
    answer = gonghui("rulebook", "check", "--all", "--shelf", shelf)
    assert answer.code == 3
    first, said = answer.err.splitlines()
    assert first == "✗ pinghu/medical/2022"
    assert re.search(words, said)
    assert said.endswith("。")  # every remedy is a sentence
    assert "Traceback" not in answer.err


def second(shelf, since, until):
    """Another edition of the scheme beside the first."""
    text = (shelf / "pinghu/medical/2022.yaml").read_text(encoding="utf-8")
    text = text.replace('edition: "2022"', 'edition: "2023"')
    text = re.sub(r"from: 2022-01-01, until: 2023-01-01", f"from: {since}, until: {until}", text)
    (shelf / "pinghu/medical/2023.yaml").write_text(text, encoding="utf-8")
    shutil.copy(shelf / "pinghu/medical/text/2022.md", shelf / "pinghu/medical/text/2023.md")


def test_a_gap_and_an_overlap_are_refused(gonghui, shelf):
    second(shelf, "2023-02-01", "2024-01-01")
    gap = gonghui("rulebook", "check", "--all", "--shelf", shelf)
    assert gap.code == 3
    assert "pinghu/medical/2022与pinghu/medical/2023之间有的日子没有施行中的文本。" in gap.err
    second(shelf, "2022-12-01", "2024-01-01")
    overlap = gonghui("rulebook", "check", "--all", "--shelf", shelf)
    assert overlap.code == 3
    assert "有的日子pinghu/medical/2022和pinghu/medical/2023同时施行。" in overlap.err
    second(shelf, "2023-01-01", "2024-01-01")
    assert gonghui("rulebook", "check", "--all", "--shelf", shelf).code == 0


def test_one_refused_edition_does_not_hide_the_others(gonghui, shelf):
    shutil.copytree(SHIPPED.folder / "anji", shelf / "anji")
    replace(shelf / "pinghu/medical/2022.yaml", "50%", "0.5")
    answer = gonghui("rulebook", "check", "--all", "--shelf", shelf)
    assert answer.code == 3
    assert "✓  anji/medical/2015" in answer.out


def test_a_file_elsewhere_is_checked_with_its_text_and_cases(gonghui, shelf, tmp_path, monkeypatch):
    draft = tmp_path / "drafts"
    shutil.move(shelf / "pinghu/medical", draft)
    replace(draft / "2022.yaml", "50%", "60%")
    monkeypatch.chdir(draft)
    answer = gonghui("rulebook", "check", "2022.yaml")
    assert answer.code == 1  # it stands in for the shipped edition, and its cases expect 50 %
    assert "cases/2022/printed-example.yaml" in answer.out
    replace(draft / "2022.yaml", "60%", "6")
    assert gonghui("rulebook", "check", "2022.yaml").err.startswith("2022.yaml:") is False
    assert "2022.yaml:" in gonghui("rulebook", "check", "2022.yaml").err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.yaml"], "nowhere.yaml: 没有这个文件。请核对路径。"),
        (["a/b/c"], "没有名为“a/b/c”的文本。"),
        (["--all", "--shelf", "nowhere"], "nowhere: 没有这个文件夹。请核对路径。"),
    ],
)
def test_what_is_not_there_is_said(arguments, words, gonghui):
    answer = gonghui("rulebook", "check", *arguments)
    assert answer.code == 3
    assert words in answer.err


def test_a_file_that_is_no_rule_book(gonghui, tmp_path):
    for content in (b"", b"a: 1\n", b"\xff\xfe", b"- 1\n"):
        path = Path(tmp_path) / "book.yaml"
        path.write_bytes(content)
        answer = gonghui("rulebook", "check", path)
        assert answer.code == 3
        assert str(path) in answer.err
