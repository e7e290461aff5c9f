"""Posts: nobody gives one to himself, weighty ones are given by two people, rights end at once."""

from datetime import date

import psycopg
import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.borders.scope import Actor
from tests.ground.directory.rooms import (
    bodies,
    employments,
    models,
    post_kinds,
    posts,
    unions,
)

MARCH, APRIL = date(2022, 3, 1), date(2022, 4, 1)


def enters(actor):
    try:
        with actor.transaction() as scope:
            return scope.permissions
    except Refusal:
        return None


def test_a_post_allows_at_once_and_no_longer_after_its_end(house):
    given = posts.appoint(
        house.chair_a, house.person["worker_a"], house.union["unit_a"], "unit_officer", on=MARCH
    )
    assert not given.pending
    assert "roster.book" in enters(house.worker_a)
    posts.dismiss(house.chair_a, given.post_id, on=APRIL)
    assert enters(house.worker_a) is None
    with pytest.raises(Refusal, match="does not last beyond"):
        posts.dismiss(house.chair_a, given.post_id, on=APRIL)


def test_what_is_no_post_is_refused(house):
    worker, unit = house.person["worker_a"], house.union["unit_a"]
    with pytest.raises(Refusal, match="no kind of post"):
        posts.appoint(house.head, worker, unit, "emperor", on=MARCH)
    with pytest.raises(Refusal, match="last day lies before"):
        posts.appoint(house.head, worker, unit, "unit_officer", on=APRIL, until=MARCH)
    posts.appoint(house.head, worker, unit, "unit_officer", on=MARCH, until=APRIL)
    with pytest.raises(Refusal, match="holds this post"):
        posts.appoint(house.head, worker, unit, "unit_officer", on=MARCH)


def test_nobody_gives_a_post_to_himself(house, connect):
    unit = house.union["unit_a"]
    with pytest.raises(Refusal, match="to himself"):
        posts.appoint(house.chair_a, house.person["chair_a"], unit, "unit_officer", on=MARCH)
    # Nor under another row of his own.
    superuser = connect("superuser")
    superuser.execute(
        "update directory_person set merged_into_id = %s where id = %s",
        [house.person["chair_a"], house.person["worker_a"]],
    )
    superuser.commit()
    with pytest.raises(Refusal, match="to himself"):
        posts.appoint(house.chair_a, house.person["worker_a"], unit, "unit_officer", on=MARCH)


def test_a_weighty_post_takes_two_people(house):
    person, city = house.person["county_clerk_a"], house.union["city"]
    proposed = posts.appoint(house.clerk, person, city, "accountant", on=MARCH)
    assert proposed.pending and "ledger.post" not in enters(house.county_clerk_a)
    with pytest.raises(Refusal, match="proposed already"):
        posts.appoint(house.head, person, city, "accountant", on=MARCH)
    with pytest.raises(Refusal, match="two people"):
        posts.confirm_appointment(house.clerk, proposed.appointment_id)
    given = posts.confirm_appointment(house.head, proposed.appointment_id)
    assert "ledger.post" in enters(house.county_clerk_a)
    with house.head.transaction():
        post = models.Post.objects.get(pk=given.post_id)
    assert (post.appointed_by_id, post.confirmed_by_id) == (
        house.person["clerk"],
        house.person["head"],
    )
    with pytest.raises(Refusal, match="no such entry"):  # it is decided
        posts.confirm_appointment(house.second_clerk, proposed.appointment_id)


def test_who_would_have_it_does_not_confirm_it(house):
    proposed = posts.appoint(
        house.head, house.person["clerk"], house.union["city"], "accountant", on=MARCH
    )
    with pytest.raises(Refusal, match="to himself"):
        posts.confirm_appointment(house.clerk, proposed.appointment_id)


