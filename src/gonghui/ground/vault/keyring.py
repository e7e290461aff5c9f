"""The key file: master keys by id, one of them current, and the key of the blind indexes.

It lies outside the database and outside every backup of it. Whoever has both reads everything;
whoever has the database alone reads nothing.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hmac import HMAC

from gonghui.core.errors import N_
from gonghui.ground.vault.ciphers import ALGORITHMS, PROFILES, Algorithm, Profile
from gonghui.ground.vault.errors import KeyLost, KeysRefused, key_lost
from gonghui.ground.vault.providers import NOT_ASSESSED
from gonghui.ground.vault.sealing import NamedCipher, master_key_of

VARIABLE = "GONGHUI_KEYS"
FORMAT = "gonghui keys 1"
BLIND_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One key that data keys are wrapped under."""

    algorithm: Algorithm
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """A soft ``KeyProvider``: the keys in the memory of this process. Not assessed."""

    profile: Profile
    current_key_id: int
    masters: Mapping[int, MasterKey] = field(repr=False)
    blind_key: bytes = field(repr=False)
    assessment: str = NOT_ASSESSED

    def __post_init__(self) -> None:
        if self.current_key_id not in self.masters:
            raise key_lost(self.current_key_id, self.profile.algorithm.name)

    def wrap(self, secrets: Sequence[bytes], contexts: Sequence[bytes]) -> list[bytes]:
        master = self.masters[self.current_key_id]
        cipher = NamedCipher(master.algorithm, self.current_key_id, master.secret)
        return cipher.seal(secrets, contexts)

    def unwrap(self, wrapped: Sequence[bytes], contexts: Sequence[bytes]) -> list[bytes]:
        ciphers: dict[tuple[Algorithm, int], NamedCipher] = {}
        secrets = []
        for one, context in zip(wrapped, contexts, strict=True):
            key = master_key_of(one)
            if key not in ciphers:
                ciphers[key] = NamedCipher(*key, self._secret(*key))
            secrets.append(ciphers[key].open(one, context))
        return secrets

    def keyed_hashes(self, label: str, values: Sequence[bytes]) -> list[bytes]:
        digest = self.profile.digest
        own = HMAC(self.blind_key, digest())
        own.update(label.encode())
        base, hashes = HMAC(own.finalize(), digest()), []
        for value in values:
            one = base.copy()
            one.update(value)
            hashes.append(one.finalize())
        return hashes

    def with_new_master(self) -> Keyring:
        """The same keys and one more, of the profile's algorithm, which is then the current one."""
        key_id = max(self.masters) + 1
        return replace(
            self,
            current_key_id=key_id,
            masters={**self.masters, key_id: _new_master(self.profile)},
        )

    def without(self, key_id: int) -> Keyring:
        """The same keys without one that nothing is wrapped under any more."""
        if key_id == self.current_key_id or key_id not in self.masters:
            raise KeysRefused(
                N_("Key {key} is the current one, or is not there."),
                N_("Make a new one current first: docs/howto/rotate-keys.md."),
                key=key_id,
            )
        return replace(
            self, masters={one: key for one, key in self.masters.items() if one != key_id}
        )

    def _secret(self, algorithm: Algorithm, key_id: int) -> bytes:
        master = self.masters.get(key_id)
        if master is None or master.algorithm is not algorithm:
            raise key_lost(key_id, algorithm.name)
        return master.secret

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("keys are not pickled: a queue or a cache would keep them")


def new_keyring(profile: str = "intl") -> Keyring:
    """Fresh keys from the system's randomness."""
    chosen = PROFILES.get(profile)
    if chosen is None:
        raise KeysRefused(
            N_("There is no profile “{profile}”."),
            N_("Choose one of {profiles}."),
            profile=profile,
            profiles=", ".join(PROFILES),
        )
    return Keyring(chosen, 1, {1: _new_master(chosen)}, os.urandom(BLIND_BYTES))


def keyring_path(home: Path, variables: Mapping[str, str] = os.environ) -> Path:
    """The key file: where ``GONGHUI_KEYS`` says, else below the installation's folder."""
    said = variables.get(VARIABLE, "")
    return Path(said) if said else home / "keys" / "vault.json"


