"""Quantities carry their unit, so that none is taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core.errors import Refusal
from gonghui.core.money import format_rate, format_yuan
from gonghui.core.rulebook import quantities


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("80 yuan", 8_000),
        ("80yuan", 8_000),
        ("80元", 8_000),
        ("80.00 元", 8_000),
        ("1,500 yuan", 150_000),
        ("5,232.97 yuan", 523_297),
        ("0.01 yuan", 1),
        ("0 yuan", 0),
    ],
)
def test_an_amount_has_its_unit(text, fen):
    assert quantities.amount(text) == fen


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("80", "without its unit. Write 1,500 yuan."),
        ("1,500", "without its unit"),
        ("yuan", "without its unit"),
        ("80 dollars", "without its unit"),
        ("80 yuan a year", "without its unit"),
        ("80 YUAN", "without its unit"),
        ("-80 yuan", "not an amount in yuan"),
        ("80.005 yuan", "at most two decimals"),
        ("eighty yuan", "not an amount in yuan"),
        ("80 yuan yuan", "not an amount in yuan"),
        ("30,00 yuan", "not an amount in yuan"),
        ("1e3 yuan", "not an amount in yuan"),
        ("NaN yuan", "not an amount in yuan"),
        ("1,000,000,000,000,000,000 yuan", "larger than any"),
        ("9" * 5_000 + " yuan", "larger than any"),
    ],
)
def test_no_other_amount_is_read(text, words):
    with pytest.raises(Refusal) as caught:
        quantities.amount(text)
    assert words in caught.value.words()


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("60%", 6_000),
        ("60 %", 6_000),
        ("8.4%", 840),
        ("0.5%", 50),
        ("0.05%", 5),
        ("0%", 0),
        ("100%", 10_000),
        ("99.99%", 9_999),
    ],
)
def test_a_rate_is_in_percent(text, rate):
    assert quantities.rate(text) == rate


@pytest.mark.parametrize("text", ["0.5", "50", ".5", "0,5", "1/2", "50.125%", "-5%", "50 points"])
def test_a_rate_that_could_mean_two_things_is_refused_with_what_to_write(text):
    with pytest.raises(Refusal) as caught:
        quantities.rate(text)
    assert "Write 50%, or 0.5% if half a percent is meant" in caught.value.words()


@pytest.mark.parametrize("text", ["100.01%", "101%", "600%"])
def test_a_rate_over_the_whole_is_refused(text):
    with pytest.raises(Refusal) as caught:
        quantities.rate(text)
    assert "is over 100%" in caught.value.words()


@given(st.integers(0, 10_000))
def test_printing_and_reading_a_rate_are_inverse(rate):
    assert quantities.rate(format_rate(rate)) == rate


@given(st.integers(0, 10**11))
def test_printing_and_reading_an_amount_are_inverse(fen):
    assert quantities.amount(f"{format_yuan(fen)} yuan") == fen


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("10 points", 1_000),
        ("+10 points", 1_000),
        ("-2.5 points", -250),
        ("1 point", 100),
        ("5个百分点", 500),
        ("0.01 points", 1),
    ],
)
def test_a_change_of_a_rate_is_in_points(text, points):
    assert quantities.points(text) == points


@pytest.mark.parametrize("text", ["10%", "10", "0.1", "10 pp", "1.005 points", "100 points"])
def test_no_other_change_of_a_rate_is_read(text):
    with pytest.raises(Refusal) as caught:
        quantities.points(text)
    assert "10 points" in caught.value.words()


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("3", 3), ("010", 10), ("999999", 999_999)])
def test_a_count_is_digits(text, number):
    assert quantities.count(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1,000", "1e3", "two", "3 times", "1" * 7])
def test_no_other_count_is_read(text):
    with pytest.raises(Refusal, match="whole number"):
        quantities.count(text)


@pytest.mark.parametrize(
    ("read", "text", "length"),
    [
        (quantities.days, "30 days", 30),
        (quantities.days, "1 day", 1),
        (quantities.days, "30天", 30),
        (quantities.months, "1 month", 1),
        (quantities.months, "1 months", 1),
        (quantities.months, "6个月", 6),
    ],
)
def test_a_length_has_its_unit(read, text, length):
    assert read(text) == length


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (quantities.days, "30"),
        (quantities.days, "1 month"),
        (quantities.days, "-1 days"),
        (quantities.months, "30 days"),
        (quantities.months, "1.5 months"),
    ],
)
def test_no_other_length_is_read(read, text):
    with pytest.raises(Refusal, match="not a length in the unit needed"):
        read(text)