def test_a_second_account_is_no_second_person(house, connect):
    """The clerk's second account hangs on a second row of hers, which has a post of its own."""
    superuser = connect("superuser")
    superuser.execute(
        "update directory_person set merged_into_id = %s where id = %s",
        [house.person["clerk"], house.person["second_clerk"]],
    )
    superuser.commit()
    proposed = posts.appoint(
        house.clerk, house.person["worker_a"], house.union["city"], "accountant", on=MARCH
    )
    with pytest.raises(Refusal, match="two people"):
        posts.confirm_appointment(house.second_clerk, proposed.appointment_id)


def test_a_proposal_is_declined_with_a_reason(house):
    person, city = house.person["worker_a"], house.union["city"]
    proposed = posts.appoint(house.clerk, person, city, "accountant", on=MARCH)
    with pytest.raises(Refusal, match="reason is missing"):
        posts.decline_appointment(house.head, proposed.appointment_id, " ")
    posts.decline_appointment(house.head, proposed.appointment_id, "另有安排")
    assert enters(house.worker_a) is None
    assert posts.appoint(house.clerk, person, city, "accountant", on=MARCH).pending


FORGED = {
    "without a second person": (None, None),
    "confirmed by the proposer": ("clerk", "clerk"),
    "confirmed by somebody who said nothing": ("clerk", "head"),
    "proposed by somebody who said nothing": ("head", "clerk"),
    "by nobody": (None, "head"),
}


@pytest.mark.parametrize("how", FORGED)
def test_two_people_cannot_be_forged_by_hand(house, sql_as_web, how):
    by, second = (house.person.get(name) for name in FORGED[how])
    if how == "without a second person":
        by = house.person["clerk"]
    connection = sql_as_web(house.clerk)
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "insert into directory_post (person_id, union_id, kind_id, starts_on, appointed_by_id,"
            " confirmed_by_id) values (%s, %s, 'accountant', '2022-03-01', %s, %s)",
            [house.person["worker_a"], house.union["city"], by, second],
        )


def test_without_the_trigger_one_person_would_be_enough(house, sql_as_web, connect):
    superuser = connect("superuser")
    superuser.execute("alter table directory_post disable trigger post_is_given")
    superuser.commit()
    sql_as_web(house.clerk).execute(
        "insert into directory_post (person_id, union_id, kind_id, starts_on, appointed_by_id)"
        " values (%s, %s, 'accountant', '2022-03-01', %s)",
        [house.person["worker_a"], house.union["city"], house.person["clerk"]],
    )


@pytest.mark.parametrize(
    "change",
    [
        "update directory_post set ends_before = null where kind_id = 'unit_chair'",
        "update directory_post set kind_id = 'administrator' where kind_id = 'unit_chair'",
        "update directory_post set starts_on = '2020-01-01' where kind_id = 'unit_chair'",
        "update directory_post set person_id = %(other)s where kind_id = 'unit_chair'",
    ],
)
def test_a_post_is_only_ended(house, sql_as_web, connect, change):
    superuser = connect("superuser")
    superuser.execute("update directory_post set ends_before = '2027-01-01'")
    superuser.commit()
    connection = sql_as_web(house.head)
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(change, {"other": house.person["worker_a"]})


def test_below_the_whole_nobody_gives_more_than_she_has(house):
    worker, unit = house.person["worker_a"], house.union["unit_a"]
    with pytest.raises(Refusal, match="no such entry"):
        posts.appoint(house.chair_a, worker, unit, "county_clerk", on=MARCH)
    with pytest.raises(Refusal, match="no such entry"):
        posts.appoint(house.chair_a, worker, house.union["unit_b"], "unit_officer", on=MARCH)
    with pytest.raises(Refusal, match="no such entry"):
        posts.appoint(house.chair_a, house.person["worker_b"], unit, "unit_officer", on=MARCH)
    with pytest.raises(Refusal, match="do not allow"):
        posts.appoint(house.officer_a, worker, unit, "unit_officer", on=MARCH)
    with house.clerk.transaction():
        post_b = models.Post.objects.get(person_id=house.person["officer_b"]).pk
    for missing in (post_b, 10**9):
        with pytest.raises(Refusal, match="no such entry"):
            posts.dismiss(house.chair_a, missing, on=MARCH)