def make_keyring(path: Path, profile: str = "intl") -> Keyring:
    """A key file that was not there before. An existing one is never overwritten."""
    keyring = new_keyring(profile)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _beside(path, keyring) as written:
        try:
            os.link(written, path)  # unlike a renaming, refuses where there is one
        except FileExistsError:
            raise KeysRefused(
                N_("There is a key file already: {path}."),
                N_("Keep it: only with it can be read what it encrypted."),
                path=path,
            ) from None
    return keyring


def change_keyring(path: Path, change: Callable[[Keyring], Keyring]) -> Keyring:
    """Reads, changes and writes the file, whole or not at all, one process at a time."""
    real = path.resolve()
    with _alone(real.parent):
        changed = change(read_keyring(path))
        with _beside(real, changed) as written:
            os.replace(written, real)
    return changed


def read_keyring(path: Path) -> Keyring:
    """The keys, if nobody else on this machine could read or change them."""
    try:
        with path.open("rb") as file:
            _check_private(path, os.fstat(file.fileno()))
            said = json.loads(file.read())
    except FileNotFoundError:
        raise KeyLost(
            N_("There is no key file {path}; without it nothing encrypted can be read."),
            N_("Bring it back from its backup or from its shares, or name it in {variable}."),
            path=path,
            variable=VARIABLE,
        ) from None
    except ValueError:
        raise _unreadable(path) from None
    return _from_json(path, said)


def to_json(keyring: Keyring) -> dict[str, Any]:
    """What the file holds."""
    return {
        "format": FORMAT,
        "assessment": NOT_ASSESSED,
        "profile": keyring.profile.name,
        "current": keyring.current_key_id,
        "masters": {
            str(key_id): {
                "algorithm": key.algorithm.name,
                "secret": base64.b64encode(key.secret).decode(),
            }
            for key_id, key in keyring.masters.items()
        },
        "blind": base64.b64encode(keyring.blind_key).decode(),
    }


def _from_json(path: Path, said: Any) -> Keyring:  # noqa: ANN401 (whatever JSON holds)
    names = {one.name: one for one in ALGORITHMS.values()}
    try:
        if said["format"] != FORMAT:
            raise _unreadable(path)
        masters = {
            int(key_id): MasterKey(names[key["algorithm"]], base64.b64decode(key["secret"]))
            for key_id, key in said["masters"].items()
        }
        blind = base64.b64decode(said["blind"])
        profile, current = PROFILES[said["profile"]], int(said["current"])
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
        raise _unreadable(path) from None
    whole = all(len(key.secret) == key.algorithm.key_bytes for key in masters.values())
    if not whole or len(blind) != BLIND_BYTES:
        raise _unreadable(path)
    return Keyring(profile, current, masters, blind)


def _new_master(profile: Profile) -> MasterKey:
    return MasterKey(profile.algorithm, os.urandom(profile.algorithm.key_bytes))


@contextmanager
def _beside(path: Path, keyring: Keyring) -> Iterator[Path]:
    """The keys on the disk under another name, to be put in their place in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            json.dump(to_json(keyring), file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        yield beside
    finally:
        beside.unlink(missing_ok=True)
    with _open_folder(path.parent) as folder:
        os.fsync(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with _open_folder(folder) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def _open_folder(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _check_private(path: Path, about: os.stat_result) -> None:
    ours = (os.geteuid(), 0)
    folders = [one.stat() for one in {path.parent, path.resolve().parent}]  # a link may lead to it
    if (
        not stat.S_ISREG(about.st_mode)
        or about.st_mode & _OTHERS
        or about.st_uid not in ours
        or any(one.st_mode & _OTHERS_WRITE or one.st_uid not in ours for one in folders)
    ):
        raise _unsafe(path)


def _unsafe(path: Path) -> KeysRefused:
    return KeysRefused(
        N_("Others could read or change the key file {path}."),
        N_("Make it a file of this user, mode 600, in a folder that nobody else writes to."),
        path=path,
    )


def _unreadable(path: Path) -> KeysRefused:
    return KeysRefused(
        N_("{path} is no key file, or it is damaged."),
        N_("Bring it back from its backup or from its shares; do not make a new one in its place."),
        path=path,
    )
