"""Worked cases: all that ship hold, a wrong one is found, and an unreadable one says where."""

import pytest

from gonghui.core.adjudication.cases import cases_of, differences, fold_of, read_case, run
from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import Refusal
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.shelf import Shelf
from tests.core.rulebook.books import COUNTED, book, revision, shelf

SHELF = Shelf.packaged()
SHIPPED = [case for name in SHELF.ids for case in cases_of(SHELF, name)]
EDITION = "example/medical/2022"
CASE = """
source: 自拟
cover: {cover_from: 2022-01-01, cover_until: 2024-01-01}
person: {在职: yes}
events:
  - 事件: 住院
    结算日期: 2022-03-05
    申请日期: 2022-03-06
    医院等级: 三级
    住院天数: 7
    个人负担: "1,234.56"
    expect:
      hospital: {amount: 617.28, reason: paid, uses: yes}
"""


@pytest.fixture(scope="module")
def working_days():
    return WorkingDays.load()


@pytest.fixture(scope="module")
def folds(working_days):
    known = {}

    def of(case):
        key = (case.edition.rpartition("/")[0], case.under)
        if key not in known:
            known[key] = fold_of(*key, SHELF, working_days)
        return known[key]

    return of


@pytest.fixture
def kept(tmp_path):
    return shelf(tmp_path, book(COUNTED))


def case(text: str = CASE):
    return read_case(text.encode(), "one.yaml", EDITION)


def refused(text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        case(text)
    assert caught.value.place is not None
    assert caught.value.place.file == "one.yaml"
    return caught.value


# What ships


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda one: one.name)
def test_a_shipped_case_holds(shipped, folds):
    assert differences(shipped, folds(shipped)) == []


def test_every_edition_has_cases_and_some_are_printed_amounts():
    assert {one.edition for one in SHIPPED} == set(SHELF.ids)
    assert any(one.printed and one.edition.startswith("pinghu/") for one in SHIPPED)
    assert all(one.source for one in SHIPPED)
    assert all(one.history for one in SHIPPED)


def test_the_printed_amount_of_pinghu_is_among_them():
    amounts = {
        (expectation.amount_fen, one.printed)
        for one in SHIPPED
        if one.edition.startswith("pinghu/")
        for expectations in one.expected.values()
        for expectation in expectations
    }
    assert (261_649, True) in amounts


# Reading


def test_facts_are_read_in_words_and_amounts_in_yuan():
    read = case()
    (settlement,) = read.history
    assert settlement.facts == {
        "cover_from": parse_day("2022-01-01"),
        "cover_until": parse_day("2024-01-01"),
        "in_service": 1,
        "event_kind": 1,
        "settled_on": parse_day("2022-03-05"),
        "filed_on": parse_day("2022-03-06"),
        "hospital_level": 3,
        "days": 7,
        "personal_total": 123_456,
    }
    assert (read.source, read.printed, read.under) == ("自拟", False, "")


def test_an_event_may_state_what_the_person_or_cover_states_otherwise():
    read = case(CASE.replace("    住院天数: 7", "    在职: no\n    cover_from: 2022-02-01"))
    assert read.history[0].fact("in_service") == 0
    assert read.history[0].fact("cover_from") == parse_day("2022-02-01")


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("    住院天数: 7", "    天气: 晴", 10, "There is no fact “天气”"),
        ("person: {在职: yes}", "person: {height: 180}", 4, "There is no fact “height”"),
        ("source: 自拟", "sauce: 自拟", 2, "has no “sauce” here"),
        ("医院等级: 三级", "医院等级: 特级", 9, "“特级” is not known here. Choose one of: unrated"),
        ("在职: yes", "在职: maybe", 4, "Choose one of: yes, no"),
        ("2022-03-05", "2022-02-30", 7, "is not a date"),
        ('"1,234.56"', "-5", 11, "is not an amount"),
        ('"1,234.56"', "NaN", 11, "is not an amount"),
        ('"1,234.56"', "1,23", 11, "is not an amount"),
        ("住院天数: 7", "住院天数: 7天", 10, "not a whole number"),
        ("reason: paid", "reason: generous", 13, "“generous” is not known here"),
        ("amount: 617.28", "amount: 617.281", 13, "is not an amount"),
        ("amount: 617.28", "ammount: 617.28", 13, "has no “ammount” here"),
        ("uses: yes", "uses: maybe", 13, "“yes” or “no”"),
        ("    expect:\n      hospital: {amount: 617.28, reason: paid, uses: yes}\n", "", 6,
         "“expect” is missing"),
        ("events:", "event:", 15, "has no “event” here"),
        ("hospital: {amount: 617.28, reason: paid, uses: yes}", "hospital: 617.28", 13,
         "key: value"),
    ],
)  # fmt: skip
def test_what_no_clerk_can_mean_is_refused_with_its_place(before, after, line, words):
    assert before in CASE
    refusal = refused(CASE.replace(before, after))
    assert words in refusal.words()
    if line < 15:
        assert refusal.place.line == line


