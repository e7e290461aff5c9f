"""A roster is booked whole or not at all, once, and tells nothing of other units."""

import tempfile
from datetime import date

import pytest

from gonghui.core.errors import Refusal
from tests.programmes.mutualaid.enrolling import (
    HEADINGS,
    ON,
    PERIOD,
    enrol,
    open_for_rosters,
    person,
    roster,
)
from tests.programmes.mutualaid.federation import SCHEME

TURNS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
A, B = "甲厂工会", "丙矿工会"


@pytest.fixture
def scheme(house, tmp_path):
    return open_for_rosters(house, tmp_path)


def check(actor, path):
    from gonghui.programmes.mutualaid.services.rosters import check_roster

    return check_roster(actor, path, scheme=SCHEME, period_on=PERIOD, on=ON)


def codes(preview):
    return {finding.code for finding in preview.roster.findings}


def enrolled(connect):
    return connect("superuser").execute("select count(*) from mutualaid_enrolment").fetchone()[0]


def test_a_roster_of_new_people_is_booked(house, scheme, tmp_path, connect):
    booked = enrol(house.officer_a, roster(tmp_path, [person(A) for _ in range(5)]))
    assert (booked.rows, booked.fee_fen) == (5, 5 * 8000)
    assert enrolled(connect) == 5
    row = (
        connect("superuser")
        .execute(
            "select starts_on, ends_before, fee_fen, first_join, paid_on from mutualaid_enrolment"
        )
        .fetchone()
    )
    assert row == (date(2022, 1, 1), date(2023, 1, 1), 8000, True, None)


def test_the_officer_sees_whom_she_enrolled_and_another_does_not(
    house, scheme, tmp_path, sql_as_web
):
    enrol(house.officer_a, roster(tmp_path, [person(A, name="赵小燕")]))
    question = "select count(*) from directory_person where name = '赵小燕'"
    assert sql_as_web(house.officer_a).execute(question).fetchone()[0] == 1
    assert sql_as_web(house.officer_b).execute(question).fetchone()[0] == 0


def test_numbers_and_phones_are_stored_encrypted_and_open_again(house, scheme, tmp_path, connect):
    from gonghui.ground.directory.numbers import COLUMN
    from gonghui.ground.vault.services.values import open_value

    row = person(A)
    enrol(house.officer_a, roster(tmp_path, [row]))
    stored = (
        connect("superuser")
        .execute("select id, person_id, cipher from directory_personnumber")
        .fetchone()
    )
    assert row[1].encode() not in bytes(stored[2])
    with house.officer_a.transaction():
        assert open_value(stored[1], bytes(stored[2]), COLUMN, stored[0]) == row[1]


def test_the_same_roster_in_another_order_is_booked_once(house, scheme, tmp_path, connect):
    rows = [person(A) for _ in range(4)]
    first = enrol(house.officer_a, roster(tmp_path, rows, "one.csv"))
    again = enrol(house.officer_a, roster(tmp_path, rows[::-1], "two.csv"))
    assert again.before and again.file_id == first.file_id
    assert enrolled(connect) == 4


def test_the_whole_list_sent_again_with_additions_books_the_additions(house, scheme, tmp_path):
    rows = [person(A) for _ in range(3)]
    enrol(house.officer_a, roster(tmp_path, rows))
    preview = check(house.officer_a, roster(tmp_path, [*rows, person(A)]))
    assert codes(preview) == {"enrolled"}
    assert preview.roster.counts["warned"] == 3 and preview.bookable
    assert enrol(house.officer_a, roster(tmp_path, [*rows, person(A), person(A)])).rows == 2


def test_one_bad_row_keeps_all_from_being_booked(house, scheme, tmp_path, connect):
    good, bad = person(A), person(A)
    path = roster(
        tmp_path, [good, (bad[0], bad[1][:-1] + ("0" if bad[1][-1] != "0" else "1"), A, "")]
    )
    with pytest.raises(Refusal, match="must be corrected"):
        enrol(house.officer_a, path)
    assert enrolled(connect) == 0


def test_of_another_unit_it_is_said_only_that_she_is_covered_elsewhere(house, scheme, tmp_path):
    somebody = person(B)
    enrol(house.officer_b, roster(tmp_path, [somebody]))
    there = (somebody[0], somebody[1], A, "")
    assert codes(check(house.officer_a, roster(tmp_path, [there]))) == {"covered_elsewhere"}
    both = (somebody[0], somebody[1], A, "")
    assert codes(check(house.clerk, roster(tmp_path, [both]))) == {"covered_in_other_unit"}


def test_a_known_number_under_another_name_goes_to_the_office(house, scheme, tmp_path):
    somebody = person(B)
    enrol(house.officer_b, roster(tmp_path, [somebody]))
    asked = [("别的名字", somebody[1], A, "")]
    assert codes(check(house.officer_a, roster(tmp_path, asked))) <= {
        "covered_elsewhere",
        "ask_office",
    }


def test_asking_has_a_measure(house, scheme, tmp_path):
    rows = [person(A) for _ in range(200)]
    with pytest.raises(Refusal, match="look-ups"):
        for _ in range(9):
            check(house.officer_a, roster(tmp_path, rows))


def test_an_officer_cannot_book_for_another_unit(house, scheme, tmp_path):
    preview = check(house.officer_a, roster(tmp_path, [person(B)]))
    assert "unit_unknown" in codes(preview)


