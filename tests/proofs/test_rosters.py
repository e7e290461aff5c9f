"""Proof: a roster is booked once and whole, however many send it at once and whatever breaks.

Controls: without the index over what rosters mean, the second sender is not told; without that over
numbers, one person is booked twice; a booking in two transactions is left half done. CI takes ten
races of each kind, GONGHUI_SOAK=1 takes 200.
"""

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import psycopg
import pytest
from django.db import DatabaseError, connections

from gonghui.core.errors import Refusal
from tests.programmes.mutualaid.enrolling import ON, PERIOD, enrol, open_for_rosters, person, roster
from tests.programmes.mutualaid.federation import SCHEME

RACES = 200 if os.environ.get("GONGHUI_SOAK") else 10
A, A2, B = "甲厂工会", "乙厂工会", "丙矿工会"
WRITTEN = (
    *("directory_person", "vault_datakey", "directory_personnumber", "directory_employment"),
    *("mutualaid_enrolment", "directory_personcontact", "audit_event"),
)
"""The tables that a booking writes, in this order."""


@pytest.fixture
def ready(house, tmp_path, connect):
    """Rosters are taken; units have so many people that their look-ups last for all races."""
    open_for_rosters(house, tmp_path)
    superuser = connect("superuser", autocommit=True)
    superuser.execute("update directory_union set workforce = 10000")
    return superuser


def check(actor, path):
    from gonghui.programmes.mutualaid.services.rosters import check_roster

    return check_roster(actor, path, scheme=SCHEME, period_on=PERIOD, on=ON)


def book(actor, preview):
    from gonghui.programmes.mutualaid.services.rosters import book_roster

    return book_roster(actor, preview, on=ON)


def apart(*work):
    """Each in a thread with a connection of its own, at once; the answer or the refusal of each."""
    barrier = threading.Barrier(len(work))

    def run(one):
        try:
            barrier.wait()
            return one()
        except Refusal as refusal:
            return refusal
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def count(superuser, table):
    return superuser.execute(f"select count(*) from {table}").fetchone()[0]


def covered_twice(superuser):
    """People whose covers overlap, by their numbers: two rows may be one person by mistake."""
    return superuser.execute(
        "select count(*) from mutualaid_enrolment one join directory_personnumber n"
        " on n.person_id = one.person_id join directory_personnumber m on m.blind = n.blind"
        " join mutualaid_enrolment other on other.person_id = m.person_id and other.id > one.id"
        " where not one.cancelled and not other.cancelled"
        " and daterange(one.starts_on, one.ends_before)"
        " && daterange(other.starts_on, other.ends_before)"
    ).fetchone()[0]


# The same roster


def same_roster(house, folder):
    """Two officers of one unit have checked the same people; then both book at once."""
    rows = [person(A) for _ in range(3)]
    mine = check(house.officer_a, roster(folder, rows, "mine.csv"))
    hers = check(house.chair_a, roster(folder, rows[::-1], "hers.csv"))
    return apart(lambda: book(house.officer_a, mine), lambda: book(house.chair_a, hers))


def test_the_same_roster_sent_twice_at_once_is_booked_once_and_both_are_told(
    house, ready, tmp_path
):
    for race in range(1, RACES + 1):
        answers = same_roster(house, tmp_path)
        assert sorted(one.before for one in answers) == [False, True], answers
        assert len({one.file_id for one in answers}) == 1
        assert [one.rows for one in answers] == [3, 3]
        assert count(ready, "mutualaid_enrolment") == 3 * race
    assert covered_twice(ready) == 0


def test_control_without_the_index_over_meanings_the_second_is_not_told(house, ready, tmp_path):
    ready.execute("drop index rosterfile_booked_once")
    answers = same_roster(house, tmp_path)
    assert any(isinstance(one, Refusal) for one in answers)


def test_control_without_both_indexes_the_same_roster_is_booked_twice(house, ready, tmp_path):
    ready.execute("drop index rosterfile_booked_once")
    ready.execute("drop index personnumber_one_person")
    same_roster(house, tmp_path)
    assert covered_twice(ready) == 3


# The same person


