"""Finding people: by number, by its end, by name, by sound; and who is one person."""

from datetime import date
from itertools import product

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from gonghui.core.errors import Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.identity import check_character
from tests.ground.directory.rooms import people, persons

MARCH = date(2022, 3, 1)
NAMES = ("张伟", "张伟伟", "单雄信", "解缙", "买买提·艾力", "𬱖䶮", "John Smith", "章薇")


def number(sequence):
    first_17 = f"11010119900307{sequence:03}"
    return first_17 + check_character(first_17)


@pytest.fixture
def crowd(house, keys):
    """The same names in two units, so that a border is felt."""
    for unit, actor, start in (
        ("unit_a", house.officer_a, 0),
        ("unit_b", house.officer_b, 100),
    ):
        newcomers = [
            persons.Newcomer(house.union[unit], name, number=number(start + at))
            for at, name in enumerate(NAMES, 1)
        ]
        persons.register_persons(actor, newcomers, on=MARCH)
    return house


def found(actor, typed, **said):
    return [line.name for line in people.find_persons(actor, typed, **said).lines]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("张伟", ["张伟", "张伟伟"]),
        ("张 伟伟", ["张伟伟"]),
        ("张", ["张伟", "张伟伟"]),
        ("伟", []),
        ("zhangwei", ["张伟", "章薇", "张伟伟"]),
        ("Zhang Wei", ["张伟", "章薇", "张伟伟"]),
        ("zw", ["张伟", "章薇"]),
        ("shan", ["单雄信"]),
        ("danxiongxin", []),
        ("xiejin", ["解缙"]),
        ("买买提・艾力", ["买买提·艾力"]),
        ("买买提", ["买买提·艾力"]),
        ("mmt", []),
        ("𬱖", ["𬱖䶮"]),
        ("JOHN", ["John Smith"]),
        ("john smith", ["John Smith"]),
        ("", []),
        ("%", []),
        ("_", []),
        ("'; drop table directory_person; --", []),
        (number(1), ["张伟"]),
        (f" {number(1)[:6]} {number(1)[6:]} ", ["张伟"]),
        (number(1)[:6] + number(1)[8:17], ["张伟"]),
        (number(1)[:-1], []),
        (number(101), []),
        (number(1)[-4:], ["张伟"]),
        ("9999", []),
    ],
)
def test_what_was_typed_finds_ones_own_people_only(crowd, typed, names):
    assert found(crowd.officer_a, typed) == names


def test_the_office_finds_everybody_page_by_page(crowd):
    first = people.find_persons(crowd.clerk, "张伟", limit=3)
    assert [line.name for line in first.lines] == ["张伟", "张伟", "张伟伟"]
    second = people.find_persons(crowd.clerk, "张伟", limit=3, after=first.after)
    assert [line.name for line in second.lines] == ["张伟伟"] and second.after is None
    assert len({line.person_id for line in (*first.lines, *second.lines)}) == 4


def test_an_end_is_proved_by_what_it_opens(crowd, monkeypatch):
    """The index keeps few bits; a neighbour in the same drawer is not found by it."""
    module = people.find_persons.__globals__
    monkeypatch.setitem(module, "last_four_indexes", lambda *_: [everybody])
    with crowd.clerk.transaction():
        rows = list(module["PersonNumber"].objects.values_list("last_four", flat=True))
    everybody = bytes(rows[0])
    assert found(crowd.clerk, "9999") == []


@pytest.mark.parametrize(
    ("typed", "questions"), [("张伟", 2), ("zhangwei", 2), (number(1), 3), (number(1)[-4:], 4)]
)
def test_a_search_asks_the_database_a_fixed_number_of_questions(crowd, typed, questions):
    with CaptureQueriesContext(connections["default"]) as asked:
        found(crowd.clerk, typed)
    tables = [one["sql"] for one in asked if one["sql"].startswith("SELECT ")]
    assert len(tables) == questions, tables
    assert len(asked) - len(tables) <= 6  # the transaction and its scope


def test_an_exact_name_is_looked_up_by_an_index(crowd, sql_as_web):
    connection = sql_as_web(crowd.officer_a)
    connection.execute("set local enable_seqscan = off")
    for column in ("name_folded", "name_run"):
        plan = connection.execute(
            f"explain select id from directory_person where {column} >= 'x' and {column} < 'y'"
        ).fetchall()
        assert any("Index Cond" in line for (line,) in plan), plan


def two_accounts_each(house, connect):
    """Three people with two accounts each: of two of them the second hangs on a row of its own."""
    superuser = connect("superuser")
    accounts = {}
    for who, second_row in (
        ("head", None),
        ("clerk", "county_clerk_a"),
        ("second_clerk", "county_clerk_b"),
    ):
        person = house.person[who]
        if second_row is not None:
            superuser.execute(
                "update directory_person set merged_into_id = %s where id = %s",
                [person, house.person[second_row]],
            )
            accounts[who] = [getattr(house, who), getattr(house, second_row)]
            continue
        superuser.execute(
            "with a as (insert into accounts_account (person_id, login, salt, verifier, wrong,"
            " opened_at) values (%s, 'again', '', '', 0, now()) returning id)"
            " insert into accounts_session (account_id, token_hash, kind, opened_at, expires_at)"
            " select id, sha256('again'), 'session', now(), now() + interval '1 day' from a",
            [person],
        )
        accounts[who] = [getattr(house, who), Actor("again")]
    superuser.commit()
    return accounts


def acts(actor, *earlier):
    """One step: refuses who did an earlier one; gives who did it."""
    people.refuse_same_person(actor, *earlier)
    with actor.transaction() as scope:
        return scope.person_id


def test_three_steps_are_three_people_in_all_27_ways(house, connect):
    accounts = two_accounts_each(house, connect)
    passed = set()
    for trio in product(accounts, repeat=3):
        for choice in product((0, 1), repeat=3):
            maker, checker, releaser = (
                accounts[who][at] for who, at in zip(trio, choice, strict=True)
            )
            try:
                made = acts(maker)
                checked = acts(checker, made)
                acts(releaser, made, checked)
            except Refusal:
                assert len(set(trio)) < 3
            else:
                assert len(set(trio)) == 3
                passed.add((trio, choice))
    assert len(passed) == 6 * 8


def test_comparing_accounts_would_let_one_person_do_two_steps(house, connect):
    """The control: what the promise calls wrong passes where one person has two accounts."""
    accounts = two_accounts_each(house, connect)
    first, second = accounts["clerk"]
    assert first.token != second.token
    with pytest.raises(Refusal, match="earlier step"):
        acts(second, acts(first))


def test_a_deputy_who_is_the_same_person_is_one_person(house, connect):
    accounts = two_accounts_each(house, connect)
    with house.clerk.transaction() as scope:
        me = scope.person_id
    with accounts["clerk"][1].transaction() as scope:
        assert scope.person_id == me


def test_a_row_joined_to_another_says_so(house):
    one, other = house.person["worker_a"], house.person["worker_b"]
    persons.join_persons(house.clerk, one, other, because="同一人")
    lines = people.find_persons(house.clerk, "worker_").lines
    assert {line.person_id: line.joined_to for line in lines} == {one: other, other: None}
