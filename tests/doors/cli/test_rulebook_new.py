"""`gonghui rulebook new`: asked and answered, by hand and from a file."""

from pathlib import Path

import pytest
import yaml

from gonghui.core.rulebook.shelf import Shelf

ANSWERS = Path(__file__).parent / "xinxiang_answers.yaml"


@pytest.fixture
def book(tmp_path):
    return tmp_path / "2024.yaml"


def answers_with(tmp_path, **changed):
    """The answers file with some answers changed, or (None) left out."""
    answers = yaml.load(ANSWERS.read_text(encoding="utf-8"), yaml.BaseLoader)
    for key, value in changed.items():
        answers[key.replace("__", ".")] = value
    kept = {key: value for key, value in answers.items() if value is not None}
    path = tmp_path / "answers.yaml"
    path.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return path


def test_the_written_book_passes_check(gonghui, book):
    answer = gonghui("rulebook", "new", book, "--answers", ANSWERS)
    assert (answer.code, answer.err) == (0, "")
    assert f"已写出：{book}, {book.parent / 'text' / '2024.md'}" in answer.out
    checked = gonghui("rulebook", "check", book)
    assert checked.code == 0
    assert "✓  xinxiang/medical/2024" in checked.out


def test_what_was_answered_is_what_is_written(gonghui, book):
    gonghui("rulebook", "new", book, "--answers", ANSWERS)
    edition = Shelf(book.parent, book).edition("xinxiang/medical/2024")
    fee = edition.parameter("contribution.fee")
    assert (fee.value, fee.citation.clause) == (6000, "fee")
    lump = edition.parameter("benefits.critical.amount")
    assert (lump.value, lump.citation.because) == (1_000_000, "委员会意见")
    rate = edition.benefits[0].bands.rows[1].result
    assert rate.values == (6000, 7000, 6500, 6000)  # unrated, primary, secondary, tertiary
    assert edition.parameter("answers.claims").citation.because == "征求意见稿未载明"
    assert edition.clause("fee").words == "每人每年60元。"


def test_no_file_is_ever_overwritten(gonghui, book):
    book.write_text("mine", encoding="utf-8")
    answer = gonghui("rulebook", "new", book, "--answers", ANSWERS)
    assert answer.code == 3
    assert "已有同名文件，不会覆盖。" in answer.err
    assert book.read_text(encoding="utf-8") == "mine"

    other = book.with_name("2025.yaml")
    text = book.parent / "text" / "2025.md"
    text.parent.mkdir()
    text.write_text("mine", encoding="utf-8")
    assert gonghui("rulebook", "new", other, "--answers", ANSWERS).code == 3
    assert not other.exists()


def test_neither_file_is_left_when_the_second_cannot_be_written(gonghui, book, monkeypatch):
    (book.parent / "text").write_text("no folder", encoding="utf-8")
    answer = gonghui("rulebook", "new", book, "--answers", ANSWERS)
    assert answer.code == 3
    assert not book.exists()


REFUSED = [
    ({"contribution__fee": "60"}, "contribution.fee: 金额“60”没有写单位。"),
    ({"benefits__1__bands__1__rate": "0.5"}, "“0.5”不是比例"),
    ({"benefits__1__base": "deductible_paid * 2"}, "给付基数中不能写“deductible_paid * 2”"),
    ({"valid__from": "2024-02-30"}, "没有“2024-02-30”这一天。"),
    ({"answers__overpayment": "later"}, "此处不认识“later”。"),
    ({"answers__kind_order": "hospital"}, "此处要把hospital, critical各写一次。"),
    ({"answers__overpayment": None}, "“answers.overpayment”没有回答：多付的怎样处理？"),
    ({"benefits__1__floor__amount": "一级 300 yuan, 二级 500 yuan"}, "表中缺少"),
    ({"benefits__1__ratio": "50%"}, "没有名为“benefits.1.ratio”的问题。"),
    ({"answers__rounding__unit": "10 yuan", "limits__caps__1__amount": "30,005 yuan"}, "取整"),
]


@pytest.mark.parametrize(("changed", "words"), REFUSED)
def test_a_wrong_answer_is_refused_and_nothing_is_written(changed, words, gonghui, book, tmp_path):
    answers = answers_with(tmp_path, **changed)
    answer = gonghui("rulebook", "new", book, "--answers", answers)
    assert answer.code == 3
    assert words in answer.err
    assert [*tmp_path.iterdir()] == [answers]