def test_a_roster_of_many_units_is_booked_by_the_office(house, scheme, tmp_path, connect):
    booked = enrol(house.clerk, roster(tmp_path, [person(A), person(B), person(B)]))
    assert booked.rows == 3
    units = (
        connect("superuser")
        .execute("select union_id, count(*) from mutualaid_enrolment group by 1")
        .fetchall()
    )
    assert dict(units) == {house.union["unit_a"]: 1, house.union["unit_b"]: 2}


def test_a_checked_file_can_be_booked_later_from_its_sealed_bytes(house, scheme, tmp_path):
    from gonghui.programmes.mutualaid.services.rosters import book_roster, kept_preview

    preview = check(house.officer_a, roster(tmp_path, [person(A)]))
    later = kept_preview(house.officer_a, preview.file_id, on=ON)
    assert book_roster(house.officer_a, later, on=ON).rows == 1


def test_a_kept_file_is_read_again_without_a_file_on_the_disk(house, scheme, tmp_path, monkeypatch):
    """Its bytes hold numbers of people: they go to the reader through memory."""
    from gonghui.programmes.mutualaid.services.rosters import kept_preview

    preview = check(house.officer_a, roster(tmp_path, [person(A)]))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError):  # a control: whoever made one would be found out
        tempfile.mkstemp()
    assert len(kept_preview(house.officer_a, preview.file_id, on=ON).new_rows) == 1


BY_CLASS = "{by: unit_class, rows: {国有企业: 60 yuan, otherwise: 80 yuan}}"
BY_HARDSHIP = "{by: [unit_class, hardship], rows: {国有企业: {yes: 0 yuan, no: 60 yuan},\
 otherwise: {yes: 10 yuan, no: 80 yuan}}}"
OWNED = "update directory_union set unit_class = %s where id = %s"


def kept_classes(connect):
    question = "select fee_class, fee_fen from mutualaid_enrolment order by fee_fen"
    return connect("superuser").execute(question).fetchall()


def test_who_pays_by_a_class_is_enrolled_under_it(house, tmp_path, connect):
    open_for_rosters(house, tmp_path, {"contribution.fee": BY_CLASS})
    with connect("superuser") as superuser:
        superuser.execute(OWNED, ["国有企业", house.union["unit_a"]])
        superuser.execute(OWNED, ["private", house.union["unit_b"]])
    enrol(house.clerk, roster(tmp_path, [person(A), person(B)]))
    assert kept_classes(connect) == [("国有企业", 6000), ("非公企业", 8000)]


def test_a_class_of_two_facts_says_both(house, tmp_path, connect):
    open_for_rosters(house, tmp_path, {"contribution.fee": BY_HARDSHIP})
    with connect("superuser") as superuser:
        superuser.execute(OWNED, ["国有企业", house.union["unit_a"]])
    rows = [(*person(A), "困难职工"), (*person(A), "")]
    enrol(house.officer_a, roster(tmp_path, rows, headings=(*HEADINGS, "困难职工")))
    assert kept_classes(connect) == [("国有企业、困难职工", 0), ("国有企业", 6000)]


def test_one_fee_for_everybody_has_no_class(house, scheme, tmp_path, connect):
    enrol(house.officer_a, roster(tmp_path, [person(A)]))
    assert kept_classes(connect) == [("", 8000)]


def test_a_unit_without_its_class_is_asked_for_it(house, tmp_path, connect):
    open_for_rosters(house, tmp_path, {"contribution.fee": BY_CLASS})
    with pytest.raises(Refusal, match="unit_class"):
        enrol(house.officer_a, roster(tmp_path, [person(A)]))
    assert enrolled(connect) == 0


MULTIPLIED = {"benefits.hospital.shares": "multiply", "benefits.hospital.max_shares": "2"}


def shares_and_amounts(house, tmp_path, *told):
    rows = [(*person(A), *one) for one in told]
    path = roster(tmp_path, rows, headings=(*HEADINGS, "份数", "个人缴费"))
    return check(house.officer_a, path)


def test_shares_and_amounts_are_held_against_the_edition(house, tmp_path):
    open_for_rosters(house, tmp_path, MULTIPLIED)
    preview = shares_and_amounts(house, tmp_path, (2, 160), (1, 80), (3, 240), (2, 80))
    found = [(one.row, one.code) for one in preview.roster.findings]
    assert found == [(4, "shares_out_of_range"), (4, "amount_differs"), (5, "amount_differs")]


def test_more_than_one_share_needs_an_edition_that_multiplies(house, scheme, tmp_path):
    assert codes(shares_and_amounts(house, tmp_path, (2, 160))) >= {"shares_out_of_range"}


def test_amounts_are_not_compared_where_the_fee_depends_on_who_it_is(house, tmp_path):
    open_for_rosters(house, tmp_path, {"contribution.fee": BY_HARDSHIP})
    assert codes(shares_and_amounts(house, tmp_path, (1, 3))) == set()


def test_a_file_costs_fewer_than_twenty_statements(house, scheme, tmp_path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    path = roster(tmp_path, [person(A) for _ in range(50)])
    with CaptureQueriesContext(connection) as queries:
        enrol(house.officer_a, path)
    asked = [query["sql"] for query in queries]
    assert len([one for one in asked if not one.startswith(TURNS)]) < 20, asked
