"""Persons are registered once, corrected with history, joined when two rows are one."""

from datetime import date

import psycopg
import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.directory.identity import check_character
from tests.ground.directory.rooms import models, people, persons
from tests.ground.directory.turnstile import at_once

pytestmark = pytest.mark.usefixtures("keys")
MARCH, APRIL = date(2022, 3, 1), date(2022, 4, 1)


def number(sequence, born="19900307", region="110101"):
    first_17 = f"{region}{born}{sequence:03}"
    return first_17 + check_character(first_17)


def newcomer(house, name="王伟", typed=None, unit="unit_a", **said):
    typed = number(1) if typed is None else typed
    return persons.Newcomer(house.union[unit], name, number=typed, **said)


def test_a_newcomer_is_registered_employed_and_found(house, sql_as_web):
    made = persons.register_person(house.officer_a, newcomer(house, "王\u3000伟"), on=MARCH)
    assert made.new
    (line,) = people.find_persons(house.officer_a, number(1)).lines
    assert (line.person_id, line.name, line.born_on, line.sex) == (
        made.person_id,
        "王伟",
        date(1990, 3, 7),
        "M",
    )
    assert [place.union_id for place in line.workplaces] == [house.union["unit_a"]]
    rows = sql_as_web(house.clerk).execute(
        "select cipher, blind, last_four from directory_personnumber"
    )
    assert number(1).encode() not in b"".join(b"".join(row) for row in rows)


def test_nobody_is_registered_twice(house):
    first = persons.register_person(house.officer_a, newcomer(house), on=MARCH)
    again = persons.register_person(house.officer_a, newcomer(house), on=MARCH)
    assert (again.person_id, again.new) == (first.person_id, False)
    old_card = number(1)[:6] + number(1)[8:17]
    third = persons.register_person(house.officer_a, newcomer(house, typed=old_card), on=APRIL)
    assert third.person_id == first.person_id
    with house.clerk.transaction():
        assert models.Employment.objects.filter(person_id=first.person_id).count() == 1
        assert models.PersonNumber.objects.filter(person_id=first.person_id).count() == 1


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("王?", None, "question mark"),
        ("", None, "name is missing"),
        ("王伟", "110101199003070010", "check character"),
        ("王伟", "1.1E+17", "power of ten"),
    ],
)
def test_what_is_no_person_is_refused(house, name, typed, said):
    with pytest.raises(Refusal, match=said):
        persons.register_person(house.officer_a, newcomer(house, name, typed), on=MARCH)


def test_another_units_person_is_a_matter_for_the_office_and_no_more_is_told(house):
    made = persons.register_person(house.officer_b, newcomer(house, unit="unit_b"), on=MARCH)
    attempts = {
        "the same person": newcomer(house),
        "another name": newcomer(house, "李娜"),
    }
    words = set()
    for presented in attempts.values():
        with pytest.raises(Refusal, match="ask the office") as refused:
            persons.register_person(house.officer_a, presented, on=APRIL)
        words.add(refused.value.words())
    assert len(words) == 1 and "丙矿" not in words.pop()
    both = persons.register_person(house.clerk, newcomer(house), on=APRIL)
    assert both.person_id == made.person_id
    assert people.workplaces_on(house.clerk, made.person_id, APRIL) == sorted(
        [house.union["unit_a"], house.union["unit_b"]]
    )


def test_who_left_is_hired_by_the_next_unit(house):
    from tests.ground.directory.rooms import employments

    made = persons.register_person(house.officer_b, newcomer(house, unit="unit_b"), on=MARCH)
    employments.leave(house.officer_b, made.person_id, house.union["unit_b"], on=APRIL)
    again = persons.register_person(house.officer_a, newcomer(house), on=APRIL)
    assert (again.person_id, again.new) == (made.person_id, False)


