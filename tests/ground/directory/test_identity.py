"""Identity numbers, against python-stdnum and against what clerks really type."""

import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from gonghui.core.errors import Refusal
from gonghui.ground.directory.document_kinds import DOCUMENT_KINDS, document_kind_named
from gonghui.ground.directory.identity import (
    REMARKS,
    Problem,
    check_character,
    check_document,
    check_documents,
    eighteen_from_fifteen,
    mask_number,
    normalise_number,
)
from gonghui.twin.identity_numbers import identity_numbers

ON = date(2022, 11, 4)
GOOD = "11010119900307803" + check_character("11010119900307803")


def codes(kind, number, on=ON):
    return [problem.code for problem in check_document(kind, number, on).problems]


def numbered(first_17):
    return first_17 + check_character(first_17)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_stdnums(first_17):
    assert check_character(first_17) == ric.calc_check_digit(first_17 + "0")


@given(
    region=st.sampled_from(["110101", "130102", "210102", "310101", "410102", "440103", "500101"]),
    born=st.dates(date(1950, 1, 1), date(2005, 12, 31)),
    sequence=st.integers(1, 999),
    shift=st.integers(0, 10),
)
def test_stdnum_and_we_accept_the_same_numbers(region, born, sequence, shift):
    number = f"{region}{born:%Y%m%d}{sequence:03}{'0123456789X'[shift]}"
    checked = check_document("resident", number, ON)
    assert checked.accepted == (ric.calc_check_digit(number) == number[17])
    assert checked.born_on == ric.get_birth_date(number) == born


def test_a_county_younger_than_its_people_is_no_fault():
    number = numbered("13010219650102172")  # stdnum knows this district only from 1980 on
    assert check_document("resident", number, ON).problems == ()
    assert not ric.is_valid(number)


def test_a_good_number_tells_birth_and_sex():
    checked = check_document("resident", GOOD, ON)
    assert (checked.number, checked.born_on, checked.sex) == (GOOD, date(1990, 3, 7), "M")
    woman = check_document("resident", numbered("11010119900307802"), ON)
    assert woman.sex == "F"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["empty"]),
        ("   ", ["empty"]),
        ("1.10101E+17", ["ruined"]),
        ("1.10101199003078E+17", ["ruined"]),
        ("110101199003078000", ["rounded"]),
        (GOOD[:-1], ["length"]),
        (GOOD + "0", ["length"]),
        ("1101O1199003078030", ["characters"]),
        ("11010119900307803Y", ["characters"]),
        (GOOD[:-1] + ("1" if GOOD[-1] != "1" else "2"), ["checksum"]),
        (numbered("11010119900230803"), ["date"]),
        (numbered("11010120990307803"), ["future"]),
        (numbered("11010118990307803"), ["age"]),
        (numbered("00010119900307803"), ["region"]),
        ("110101900307803", ["old"]),
    ],
)
def test_what_clerks_type_is_named(typed, found):
    assert codes("resident", typed) == found


def test_a_true_number_that_ends_in_000_is_only_remarked():
    number = next(
        text
        for day in range(1, 29)
        for hundred in range(10)
        if (text := numbered(f"110101199003{day:02}{hundred}00")).endswith("000")
    )
    checked = check_document("resident", number, ON)
    assert [problem.code for problem in checked.problems] == ["ends_000"]
    assert checked.accepted


@pytest.mark.parametrize(
    "dress",
    [
        lambda number: f"'{number}",
        lambda number: f"\u3000{number[:6]} {number[6:14]} {number[14:]}\u200b",
        lambda number: number.translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
        lambda number: f"{number[:6]}-{number[6:14]}—{number[14:]}",
        lambda number: number.lower(),
        lambda number: f"\ufeff{number}\n",
    ],
)
def test_dress_is_taken_off(dress):
    number = numbered("11010119900307800")
    assert normalise_number(dress(number)) == number
    assert check_document("resident", dress(number), ON).accepted


@pytest.mark.parametrize("cross", ["x", "X", "×", "ｘ", "х", "*"])
def test_every_cross_is_an_x(cross):
    first_17 = next(
        f"110101199003078{n:02}"
        for n in range(99)
        if check_character(f"110101199003078{n:02}") == "X"
    )
    assert check_document("resident", first_17 + cross, ON).number == first_17 + "X"


def test_fifteen_becomes_eighteen():
    assert eighteen_from_fifteen(GOOD[:6] + GOOD[8:17]) == GOOD
    assert eighteen_from_fifteen("110101990307998")[6:10] == "1899"


@pytest.mark.parametrize(
    ("kind", "typed", "number"),
    [
        ("passport", "E12345678", "E12345678"),
        ("passport", "ea 1234567", "EA1234567"),
        ("pass_hk_mo", "H12345678", "H12345678"),
        ("pass_hk_mo", "H1234567802", "H12345678"),
        ("pass_hk_mo", "h12345678(02)", "H12345678"),
        ("pass_tw", "12345678", "12345678"),
        ("pass_tw", "1234567801", "12345678"),
        ("pass_tw", "1234567801(B)", "12345678"),
        ("officer", "军字第1234567号", "军字第1234567号"),
        ("officer", "军 1234567", "军字第1234567号"),
        ("soldier", "士字第 12345678 号", "士字第12345678号"),
        ("birth_certificate", "q123456789", "Q123456789"),
        ("foreign_permanent", "USA110085010112", "USA110085010112"),
        ("household_register", "", ""),
        ("household_register", GOOD, GOOD),
        ("foreign_permanent", numbered("91184019850101001"), numbered("91184019850101001")),
        ("residence_hk_mo", numbered("81000019850101001"), numbered("81000019850101001")),
        ("residence_tw", numbered("83000019850101001"), numbered("83000019850101001")),
    ],
)
def test_every_document_has_one_form(kind, typed, number):
    checked = check_document(kind, typed, ON)
    assert checked.problems == ()
    assert checked.number == number


