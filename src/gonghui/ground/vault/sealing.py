"""Encrypted values: what their bytes are, and the data key of each person.

A value is ``algorithm (1 byte) · key id (4 bytes) · nonce (12 bytes) · ciphertext and tag``. What
stands before the nonce is authenticated, and so is the place: table, column and row. A value moved
to another row, column or person does not open. Text is filled up to whole blocks first, so that its
length does not tell what it says.

Everything takes lists and gives lists: a roster is 62,715 people.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from os import urandom

from cryptography.exceptions import InvalidTag

from gonghui.ground.vault.ciphers import ALGORITHMS, TAG_BYTES, Aead, Algorithm
from gonghui.ground.vault.errors import key_lost, seal_broken
from gonghui.ground.vault.providers import KeyProvider

NONCE_BYTES = 12
BLOCK_BYTES = 32

_HEADER = struct.Struct(">BI")
_START = _HEADER.size
_TEXT = _START + NONCE_BYTES
_SHORTEST = _TEXT + TAG_BYTES


@dataclass(frozen=True, slots=True)
class Column:
    """Where values stand; with the row's id, the place they are bound to."""

    table: str
    column: str

    def place(self) -> bytes:
        """Names hold no zero byte, so two places never read alike."""
        return b"field\0%s\0%s\0" % (self.table.encode(), self.column.encode())


@dataclass(slots=True, eq=False)  # not frozen: of these a roster makes 62,715
class DataKey:
    """One person's key, unwrapped. Its generation is the key id of the values under it."""

    person_id: int
    generation: int
    algorithm: Algorithm
    cipher: Aead = field(repr=False)


def new_data_keys(
    provider: KeyProvider, person_ids: Sequence[int], generations: Sequence[int] | None = None
) -> tuple[list[DataKey], list[bytes]]:
    """A random key for each person, and the same keys wrapped, as they are stored.

    ``generations`` counts a person's keys from 1; without it, everybody gets a first key.
    """
    numbers = [1] * len(person_ids) if generations is None else list(generations)
    algorithm = provider.profile.algorithm
    secrets = list(_random(len(person_ids), algorithm.key_bytes))
    mark = bytes([algorithm.number])
    wrapped = provider.wrap([mark + one for one in secrets], _people(person_ids, numbers))
    cipher = algorithm.cipher
    keys = [
        DataKey(person, number, algorithm, cipher(secret))
        for person, number, secret in zip(person_ids, numbers, secrets, strict=True)
    ]
    return keys, wrapped


def open_data_keys(
    provider: KeyProvider,
    person_ids: Sequence[int],
    generations: Sequence[int],
    wrapped: Sequence[bytes],
) -> list[DataKey]:
    """Wrapped keys of people, ready for use. Refused when one belongs to somebody else."""
    secrets = provider.unwrap(wrapped, _people(person_ids, generations))
    keys = []
    for person, number, secret in zip(person_ids, generations, secrets, strict=True):
        algorithm = ALGORITHMS[secret[0]]
        keys.append(DataKey(person, number, algorithm, algorithm.cipher(secret[1:])))
    return keys


def rewrap_data_keys(
    provider: KeyProvider,
    person_ids: Sequence[int],
    generations: Sequence[int],
    wrapped: Sequence[bytes],
) -> list[bytes]:
    """The same data keys under the current master key."""
    people = _people(person_ids, generations)
    return provider.wrap(provider.unwrap(wrapped, people), people)


def new_file_key(provider: KeyProvider, file_key_id: int) -> tuple[NamedCipher, bytes]:
    """A random key for one file, and the same key wrapped."""
    algorithm = provider.profile.algorithm
    secret = urandom(algorithm.key_bytes)
    (wrapped,) = provider.wrap([bytes([algorithm.number]) + secret], [file_context(file_key_id)])
    return NamedCipher(algorithm, file_key_id, secret), wrapped


def open_file_key(provider: KeyProvider, file_key_id: int, wrapped: bytes) -> NamedCipher:
    """A wrapped file key, ready for use."""
    (secret,) = provider.unwrap([wrapped], [file_context(file_key_id)])
    return NamedCipher(ALGORITHMS[secret[0]], file_key_id, secret[1:])


