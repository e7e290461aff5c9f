"""The algorithms are the published ones: vectors of the standards, and a second implementation."""

import os
from random import Random

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import Hash

from gonghui.ground.vault.ciphers import ALGORITHMS, PROFILES
from tests.ground.vault import plain_sm4

AES_256_GCM = {  # McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16
    "number": 1,
    "key": "feffe9928665731c6d6a8f9467308308" * 2,
    "nonce": "cafebabefacedbaddecaf888",
    "data": "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
    "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    "associated": "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    "sealed": "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
    "a7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
}
SM4_GCM = {  # RFC 8998, A.1
    "number": 2,
    "key": "0123456789abcdeffedcba9876543210",
    "nonce": "00001234567800000000abcd",
    "data": "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeee"
    "ffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    "associated": "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    "sealed": "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0cc"
    "fa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec",
}


@pytest.mark.parametrize("vector", [AES_256_GCM, SM4_GCM], ids=["AES-256-GCM", "SM4-GCM"])
def test_the_published_vector_comes_out(vector):
    algorithm = ALGORITHMS[vector["number"]]
    key, nonce, data, associated, sealed = (
        bytes.fromhex(vector[part]) for part in ("key", "nonce", "data", "associated", "sealed")
    )
    assert len(key) == algorithm.key_bytes
    assert algorithm.cipher(key).encrypt(nonce, data, associated) == sealed
    assert algorithm.cipher(key).decrypt(nonce, sealed, associated) == data


def test_sm4_gives_the_blocks_of_gb_t_32907():
    block = key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    encryptor = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    block = encryptor.update(block)
    assert block.hex() == "681edf34d206965e86b3e94f536e4246"
    for _ in range(999_999):
        block = encryptor.update(block)
    assert block.hex() == "595298c7c6fd271f0402f804c33d3f66"


def test_sm3_of_abc_is_that_of_gb_t_32905():
    hashed = Hash(PROFILES["guomi"].digest())
    hashed.update(b"abc")
    assert (
        hashed.finalize().hex()
        == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


def test_a_plain_reading_of_the_standard_agrees_on_many_values():
    chance = Random(32907)
    count = 10_000 if os.environ.get("GONGHUI_SOAK") else 400
    for _ in range(count):
        key, nonce = chance.randbytes(16), chance.randbytes(12)
        data, associated = (chance.randbytes(chance.randrange(0, 70)) for _ in range(2))
        sealed = ALGORITHMS[2].cipher(key).encrypt(nonce, data, associated)
        assert sealed == plain_sm4.gcm(key, nonce, data, associated)


@pytest.mark.parametrize("number", ALGORITHMS)
@pytest.mark.parametrize("length", [0, 15, 16, 17])
def test_whatever_is_too_short_or_changed_does_not_open(number, length):
    cipher = ALGORITHMS[number].cipher(bytes(ALGORITHMS[number].key_bytes))
    with pytest.raises(InvalidTag):
        cipher.decrypt(bytes(12), bytes(length), b"")


def test_the_numbers_of_algorithms_stay_what_they_are():
    """Values in databases carry them."""
    assert {one.number: one.name for one in ALGORITHMS.values()} == {
        1: "aes-256-gcm",
        2: "sm4-gcm",
    }