def same_person(house, folder):
    """Two units have checked somebody new to both; then both book her at once."""
    somebody = person(A)
    there = (*somebody[:2], B, "")
    mine = check(house.officer_a, roster(folder, [somebody, person(A)], "mine.csv"))
    hers = check(house.officer_b, roster(folder, [person(B), there], "hers.csv"))
    return apart(lambda: book(house.officer_a, mine), lambda: book(house.officer_b, hers))


def test_two_units_book_the_same_new_person_at_once_and_one_does(house, ready, tmp_path):
    for race in range(1, RACES + 1):
        answers = same_person(house, tmp_path)
        (refusal,) = [one for one in answers if isinstance(one, Refusal)]
        # Nothing of the other unit: only that something changed.
        assert refusal.what == "The roster was checked against what has changed since."
        assert refusal.todo == "Check it again: nothing was booked."
        assert not refusal.values
        assert count(ready, "mutualaid_enrolment") == 2 * race  # one file of two rows, whole
    assert covered_twice(ready) == 0


def test_control_without_the_index_over_numbers_she_is_booked_twice(house, ready, tmp_path):
    ready.execute("drop index personnumber_one_person")
    answers = same_person(house, tmp_path)
    assert not any(isinstance(one, Refusal) for one in answers)
    assert covered_twice(ready) == 1


# Rosters against what else moves people


def works_here_only(house, superuser, folder):
    """Somebody employed in unit_a whose enrolment was taken back; her row and her id."""
    from gonghui.programmes.mutualaid.models import Enrolment
    from gonghui.programmes.mutualaid.services.enrolments import withdraw

    somebody = person(A)
    enrol(house.officer_a, roster(folder, [somebody], "first.csv"))
    with house.officer_a.transaction():
        enrolment, known = Enrolment.objects.order_by("-pk").values_list("pk", "person_id")[0]
    withdraw(house.officer_a, enrolment, on=ON, because="误报", fund="mutual-aid")
    return somebody, known


def test_a_roster_against_a_transfer_leaves_one_cover_and_one_employment(house, ready, tmp_path):
    from gonghui.ground.directory.services.employments import transfer

    dice, union = random.Random(2022), house.union
    for _race in range(RACES):
        somebody, known = works_here_only(house, ready, tmp_path)
        there = check(house.clerk, roster(tmp_path, [(*somebody[:2], A2, "")], "there.csv"))
        wait = dice.random() / 20

        def move(known=known, wait=wait):
            time.sleep(wait)
            transfer(house.clerk, known, union["unit_a"], union["unit_a2"], on=date(2021, 12, 21))
            return "moved"

        answers = apart(lambda there=there: book(house.clerk, there), move)
        assert any(not isinstance(one, Refusal) for one in answers), answers
        covers = ready.execute(
            "select count(*) from mutualaid_enrolment where person_id = %s and not cancelled",
            [known],
        ).fetchone()[0]
        assert covers == (not isinstance(answers[0], Refusal))
        at_once = ready.execute(
            "select count(*) from directory_employment where person_id = %s and union_id = %s"
            " and ends_before is null",
            [known, union["unit_a2"]],
        ).fetchone()[0]
        assert at_once == 1


def test_a_roster_against_a_withdrawal_is_like_one_after_the_other(house, ready, tmp_path):
    from gonghui.programmes.mutualaid.models import Enrolment
    from gonghui.programmes.mutualaid.services.enrolments import withdraw

    dice = random.Random(2023)
    for _race in range(RACES):
        somebody = person(A)
        enrol(house.officer_a, roster(tmp_path, [somebody], "first.csv"))
        with house.officer_a.transaction():
            enrolment, known = Enrolment.objects.order_by("-pk").values_list("pk", "person_id")[0]
        again = roster(tmp_path, [(*somebody[:2], A2, "")], "there.csv")
        wait = dice.random() / 5

        def leave(enrolment=enrolment, wait=wait):
            time.sleep(wait)
            return withdraw(house.clerk, enrolment, on=ON, because="误报", fund="mutual-aid")

        def elsewhere(again=again):
            return book(house.clerk, check(house.clerk, again))

        left, _booked = apart(leave, elsewhere)
        assert not isinstance(left, Refusal)
        covers = ready.execute(
            "select count(*) from mutualaid_enrolment where person_id = %s and not cancelled",
            [known],
        ).fetchone()[0]
        assert covers in (0, 1)
    assert covered_twice(ready) == 0


