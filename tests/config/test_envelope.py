"""A backup's file: whatever is changed, cut, moved or appended is refused with the reason."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from gonghui.config import envelope
from gonghui.config.backup_key import new_backup_key
from gonghui.config.envelope import FRAME, Sealer, frames
from gonghui.core.errors import Refusal
from gonghui.ground.vault.ciphers import AES_256_GCM, SM4_GCM

KEY = new_backup_key()
MANIFEST = b'{"manifest": 1}'


def sealed(path, pieces, key=KEY):
    with path.open("wb") as out:
        sealer = Sealer(out, key)
        for piece in pieces:
            sealer.frame(piece)
        sealer.finish(MANIFEST)
    return path


def opened(path, key=KEY):
    return [data for data, _last in frames(path, key)]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Three short frames and the manifest."""
    return sealed(tmp_path_factory.mktemp("small") / "a.backup", [b"one", b"two" * 40, b"three"])


def changed(small, tmp_path, change):
    path = tmp_path / "changed.backup"
    path.write_bytes(change(small.read_bytes()))
    return path


@pytest.mark.parametrize("algorithm", [AES_256_GCM, SM4_GCM], ids=lambda one: one.name)
@pytest.mark.parametrize("sizes", [[], [0], [1], [FRAME], [FRAME, 1], [FRAME] * 3])
def test_what_is_put_in_comes_out(tmp_path, sizes, algorithm):
    key = new_backup_key(algorithm)
    pieces = [bytes([number + 65]) * size for number, size in enumerate(sizes)]
    path = sealed(tmp_path / "a.backup", pieces, key)
    assert opened(path, key) == [*pieces, MANIFEST]
    assert b"AAAA" not in path.read_bytes()


def test_the_same_twice_is_never_the_same_file(tmp_path):
    first, second = (sealed(tmp_path / name, [b"same"]) for name in ("a", "b"))
    assert first.read_bytes()[-40:] != second.read_bytes()[-40:]


def test_a_flipped_bit_anywhere_is_refused(small, tmp_path):
    data = small.read_bytes()
    for at in range(len(data)):
        for bit in (1, 128):
            path = changed(
                small, tmp_path, lambda old, at=at, bit=bit: old[:at] + bytes([old[at] ^ bit])
                + old[at + 1 :]
            )  # fmt: skip
            with pytest.raises(Refusal):
                opened(path)


def test_a_flipped_bit_is_said_to_be_damage_and_where(small, tmp_path):
    at = len(small.read_bytes()) - 200
    path = changed(small, tmp_path, lambda old: old[:at] + bytes([old[at] ^ 4]) + old[at + 1 :])
    with pytest.raises(Refusal, match=r"is damaged at byte \d+"):
        opened(path)


def test_a_cut_anywhere_is_refused(small, tmp_path):
    for length in range(len(small.read_bytes())):
        path = changed(small, tmp_path, lambda old, length=length: old[:length])
        with pytest.raises(Refusal):
            opened(path)


def test_a_cut_between_frames_is_said_to_be_one(small, tmp_path):
    last = 4 + len(MANIFEST) + 16
    path = changed(small, tmp_path, lambda old: old[:-last])
    with pytest.raises(Refusal, match="the end of the backup is missing"):
        opened(path)


def test_something_appended_is_refused(small, tmp_path):
    with pytest.raises(Refusal, match="Something was appended"):
        opened(changed(small, tmp_path, lambda old: old + b"x"))


def moved(data, order):
    """The frames of an envelope in another order."""
    title, header, rest = data.split(b"\n", 2)
    found = []
    while rest:
        size = int.from_bytes(rest[:4], "big") & 0x7FFF_FFFF
        found.append(rest[: 4 + size])
        rest = rest[4 + size :]
    return b"\n".join([title, header, b"".join(found[number] for number in order)])


@pytest.mark.parametrize("order", [[1, 0, 2, 3], [0, 2, 3], [0, 1, 1, 2, 3], [0, 1, 3, 2], [3]])
def test_frames_moved_left_out_or_repeated_are_refused(small, tmp_path, order):
    with pytest.raises(Refusal):
        opened(changed(small, tmp_path, lambda old: moved(old, order)))


def test_a_frame_of_another_backup_is_refused(small, tmp_path):
    other = sealed(tmp_path / "other.backup", [b"one", b"two" * 40, b"three"])
    title, header, _rest = small.read_bytes().split(b"\n", 2)
    body = other.read_bytes().split(b"\n", 2)[2]
    with pytest.raises(Refusal, match="damaged"):
        opened(changed(small, tmp_path, lambda _old: b"\n".join([title, header, body])))


def test_the_wrong_key_is_refused_and_both_are_named(small):
    other = new_backup_key()
    with pytest.raises(Refusal, match=f"backup key {KEY.id}; the key given is {other.id}"):
        opened(small, other)


def test_another_format_is_refused(small, tmp_path):
    newer = changed(
        small, tmp_path, lambda old: old.replace(b"gonghui backup 1", b"gonghui backup 2")
    )
    with pytest.raises(Refusal, match="a backup of format 2; this Gonghui reads format 1"):
        opened(newer)


@given(data=st.binary(max_size=200))
def test_what_is_no_backup_is_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.backup"
    path.write_bytes(data)
    with pytest.raises(Refusal, match="is no backup made by Gonghui"):
        opened(path)


class Unproved:
    """AES in counter mode: keeps secrets, notices nothing."""

    def __init__(self, key):
        self._key = algorithms.AES(key)

    def _run(self, nonce, data):
        one = Cipher(self._key, modes.CTR(nonce + bytes(4))).encryptor()
        return one.update(data)

    def encrypt(self, nonce, data, _under):
        return self._run(nonce, data) + bytes(16)

    def decrypt(self, nonce, data, _under):
        return self._run(nonce, data[:-16])


def test_encryption_alone_would_not_notice(tmp_path, monkeypatch):
    monkeypatch.setattr(envelope, "_cipher", lambda _a, secret, _salt: Unproved(secret))
    path = sealed(tmp_path / "a.backup", [b"amount 100"])
    data = bytearray(path.read_bytes())
    data[data.index(b"\n", data.index(b"\n") + 1) + 1 + 4 + 7] ^= 8
    path.write_bytes(data)
    assert opened(path)[0] == b"amount 900"
