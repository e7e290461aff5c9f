"""Blind indexes: equal numbers are found however they were typed; nothing else is to be learned."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.ground.vault.blind import (
    CARD,
    IDENTITY,
    PHONE,
    blind_indexes,
    last_four_indexes,
    normalised,
)
from gonghui.ground.vault.ciphers import PROFILES
from gonghui.ground.vault.keyring import new_keyring

KEYRINGS = {name: new_keyring(name) for name in PROFILES}
both = pytest.mark.parametrize("keyring", KEYRINGS.values(), ids=KEYRINGS)
ID = "99080019900101001X"


@pytest.mark.parametrize(
    "typed",
    [
        ID,
        "99080019900101001x",
        " 99080019900101001X\n",
        "990800 19900101 001X",
        "990800-19900101-001X",
        "９９０８００１９９００１０１００１Ｘ",
        "\ufeff99080019900101001X\u200b",
        "990800\u00a019900101\u3000001X",
        "9908\u20101990",
    ],
)
def test_one_number_in_whatever_spelling(typed):
    assert normalised(typed) in (ID, "99081990")


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text):
    once = normalised(text)
    assert normalised(once) == once


@both
def test_equal_numbers_have_equal_indexes(keyring):
    one, two, three = blind_indexes(keyring, IDENTITY, [ID, ID.lower(), ID[:-1] + "1"])
    assert one == two != three
    assert len(one) == 32


@both
def test_another_purpose_is_another_index(keyring):
    said = {blind_indexes(keyring, purpose, [ID])[0] for purpose in (IDENTITY, PHONE, CARD)}
    ends = last_four_indexes(keyring, IDENTITY, [ID])[0]
    assert len(said) == 3
    assert not any(one.startswith(ends) for one in blind_indexes(keyring, IDENTITY, [ID[-4:]]))


def test_without_the_key_an_index_cannot_be_reckoned():
    one, other = (blind_indexes(new_keyring(), IDENTITY, [ID])[0] for _ in range(2))
    assert one != other


def test_a_new_master_key_changes_no_index():
    keyring = KEYRINGS["intl"]
    newer = keyring.with_new_master()
    assert blind_indexes(newer, IDENTITY, [ID]) == blind_indexes(keyring, IDENTITY, [ID])


def test_the_two_profiles_hash_differently():
    intl = KEYRINGS["intl"]
    guomi = type(intl)(PROFILES["guomi"], 1, intl.masters, intl.blind_key)
    assert blind_indexes(intl, IDENTITY, [ID]) != blind_indexes(guomi, IDENTITY, [ID])


@both
def test_last_fours_are_found_and_shared_by_a_few_endings(keyring):
    endings = [f"{number:04d}" for number in range(10_000)]
    found = last_four_indexes(keyring, IDENTITY, [f"99080019900101{end}" for end in endings])
    assert found == last_four_indexes(keyring, IDENTITY, endings)
    together = Counter(found)
    assert 3000 < len(together) <= 4096
    assert max(together.values()) < 20


def test_the_indexes_are_those_of_hmac_sha_256():
    """Written with the standard library, so that another programme could search, too."""
    import hmac

    keyring = KEYRINGS["intl"]
    own = hmac.digest(keyring.blind_key, b"exact: phone", "sha256")
    expected = hmac.digest(own, b"13912345678", "sha256")
    assert blind_indexes(keyring, PHONE, ["139-1234-5678"]) == [expected]
