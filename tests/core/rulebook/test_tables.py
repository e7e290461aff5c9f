"""Numbers that depend on facts: complete, in order, spelt either way."""

import pytest

from gonghui.core.rulebook.fields import DISEASES
from gonghui.core.rulebook.tables import DIMENSIONS
from tests.core.rulebook.books import edition, refused

RATE = "benefits.hospital.rate"
CLASSES = """
[{id: special, label: 困难, when: {hardship: yes}}, {id: ordinary, label: 其他, otherwise: yes}]
"""


def number(said: str, **more: str):
    rate = edition({RATE: said, **more}).benefits[0].rate
    assert rate is not None
    return rate


@pytest.mark.parametrize(
    ("said", "values"),
    [
        (
            "{by: hospital_level, rows: {一级: 60%, 二级: 55%, 三级: 50%, 未定级: 40%}}",
            [40, 60, 55, 50],
        ),
        (
            "{by: hospital_level, rows: {tertiary: 50%, 一级: 60%, otherwise: 40%}}",
            [40, 60, 40, 50],
        ),
        ("{by: hospital_level, rows: {otherwise: 40%}}", [40, 40, 40, 40]),
        ("{by: [sex], rows: {男: 1%, 女: 2%, unknown: 3%}}", [3, 1, 2]),
        ("{by: away, rows: {yes: 30%, no: 40%}}", [40, 30]),
        ("{by: away, rows: {otherwise: 30%, no: 40%}}", [40, 30]),
        ("{by: stay_ordinal, rows: {1: 30%, 2: 40%, 3+: 50%}}", [30, 40, 50]),
        ("{by: stay_ordinal, rows: {1+: 30%}}", [30]),
        ("{by: continuous_years, rows: {0: 30%, 1: 40%, 2+: 50%}}", [30, 40, 50]),
        (
            "{by: [away, payout_ordinal],"
            " rows: {yes: {1: 1%, 2+: 2%}, no: {1: 3%, 2: 4%, 3+: 5%}}}",
            None,
        ),
        (
            "{by: [away, payout_ordinal], rows: {yes: {1: 1%, 2+: 2%}, no: {1: 3%, 2+: 4%}}}",
            [3, 4, 1, 2],
        ),
        (
            "{by: [payout_ordinal, away], rows: {1: {yes: 1%, no: 2%}, 2+: {otherwise: 3%}}}",
            [2, 1, 3, 3],
        ),
    ],
)
def test_a_table_is_dense_in_the_order_of_its_dimension(said, values):
    if values is None:
        assert "differ from those above" in refused({RATE: said}).words()
        return
    assert [value // 100 for value in number(said).values] == values


def test_a_table_may_run_over_the_classes_of_the_edition():
    rate = number("{by: class, rows: {ordinary: 1%, special: 2%}}", classes=CLASSES)
    assert [value // 100 for value in rate.values] == [2, 1]
    assert rate.dimensions[0].rows == ("special", "ordinary")


def test_diseases_have_one_row_each():
    said = "{by: disease, rows: {恶性肿瘤: 90%, otherwise: 10%}}"
    values = number(said).values
    assert len(values) == len(DISEASES.words)
    assert [place for place, value in enumerate(values) if value == 9_000] == [1]


def test_a_cited_table_cites_for_its_rows():
    text = "## a\n甲\n## b\n乙\n"
    for said in (
        "{by: away, rows: {yes: 1%, no: {is: 2%, clause: b}}, clause: a}",
        "{by: away, rows: {yes: 1%, no: {is: 2%, clause: b}, clause: a}}",
    ):
        found = edition({RATE: said}, clauses=text)
        cited = {row: found.parameter(f"{RATE}.rows.{row}") for row in ("yes", "no")}
        assert [one.citation.clause for one in cited.values() if one] == ["a", "b"]
    assumed = "{by: away, rows: {yes: 1%, no: 2%, assumed: true, because: 猜的}}"
    parameter = edition({RATE: assumed}).parameter(f"{RATE}.rows.yes")
    assert parameter is not None
    assert parameter.citation.because == "猜的"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{by: hospital_level, rows: {一级: 60%, 二级: 55%, 三级: 50%}}", "no row “unrated”"),
        ("{by: hospital_level, rows: {特级: 60%, otherwise: 5%}}", "“特级” is no row of"),
        ("{by: hospital_level, rows: {一级: 6%, primary: 6%, otherwise: 5%}}", "“primary” stands"),
        ("{by: away, rows: {yes: 1%}}", "no row “no”"),
        ("{by: away, rows: {是: 1%, no: 2%}}", "“是” is no row of"),
        ("{by: stay_ordinal, rows: {1: 1%, 2: 2%}}", "must be 1, 2+"),
        ("{by: stay_ordinal, rows: {1: 1%, 3+: 2%}}", "must be 1, 2+"),
        ("{by: stay_ordinal, rows: {0: 1%, 1+: 2%}}", "Count up from 1"),
        ("{by: stay_ordinal, rows: {2: 1%, 1: 1%, 3+: 2%}}", "must be 1, 2, 3+"),
        ("{by: stay_ordinal, rows: {1: 1%, otherwise: 2%}}", "must be 1, 2+"),
        ("{by: stay_ordinal, rows: {}}", "must be 1+"),
        ("{by: continuous_years, rows: {1: 1%, 2+: 2%}}", "must be 0, 1+"),
        ("{by: weather, rows: {otherwise: 5%}}", "cannot depend on “weather”"),
        ("{by: class, rows: {otherwise: 5%}}", "cannot depend on “class”"),
        ("{by: [], rows: {otherwise: 5%}}", "one or two dimensions"),
        ("{by: [away, away], rows: {otherwise: 5%}}", "one or two dimensions"),
        ("{by: [away, sex, hardship], rows: {otherwise: 5%}}", "one or two dimensions"),
        ("{by: [away, sex], rows: {yes: 5%, no: 5%}}", "“key: value” are needed"),
        ("{by: away, rows: {yes: 0.5, no: 5%}}", "Write 50%, or 0.5%"),
        ("{by: away, rows: [1%, 2%]}", "“key: value” are needed"),
        ("{by: away}", "“rows” is missing"),
        ("{by: away, rows: {otherwise: 5%}, else: 3%}", "has no “else”"),
    ],
)
def test_a_table_that_leaves_something_open_is_refused(said, words):
    assert words in refused({RATE: said}).words()


