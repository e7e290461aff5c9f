"""Values of persons in a scope: whose keys may be had, PostgreSQL decides."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from django.db import connections

from gonghui.core.errors import Refusal
from gonghui.ground.vault.errors import KeyLost, SealBroken
from gonghui.ground.vault.keyring import Keyring, change_keyring
from gonghui.ground.vault.sealing import Column, key_id_of
from tests.vault_fixtures import add_persons

pytestmark = pytest.mark.usefixtures("keys")

PHONE = Column("directory_personcontact", "cipher")
NUMBER = "13912345678"


def values():
    from gonghui.ground.vault.services import values  # needs Django to be ready

    return values


def destroy_data_keys(person):
    from gonghui.ground.vault.services.destruction import destroy_data_keys

    return destroy_data_keys(person)


def sealed_by(actor, person, value=NUMBER, row=1):
    with actor.transaction():
        return values().seal_value(person, value, PHONE, row)


def opened_by(actor, person, sealed, row=1):
    with actor.transaction():
        return values().open_value(person, sealed, PHONE, row)


@pytest.fixture
def stored(house, connect):
    """What stands in the table, as a superuser sees it."""
    superuser = connect("superuser", autocommit=True)

    def row(person):
        return superuser.execute(
            "select generation, uses, wrapped is null from vault_datakey where person_id = %s",
            [person],
        ).fetchone()

    return row


def test_what_one_officer_seals_a_colleague_opens(house):
    person = house.person["worker_a"]
    sealed = sealed_by(house.officer_a, person)
    assert opened_by(house.chair_a, person, sealed) == NUMBER
    assert opened_by(house.clerk, person, sealed) == NUMBER


@pytest.mark.parametrize("who", ["officer_b", "county_clerk_b"])
def test_nobody_of_another_unit_opens_it(house, who):
    person = house.person["worker_a"]
    sealed = sealed_by(house.officer_a, person)
    with pytest.raises(KeyLost) as foreign:
        opened_by(getattr(house, who), person, sealed)
    with pytest.raises(KeyLost) as nobody:
        opened_by(getattr(house, who), 7_777_777, sealed)
    assert foreign.value.words() == nobody.value.words()


@pytest.mark.parametrize("who", ["officer_b", "officer_a2", "auditor"])
def test_who_may_not_write_there_seals_nothing(house, stored, who):
    person = house.person["worker_a"]
    for one in (person, 7_777_777):
        with pytest.raises(Refusal, match="not yours to change"):
            sealed_by(getattr(house, who), one)
    assert stored(person) is None


def test_one_foreign_person_in_a_list_and_nothing_is_done(house, stored):
    ours, theirs = house.person["worker_a"], house.person["worker_b"]
    with pytest.raises(Refusal, match="not yours"), house.officer_a.transaction():
        values().seal_for([ours, theirs], ["1", "2"], PHONE, [1, 2])
    with pytest.raises(Refusal, match="not yours"), house.officer_a.transaction():
        values().make_data_keys([ours, theirs])
    assert stored(ours) is None


def test_outside_of_a_scope_there_are_no_keys(house):
    person = house.person["worker_a"]
    sealed = sealed_by(house.officer_a, person)
    with pytest.raises(KeyLost):
        values().open_value(person, sealed, PHONE, 1)
    with pytest.raises(Refusal, match="not yours"):
        values().seal_value(person, NUMBER, PHONE, 1)


def test_uses_are_counted(house, stored):
    person = house.person["worker_a"]
    sealed_by(house.officer_a, person)
    with house.officer_a.transaction():
        values().seal_for([person] * 3, ["1", "2", "3"], PHONE, [1, 2, 3])
    assert stored(person) == (1, 4, False)


def test_a_key_is_made_once(house, stored):
    person = house.person["worker_a"]
    with house.officer_a.transaction():
        values().make_data_keys([person, person])
    sealed = sealed_by(house.officer_a, person)
    with house.officer_a.transaction():
        values().make_data_keys([person])
    assert opened_by(house.officer_a, person, sealed) == NUMBER


def test_after_two_to_the_thirtieth_uses_there_is_a_new_key(house, stored, connect):
    person = house.person["worker_a"]
    before = sealed_by(house.officer_a, person, "before")
    superuser = connect("superuser")
    superuser.execute("update vault_datakey set uses = %s", [2**30 - 1])
    superuser.commit()
    last = sealed_by(house.officer_a, person, "last")
    after = sealed_by(house.officer_a, person, "after")
    assert [key_id_of(one) for one in (before, last, after)] == [1, 1, 2]
    assert stored(person) == (2, 1, False)
    with house.officer_a.transaction():
        opened = values().open_for([person] * 3, [after, before, last], PHONE, [1, 1, 1])
    assert opened == ["after", "before", "last"]


def test_a_key_that_still_serves_is_not_taken_away(house, sql_as_web):
    person = house.person["worker_a"]
    sealed_by(house.officer_a, person)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sql_as_web(house.officer_a).execute("select gate.renew_data_key(%s, 1, 'x', 1)", [person])


def test_a_destroyed_key_never_comes_back(house, guardian, stored):
    person = house.person["worker_a"]
    sealed = sealed_by(house.officer_a, person)
    with guardian.transaction():
        assert destroy_data_keys(person) is True
    for attempt in (
        lambda: opened_by(house.officer_a, person, sealed),
        lambda: sealed_by(house.officer_a, person),
    ):
        with pytest.raises(KeyLost, match="destroyed"):
            attempt()
    with house.officer_a.transaction():
        values().make_data_keys([person])
    assert stored(person) == (1, 1, True)
    with guardian.transaction():
        assert destroy_data_keys(person) is False


def test_in_a_list_who_was_erased_is_a_gap_not_an_end(house, guardian):
    """A search by four digits opens everybody who might be meant."""
    gone, here = house.person["worker_a"], house.person["officer_a"]
    sealed = [sealed_by(house.officer_a, one) for one in (gone, here)]
    with guardian.transaction():
        destroy_data_keys(gone)
    with house.officer_a.transaction():
        found = values().open_what_is_there([gone, here], sealed, PHONE, [1, 1])
        assert found == [None, NUMBER]
        with pytest.raises(KeyLost, match="destroyed"):
            values().open_for([gone, here], sealed, PHONE, [1, 1])


def test_earlier_keys_are_destroyed_with_it(house, guardian, connect):
    person = house.person["worker_a"]
    sealed = sealed_by(house.officer_a, person)
    superuser = connect("superuser", autocommit=True)
    superuser.execute("update vault_datakey set uses = %s", [2**30])
    sealed_by(house.officer_a, person)
    with guardian.transaction():
        destroy_data_keys(person)
    assert superuser.execute("select count(*) from vault_earlierkey").fetchone() == (0,)
    with pytest.raises(KeyLost):
        opened_by(house.officer_a, person, sealed)


@pytest.mark.parametrize("who", ["officer_a", "clerk", "auditor"])
def test_only_a_post_that_erases_destroys(house, who):
    person = house.person["worker_a"]
    sealed = sealed_by(house.officer_a, person)
    with pytest.raises(Refusal, match="not yours"), getattr(house, who).transaction():
        destroy_data_keys(person)
    assert opened_by(house.officer_a, person, sealed) == NUMBER


def test_a_value_copied_to_another_person_does_not_open(house):
    mine, hers = house.person["worker_a"], house.person["officer_a"]
    sealed_by(house.officer_a, hers)
    with pytest.raises(SealBroken):
        opened_by(house.officer_a, hers, sealed_by(house.officer_a, mine))


def test_two_officers_first_values_of_a_person_at_once(house):
    person, together = house.person["worker_a"], Barrier(4)

    def seal(number):
        try:
            together.wait()
            return sealed_by(house.officer_a, person, str(number), number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(seal, range(4)))
    for number, one in enumerate(sealed):
        assert opened_by(house.clerk, person, one, number) == str(number)


def test_a_key_file_changed_meanwhile_is_seen_at_once(house, keys):
    person = house.person["worker_a"]
    sealed = sealed_by(house.officer_a, person)
    change_keyring(keys, Keyring.with_new_master)
    assert opened_by(house.officer_a, person, sealed) == NUMBER
    later = sealed_by(house.officer_a, house.person["officer_a"])
    change_keyring(keys, lambda ring: ring.with_new_master().without(1))
    assert opened_by(house.officer_a, house.person["officer_a"], later) == NUMBER
    with pytest.raises(KeyLost, match="is not among the keys") as refused:
        opened_by(house.officer_a, person, sealed)
    assert refused.value.values["key"] == 1


def test_a_key_file_taken_away_is_missed_at_once(house, keys):
    person = house.person["worker_a"]
    sealed = sealed_by(house.officer_a, person)
    keys.unlink()
    with pytest.raises(KeyLost, match="no key file"):
        opened_by(house.officer_a, person, sealed)


STATEMENTS = [
    "insert into vault_datakey (person_id, wrapped, key_id) values ({person}, 'x', 1)",
    "update vault_datakey set wrapped = 'x' where person_id = {person}",
    "update vault_datakey set uses = 0",
    "delete from vault_datakey",
    "truncate vault_datakey",
    "select * from vault_datakey for update",
    "insert into vault_earlierkey (person_id, generation, wrapped, key_id)"
    " values ({person}, 1, 'x', 1)",
    "delete from vault_earlierkey",
    "select gate.use_data_keys(array[{person}], array[-5])",
    "select gate.destroy_data_keys({person})",
    "select gate.rewrap_data_keys(array[{person}], array[1], array['x'::bytea],"
    " array['x'::bytea], 1)",
    "select gate.all_known(array[{person}])",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_web_itself_changes_no_key(house, sql_as_web, statement):
    person = house.person["worker_a"]
    sealed_by(house.officer_a, person)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sql_as_web(house.clerk).execute(statement.format(person=person))


def test_a_units_worth_of_people_in_a_few_statements(house, connect, django_assert_max):
    names = [f"p{n}" for n in range(500)]
    people = add_persons(connect("superuser"), names, house.union["unit_a"])
    numbers = [f"{n:011d}" for n in range(500)]
    with django_assert_max(16), house.officer_a.transaction():
        sealed = values().seal_for(people, numbers, PHONE, people)
        assert values().open_for(people, sealed, PHONE, people) == numbers


@pytest.fixture
def django_assert_max(house):
    from contextlib import contextmanager

    from django.test.utils import CaptureQueriesContext

    @contextmanager
    def at_most(count):
        with CaptureQueriesContext(connections["default"]) as queries:
            yield
        assert len(queries) <= count, [one["sql"][:80] for one in queries]

    return at_most
