"""Keys are rotated and destroyed by those whose post it is, and that is on record."""

from datetime import date

import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.vault.errors import KeyLost, KeysRefused
from gonghui.ground.vault.keyring import read_keyring
from tests.ground.directory.rooms import Room, people, persons
from tests.vault_fixtures import appoint

reveals, secrets = Room("services.reveals"), Room("services.secrets")
TODAY = date(2022, 3, 1)
NUMBERS = ["990800199001010010", "990800199001010037"]
pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture
def two(house):
    """Two people of unit_a with numbers."""
    newcomers = [
        persons.Newcomer(house.union["unit_a"], name, number=number)
        for name, number in zip(("山雄信", "花之明"), NUMBERS, strict=True)
    ]
    return [one.person_id for one in persons.register_persons(house.officer_a, newcomers, on=TODAY)]


@pytest.fixture
def actions(connect):
    def read():
        return [
            action
            for (action,) in connect("superuser").execute(
                "select action from audit_event where action ~ '^(key[.]|person.key)' order by id"
            )
        ]

    return read


def test_a_rotation_from_the_first_step_to_the_last(house, guardian, keys, two, actions):
    assert secrets.begin_rotation(guardian) == 2
    assert secrets.key_state(guardian).protects == {1: 2}
    step = secrets.rotate_step(guardian, limit=1)
    while step.after is not None:
        step = secrets.rotate_step(guardian, limit=1, after=step.after)
    state = secrets.key_state(guardian)
    assert (state.protects, state.left, state.current) == ({2: 2}, 0, 2)
    secrets.retire_master_key(guardian, 1)
    assert list(read_keyring(keys).masters) == [2]
    assert len(people.find_persons(house.clerk, NUMBERS[0]).lines) == 1
    assert actions() == ["key.rotation_begun", "key.rotated", "key.retired"]


def test_an_unfinished_rotation_comes_first(guardian, two):
    secrets.begin_rotation(guardian)
    with pytest.raises(Refusal, match="is not finished"):
        secrets.begin_rotation(guardian)


def test_a_key_that_protects_something_stays(guardian, keys, two, actions):
    secrets.begin_rotation(guardian)
    with pytest.raises(Refusal, match="still protects"):
        secrets.retire_master_key(guardian, 1)
    with pytest.raises(KeysRefused, match="is the current one"):
        secrets.retire_master_key(guardian, 2)
    assert sorted(read_keyring(keys).masters) == [1, 2]
    assert "key.retired" not in actions()


@pytest.mark.parametrize("who", ["clerk", "officer_a", "auditor"])
def test_nobody_else_touches_keys(house, keys, two, actions, who):
    actor = getattr(house, who)
    for attempt in (
        lambda: secrets.begin_rotation(actor),
        lambda: secrets.rotate_step(actor),
        lambda: secrets.retire_master_key(actor, 1),
        lambda: secrets.key_state(actor),
        lambda: secrets.erase_person_key(actor, two[0], because="申请删除"),
    ):
        with pytest.raises(Refusal, match="do not allow"):
            attempt()
    assert list(read_keyring(keys).masters) == [1]
    assert actions() == []


def test_below_the_city_nobody_rotates(house, connect, two):
    below = appoint(house, connect("superuser"), "below", ["key.rotate"], where="county_a")
    with pytest.raises(Refusal, match="no such entry"):
        secrets.begin_rotation(below)


def test_the_provider_says_that_nobody_assessed_it(guardian):
    state = secrets.key_state(guardian)
    assert (state.profile, state.assessment) == ("intl", "not assessed")


def test_keys_held_elsewhere_are_changed_there(guardian, monkeypatch, two):
    monkeypatch.setenv("GONGHUI_KEY_PROVIDER", "tests.vault_fixtures.device")
    with pytest.raises(Refusal, match="not in a file here"):
        secrets.begin_rotation(guardian)
    assert secrets.key_state(guardian).assessment == "a device of the tests"


def test_an_erased_persons_number_is_gone_for_everybody(house, guardian, two, connect, actions):
    gone, stays = two
    rows = dict(
        connect("superuser").execute("select person_id, id from directory_personnumber").fetchall()
    )
    secrets.erase_person_key(guardian, gone, because="申请删除")
    with pytest.raises(KeyLost, match="destroyed"):
        reveals.reveal(house.clerk, "number", rows[gone], "核对")
    assert reveals.reveal(house.clerk, "number", rows[stays], "核对") == NUMBERS[1]
    assert actions() == ["person.key_destroyed"]


def test_erased_once_is_erased(guardian, two):
    secrets.erase_person_key(guardian, two[0], because="申请删除")
    with pytest.raises(Refusal, match="no such entry"):
        secrets.erase_person_key(guardian, two[0], because="申请删除")


def test_an_erasure_has_a_reason(guardian, two):
    with pytest.raises(Refusal, match="reason for the erasure"):
        secrets.erase_person_key(guardian, two[0], because=" ")


def test_a_search_by_four_digits_passes_over_the_erased(house, guardian, two):
    secrets.erase_person_key(guardian, two[0], because="申请删除")
    found = people.find_persons(house.clerk, NUMBERS[1][-4:]).lines
    assert [one.person_id for one in found] == [two[1]]
    assert people.find_persons(house.clerk, NUMBERS[0][-4:]).lines == ()
