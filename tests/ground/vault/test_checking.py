"""`gonghui verify` opens everything: what was changed, swapped or lost is named by its row."""

from datetime import date

import pytest

from gonghui.ground.vault.keyring import Keyring, change_keyring

ON = date(2022, 3, 1)
NUMBERS = ("990800199001010010", "990800199001010037", "990800199001010053")


@pytest.fixture
def people(house, keys):
    from gonghui.ground.directory.services.persons import Newcomer, register_persons
    from gonghui.ground.vault.sealing import Column
    from gonghui.ground.vault.services.files import seal_file

    unit = house.union["unit_a"]
    newcomers = [Newcomer(unit, "山雄信", number=number) for number in NUMBERS]
    with house.officer_a.transaction():
        seal_file(unit, b"a roster", Column("mutualaid_rosterfile", "sealed"), b"")
    return [one.person_id for one in register_persons(house.officer_a, newcomers, on=ON)]


@pytest.fixture
def found(connect):
    """What the check finds, as keeper sees it."""

    def look():
        from gonghui.ground.vault.services.checking import check_secrets

        return [(one.place, one.said) for one in check_secrets(connect("keeper"))]

    return look


@pytest.fixture
def spoil(connect):
    def run(statement):
        superuser = connect("superuser")
        superuser.execute(statement)
        superuser.commit()

    return run


BROKEN = "It was changed, or belongs to another row."
LOST = "A key that this was encrypted under is lost."


def test_what_is_whole_is_found_whole(people, found):
    assert found() == []


def test_it_is_among_what_verify_goes_through(django_ready):
    from gonghui.ground.borders.checks import registered

    assert "Every key and every encrypted value opens at its place" in registered()


def test_two_swapped_values_are_named(people, found, spoil):
    spoil(
        "update directory_personnumber n set cipher = o.cipher from directory_personnumber o"
        " where (n.id, o.id) in ((1, 2), (2, 1))"
    )
    assert found() == [("directory_personnumber 1", BROKEN), ("directory_personnumber 2", BROKEN)]


def test_a_changed_value_a_changed_key_and_a_changed_file_key_are_named(people, found, spoil):
    for table, column in (
        ("directory_personnumber", "cipher"),
        ("vault_datakey", "wrapped"),
        ("vault_filekey", "wrapped"),
    ):
        flip = f"update {table} set {column} = set_byte({column}, 25, get_byte({column}, 25) # 1)"
        spoil(flip)
        places = {place.partition(" ")[0] for place, said in found() if said == BROKEN}
        assert table in places
        spoil(flip)
        assert found() == []


def test_a_key_that_is_gone_without_a_reason_is_named(people, found, spoil):
    spoil(f"delete from vault_datakey where person_id = {people[0]}")
    assert found() == [
        (
            "directory_personnumber 1",
            "There is no key for it, and none was destroyed on purpose.",
        )
    ]


def test_a_key_destroyed_on_purpose_is_no_fault(people, found, guardian):
    from gonghui.ground.directory.services.secrets import erase_person_key

    erase_person_key(guardian, people[0], because="申请删除")
    assert found() == []


def test_a_lost_master_key_is_a_loss_of_each_value(people, found, keys):
    change_keyring(keys, lambda ring: Keyring.with_new_master(ring).without(1))
    places = found()
    assert {said for _, said in places} == {LOST}
    assert {place.partition(" ")[0] for place, _ in places} == {
        "vault_datakey",
        "vault_filekey",
        "directory_personnumber",
    }


def test_a_lost_key_file_is_said_once(people, found, keys):
    keys.unlink()
    ((place, said),) = found()
    assert (place, "There is no key file" in said) == ("", True)


def test_values_under_earlier_keys_open_too(house, people, found, spoil):
    from gonghui.ground.directory.services.persons import correct_number

    spoil("update vault_datakey set uses = 1073741824")
    other = "990800199001010096"
    correct_number(house.clerk, people[0], other, because="录错", on=ON)
    assert found() == []


def test_every_value_under_a_persons_key_is_looked_at(database, connect):
    """A column of that kind that is added later must be named there, too."""
    from gonghui.ground.vault.services.checking import COLUMNS

    there = connect("superuser").execute(
        "select table_name from information_schema.columns c where column_name = 'cipher'"
        " and table_schema = 'public' and exists (select from information_schema.columns p"
        " where p.table_name = c.table_name and p.column_name = 'person_id')"
    )
    named = {one.table for one in COLUMNS if one.column == "cipher"}
    assert {table for (table,) in there} == named
