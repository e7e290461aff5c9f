"""What is declared and checked here and carried out by services: typed, cited, adding up."""

import pytest

from gonghui.core.rulebook.declared import SECTIONS
from tests.core.rulebook.books import edition, refused

TEXT = "## part 参加\n参加人数不低于80%。\n"


@pytest.mark.parametrize(
    ("said", "unit", "value"),
    [
        ("80%", "rate", 8_000),
        ("80 yuan", "fen", 8_000),
        ("100,000,000 元", "fen", 10_000_000_000),
        ("30 days", "days", 30),
        ("2个月", "months", 2),
        ("10", "count", 10),
        ("2022-02-28", "day", 19_051),
        ("本人申请", "word", "本人申请"),
        ("3年内", "word", "3年内"),
    ],
)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_value_is_typed_and_cited_wherever_it_stands(section, said, unit, value):
    found = edition({section: f"{{a: {{b: [{{c: '{said}'}}]}}, clause: part}}"}, clauses=TEXT)
    parameter = found.parameter(f"{section}.a.b.1.c")
    assert parameter is not None
    assert (parameter.unit, parameter.value) == (unit, value)
    assert parameter.citation.clause == "part"


def test_a_value_may_be_written_with_its_own_citation_and_be_a_list():
    said = "{by: {is: [单位, 市总工会], clause: part}, up_to: {is: 5000 yuan, clause: part}}"
    found = edition({"review": f"[{said}]"}, clauses=TEXT)
    values = {one.path: one.value for one in found.parameters if one.path.startswith("review")}
    assert values == {
        "review.1.by.1": "单位",
        "review.1.by.2": "市总工会",
        "review.1.up_to": 500_000,
    }


@pytest.mark.parametrize(
    "bare", ["0.5", "80.25", "30,000", "1,500.00", ".5", "-5", "+10", "1234567"]
)
def test_a_number_without_its_unit_is_refused(bare):
    refusal = refused({"participation": f"{{minimum: '{bare}'}}"})
    assert f"“{bare}” is a number without its unit" in refusal.words()
    assert refusal.field == "participation.minimum"


@pytest.mark.parametrize("said", ["2022-02-30", "2022-13-01", "22-01-01"])
def test_a_date_no_calendar_has_is_refused(said):
    assert "is not a date" in refused({"windows": f"{{joining: [{{from: {said}}}]}}"}).words()


def test_a_citation_of_an_absent_clause_is_refused_here_too():
    refusal = refused({"fund": "{reserve: {is: 5%, clause: nowhere}}"}, clauses=TEXT)
    assert "no clause “nowhere”" in refusal.words()


SPLIT = "[{payer: unit, label: 单位, amount: 50 yuan}, {payer: worker, label: 个人, amount: %s}]"


def test_the_parts_of_a_contribution_add_up_to_the_fee():
    edition({"contribution.split": SPLIT % "30 yuan"})
    refusal = refused({"contribution.split": SPLIT % "29.99 yuan"})
    assert "add up to 7999 fen, the fee is 8000 fen" in refusal.words()
    assert refusal.field == "contribution.split"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"contribution.fee": "unknown", "contribution.split": SPLIT % "30 yuan"}, "its unit"),
        (
            {
                "contribution.fee": "{by: sex, rows: {otherwise: 80 yuan}}",
                "contribution.split": SPLIT % "30 yuan",
            },
            "cannot be split",
        ),
        ({"contribution.split": "[{payer: unit, amount: 80 yuan}]"}, "“label” is missing"),
        ({"contribution.split": "[{payer: unit, label: 单位, share: 50%}]"}, "has no “share”"),
    ],
)
def test_a_split_that_is_none_is_refused(changes, words):
    assert words in refused(changes).words()
