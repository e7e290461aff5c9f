"""At any date one answer: a person by a post or by a delegation, or a vacancy with its name."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.core.errors import Refusal
from tests.ground.directory.rooms import delegations, models, posts, responsibility, unions

FIRST, MARCH, APRIL, MAY = (
    date(2021, 1, 1),
    date(2022, 3, 1),
    date(2022, 4, 1),
    date(2022, 5, 1),
)
A_DAY = timedelta(days=1)


def who(house, unit, duty, day, actor=None):
    """The name of who answers; ``None`` for a vacancy."""
    answer = responsibility.responsible_on(actor or house.clerk, house.union[unit], duty, day)
    if not hasattr(answer, "person_id"):
        return None
    return next(name for name, number in house.person.items() if number == answer.person_id)


def post_of(house, name):
    with house.clerk.transaction():
        return models.Post.objects.get(person_id=house.person[name]).pk


def test_the_nearest_who_may_answers(house):
    assert who(house, "unit_a", "roster.book", FIRST) == "officer_a"
    assert who(house, "branch_b1", "roster.book", FIRST) == "officer_b"
    posts.dismiss(house.head, post_of(house, "officer_b"), on=MARCH)
    assert who(house, "branch_b1", "roster.book", MARCH - A_DAY) == "officer_b"
    assert who(house, "branch_b1", "roster.book", MARCH) == "county_clerk_b"
    posts.dismiss(house.head, post_of(house, "county_clerk_b"), on=APRIL)
    assert who(house, "branch_b1", "roster.book", APRIL) == "head"


def test_a_kind_of_post_is_asked_of_the_union_itself(house):
    assert who(house, "unit_a", "unit_chair", MARCH) == "chair_a"
    assert who(house, "unit_a2", "unit_chair", MARCH) is None
    assert who(house, "city", "office_clerk", MARCH) == "clerk"  # had it before the second one


def test_who_reads_only_is_not_responsible(house):
    answer = responsibility.responsible_on(house.clerk, house.union["city"], "audit.read", MARCH)
    assert answer.kind == "office_head"


def test_a_deputy_answers_on_her_days(house):
    given = delegations.delegate(
        house.officer_a,
        post_of(house, "officer_a"),
        house.person["worker_a"],
        matter="造册",
        permissions=["roster.book"],
        on=MARCH,
        until=APRIL,
    )
    days = [MARCH - A_DAY, MARCH, APRIL - A_DAY, APRIL]
    answered = [who(house, "unit_a", "roster.book", day) for day in days]
    assert answered == ["officer_a", "worker_a", "worker_a", "officer_a"]
    assert who(house, "unit_a", "roster.transfer", MARCH) == "officer_a"
    answer = responsibility.responsible_on(house.clerk, house.union["unit_a"], "roster.book", MARCH)
    assert answer.delegation_id == given and answer.post_id == post_of(house, "officer_a")


def test_a_vacancy_has_its_name(house):
    ask = responsibility.responsible_on
    unit = house.union["unit_a"]
    never = ask(house.clerk, unit, "unit_chair", FIRST - A_DAY)
    assert (never.union_id, never.duty, never.existed, never.since) == (
        unit,
        "unit_chair",
        False,
        None,
    )
    posts.dismiss(house.head, post_of(house, "chair_a"), on=MARCH)
    vacant = ask(house.clerk, unit, "unit_chair", APRIL)
    assert (vacant.existed, vacant.since, vacant.day) == (True, MARCH, APRIL)


def test_the_tree_of_the_day_counts(house):
    posts.dismiss(house.head, post_of(house, "officer_b"), on=MARCH)
    unions.move_union(house.clerk, house.union["unit_b"], house.union["county_a"], on=APRIL)
    assert who(house, "unit_b", "roster.book", MARCH) == "county_clerk_b"
    assert who(house, "unit_b", "roster.book", APRIL) == "county_clerk_a"


def test_what_a_post_allowed_on_the_day_counts(house, connect):
    superuser = connect("superuser")
    superuser.execute(
        "update directory_postkind set permissions = '{roster.check}' where code = 'unit_officer'"
    )
    superuser.commit()
    assert who(house, "unit_b", "roster.book", MARCH) == "officer_b"
    with house.clerk.transaction():
        spans = models.PostKindSpan.objects.filter(kind_id="unit_officer").order_by("starts_on")
        assert [one.permissions for one in spans][-1] == ["roster.check"]
        assert spans[0].ends_before == spans[1].starts_on


def test_an_officer_is_told_who_stands_above_her_but_nothing_of_others(house):
    assert who(house, "unit_a2", "period.close", MARCH, house.officer_a2) == "head"
    for unit in (house.union["unit_b"], 10**9):
        with pytest.raises(Refusal, match="no such entry"):
            responsibility.responsible_on(house.officer_a, unit, "roster.book", MARCH)


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["worker_a", "officer_a", "chair_a", "officer_a2"]),
            st.sampled_from(["unit_a2", "county_b"]),
            st.integers(0, 300),
            st.one_of(st.none(), st.integers(1, 100)),
        ),
        max_size=12,
    ),
    st.lists(st.integers(0, 400), min_size=1, max_size=8),
)
def test_any_day_has_exactly_one_answer(house, connect, given_posts, days):
    """Against a plain reading of the same posts; they are written past every service."""
    superuser = connect("superuser")
    superuser.execute("delete from directory_post where kind_id = 'unit_officer'")
    posts_there = []
    for name, unit, start, length in given_posts:
        starts = date(2022, 1, 1) + timedelta(days=start)
        ends = None if length is None else starts + timedelta(days=length)
        made = superuser.execute(
            "insert into directory_post (person_id, union_id, kind_id, starts_on, ends_before)"
            " values (%s, %s, 'unit_officer', %s, %s)"
            " on conflict on constraint post_one_at_a_time do nothing returning id",
            [house.person[name], house.union[unit], starts, ends],
        ).fetchone()
        if made:
            posts_there.append((unit, starts, ends or date.max, made[0], name))
    superuser.commit()
    for offset in days:
        day = date(2022, 1, 1) + timedelta(days=offset)
        held = sorted(
            (starts, number, name)
            for unit, starts, ends, number, name in posts_there
            if unit == "unit_a2" and starts <= day < ends
        )
        expected = held[0][2] if held else "county_clerk_a"
        assert who(house, "unit_a2", "roster.book", day) == expected
        assert who(house, "unit_a2", "unit_officer", day) == (held[0][2] if held else None)
    superuser.close()