def test_a_unit_that_ends_is_not_booked_into(house, ready, tmp_path):
    preview = check(house.clerk, roster(tmp_path, [person(A)]))
    with ready.transaction():
        ready.execute("set constraints all deferred")
        ready.execute("update directory_union set ends_before = '2021-12-01' where code = 'unit_a'")
        ready.execute(
            "update directory_unionspan set ends_before = '2021-12-01' where union_id = %s",
            [house.union["unit_a"]],
        )
    with pytest.raises(Refusal, match="changed since"):
        book(house.clerk, preview)
    assert count(ready, "mutualaid_enrolment") == 0


def test_rows_that_are_one_person_have_one_cover(house, ready, tmp_path):
    from gonghui.ground.directory.services.persons import join_persons

    one, other, third = person(A), person(A), person(A2)
    enrol(house.clerk, roster(tmp_path, [one, other], "first.csv"))
    first, second = (
        row[0]
        for row in ready.execute("select person_id from mutualaid_enrolment order by id").fetchall()
    )
    with pytest.raises(Refusal, match="one person has one cover"):
        join_persons(house.clerk, second, first, because="同一人")
    # Joined while only one of the rows is covered: the other is covered by that, too.
    ready.execute("update mutualaid_enrolment set cancelled = true where person_id = %s", [second])
    prepared = check(house.clerk, roster(tmp_path, [(*other[:2], A2, ""), third], "second.csv"))
    assert prepared.bookable
    join_persons(house.clerk, second, first, because="同一人")
    with pytest.raises(Refusal, match="changed since"):
        book(house.clerk, prepared)
    later = check(house.clerk, roster(tmp_path, [(*other[:2], A2, ""), third], "third.csv"))
    assert {finding.code for finding in later.roster.findings} == {"covered_in_other_unit"}


# Whole or not at all


def state(superuser):
    """All that a booking changes."""
    counts = {table: count(superuser, table) for table in WRITTEN}
    files = superuser.execute("select state, rows_booked from mutualaid_rosterfile").fetchall()
    return counts, files


def killed_at(table, superuser, connect, work):
    """The work, whose backend is killed when it reaches a table that somebody holds."""
    holder = connect("superuser")
    holder.execute(f"lock table {table} in share mode")

    def run():
        try:
            return work()
        except (DatabaseError, psycopg.Error) as error:
            return error
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(run)
        for _ in range(500):
            killed = superuser.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'web'"
                " and wait_event_type = 'Lock' and datname = current_database()"
            ).fetchall()
            if killed or begun.done():
                break
            time.sleep(0.02)
        answer = begun.result()
    holder.rollback()
    return answer


def test_a_booking_killed_at_any_table_leaves_nothing_and_can_be_done_again(
    house, ready, tmp_path, connect
):
    preview = check(house.officer_a, roster(tmp_path, [person(A), person(A)]))
    before = state(ready)
    for table in WRITTEN:
        answer = killed_at(table, ready, connect, lambda: book(house.officer_a, preview))
        assert isinstance(answer, DatabaseError), (table, answer)
        assert state(ready) == before, table
    assert book(house.officer_a, preview).rows == 2
    assert state(ready) != before


def test_control_a_booking_in_two_transactions_is_left_half_done(house, ready, tmp_path, connect):
    from gonghui.programmes.mutualaid.services import rosters

    preview = check(house.officer_a, roster(tmp_path, [person(A), person(A)]))
    before = state(ready)

    def in_two():
        with house.officer_a.transaction() as scope:
            rosters.take_up(scope, preview.file_id)
        with house.officer_a.transaction():
            rosters.book_rows(preview, preview.new_rows, ON)

    assert isinstance(killed_at("mutualaid_enrolment", ready, connect, in_two), DatabaseError)
    assert state(ready) != before
