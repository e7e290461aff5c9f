"""Money: parsing and printing are inverse, and each rounding is the one its name says."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core.errors import Refusal
from gonghui.core.money import (
    RATE_ONE,
    SCALE,
    format_rate,
    format_yuan,
    parse_yuan,
    round_down,
    round_half_even,
    round_half_up,
    round_up,
)

FEN = st.integers(0, 10**12)
UNITS = st.sampled_from([unit * SCALE for unit in (1, 10, 100, 1_000, 10_000)])
VALUES = st.integers(0, 10**16)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.01", 1),
        ("0.1", 10),
        ("1,234.5", 123_450),
        ("5232.97", 523_297),
        ("5,232.97", 523_297),
        (" 80 ", 8_000),
        ("1,234,567.89", 123_456_789),
        ("007", 700),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, fen):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-5", "+5", "1e3", "0x10", "NaN", "inf", "1.234", "1.", ".5", "12,34", "1,2345",
        "1,23.45", "1 000", "1_000", "８０", "80元", "1,234,5", "0.5.5",
        "9" * 19, "9" * 5_000,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(Refusal) as caught:
        parse_yuan(text)
    assert "is not an amount" in caught.value.words()
    assert caught.value.values["text"] == text.strip()


@given(FEN)
def test_printing_and_reading_an_amount_are_inverse(fen):
    assert parse_yuan(format_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [(261_649, "2,616.49"), (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-123_456, "-1,234.56")],
)
def test_an_amount_is_printed_with_its_sign_in_front(fen, text):
    assert format_yuan(fen) == text


@pytest.mark.parametrize(
    ("rate", "text"), [(6_000, "60%"), (840, "8.4%"), (5, "0.05%"), (10_000, "100%"), (0, "0%")]
)
def test_a_rate_is_printed_as_a_rule_book_writes_it(rate, text):
    assert format_rate(rate) == text


def test_the_printed_example_of_pinghu_refutes_cutting_and_half_to_even():
    exact = 523_297 * 5_000  # 5,232.97 yuan at 50 %: 2,616.485
    fen = 1 * SCALE
    assert round_half_up(exact, fen) // SCALE == 261_649
    assert round_half_even(exact, fen) // SCALE == 261_648
    assert round_down(exact, fen) // SCALE == 261_648
    assert round_up(exact, fen) // SCALE == 261_649


@pytest.mark.parametrize(
    ("value", "down", "half_even", "half_up", "up"),
    [
        (0, 0, 0, 0, 0),
        (1, 0, 0, 0, 10),
        (4, 0, 0, 0, 10),
        (5, 0, 0, 10, 10),
        (6, 0, 10, 10, 10),
        (10, 10, 10, 10, 10),
        (14, 10, 10, 10, 20),
        (15, 10, 20, 20, 20),
        (25, 20, 20, 30, 30),
    ],
)
def test_every_rounding_to_ten(value, down, half_even, half_up, up):
    roundings = (round_down, round_half_even, round_half_up, round_up)
    assert [round_(value, 10) for round_ in roundings] == [down, half_even, half_up, up]


@given(VALUES, UNITS)
def test_roundings_are_those_of_exact_fractions(value, unit):
    exact = Fraction(value, unit)
    assert round_down(value, unit) == floor(exact) * unit
    assert round_up(value, unit) == ceil(exact) * unit
    assert round_half_up(value, unit) == floor(exact + Fraction(1, 2)) * unit
    assert round_half_even(value, unit) == round(exact) * unit


def test_a_fen_times_a_rate_is_a_whole_number_of_the_scale():
    assert SCALE == RATE_ONE
    assert 1 * RATE_ONE // SCALE == 1