TYPED = [
    "Xin/medical", "xin/medical",  # refused: capital letters
    "2024", "新市职工医疗互助（2024年度）", "新市总工会", "", "",
    "2024-01-01", "period", "互助保障期", "2024年1月1日起一年。",
    "none", "",
    "2024-01-01", "period",
    "12", "",
    "80", "80 yuan", "fee", "互助金", "",  # refused: without its unit
    "none", "", "common_date", "",
    "in_service", "?只说职工",
    "1",
    "hospital", "住院互助金", "住院", "",
    "share", "",
    "deductible_paid + proportional_selfpay", "",
    "per_stay", "",
    "deductible", "rates", "给付标准", "",
    "500 yuan", "rates",
    "1", "60%", "rates",
    "none", "", "none", "",
    "3", "period", "", "", "uses", "享受次数", "", "享受次数",
    "none",
    "none",
    "by_application", "", "discharged_on", "",
    "settlement_number", "", "0.01 yuan", "", "half_up", "", "", "",
    "offset", "", "paid_only", "", "slot_kept", "",
]  # fmt: skip


def test_questions_are_asked_one_by_one(gonghui, book):
    answer = gonghui("rulebook", "new", book, typed=TYPED)
    assert answer.code == 0, answer.out + answer.err
    assert "“80”没有写单位" in answer.err
    assert "threshold   门槛，达到后全额计算" in answer.out
    assert "〔问题14〕" in answer.out
    assert gonghui("rulebook", "check", book).code == 0
    edition = Shelf(book.parent, book).edition("xin/medical/2024")
    assert (
        edition.parameter("eligibility.in_service.require.in_service").citation.because
        == "只说职工"
    )
    assert edition.parameter("answers.claims").citation.because == "原文未载明"
    assert edition.clause("fee").words == "（待抄录原文）"


def test_an_interrupted_interview_writes_nothing_and_keeps_the_answers(gonghui, book, tmp_path):
    answer = gonghui("rulebook", "new", book, typed=TYPED[:18])
    assert answer.code == 130
    assert not book.exists()
    assert "contribution.fee" not in answer.err  # refused, so not answered
    kept = answer.err[answer.err.index("scheme:") : answer.err.index("\r")]
    answers = tmp_path / "kept.yaml"
    answers.write_text(kept, encoding="utf-8")
    again = gonghui("rulebook", "new", book, "--answers", answers)
    assert again.code == 3
    assert "“contribution.fee”没有回答" in again.err


FORMULAS = {
    "day_allowance": {
        "per_day": "60 yuan", "skip_first_days": "2",
        "max_days_per_claim": "90", "max_days_in_period": "无",
    },
    "lump_sum": {"amount": "一级 100 yuan, 二级 200 yuan, 三级 300 yuan, 未定级 100 yuan"},
    "banded_lump_sum": {
        "base": "personal_total", "basis": "accumulated_in_year",
        "bands": "2", "bands.ends": "upper_inclusive", "bands.from": "5,000 yuan",
        "bands.1.to": "10,000 yuan", "bands.1.amount": "500 yuan", "bands.2.amount": "1,500 yuan",
    },
    "top_up": {"to": "3,000 yuan", "counting": "hospital", "window": "ever"},
    "share": {
        "base": "own_expense", "basis": "per_stay",
        "floor.kind": "deductible", "floor.amount": "1,000 yuan",
        "bands": "2", "bands.ends": "lower_inclusive", "bands.method": "whole_amount",
        "bands.from": "1,000 yuan", "bands.first_floor": "not_paid", "bands.measured_on": "base",
        "bands.1.to": "2,000 yuan", "bands.1.rate": "10%", "bands.2.rate": "20%",
    },
}  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_formula_can_be_asked_for(formula, gonghui, book, tmp_path):
    changed = {
        f"benefits__2__{key}".replace(".", "__"): said for key, said in FORMULAS[formula].items()
    }
    if formula != "lump_sum":
        changed["benefits__2__amount"] = None
    if formula == "share":
        changed["answers__lump_sums_in_ceiling"] = None
    answers = answers_with(tmp_path, benefits__2__formula=formula, **changed)
    answer = gonghui("rulebook", "new", book, "--answers", answers)
    assert answer.code == 0, answer.err
    edition = Shelf(book.parent, book).edition("xinxiang/medical/2024")
    assert edition.benefits[1].formula == formula
    assert gonghui("rulebook", "check", book).code == 0
