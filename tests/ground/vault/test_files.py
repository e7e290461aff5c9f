"""Whole files are sealed under a key each, and outlive a change of the master key."""

import hashlib

import psycopg
import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.vault.errors import KeyLost, SealBroken
from gonghui.ground.vault.keyring import Keyring, change_keyring
from gonghui.ground.vault.sealing import Column

pytestmark = pytest.mark.usefixtures("keys")

COLUMN = Column("mutualaid_rosterfile", "sealed")
CONTENT = b"\xef\xbb\xbf name,number\r\n" * 1000
DIGEST = hashlib.sha256(CONTENT).digest()


def seal(actor, union, content=CONTENT, digest=DIGEST):
    from gonghui.ground.vault.services.files import seal_file

    with actor.transaction():
        return seal_file(union, content, COLUMN, digest)


def opened(actor, sealed, digest=DIGEST, column=COLUMN):
    from gonghui.ground.vault.services.files import open_file

    with actor.transaction():
        return open_file(sealed, column, digest)


def test_a_file_comes_back_to_the_byte(house):
    sealed = seal(house.officer_a, house.union["unit_a"])
    assert CONTENT[:20] not in sealed
    assert opened(house.chair_a, sealed) == CONTENT
    assert opened(house.clerk, sealed) == CONTENT


def test_an_empty_file_too(house):
    sealed = seal(house.officer_a, house.union["unit_a"], b"")
    assert opened(house.officer_a, sealed) == b""


@pytest.mark.parametrize("who", ["officer_b", "officer_a2"])
def test_nobody_of_another_unit_opens_it(house, who):
    sealed = seal(house.officer_a, house.union["unit_a"])
    with pytest.raises(KeyLost):
        opened(getattr(house, who), sealed)


def test_nobody_seals_for_another_unit_or_who_may_only_read(house):
    from django.db import DatabaseError

    for actor in (house.officer_b, house.auditor):
        with pytest.raises(DatabaseError, match="row-level security"):
            seal(actor, house.union["unit_a"])


def test_each_has_its_own_key_and_place(house):
    one, other = (seal(house.officer_a, house.union["unit_a"]) for _ in range(2))
    assert one[:5] != other[:5]
    for wrong in (
        lambda: opened(house.officer_a, other[:5] + one[5:]),
        lambda: opened(house.officer_a, one[:-1] + bytes([one[-1] ^ 1])),
        lambda: opened(house.officer_a, one, hashlib.sha256(b"").digest()),
        lambda: opened(house.officer_a, one, column=Column("mutualaid_statementfile", "sealed")),
        lambda: opened(house.officer_a, b"short"),
    ):
        with pytest.raises(SealBroken):
            wrong()


def test_it_opens_after_the_master_key_was_changed_and_the_old_one_taken_out(house, guardian, keys):
    from gonghui.ground.vault.services.rotation import rewrap_some, wrapped_under

    sealed = [seal(house.officer_a, house.union["unit_a"]) for _ in range(3)]
    change_keyring(keys, Keyring.with_new_master)
    with guardian.transaction():
        assert wrapped_under() == {1: 3}
        assert rewrap_some(2).rewrapped == 3
        assert wrapped_under() == {2: 3}
    change_keyring(keys, lambda ring: ring.without(1))
    assert [opened(house.officer_a, one) for one in sealed] == [CONTENT] * 3


def test_web_itself_changes_no_key(house, sql_as_web):
    seal(house.officer_a, house.union["unit_a"])
    for statement in (
        "update vault_filekey set key_id = 9",
        "delete from vault_filekey",
        "select gate.rewrap_file_keys(array[1], array['x'::bytea], array['x'::bytea], 2)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql_as_web(house.clerk).execute(statement)


def test_nobody_else_rotates_them(house, keys):
    from gonghui.ground.vault.services.rotation import rewrap_some

    seal(house.officer_a, house.union["unit_a"])
    change_keyring(keys, Keyring.with_new_master)
    with pytest.raises(Refusal, match="not yours to change"), house.clerk.transaction():
        rewrap_some(10)
