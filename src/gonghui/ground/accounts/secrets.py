"""A person's secret: stretched before it is compared, made well, kept for commands in a file."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from gonghui.core.errors import N_, Refusal

_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
_SHORTEST = 10


@dataclass(frozen=True, slots=True)
class Verifier:
    """What PostgreSQL keeps of a secret: the salt and the hash of what is stretched with it."""

    salt: bytes
    hash: bytes


def stretch(secret: str, salt: bytes) -> bytes:
    """Scrypt: takes 16 MB and some 40 ms, for us and for who guesses."""
    return hashlib.scrypt(secret.encode(), salt=salt, **_SCRYPT)


def new_verifier(secret: str) -> Verifier:
    """A verifier with a salt of its own. Refuses a secret that is too short."""
    if len(secret) < _SHORTEST:
        raise Refusal(
            N_("The secret has {length} characters."),
            N_("Take at least {shortest}."),
            length=len(secret),
            shortest=_SHORTEST,
        )
    salt = os.urandom(16)
    return Verifier(salt, hashlib.sha256(stretch(secret, salt)).digest())


def make_secret() -> str:
    """A secret nobody guesses: 130 bits, in letters and digits that are told apart on paper."""
    return base64.b32encode(os.urandom(17)).decode().rstrip("=").lower()[:26]


def keep_secret(folder: Path, login: str, secret: str) -> Path:
    """Writes a secret into a file that only its owner can read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / login
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
    return path


def kept_secret(path: Path) -> str:
    """The secret in a file. Refuses a file that others can read."""
    if path.stat().st_mode & 0o077:
        raise Refusal(
            N_("The file {path} with a secret can be read by others."),
            N_("Run: chmod 600 {path}"),
            path=path,
        )
    return path.read_text(encoding="utf-8").strip()