@pytest.mark.parametrize(
    "dimension",
    ["hospital_level", "away", "disease", "disease_grade", "stay_ordinal", "payout_ordinal"],
)
@pytest.mark.parametrize("path", [RATE, "benefits.hospital.floor.amount"])
def test_an_accumulated_benefit_does_not_depend_on_a_single_stay(dimension, path):
    unit = "%" if path == RATE else " yuan"
    rows = f"{{1: 5{unit}, 2+: 6{unit}}}" if "ordinal" in dimension else f"{{otherwise: 5{unit}}}"
    changes = {
        "benefits.hospital.floor": "{kind: deductible, amount: 5 yuan}",
        path: f"{{by: {dimension}, rows: {rows}}}",
    }
    edition(changes)
    for basis in ("accumulated_in_period", "accumulated_in_year"):
        refusal = refused(changes | {"benefits.hospital.basis": basis})
        assert f"cannot depend on “{dimension}” of a single stay" in refusal.words()
    assert dimension in DIMENSIONS


@pytest.mark.parametrize("dimension", ["stay_ordinal", "payout_ordinal"])
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("eligibility", "[{id: a, label: 年龄, require: {age: {at: settled_on, from: TABLE}}}]"),
        ("eligibility", "[{id: a, label: 费用, require: {days: {at_least: TABLE}}}]"),
        ("benefits.hospital.when", "[{id: a, label: 费用, require: {days: {at_least: TABLE}}}]"),
        ("cover.waiting", "{kind: everyone, length: TABLE}"),
        ("benefits.hospital.deadline", "{kind: months, months: TABLE, from: settled_on}"),
        ("contribution.fee", "TABLE"),
    ],
)
def test_only_benefits_and_their_limits_depend_on_what_came_before(path, said, dimension):
    unit = " yuan" if path == "contribution.fee" else ""
    table = f"{{by: {dimension}, rows: {{1: 5{unit}, 2+: 6{unit}}}}}"
    refusal = refused({path: said.replace("TABLE", table)})
    assert "cannot depend on" in refusal.words() or "single value" in refusal.words()