def test_a_case_without_events_is_refused():
    assert "“events” is missing" in refused(CASE[: CASE.index("events:")]).words()


# Running


def test_a_case_that_holds_finds_nothing(kept):
    assert run(case(), kept, None) == []


@pytest.mark.parametrize(
    ("before", "after", "expected", "found"),
    [
        ("617.28", "617.29", "617.29 paid uses", "617.28 paid uses"),
        ("617.28", "0", "0.00 paid uses", "617.28 paid uses"),
        ("reason: paid", "reason: cut", "617.28 cut uses", "617.28 paid uses"),
        ("uses: yes", "uses: no", "617.28 paid no use", "617.28 paid uses"),
        ("hospital:", "dental:", "617.28 paid uses", "–"),
        (
            "申请日期: 2022-03-06",
            "收到日期: 2022-03-06",
            "617.28 paid uses",
            "0.00 not_filed no use",
        ),
        ("2022-03-05", "2025-03-05", "617.28 paid uses", "0.00 no_edition no use"),
    ],
)
def test_a_changed_case_is_found(kept, before, after, expected, found):
    first = run(case(CASE.replace(before, after)), kept, None)[0]
    assert (first.event, first.expected, first.found) == (1, expected, found)


def test_a_payment_the_case_does_not_speak_of_is_found(kept):
    silent = case(CASE.replace("hospital: {amount: 617.28, reason: paid, uses: yes}", "{}"))
    (found,) = run(silent, kept, None)
    assert (found.kind, found.expected, found.found) == ("hospital", "–", "617.28 paid")


def test_only_what_the_case_speaks_of_is_compared(kept):
    assert run(case(CASE.replace(", reason: paid, uses: yes", "")), kept, None) == []


def test_a_case_is_decided_under_the_edition_of_its_day_or_the_one_it_names(tmp_path):
    kept = shelf(tmp_path, book(COUNTED), revision("{at: benefits.hospital.rate, add: 10 points}"))
    later = CASE.replace("2022-03-0", "2023-03-0").replace("617.28", "740.74")
    assert run(case(later), kept, None) == []
    named = f"under: {EDITION}\n{later.replace('740.74', '617.28')}"
    assert run(case(named), kept, None) == []
    assert run(case(f"under: {EDITION}\n{later}"), kept, None) != []


def test_the_gates_that_are_met_are_compared(tmp_path):
    gate = """
    [{id: grant, label: 救助, base: own_expense, window: claim, line: {above: 100000 yuan},
      procedure: [审核], decided_by: 市总工会}]
    """
    kept = shelf(tmp_path, book(COUNTED | {"gates": gate}))
    met = CASE.replace("    住院天数: 7", '    自费: "100,000.01"')
    expects = "    expect:\n      gates: [grant]\n"
    assert run(case(met.replace("    expect:\n", expects)), kept, None) == []
    below = met.replace("100,000.01", "100,000.00").replace("    expect:\n", expects)
    (found,) = run(case(below), kept, None)
    assert (found.kind, found.expected, found.found) == ("gates", "grant", "")
    (found,) = run(case(met.replace("    expect:\n", expects.replace("grant", ""))), kept, None)
    assert (found.expected, found.found) == ("", "grant")