def test_a_number_with_somebody_elses_name_is_refused(house):
    persons.register_person(house.officer_a, newcomer(house, "买买提·艾力"), on=MARCH)
    persons.register_person(house.officer_a, newcomer(house, "买买提・艾力"), on=APRIL)
    with pytest.raises(Refusal, match="Check number and name"):
        persons.register_person(house.officer_a, newcomer(house, "李娜"), on=APRIL)


def test_all_or_none(house):
    several = [newcomer(house, f"王{n}"[:1] + "甲乙丙"[n], number(n)) for n in range(3)]
    with pytest.raises(Refusal, match="same identity number"):
        persons.register_persons(house.officer_a, [*several, several[0]], on=MARCH)
    foreign = newcomer(house, "李娜", number(9), unit="unit_b")
    with pytest.raises(Refusal, match="no such entry"):
        persons.register_persons(house.officer_a, [*several, foreign], on=MARCH)
    assert people.find_persons(house.clerk, "王").lines == ()
    assert len(persons.register_persons(house.officer_a, several, on=MARCH)) == 3


def test_an_officer_cannot_ask_about_all_the_world(house):
    for start in range(0, 300, 100):
        several = [newcomer(house, "王伟", number(n)) for n in range(start + 1, start + 101)]
        persons.register_persons(house.officer_a, several, on=MARCH)
    with pytest.raises(Refusal, match="very many numbers"):
        persons.register_person(house.officer_a, newcomer(house, typed=number(990)), on=MARCH)
    persons.register_person(house.clerk, newcomer(house, typed=number(990)), on=MARCH)


def test_a_corrected_number_stays_in_history(house):
    made = persons.register_person(house.officer_a, newcomer(house), on=MARCH)
    with pytest.raises(Refusal, match="do not allow"):
        persons.correct_number(house.officer_a, made.person_id, number(2), because="录错", on=APRIL)
    persons.correct_number(
        house.county_clerk_a, made.person_id, number(2, "19910307"), because="录错", on=APRIL
    )
    for typed in (number(1), number(2, "19910307")):
        (line,) = people.find_persons(house.officer_a, typed).lines
        assert line.person_id == made.person_id
    assert line.born_on == date(1991, 3, 7)
    with house.clerk.transaction():
        spans = models.PersonNumber.objects.order_by("id")
        assert [(one.starts_on, one.ends_before, one.replaced_because) for one in spans] == [
            (MARCH, APRIL, "录错"),
            (APRIL, None, ""),
        ]
    with pytest.raises(Refusal, match="Check number and name"):  # the old one is nobody's now
        persons.register_person(house.officer_a, newcomer(house), on=APRIL)


def test_a_correction_on_the_day_itself(house):
    made = persons.register_person(house.officer_a, newcomer(house), on=MARCH)
    persons.correct_number(
        house.county_clerk_a, made.person_id, number(2), because="录错", on=MARCH
    )
    (line,) = people.find_persons(house.officer_a, number(2)).lines
    assert line.person_id == made.person_id


def test_somebody_elses_number_is_refused_alike_wherever_she_is(house):
    mine = persons.register_person(house.officer_a, newcomer(house), on=MARCH)
    persons.register_person(house.officer_a, newcomer(house, "李娜", number(2)), on=MARCH)
    persons.register_person(house.officer_b, newcomer(house, "赵敏", number(3), "unit_b"), on=MARCH)
    words = set()
    for other in (2, 3):
        with pytest.raises(Refusal) as refused:
            persons.correct_number(
                house.county_clerk_a, mine.person_id, number(other), because="录错", on=APRIL
            )
        words.add(refused.value.words())
    assert len(words) == 1


def test_nobody_outside_is_corrected(house):
    theirs = persons.register_person(house.officer_b, newcomer(house, unit="unit_b"), on=MARCH)
    for person in (theirs.person_id, 10**9):
        with pytest.raises(Refusal, match="no such entry"):
            persons.correct_name(house.county_clerk_a, person, "李娜", because="录错")
        with pytest.raises(Refusal, match="no such entry"):
            persons.correct_number(house.county_clerk_a, person, number(5), because="x", on=APRIL)


