"""The key that backups are encrypted under, and the bundle in which all keys are kept apart."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gonghui.core.errors import N_, Refusal
from gonghui.ground.vault.ciphers import AES_256_GCM, ALGORITHMS, Algorithm

FILE = "backup.json"
KEY_FORMAT = "gonghui backup key 1"
BUNDLE_FORMAT = "gonghui keys 1"
NOT_KEPT = ("database.json",)
"""Passwords of the embedded server: a restored one gets its own."""

SHORTEST_PASSPHRASE = 12
_SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}  # half a second and 128 MB a guess
_MOST_SCRYPT = 1 << 20
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class BackupKey:
    """``id`` stands in every backup: it tells which key is needed, and nothing of the key."""

    algorithm: Algorithm
    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        return hashlib.sha256(b"gonghui backup key id" + self.secret).hexdigest()[:16]

    def text(self) -> str:
        """As it is kept."""
        said = {
            "format": KEY_FORMAT,
            "algorithm": self.algorithm.name,
            "secret": base64.b64encode(self.secret).decode(),
        }
        return json.dumps(said, indent=2) + "\n"

    @classmethod
    def of_text(cls, text: str, source: object) -> BackupKey:
        try:
            said = json.loads(text)
            if said["format"] != KEY_FORMAT:
                raise ValueError
            names = {one.name: one for one in ALGORITHMS.values()}
            key = cls(names[said["algorithm"]], base64.b64decode(said["secret"], validate=True))
        except (ValueError, KeyError, TypeError, binascii.Error):
            key = None
        if key is None or len(key.secret) != key.algorithm.key_bytes:
            raise Refusal(
                N_("{file} holds no backup key, or it is damaged."),
                N_("Bring it back from the copy of the keys."),
                file=source,
            )
        return key


def new_backup_key(algorithm: Algorithm = AES_256_GCM) -> BackupKey:
    return BackupKey(algorithm, os.urandom(algorithm.key_bytes))


def read_backup_key(folder: Path) -> BackupKey:
    """The key of this installation."""
    file = folder / FILE
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Refusal(
            N_("There is no backup key: {file}."),
            N_("`gonghui up` makes one; an old one is in the copy of the keys."),
            file=file,
        ) from None
    return BackupKey.of_text(text, file)


def make_backup_key(folder: Path, algorithm: Algorithm = AES_256_GCM) -> BackupKey:
    """A new key, where none is. An existing one is needed for the backups made with it."""
    key = new_backup_key(algorithm)
    write_private(folder / FILE, key.text().encode())
    return key


def write_private(file: Path, data: bytes) -> None:
    """A new file of its owner only, whole and on the disk; refuses where there is one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.link(part, file)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """So that a file's name is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def kept_keys(folder: Path, vault: Path) -> dict[str, bytes]:
    """What a bundle holds: the files of the keys' folder and the vault's, wherever that lies."""
    files = {
        one.name: one.read_bytes()
        for one in sorted(folder.iterdir())
        if one.is_file() and not one.name.startswith(".") and one.name not in NOT_KEPT
    }
    if vault.is_file():
        files["vault.json"] = vault.read_bytes()
    return files


def seal_keys(files: Mapping[str, bytes], passphrase: str) -> bytes:
    """All keys under a passphrase, as text that can also be printed."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Refusal(
            N_("The passphrase is too short: it has {length} characters."),
            N_("Take {least} or more, such as five words thrown with dice, and keep it on paper."),
            length=len(passphrase),
            least=SHORTEST_PASSPHRASE,
        )
    inside = {name: base64.b64encode(data).decode() for name, data in files.items()}
    salt, nonce = os.urandom(16), os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_stretched(passphrase, salt, **_SCRYPT)).encrypt(
        nonce, json.dumps(inside).encode(), BUNDLE_FORMAT.encode()
    )
    said = {
        "format": BUNDLE_FORMAT,
        "scrypt": {**_SCRYPT, "salt": salt.hex()},
        "sealed": base64.b64encode(nonce + sealed).decode(),
    }
    return json.dumps(said, indent=1).encode() + b"\n"


def open_keys(file: Path, passphrase: str) -> dict[str, bytes]:
    """The keys of a bundle, by the names of their files."""
    said = _bundle(file)
    try:
        scrypt = said["scrypt"]
        cost = {name: int(scrypt[name]) for name in _SCRYPT}
        salt, sealed = bytes.fromhex(scrypt["salt"]), base64.b64decode(said["sealed"])
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise _no_bundle(file) from None
    if max(cost.values()) > _MOST_SCRYPT:
        raise _no_bundle(file)
    try:
        inside = AESGCM(_stretched(passphrase, salt, **cost)).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], BUNDLE_FORMAT.encode()
        )
    except (InvalidTag, ValueError):
        raise Refusal(
            N_("The passphrase does not open {file}, or the file is damaged."),
            N_("Compare the passphrase with the paper; try another copy of the file."),
            file=file,
        ) from None
    return {name: base64.b64decode(data) for name, data in json.loads(inside).items()}


def _bundle(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_bytes())
        if said["format"] != BUNDLE_FORMAT:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise _no_bundle(file) from None
    return dict(said)


def _no_bundle(file: Path) -> Refusal:
    return Refusal(
        N_("{file} holds no keys kept by Gonghui, or it is damaged."),
        N_("Name the file that `gonghui backup --keys` wrote."),
        file=file,
    )


def _stretched(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode())
