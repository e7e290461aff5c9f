"""Signatures under heads, and where their keys are kept: outside the database.

Who can change the trail in the database cannot sign a head for what became of it. The public key
is given to whoever will check, once, on paper or on a stick.

Ed25519 is here. SM2 is a place to plug in: a scheme registered under the name ``sm2`` by whoever
has a certified module for it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.canonical import HEAD
from gonghui.ground.audit.chain import Head

PRIVATE = "audit-signing.pem"
PUBLIC = "audit-signing.pub.pem"
ED25519 = "ed25519"
_HEAD_LINE = re.compile(rb'\s*[0-9a-f]{64} (\["h",.*\])\s*$')


class Signer(Protocol):
    """A private key, wherever it lives."""

    @property
    def scheme(self) -> str: ...

    @property
    def key(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the public key's bytes."""

    def sign(self, message: bytes) -> bytes: ...


Check = Callable[[bytes, bytes, bytes], bool]
"""Takes the PEM of a public key, the message and the signature."""


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    private: Ed25519PrivateKey

    @property
    def scheme(self) -> str:
        return ED25519

    @property
    def key(self) -> str:
        return _key_id(self.private.public_key())

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def _check_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    key = serialization.load_pem_public_key(public)
    if not isinstance(key, Ed25519PublicKey):
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


_checks: dict[str, Check] = {ED25519: _check_ed25519}


def plug_in(scheme: str, check: Check) -> None:
    """Adds a scheme, such as SM2; what signs with it is handed to the sealer."""
    _checks[scheme] = check


def signed(head: Head, signer: Signer) -> Head:
    """The head under the signer's scheme and key, with the signature."""
    named = replace(head, scheme=signer.scheme, key=signer.key)
    return replace(named, signature=signer.sign(named.signed()).hex())


def signature_holds(head: Head, public: bytes) -> bool:
    """Whether the signature is by the holder of this public key (PEM)."""
    check = _checks.get(head.scheme)
    if check is None:
        raise Refusal(
            N_("The head is signed with {scheme}, which is not installed here."),
            N_("Check it where that module is."),
            scheme=head.scheme,
        )
    try:
        return check(public, head.signed(), bytes.fromhex(head.signature))
    except ValueError:  # no key, or no hexadecimal
        return False


def heads_in(path: Path) -> Iterator[Head]:
    """The heads in a file: a sheet, or an export."""
    with path.open("rb") as file:
        for raw in file:
            match = _HEAD_LINE.match(raw)
            if match:
                yield _head(match[1])


def _head(said: bytes) -> Head:
    try:
        kind, *values = json.loads(said)
        head = Head(*values)
        if kind == HEAD and head.line() == said:
            return head
    except (ValueError, TypeError, RecursionError):
        pass
    raise Refusal(
        N_("A head cannot be read: {said}"),
        N_("Take the file as it was written."),
        said=said[:60].decode("utf-8", "replace"),
    )


def make_key(folder: Path) -> Ed25519Signer:
    """A new key. Refuses to stand in for one that is there: heads are signed with that."""
    private = Ed25519PrivateKey.generate()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(folder / PRIVATE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refusal(
            N_("There is a key already: {path}."),
            N_("Move it away together with its public key, and keep both."),
            path=folder / PRIVATE,
        ) from None
    with open(handle, "wb") as file:
        file.write(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        file.flush()
        os.fsync(file.fileno())
    (folder / PUBLIC).write_bytes(public_pem(private))
    return Ed25519Signer(private)


def load_key(folder: Path) -> Ed25519Signer:
    """The key that is kept there."""
    path = folder / PRIVATE
    if not path.exists():
        raise Refusal(
            N_("There is no key to sign the audit trail with: {path}."),
            N_("Bring it back from where it is kept, or make one: gonghui audit key."),
            path=path,
        )
    private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise Refusal(
            N_("The key in {path} is no Ed25519 key."),
            N_("Bring the right one back from where it is kept."),
            path=path,
        )
    return Ed25519Signer(private)


def public_pem(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _key_id(public: Ed25519PublicKey) -> str:
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]
