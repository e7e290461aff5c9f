"""Credit codes, phones and cards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from gonghui.ground.directory.codes import (
    check_bank_card,
    check_credit_code,
    check_phone,
    mask_phone,
    normalise_credit_code,
    normalise_phone,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(st.text(ALPHABET, min_size=18, max_size=18))
def test_what_stdnum_accepts_we_accept(code):
    code = code[:17] + uscc.calc_check_digit(code)
    if uscc.is_valid(code):
        assert check_credit_code(code) is None
    assert check_credit_code(code[:17] + ALPHABET[ALPHABET.index(code[17]) - 1]) is not None


def test_a_village_collectives_code_is_right_though_stdnum_wants_digits():
    code = "N2110101MF000000X"
    code += uscc.calc_check_digit(code)
    assert check_credit_code(code) is None and not uscc.is_valid(code)


def test_o_and_i_are_read_as_digits():
    assert normalise_credit_code(" 9111 0000 6000 3734 1l") == "91110000600037341L"
    assert normalise_credit_code("9III OOOO 6000 37341L") == "91110000600037341L"
    assert check_credit_code("91110000600037341L") is None


@pytest.mark.parametrize(
    "code", ["", "110000012345678", "91110000600037341Z", "91110000600037341K"]
)
def test_wrong_codes_are_refused(code):
    assert check_credit_code(code) is not None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("（010）6655 4433", "01066554433"),
        ("0371-66554433转802", "037166554433x802"),
        ("13800138000.0", "13800138000"),
    ],
)
def test_phones_in_one_form(typed, number):
    assert normalise_phone(typed) == number
    assert check_phone(number) is None


@pytest.mark.parametrize("phone", ["", "12345678901", "1380013800", "66554433", "0371665544331234"])
def test_what_is_no_phone_is_refused(phone):
    assert check_phone(phone) is not None


def test_phones_are_masked():
    assert mask_phone("13800138000") == "138****8000"
    assert mask_phone("6655") == "****6655"


def test_a_card_has_its_check_digit():
    card = "622202000000000001"
    card += luhn.calc_check_digit(card)
    assert check_bank_card(card) is None
    assert check_bank_card(card[:-1] + str((int(card[-1]) + 1) % 10)) is not None
    assert check_bank_card("") is not None
