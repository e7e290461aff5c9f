"""Master keys are changed while people work; whatever is killed goes on (P12)."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import pytest
from django.db import connections

from gonghui.core.errors import Refusal
from gonghui.ground.vault.keyring import Keyring, change_keyring, read_keyring
from gonghui.ground.vault.sealing import Column, rewrap_data_keys
from tests.vault_fixtures import SOAK, add_persons

PEOPLE = 100_000 if SOAK else 300
KILLS = 20 if SOAK else 4
NUMBER = Column("directory_personnumber", "cipher")
ROTATING = Path(__file__).with_name("rotating.py")


@pytest.fixture
def people(house, keys, connect):
    """Persons of a unit with a value each: ids and values."""
    from gonghui.ground.vault.services.values import seal_for

    names = [f"p{number}" for number in range(PEOPLE)]
    ids = add_persons(connect("superuser"), names, house.union["unit_a"])
    with house.officer_a.transaction():
        return dict(zip(ids, seal_for(ids, names, NUMBER, ids), strict=True))


def opened(actor, people):
    from gonghui.ground.vault.services.values import open_for

    with actor.transaction():
        return open_for(list(people), list(people.values()), NUMBER, list(people))


def rotated(actor, limit=100):
    """All steps, each a transaction; how many keys were brought over."""
    from gonghui.ground.vault.services.rotation import rewrap_some

    total, after = 0, 0
    while after is not None:
        with actor.transaction():
            step = rewrap_some(limit, after)
        total, after = total + step.rewrapped, step.after
    return total


def under(actor):
    from gonghui.ground.vault.services.rotation import wrapped_under

    with actor.transaction():
        return wrapped_under()


EXPECTED = [f"p{number}" for number in range(PEOPLE)]


def test_everything_opens_under_the_new_key_alone(house, guardian, keys, people):
    change_keyring(keys, Keyring.with_new_master)
    assert under(guardian) == {1: PEOPLE}
    assert rotated(guardian) == PEOPLE
    assert under(guardian) == {2: PEOPLE}
    change_keyring(keys, lambda ring: ring.without(1))
    assert opened(house.officer_a, people) == EXPECTED


def test_done_twice_it_does_nothing(guardian, keys, people):
    change_keyring(keys, Keyring.with_new_master)
    rotated(guardian)
    assert rotated(guardian) == 0


def test_steps_of_one_person_bring_earlier_keys_over_too(house, guardian, keys, connect):
    from gonghui.ground.vault.services.values import open_for, seal_value

    persons = [house.person[who] for who in ("worker_a", "officer_a", "chair_a")]
    superuser = connect("superuser", autocommit=True)
    sealed = []
    for generation in range(3):
        with house.officer_a.transaction():
            sealed += [seal_value(one, f"{generation} of {one}", NUMBER, one) for one in persons]
        superuser.execute("update vault_datakey set uses = %s", [2**30])
    change_keyring(keys, Keyring.with_new_master)
    assert rotated(guardian, limit=1) == 9
    change_keyring(keys, lambda ring: ring.without(1))
    with house.officer_a.transaction():
        values = open_for(persons * 3, sealed, NUMBER, persons * 3)
    assert values == [f"{generation} of {one}" for generation in range(3) for one in persons]


@pytest.mark.parametrize("who", ["officer_a", "clerk", "head", "auditor"])
def test_nobody_else_rotates(house, keys, people, who):
    change_keyring(keys, Keyring.with_new_master)
    with pytest.raises(Refusal, match="not yours to change"):
        rotated(getattr(house, who))


def test_a_key_destroyed_between_reading_and_writing_stays_destroyed(
    guardian, keys, people, connect, monkeypatch
):
    from gonghui.ground.vault.services import rotation

    change_keyring(keys, Keyring.with_new_master)
    superuser, victim = connect("superuser", autocommit=True), min(people)

    def destroy_meanwhile(*said):
        superuser.execute(
            "update vault_datakey set wrapped = null, destroyed_at = now() where person_id = %s",
            [victim],
        )
        return rewrap_data_keys(*said)

    monkeypatch.setattr(rotation, "rewrap_data_keys", destroy_meanwhile)
    assert rotated(guardian, limit=PEOPLE) == PEOPLE - 1
    wrapped = superuser.execute(
        "select wrapped from vault_datakey where person_id = %s", [victim]
    ).fetchone()
    assert wrapped == (None,)


def start_rotating(house, guardian, cluster, keys):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "gonghui.config.settings",
        "DATABASE_URL": cluster.url("web", house.database),
        "DATABASE_OWNER_URL": cluster.url("owner", house.database),
        "DATABASE_KEEPER_URL": cluster.url("keeper", house.database),
        "GONGHUI_KEYS": str(keys),
    }
    command = [sys.executable, str(ROTATING), guardian.token, str(max(PEOPLE // 60, 1))]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, encoding="ascii")


def test_killed_at_any_moment_it_goes_on(house, guardian, cluster, keys, people):
    chance = Random(12)
    change_keyring(keys, Keyring.with_new_master)
    left = [under(guardian).get(1, 0)]
    for _ in range(KILLS):
        process = start_rotating(house, guardian, cluster, keys)
        process.stdout.readline()  # one step at least
        time.sleep(chance.random() / 10)
        process.send_signal(signal.SIGKILL)
        process.wait()
        left.append(under(guardian).get(1, 0))
    assert left == sorted(left, reverse=True)
    assert left[0] > left[1]
    last = start_rotating(house, guardian, cluster, keys)
    last.communicate()
    assert last.returncode == 0
    assert under(guardian) == {2: PEOPLE}
    change_keyring(keys, lambda ring: ring.without(1))
    assert opened(house.officer_a, people) == EXPECTED


def test_people_work_meanwhile_without_an_error(house, guardian, keys, people):
    """Readers and writers go on; nothing they write is left under the old key."""
    from gonghui.ground.vault.services.values import open_value, seal_value

    some, written, faults = sorted(people)[:5], [], []
    stop = threading.Event()

    def work(number):
        try:
            while not stop.is_set():
                person = some[number % len(some)]
                with house.officer_a.transaction():
                    sealed = seal_value(person, str(number), NUMBER, number)
                    assert open_value(person, people[person], NUMBER, person).startswith("p")
                written.append((person, sealed, number))
                number += 2
        except BaseException as fault:
            faults.append(fault)
            raise
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=(number,)) for number in (1, 2)]
    for worker in workers:
        worker.start()
    for _ in range(3):
        change_keyring(keys, Keyring.with_new_master)
        rotated(guardian, limit=max(PEOPLE // 20, 1))
    stop.set()
    for worker in workers:
        worker.join()
    assert faults == []
    assert len(written) > 3
    rotated(guardian)
    newest = read_keyring(keys).current_key_id
    change_keyring(
        keys,
        lambda ring: Keyring(ring.profile, newest, {newest: ring.masters[newest]}, ring.blind_key),
    )
    with house.officer_a.transaction():
        for person, sealed, number in written:
            assert open_value(person, sealed, NUMBER, number) == str(number)
    assert opened(house.officer_a, people) == EXPECTED


def test_control_without_rotation_taking_the_old_key_out_loses_everything(house, keys, people):
    from gonghui.ground.vault.errors import KeyLost

    change_keyring(keys, lambda ring: ring.with_new_master().without(1))
    with pytest.raises(KeyLost):
        opened(house.officer_a, people)