def test_a_name_is_corrected_and_what_a_unit_wrote_stays(house):
    made = persons.register_person(house.officer_a, newcomer(house, "王炜"), on=MARCH)
    persons.correct_name(house.county_clerk_a, made.person_id, "王煒", because="证件为繁体")
    with house.clerk.transaction():
        person = models.Person.objects.get(pk=made.person_id)
        assert (person.name, person.name_pinyin) == ("王煒", "wang wei")
        assert models.Employment.objects.get(person=person).name_as_written == "王炜"


def test_two_rows_become_one_person_and_none_vanishes(house):
    one, other = house.person["worker_a"], house.person["officer_a"]
    two = house.person["worker_b"]
    assert not people.same_person(house.clerk, one, two)
    persons.join_persons(house.clerk, one, two, because="同一人")
    assert people.same_person(house.clerk, one, two)
    with house.clerk.transaction():
        assert models.Person.objects.filter(pk__in=[one, two]).count() == 2
    for attempt in ((one, other), (two, one), (other, one), (one, one)):
        with pytest.raises(Refusal, match="joined to another person already"):
            persons.join_persons(house.clerk, *attempt, because="同一人")
    persons.part_person(house.clerk, one, because="弄错了")
    assert not people.same_person(house.clerk, one, two)


def test_nobody_joins_herself_into_somebody_elses_rights(house, sql_as_web):
    me, head = house.person["county_clerk_a"], house.person["head"]
    worker, chair = house.person["worker_a"], house.person["chair_a"]
    for attempt in ((me, worker), (worker, me), (worker, chair), (chair, worker), (worker, head)):
        with pytest.raises(Refusal, match="no such entry"):
            persons.join_persons(house.county_clerk_a, *attempt, because="同一人")
    with pytest.raises(Refusal, match="no such entry"):
        persons.join_persons(house.clerk, house.person["clerk"], head, because="同一人")
    connection = sql_as_web(house.county_clerk_a)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "update directory_person set merged_into_id = %s where id = %s", [chair, worker]
        )


def test_without_the_trigger_a_clerk_would_take_the_chairs_rights(house, sql_as_web, connect):
    superuser = connect("superuser")
    superuser.execute("alter table directory_person disable trigger person_is_joined")
    superuser.commit()
    connection = sql_as_web(house.county_clerk_a)
    changed = connection.execute(
        "update directory_person set merged_into_id = %s where id = %s",
        [house.person["head"], house.person["county_clerk_a"]],
    )
    assert changed.rowcount == 1


def test_web_writes_no_person_past_the_functions(house, sql_as_web):
    for statement in (
        "insert into directory_person (public_id, name, name_folded, sex)"
        " values (gen_random_uuid(), 'x', 'x', '')",
        "insert into directory_employment (person_id, union_id, name_as_written, starts_on)"
        " values (1, 1, 'x', '2022-01-01')",
        "update directory_employment set ends_before = '2022-01-01'",
        "update directory_personnumber set ends_before = '2022-01-01'",
        "delete from directory_person",
        "select * from directory_lookup",
    ):
        connection = sql_as_web(house.clerk)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_two_units_register_the_same_number_at_once(house):
    presented = {
        "officer_a": [newcomer(house, typed=number(n), unit="unit_a") for n in range(1, 6)],
        "officer_b": [newcomer(house, typed=number(n), unit="unit_b") for n in range(5, 0, -1)],
    }
    said = at_once(
        *(
            lambda who=who, several=several: persons.register_persons(
                getattr(house, who), several, on=MARCH
            )
            for who, several in presented.items()
        )
    )
    assert sorted(type(one).__name__ for one in said) == ["NoneType", "Refusal"], said
    with house.clerk.transaction():
        assert models.PersonNumber.objects.count() == 5
        assert models.Person.objects.filter(name="王伟").count() == 5