def test_the_first_person_brings_in_the_second_alone_and_nobody_after_her(database, connect):
    superuser = connect("superuser")
    root, _founder = superuser.execute(
        "select * from gate.found_city('c', '示例市总工会', '2021-01-01', '甲', '甲',"
        " 'administrator', %s, 'founder', 'salt', 'verifier')",
        [kinds_as_json()],
    ).fetchone()
    people = [
        superuser.execute(
            "with p as (insert into directory_person (public_id, name, name_folded, name_pinyin,"
            " sex) values (gen_random_uuid(), %s, %s, '', '') returning id), e as (insert into"
            " directory_employment (person_id, union_id, name_as_written, category, staff_number,"
            " starts_on) select id, %s, '', '', '', '2021-01-01' from p) select id from p",
            [name, name, root],
        ).fetchone()[0]
        for name in ("乙", "丙")
    ]
    superuser.execute(
        "insert into accounts_session (account_id, token_hash, kind, opened_at, expires_at)"
        " select id, sha256('token'), 'session', now(), now() + interval '1 day'"
        " from accounts_account"
    )
    superuser.commit()
    first = Actor("token")
    second = posts.appoint(first, people[0], root, "office_head", on=MARCH)
    assert not second.pending
    posts.dismiss(first, second.post_id, on=APRIL)
    assert posts.appoint(first, people[1], root, "office_head", on=APRIL).pending


def kinds_as_json():
    import json

    from gonghui.ground.directory.models.kinds import read_post_kinds

    return json.dumps(read_post_kinds())


def test_nothing_begins_in_a_union_that_has_ended(house):
    unions.dissolve_union(house.clerk, house.union["branch_b1"], on=MARCH)
    worker, ended = house.person["worker_b"], house.union["branch_b1"]
    for attempt in (
        lambda: posts.appoint(house.head, worker, ended, "unit_officer", on=APRIL),
        lambda: posts.appoint(
            house.head, worker, house.union["unit_b"], "unit_officer", on=date(2020, 1, 1)
        ),
        lambda: employments.hire(house.head, worker, ended, on=APRIL),
        lambda: employments.transfer(house.head, worker, house.union["unit_b"], ended, on=APRIL),
        lambda: bodies.found_body(house.head, ended, "office", "办公室", on=APRIL),
    ):
        with pytest.raises(Refusal, match="does not exist on that day"):
            attempt()


def test_what_a_kind_allows_is_changed_but_not_made_weightier_by_one_person(house, sql_as_web):
    ask = {"name": "单位经办人", "writes": True}
    change = post_kinds.set_post_kind
    change(house.founder, "unit_officer", allowed=["roster.check"], **ask)
    assert enters(house.officer_a) == {"roster.check"}
    change(house.founder, "unit_helper", allowed=["roster.check"], **{**ask, "name": "协办"})
    with pytest.raises(Refusal, match="not added so"):
        change(house.founder, "unit_officer", allowed=["ledger.post"], **ask)
    with pytest.raises(Refusal, match="not added so"):
        change(house.founder, "new", allowed=["key.rotate"], **ask)
    with pytest.raises(Refusal, match="nobody widens his own"):
        change(
            house.founder,
            "administrator",
            name="系统管理员",
            allowed=["accounts.write", "roster.book", "directory.appoint"],
            writes=True,
        )
    with pytest.raises(Refusal, match="do not allow"):
        change(house.head, "unit_officer", allowed=[], **ask)
    connection = sql_as_web(house.founder)
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "update directory_postkind set permissions = permissions || 'ledger.post'::text"
            " where code = 'administrator'"
        )
