"""Encrypted values open at their place, for their person, unchanged; otherwise not at all."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.ground.vault.ciphers import PROFILES
from gonghui.ground.vault.errors import KeyLost, SealBroken
from gonghui.ground.vault.keyring import Keyring, new_keyring
from gonghui.ground.vault.sealing import (
    BLOCK_BYTES,
    Column,
    key_id_of,
    new_data_keys,
    open_data_keys,
    open_values,
    rewrap_data_keys,
    seal_values,
)

NUMBER = Column("directory_personnumber", "cipher")
PHONE = Column("directory_personcontact", "cipher")
KEYRINGS = {name: new_keyring(name) for name in PROFILES}
profiles = st.sampled_from(sorted(PROFILES))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
rows = st.integers(1, 2**63 - 1)

both = pytest.mark.parametrize("keyring", KEYRINGS.values(), ids=KEYRINGS)


def key_of(keyring, person=7):
    (key,), (wrapped,) = new_data_keys(keyring, [person])
    return key, wrapped


def sealed_once(key, value="990800199001010017", column=NUMBER, row=1):
    (sealed,) = seal_values([key], [value], column, [row])
    return sealed


@given(profiles, st.lists(st.tuples(rows, rows, texts), max_size=8))
def test_what_is_sealed_opens_again(profile, people):
    keyring = KEYRINGS[profile]
    persons, places, values = (
        (list(column) for column in zip(*people, strict=True)) if people else ([], [], [])
    )
    keys, wrapped = new_data_keys(keyring, persons)
    sealed = seal_values(keys, values, NUMBER, places)
    later = open_data_keys(keyring, persons, [1] * len(persons), wrapped)
    assert open_values(later, sealed, NUMBER, places) == values


@given(profiles, texts, st.data())
def test_one_changed_bit_anywhere_and_it_does_not_open(profile, value, data):
    key, _ = key_of(KEYRINGS[profile])
    sealed = bytearray(sealed_once(key, value))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        open_values([key], [bytes(sealed)], NUMBER, [1])


@given(profiles, texts, st.integers(0, 200))
def test_cut_short_it_does_not_open(profile, value, kept):
    key, _ = key_of(KEYRINGS[profile])
    sealed = sealed_once(key, value)
    with pytest.raises(SealBroken):
        open_values([key], [sealed[: min(kept, len(sealed) - 1)]], NUMBER, [1])


@both
def test_swapped_between_rows_neither_opens(keyring):
    key, _ = key_of(keyring)
    first, second = seal_values([key, key], ["a", "b"], NUMBER, [1, 2])
    for swapped in ([second, second], [first, first]):
        with pytest.raises(SealBroken):
            open_values([key, key], swapped, NUMBER, [1, 2])


@both
def test_moved_to_another_column_or_table_it_does_not_open(keyring):
    key, _ = key_of(keyring)
    sealed = sealed_once(key)
    for column in (PHONE, Column("directory_personnumber", "blind"), Column("directory", "cipher")):
        with pytest.raises(SealBroken):
            open_values([key], [sealed], column, [1])


def test_no_two_places_read_alike():
    key, _ = key_of(KEYRINGS["intl"])
    sealed = sealed_once(key, column=Column("ab", "c"), row=11)
    with pytest.raises(SealBroken):
        open_values([key], [sealed], Column("a", "bc"), [11])


@both
def test_under_another_persons_key_it_does_not_open(keyring):
    mine, _ = key_of(keyring, 7)
    hers, _ = key_of(keyring, 8)
    with pytest.raises(SealBroken):
        open_values([hers], [sealed_once(mine)], NUMBER, [1])


@both
def test_a_wrapped_key_is_its_persons_own(keyring):
    _, wrapped = key_of(keyring, 7)
    assert open_data_keys(keyring, [7], [1], [wrapped])
    for person, generation in ((8, 1), (7, 2), (71, 1)):
        with pytest.raises(SealBroken):
            open_data_keys(keyring, [person], [generation], [wrapped])


@both
def test_the_same_value_twice_is_different_bytes(keyring):
    key, _ = key_of(keyring)
    sealed = seal_values([key] * 100, ["990800199001010017"] * 100, NUMBER, [1] * 100)
    assert len(set(sealed)) == 100


@both
def test_a_length_tells_little(keyring):
    key, _ = key_of(keyring)
    lengths = {len(sealed_once(key, "9" * count)) for count in range(BLOCK_BYTES)}
    assert len(lengths) == 1


@both
def test_the_key_id_stands_in_each_value(keyring):
    (key,), (wrapped,) = new_data_keys(keyring.with_new_master(), [7], [3])
    assert key_id_of(sealed_once(key)) == 3
    assert key_id_of(wrapped) == 2


@both
def test_values_outlive_their_master_key(keyring):
    key, wrapped = key_of(keyring)
    sealed = sealed_once(key, "13912345678")
    newer = keyring.with_new_master()
    again = rewrap_data_keys(newer, [7], [1], [wrapped])
    assert key_id_of(again[0]) == 2
    (later,) = open_data_keys(newer.without(1), [7], [1], again)
    assert open_values([later], [sealed], NUMBER, [1]) == ["13912345678"]


def test_a_change_of_profile_leaves_old_values_readable():
    old = new_keyring("intl")
    key, wrapped = key_of(old)
    sealed = sealed_once(key)
    moved = Keyring(PROFILES["guomi"], 1, old.masters, old.blind_key).with_new_master()
    (later,) = open_data_keys(moved, [7], [1], rewrap_data_keys(moved, [7], [1], [wrapped]))
    assert open_values([later], [sealed], NUMBER, [1]) == ["990800199001010017"]
    assert key_of(moved)[0].algorithm.name == "sm4-gcm"


@both
def test_a_lost_master_key_is_a_stated_loss(keyring):
    _, wrapped = key_of(keyring)
    without = keyring.with_new_master().without(1)
    with pytest.raises(KeyLost, match="is not among the keys") as refused:
        open_data_keys(without, [7], [1], [wrapped])
    assert refused.value.values["key"] == 1
    assert "rotate-keys" in refused.value.words()


@both
def test_another_installations_keys_open_nothing(keyring):
    _, wrapped = key_of(keyring)
    with pytest.raises(SealBroken):
        open_data_keys(new_keyring(keyring.profile.name), [7], [1], [wrapped])


def test_an_algorithm_of_the_future_is_a_lost_key_not_a_crash():
    _, wrapped = key_of(KEYRINGS["intl"])
    with pytest.raises(KeyLost):
        open_data_keys(KEYRINGS["intl"], [7], [1], [b"\xff" + wrapped[1:]])


def test_rubbish_is_no_wrapped_key():
    for rubbish in (b"", b"\1\0\0\0\1", os.urandom(20)):
        with pytest.raises(SealBroken):
            open_data_keys(KEYRINGS["intl"], [7], [1], [rubbish])


def test_lists_of_different_lengths_are_a_mistake():
    key, _ = key_of(KEYRINGS["intl"])
    with pytest.raises(ValueError, match="zip"):
        seal_values([key], ["a", "b"], NUMBER, [1, 2])


def test_a_key_shows_no_secret():
    key, _ = key_of(KEYRINGS["intl"])
    assert repr(key).startswith("DataKey(person_id=7, generation=1, algorithm=")
    assert " cipher=<cryptography" not in repr(key)
