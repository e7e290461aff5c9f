"""`rulebook show`, `diff`, `source` and `hash`, as a person calls them."""

import hashlib
import re

import pytest

from gonghui.core.rulebook.shelf import Shelf

SHELF = Shelf.packaged()
REVISED = "jiaozuo/medical/2022-revised"


@pytest.mark.parametrize("edition", SHELF.ids)
def test_every_edition_shows_as_markdown(edition, gonghui):
    answer = gonghui("rulebook", "show", edition)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"# {SHELF.edition(edition).title}\n")
    assert "****" not in answer.out  # every provision has a name
    assert not re.search(r"\{\w+\}", answer.out)  # every template is filled


def test_a_number_stands_with_its_clause(gonghui):
    shown = gonghui("rulebook", "show", REVISED).out
    assert (
        "- **筹集标准（每人每期）**：70元\n\n  > 〔互助金〕“互助金筹集标准由每人80元降到70元”。"
        in shown
    )
    assert "| 超过5,000元至20,000元（含） | 65% | 60% | 55% | 55% |" in shown
    assert "- **救助门槛**：100,000元；须超过，恰好等于的不符合" in shown
    assert "施行期间：2023年1月1日至2023年12月31日【假定】" in shown


def test_english_is_spoken_when_asked_for(gonghui):
    shown = gonghui("rulebook", "show", REVISED, "--lang", "en").out
    assert "- **Fee per person and period**: 70 yuan" in shown
    assert "| above 20,000 yuan | 70% | 65% | 60% | 60% |" in shown


def test_the_pdf_is_written_whole_or_not_at_all(gonghui, tmp_path):
    pytest.importorskip("typst")
    pdf = tmp_path / "细则.pdf"
    answer = gonghui("rulebook", "show", REVISED, "--pdf", pdf)
    assert (answer.code, answer.out) == (0, f"已写出：{pdf}\n")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert [*tmp_path.iterdir()] == [pdf]

    missing = tmp_path / "no folder" / "a.pdf"
    assert gonghui("rulebook", "show", REVISED, "--pdf", missing).code == 3
    assert [*tmp_path.iterdir()] == [pdf]


def test_the_pdf_uses_the_fonts_of_the_extra_only(gonghui, tmp_path):
    pytest.importorskip("typst")
    pdf = tmp_path / "a.pdf"
    gonghui("rulebook", "diff", "jiaozuo/medical/2022", REVISED, "--pdf", pdf)
    fonts = set(re.findall(rb"/BaseFont ?/[A-Z]{6}\+([\w-]+)", pdf.read_bytes()))
    assert fonts, "the PDF names its fonts"
    assert all(font.startswith((b"NotoSansSC", b"NotoSerifSC")) for font in fonts)


def test_without_the_extra_it_is_said_which(gonghui, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    answer = gonghui("rulebook", "show", REVISED, "--pdf", tmp_path / "a.pdf")
    assert answer.code == 4
    assert "gonghui[pdf]" in answer.err
    assert [*tmp_path.iterdir()] == []


def test_the_redline_of_the_revision(gonghui):
    shown = gonghui("rulebook", "diff", "jiaozuo/medical/2022", REVISED).out
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in shown.splitlines()
        if "|" in line
    ]
    changed = {row[0]: row[1:4] for row in rows if len(row) == 5}
    assert changed["筹集标准（每人每期）"] == ["80元", "70元", "−10元"]
    assert changed["享受次数 · 次数"] == ["2次", "3次", "+1次"]
    assert changed["年度累计最高 · 数额"] == ["30,000元", "50,000元", "+20,000元"]
    primary = "住院互助保障金 · 分档 · 第3档 · 给付比例 · 一级"
    assert changed[primary] == ["60%【假定】", "70%【假定】", "+10个百分点"]
    assert "起付标准" not in shown  # what stays is not shown


def test_the_redline_of_an_edition_with_itself_is_empty(gonghui):
    answer = gonghui("rulebook", "diff", REVISED, REVISED)
    assert answer.code == 0
    assert "各项规定相同。" in answer.out


def without_comments(source):
    return [
        line.split("  #")[0].rstrip() for line in source.splitlines() if not line.startswith("#")
    ]


@pytest.mark.parametrize("edition", SHELF.ids)
def test_the_source_is_what_the_engine_runs(edition, gonghui):
    from gonghui.core.rulebook.compiler.program import compile_segments
    from gonghui.core.rulebook.timeline import always

    program = compile_segments(always(SHELF.edition(edition)))
    shown = gonghui("rulebook", "source", edition).out
    assert without_comments(shown) == without_comments(program.source())
    compile(shown, edition, "exec")


def test_the_source_has_the_clause_beside_the_line(gonghui):
    lines = gonghui("rulebook", "source", "jiaozuo/medical/2022").out.splitlines()
    (slot,) = [line for line in lines if "享受次数 · 次数" in line and "if x > 0" in line]
    assert slot.endswith("# 享受次数 · 次数 = 2次 〔享受次数〕")
    (rate,) = [line for line in lines if "第1档 · 给付比例" in line]
    assert "未定级 40%、一级 50%、二级 45%、三级 40% 【假定】" in rate
    assert any(line.startswith("# s[o + ") and "uses" in line for line in lines)


def test_the_hash_is_of_the_bytes(gonghui):
    said, name = gonghui("rulebook", "hash", REVISED).out.split()
    content = gonghui("rulebook", "hash", REVISED, "--bytes").out.encode()
    assert (hashlib.sha256(content).hexdigest(), name) == (said, REVISED)
    assert said in gonghui("rulebook", "show", REVISED).out