@pytest.mark.parametrize(
    ("kind", "typed", "found"),
    [
        ("passport", "护照", ["form"]),
        ("passport", GOOD, ["form"]),
        ("pass_hk_mo", "12345678", ["form"]),
        ("pass_tw", "1234567", ["form"]),
        ("officer", "1234567", ["form"]),
        ("birth_certificate", "1234567890", ["form"]),
        ("foreign_permanent", "USA990085010112", ["region"]),
        ("foreign_permanent", "USA110085013112", []),
        ("foreign_permanent", "USA110085023112", ["date"]),
        ("foreign_permanent", GOOD, ["form"]),
        ("residence_tw", numbered("81000019850101001"), ["form"]),
        ("household_register", "410000123", ["register"]),
        ("library_card", "1", ["kind"]),
    ],
)
def test_what_is_no_such_document_is_refused(kind, typed, found):
    assert codes(kind, typed) == found


@pytest.mark.parametrize(
    ("region", "kind"),
    [
        ("810000", "residence_hk_mo"),
        ("820000", "residence_hk_mo"),
        ("830000", "residence_tw"),
        ("911840", "foreign_permanent"),
        ("110101", "resident"),
        ("990800", "resident"),
    ],
)
def test_a_card_entered_as_an_identity_card_is_what_its_number_says(region, kind):
    assert check_document("resident", numbered(f"{region}19850101001"), ON).kind == kind


def test_the_century_of_an_old_foreigners_card():
    assert check_document("foreign_permanent", "USA110085010112", ON).born_on == date(1985, 1, 1)
    assert check_document("foreign_permanent", "USA110004010112", ON).born_on == date(2004, 1, 1)
    assert check_document("foreign_permanent", "USA110012010112", ON).born_on == date(1912, 1, 1)
    assert check_document("foreign_permanent", "USA110012010112").born_on is None


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    GOOD,
                    GOOD.lower(),
                    "",
                    "1.1E+17",
                    "110101900307803",
                    f" {GOOD}",
                    numbered("81000019850101001"),
                    "110101199003078000",
                ]
            ),
            st.builds(
                lambda head, day, seq, last: f"{head}{day:%Y%m%d}{seq:03}{last}",
                st.sampled_from(["110101", "000000", "990800", "811234", "911840"]),
                st.dates(date(1850, 1, 1), date(2060, 1, 1)),
                st.integers(0, 999),
                st.sampled_from("0123456789Xx"),
            ),
        ),
        max_size=30,
    ),
    st.sampled_from([None, ON]),
    st.sampled_from(sorted(DOCUMENT_KINDS)),
)
def test_many_at_once_are_judged_as_one_by_one(numbers, on, kind):
    column = check_documents(kind, numbers, on)
    for row, number in enumerate(numbers):
        one = check_document(kind, number, on)
        assert (
            column.kinds[row],
            column.numbers[row],
            column.born_on[row],
            column.sexes[row],
            column.problems.get(row, ()),
        ) == (one.kind, one.number, one.born_on, one.sex, one.problems)


def test_the_invented_citys_numbers_pass():
    numbers = identity_numbers(np.arange(2000) * 7, np.arange(2000) % 2 == 0).tolist()
    column = check_documents("resident", numbers, ON)
    assert column.problems == {}
    assert column.sexes[:2] == ["F", "M"]


def test_what_is_said_never_holds_the_number():
    for code in (
        "empty",
        "kind",
        "ruined",
        "rounded",
        "ends_000",
        "characters",
        "checksum",
        "date",
        "future",
        "age",
        "region",
        "old",
        "form",
        "register",
    ):
        refusal = Problem(code).refusal()
        assert isinstance(refusal, Refusal) and refusal.words()
        assert Problem(code).refuses == (code not in REMARKS)
    words = check_document("resident", GOOD[:-1], ON).problems[0].refusal().words()
    assert "17 characters" in words and not re.search(r"\d{6}", words)


def test_masks():
    assert mask_number(GOOD) == f"{GOOD[:6]}********{GOOD[-4:]}"
    assert mask_number("E12345678") == "******678"
    assert mask_number("") == ""
    assert all(mask_number("1" * n) != "1" * n for n in range(1, 19))


def test_rosters_words_for_kinds():
    assert document_kind_named("身份证") == "resident"
    assert document_kind_named(" 臺灣居民居住证") is None
    assert document_kind_named("臺湾居民居住证") == "residence_tw"
    assert document_kind_named("护照（外国）") == "passport"
    assert document_kind_named("passport") == "passport"
    assert document_kind_named("工作证") is None
