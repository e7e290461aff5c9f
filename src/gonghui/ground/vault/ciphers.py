"""The algorithms of encrypted values, each under the number that stands in every value.

A number is never used again for something else: values outlive the programme.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm

TAG_BYTES = 16


class Aead(Protocol):
    """One key, ready for use. ``decrypt`` raises ``InvalidTag``."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...


class Sm4Gcm:
    """SM4 (GB/T 32907) in GCM, in the shape ``cryptography`` gives AES-GCM; the tag at the end."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        one = Cipher(self._key, modes.GCM(nonce)).encryptor()
        one.authenticate_additional_data(associated_data)
        return one.update(data) + one.finalize() + one.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        if len(data) < TAG_BYTES:
            raise InvalidTag
        tag = data[-TAG_BYTES:]
        one = Cipher(self._key, modes.GCM(nonce, tag)).decryptor()
        one.authenticate_additional_data(associated_data)
        return one.update(data[:-TAG_BYTES]) + one.finalize()


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One way to encrypt, and how long its keys are."""

    number: int
    name: str
    key_bytes: int
    cipher: Callable[[bytes], Aead]


AES_256_GCM = Algorithm(1, "aes-256-gcm", 32, AESGCM)
SM4_GCM = Algorithm(2, "sm4-gcm", 16, Sm4Gcm)
ALGORITHMS = {one.number: one for one in (AES_256_GCM, SM4_GCM)}


@dataclass(frozen=True, slots=True)
class Profile:
    """Which algorithms new values get. Old values say themselves what they are."""

    name: str
    algorithm: Algorithm
    digest: Callable[[], HashAlgorithm]


PROFILES = {
    "intl": Profile("intl", AES_256_GCM, SHA256),
    "guomi": Profile("guomi", SM4_GCM, SM3),
}