def file_context(file_key_id: int) -> bytes:
    """What a file key's wrap is bound to."""
    return b"file key\0%d" % file_key_id


def seal_values(
    keys: Sequence[DataKey], values: Sequence[str], column: Column, rows: Sequence[int]
) -> list[bytes]:
    """Each value under the key beside it, bound to its row."""
    place, sealed = column.place(), []
    nonces = _random(len(values), NONCE_BYTES)
    for key, value, row, nonce in zip(keys, values, rows, nonces, strict=True):
        header = _HEADER.pack(key.algorithm.number, key.generation)
        said = b"%s%s%d\0%d" % (header, place, key.person_id, row)
        sealed.append(header + nonce + key.cipher.encrypt(nonce, _filled(value.encode()), said))
    return sealed


def open_values(
    keys: Sequence[DataKey], sealed: Sequence[bytes], column: Column, rows: Sequence[int]
) -> list[str]:
    """What was sealed. Refused, without a word about the content, if anything was changed."""
    place, values = column.place(), []
    for key, value, row in zip(keys, sealed, rows, strict=True):
        header = value[:_START]
        if len(value) < _SHORTEST or header != _HEADER.pack(key.algorithm.number, key.generation):
            raise seal_broken()
        said = b"%s%s%d\0%d" % (header, place, key.person_id, row)
        try:
            filled = key.cipher.decrypt(value[_START:_TEXT], value[_TEXT:], said)
        except InvalidTag:
            raise seal_broken() from None
        values.append(filled[: filled.rindex(b"\x80")].decode())
    return values


def key_id_of(sealed: bytes) -> int:
    """The key id a value says: of a field its data key's generation, of a wrap its master key."""
    if len(sealed) < _SHORTEST:
        raise seal_broken()
    key_id: int = _HEADER.unpack_from(sealed)[1]
    return key_id


class NamedCipher:
    """A key whose id stands in what it seals: a master key over data keys, a file's over a file."""

    __slots__ = ("_cipher", "_header")

    def __init__(self, algorithm: Algorithm, key_id: int, secret: bytes) -> None:
        self._header = _HEADER.pack(algorithm.number, key_id)
        self._cipher = algorithm.cipher(secret)

    def seal(self, secrets: Sequence[bytes], contexts: Sequence[bytes]) -> list[bytes]:
        header, encrypt = self._header, self._cipher.encrypt
        nonces = _random(len(secrets), NONCE_BYTES)
        return [
            header + nonce + encrypt(nonce, secret, header + context)
            for secret, context, nonce in zip(secrets, contexts, nonces, strict=True)
        ]

    def open(self, wrapped: bytes, context: bytes) -> bytes:
        if wrapped[:_START] != self._header:
            raise seal_broken()
        try:
            return self._cipher.decrypt(
                wrapped[_START:_TEXT], wrapped[_TEXT:], self._header + context
            )
        except InvalidTag:
            raise seal_broken() from None


def master_key_of(wrapped: bytes) -> tuple[Algorithm, int]:
    """The algorithm and the id of the master key a wrap needs."""
    if len(wrapped) < _SHORTEST:
        raise seal_broken()
    number, key_id = _HEADER.unpack_from(wrapped)
    if number not in ALGORITHMS:
        raise key_lost(key_id, str(number))
    return ALGORITHMS[number], key_id


def _people(person_ids: Iterable[int], generations: Iterable[int]) -> list[bytes]:
    return [b"data key\0%d\0%d" % one for one in zip(person_ids, generations, strict=True)]


def _random(count: int, length: int) -> Iterator[bytes]:
    """From the system at every call: nothing is kept that a fork could copy."""
    drawn = urandom(count * length)
    return (drawn[at : at + length] for at in range(0, count * length, length))


def _filled(text: bytes) -> bytes:
    """ISO/IEC 7816-4: one byte 80, then zeros up to a whole block."""
    return text + b"\x80" + bytes(-(len(text) + 1) % BLOCK_BYTES)
