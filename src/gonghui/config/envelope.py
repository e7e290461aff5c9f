"""A backup as a file: encrypted in frames, each of which proves itself and its place.

    gonghui backup 1⏎
    {"algorithm": …, "key": …, "salt": …}⏎
    frame … frame, last frame

A frame is four bytes, the length of what follows and, in the highest bit, whether it is the last;
then the encrypted bytes and their tag. Each file has its own key, from the backup key and the
salt; a frame's nonce is its number and whether it is the last, and the two lines above stand
under every tag. So nothing can be changed, left out, put elsewhere, cut off or appended.

The last frame holds the manifest, the others hold the dump.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gonghui.config.backup_key import BackupKey
from gonghui.core.errors import N_, Refusal
from gonghui.ground.vault.ciphers import ALGORITHMS, TAG_BYTES, Aead, Algorithm

TITLE = b"gonghui backup "
FORMAT = 1
FRAME = 1 << 20  # bytes of the dump in a frame
_LENGTH = struct.Struct(">I")
_LAST = 1 << 31
_SALT_BYTES = 32
_LONGEST_HEADER = 4_096
_WHERE = N_("Take another copy of this backup, or the one before.")


class Sealer:
    """Writes an envelope: any number of frames, then ``finish``."""

    def __init__(self, out: BinaryIO, key: BackupKey) -> None:
        salt = os.urandom(_SALT_BYTES)
        header = {"algorithm": key.algorithm.name, "key": key.id, "salt": salt.hex()}
        first = TITLE + b"%d\n" % FORMAT + json.dumps(header).encode() + b"\n"
        out.write(first)
        self._out, self._number = out, 0
        self._cipher, self._under = _cipher(key.algorithm, key.secret, salt), _digest(first)

    def frame(self, data: bytes, *, last: bool = False) -> None:
        """The next bytes, at most ``FRAME`` of them."""
        sealed = self._cipher.encrypt(_nonce(self._number, last), data, self._under)
        self._out.write(_LENGTH.pack(len(sealed) | (_LAST if last else 0)) + sealed)
        self._number += 1

    def finish(self, data: bytes) -> None:
        self.frame(data, last=True)


def frames(path: Path, key: BackupKey) -> Iterator[tuple[bytes, bool]]:
    """The frames of an envelope and whether each is the last; refuses the first that is not right.

    What was yielded before a refusal is true, but not all: act on it only after the last.
    """
    with path.open("rb") as file:
        first, algorithm, salt = _header(file, path, key)
        cipher, under, number, last = _cipher(algorithm, key.secret, salt), _digest(first), 0, False
        while not last:
            at = file.tell()
            head = file.read(_LENGTH.size)
            length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
            last = bool(length & _LAST)
            size = length & ~_LAST
            if head and not TAG_BYTES <= size <= FRAME + TAG_BYTES:
                raise _damaged(path, at)
            sealed = file.read(size)
            if not head or len(sealed) < size:
                raise Refusal(
                    N_("{file} is cut off after {bytes} bytes; the end of the backup is missing."),
                    _WHERE,
                    file=path,
                    bytes=path.stat().st_size,
                )
            try:
                yield cipher.decrypt(_nonce(number, last), sealed, under), last
            except InvalidTag:
                raise _damaged(path, at) from None
            number += 1
        if file.read(1):
            raise Refusal(
                N_("Something was appended to {file} after the end of the backup."),
                _WHERE,
                file=path,
            )


def _header(file: BinaryIO, path: Path, key: BackupKey) -> tuple[bytes, Algorithm, bytes]:
    """The two lines at the beginning, as they stand there, and what the second says."""
    title = file.readline(_LONGEST_HEADER)
    said_version = re.fullmatch(re.escape(TITLE) + rb"(\d+)\n", title)
    if said_version is None:
        raise Refusal(
            N_("{file} is no backup made by Gonghui."),
            N_("Name a file that `gonghui backup` wrote."),
            file=path,
        )
    version = said_version[1].decode()
    if version != str(FORMAT):
        raise Refusal(
            N_("{file} is a backup of format {version}; this Gonghui reads format {ours}."),
            N_("Restore it with the version of Gonghui that made it, or a newer one."),
            file=path,
            version=version,
            ours=FORMAT,
        )
    second = file.readline(_LONGEST_HEADER)
    try:
        said = json.loads(second)
        algorithm = next(one for one in ALGORITHMS.values() if one.name == said["algorithm"])
        salt, key_id = bytes.fromhex(said["salt"]), str(said["key"])
    except (ValueError, KeyError, TypeError, StopIteration):
        raise _damaged(path, len(title)) from None
    if (key_id, algorithm) != (key.id, key.algorithm):
        raise Refusal(
            N_("{file} was made with the backup key {theirs}; the key given is {ours}."),
            N_("Give the keys that were kept when this backup was made."),
            file=path,
            theirs=key_id,
            ours=key.id,
        )
    return title + second, algorithm, salt


def _damaged(path: Path, at: int) -> Refusal:
    return Refusal(
        N_("{file} is damaged at byte {at}: what stands there was not written by the backup."),
        _WHERE,
        file=path,
        at=at,
    )


def _cipher(algorithm: Algorithm, secret: bytes, salt: bytes) -> Aead:
    info = TITLE + b"%d" % FORMAT
    return algorithm.cipher(HKDF(SHA256(), algorithm.key_bytes, salt, info).derive(secret))


def _digest(first: bytes) -> bytes:
    return hashlib.sha256(first).digest()


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
