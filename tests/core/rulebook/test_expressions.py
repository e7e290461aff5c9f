"""The base: names of amounts, +, -, min, max and brackets; nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core.errors import Refusal
from gonghui.core.rulebook.expressions import Choice, Name, Sum, fields, parse, text, value
from gonghui.core.rulebook.fields import AMOUNTS, FIELDS

SOME = ("personal_total", "own_expense", "cash_pay", "deductible_paid")
EXPRESSIONS = st.recursive(
    st.sampled_from(SOME),
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from("+-"), parts).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(parts, st.sampled_from("+-"), st.sampled_from(SOME)).map(" ".join),
        st.tuples(st.sampled_from(["min", "max"]), st.lists(parts, min_size=2, max_size=3)).map(
            lambda t: f"{t[0]}({', '.join(t[1])})"
        ),
    ),
    max_leaves=6,
).filter(lambda said: len(said) <= 400)
STATED = st.fixed_dictionaries({name: st.integers(0, 10**9) for name in SOME})


@pytest.mark.parametrize("name", AMOUNTS)
def test_an_amount_is_found_by_each_of_its_names(name):
    field = FIELDS[name]
    for spelling in (field.name, field.label, *field.national, *field.aliases):
        assert parse(spelling) == Name(name)


def test_the_three_ways_to_name_a_field_may_be_mixed():
    assert parse("ACT_PAY_DEDC + 按比例自付") == parse("deductible_paid + proportional_selfpay")


def test_brackets_and_the_order_of_terms_are_kept():
    own, cash, total = Name("own_expense"), Name("cash_pay"), Name("total_cost")
    assert parse("total_cost - own_expense - cash_pay") == Sum("-", Sum("-", total, own), cash)
    assert parse("total_cost - (own_expense - cash_pay)") == Sum("-", total, Sum("-", own, cash))
    assert parse("max(total_cost - own_expense, cash_pay)") == Choice(
        "max", (Sum("-", total, own), cash)
    )


@given(EXPRESSIONS, STATED)
def test_the_value_is_pythons(said, amounts):
    wanted = eval(said, {"min": min, "max": max}, amounts)
    assert value(parse(said), amounts) == wanted
    assert eval(text(parse(said)), {"min": min, "max": max}, amounts) == wanted


@given(EXPRESSIONS)
def test_the_fields_are_those_named_each_once(said):
    found = fields(parse(said))
    assert set(found) == {name for name in SOME if name in said}
    assert len(set(found)) == len(found)


def test_a_base_is_printed_in_the_words_asked_for():
    said = parse("personal_total - (own_expense + cash_pay)")
    assert text(said) == "personal_total - (own_expense + cash_pay)"
    chinese = {name: FIELDS[name].label for name in AMOUNTS}
    assert text(said, chinese) == "个人负担总金额 - (全自费金额 + 个人现金支出)"


@pytest.mark.parametrize(
    ("said", "part", "column"),
    [
        ("cash_pay * 2", "cash_pay * 2", 1),
        ("cash_pay + 100", "100", 12),
        ("cash_pay - 0.5", "0.5", 12),
        ("自费 + 2", "2", 6),
        ("自费 + max(起付线, cash_pay * 2)", "cash_pay * 2", 15),
        ("-cash_pay", "-cash_pay", 1),
        ("cash_pay / own_expense", "cash_pay / own_expense", 1),
        ("cash_pay if own_expense else total_cost", "cash_pay if own_expense else total_cost", 1),
        ("cash_pay < own_expense", "cash_pay < own_expense", 1),
        ("cash_pay and own_expense", "cash_pay and own_expense", 1),
        ("min(cash_pay)", "min(cash_pay)", 1),
        ("min(*cash_pay, own_expense)", "*cash_pay", 5),
        ("max(cash_pay, own_expense, key=abs)", "max(cash_pay, own_expense, key=abs)", 1),
        ("abs(cash_pay)", "abs(cash_pay)", 1),
        ("round(cash_pay, own_expense)", "round(cash_pay, own_expense)", 1),
        ("cash_pay.real", "cash_pay.real", 1),
        ("cash_pay[0]", "cash_pay[0]", 1),
        ("cash_pay + 'x'", "'x'", 12),
        ("cash_pay + (lambda: 1)", "lambda: 1", 13),
        ("[cash_pay]", "[cash_pay]", 1),
        ("(cash_pay, own_expense)", "(cash_pay, own_expense)", 1),
        ("(cash_pay := own_expense)", "cash_pay := own_expense", 2),
        ("cash_pay + f(own_expense)", "f(own_expense)", 12),
    ],
)
def test_anything_else_is_refused_with_its_column(said, part, column):
    with pytest.raises(Refusal) as caught:
        parse(said)
    assert caught.value.words() == (
        f"“{part}” cannot stand in a base (column {column}). "
        "Use field names, +, -, min(a, b), max(a, b) and brackets."
    )


@pytest.mark.parametrize(
    "name", ["bill", "settled_on", "days", "hospital_level", "min", "__name__"]
)
def test_a_name_that_is_no_amount_is_refused_with_the_amounts(name):
    with pytest.raises(Refusal) as caught:
        parse(f"cash_pay + {name}")
    assert f"“{name}” is no amount" in caught.value.words()
    assert "cash_pay, " in caught.value.words()


@pytest.mark.parametrize(
    "said",
    ["", "+", "cash_pay +", "cash_pay own_expense", "(cash_pay", "cash_pay)", "import os",
     "cash_pay; own_expense", "cash_pay = own_expense", "自费＋起付线", "a\0b", "(" * 390,
     "+".join(["cash_pay"] * 50), "cash_pay # and more", "cash_pay +\n own_expense"],
)  # fmt: skip
def test_what_is_no_expression_is_refused(said):
    with pytest.raises(Refusal, match=r"is not an expression|cannot stand|no amount"):
        parse(said)
