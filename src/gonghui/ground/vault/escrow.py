"""The keys in shares: any three of five people together bring them back, two of them know nothing.

Shamir's sharing over GF(2^8), byte by byte. A share is text that can be printed and typed in
again; each line proves itself, and the combined keys prove themselves.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from gonghui.core.errors import N_
from gonghui.ground.vault.ciphers import ALGORITHMS, PROFILES
from gonghui.ground.vault.errors import KeysRefused
from gonghui.ground.vault.keyring import BLIND_BYTES, Keyring, MasterKey

TITLE = "gonghui key share"
MOST_SHARES = 255
_PROOF_BYTES = 8
_LINE_BYTES = 20  # 32 letters
_GROUP = 4
_FORMAT = 1
_FIRST = struct.Struct(f">BB8sI{BLIND_BYTES}s")  # format, number of keys, profile, current, blind
_MASTER = struct.Struct(">IB")  # key id, algorithm

_POWERS: list[int] = []
_value = 1
for _ in range(255):
    _POWERS.append(_value)
    _value ^= _value << 1 ^ (0x11B if _value & 0x80 else 0)  # times 3, a generator
_LOGS = {power: exponent for exponent, power in enumerate(_POWERS)}


def _times(a: int, b: int) -> int:
    return _POWERS[(_LOGS[a] + _LOGS[b]) % 255] if a and b else 0


def _over(a: int, b: int) -> int:
    return _POWERS[(_LOGS[a] - _LOGS[b]) % 255] if a else 0


@dataclass(frozen=True, slots=True)
class Share:
    """One person's part. ``deal`` names the dealing: shares of different ones do not combine."""

    deal: str
    needed: int
    number: int
    data: bytes = field(repr=False)


def share_keys(keyring: Keyring, needed: int = 3, shares: int = 5) -> list[str]:
    """Shares of all keys as texts to be printed, one a person."""
    dealt = split(_packed(keyring), needed, shares)
    return [to_text(share, shares) for share in dealt]


def keys_from_shares(texts: Sequence[str]) -> Keyring:
    """The keys again, from enough people's texts."""
    return _unpacked(combine([from_text(text) for text in texts]))


def _packed(keyring: Keyring) -> bytes:
    """Short, because people type it."""
    profile = keyring.profile.name.encode()
    first = (_FORMAT, len(keyring.masters), profile, keyring.current_key_id, keyring.blind_key)
    masters = [
        _MASTER.pack(key_id, key.algorithm.number) + key.secret
        for key_id, key in sorted(keyring.masters.items())
    ]
    return _FIRST.pack(*first) + b"".join(masters)


def _unpacked(data: bytes) -> Keyring:
    number, count, profile, current, blind = _FIRST.unpack_from(data)
    if number != _FORMAT:
        raise KeysRefused(
            N_("These shares were made by a newer version of Gonghui."),
            N_("Combine them with that version."),
        )
    masters, at = {}, _FIRST.size
    for _ in range(count):
        key_id, algorithm = _MASTER.unpack_from(data, at)
        start, end = at + _MASTER.size, at + _MASTER.size + ALGORITHMS[algorithm].key_bytes
        masters[key_id] = MasterKey(ALGORITHMS[algorithm], data[start:end])
        at = end
    return Keyring(PROFILES[profile.rstrip(b"\0").decode()], current, masters, blind)


def split(secret: bytes, needed: int = 3, shares: int = 5) -> list[Share]:
    """Parts of a secret, any ``needed`` of which give it back."""
    if not 2 <= needed <= shares <= MOST_SHARES:
        raise ValueError(f"{needed} of {shares}")
    proved = hashlib.sha256(secret).digest()[:_PROOF_BYTES] + secret
    deal = os.urandom(4).hex()
    rows = [bytearray() for _ in range(shares)]
    for byte in proved:
        polynomial = [*os.urandom(needed - 1), byte]  # the highest power first
        for number, row in enumerate(rows, 1):
            value = 0
            for coefficient in polynomial:
                value = _times(value, number) ^ coefficient
            row.append(value)
    return [Share(deal, needed, number, bytes(row)) for number, row in enumerate(rows, 1)]


def combine(shares: Sequence[Share]) -> bytes:
    """The secret. Refused when the shares are too few, do not belong together, or are wrong."""
    given = {one.number: one for one in shares}
    kinds = {(one.deal, one.needed, len(one.data)) for one in given.values()}
    if len(kinds) != 1:
        raise KeysRefused(
            N_("These shares do not belong together."),
            N_("Take shares that carry the same name of the dealing."),
        )
    needed = next(iter(kinds))[1]
    if len(given) < needed:
        raise KeysRefused(
            N_("{given} different shares are not enough; {needed} are needed."),
            N_("Ask more of the people who keep one."),
            given=len(given),
            needed=needed,
        )
    points = list(given.values())[:needed]
    weights = [_weight(one.number, [other.number for other in points]) for one in points]
    proved = bytearray(len(points[0].data))
    for one, weight in zip(points, weights, strict=True):
        for at, byte in enumerate(one.data):
            proved[at] ^= _times(byte, weight)
    proof, secret = bytes(proved[:_PROOF_BYTES]), bytes(proved[_PROOF_BYTES:])
    if hashlib.sha256(secret).digest()[:_PROOF_BYTES] != proof:
        raise KeysRefused(
            N_("These shares give no keys: one of them is wrong."),
            N_("Try again with another person's share in place of one of these."),
        )
    return secret


def _weight(number: int, numbers: Sequence[int]) -> int:
    """What a share counts for at 0: Lagrange's product over the other shares."""
    weight = 1
    for other in numbers:
        if other != number:
            weight = _times(weight, _over(other, other ^ number))
    return weight


def to_text(share: Share, of: int) -> str:
    """A share to be printed: groups of four letters and digits, at each line's end its check."""
    lines = [f"{TITLE} · {share.deal} · {share.number}/{of} · {share.needed}"]
    for at in range(0, len(share.data), _LINE_BYTES):
        part = share.data[at : at + _LINE_BYTES]
        text = base64.b32encode(part).decode().rstrip("=")
        groups = [text[place : place + _GROUP] for place in range(0, len(text), _GROUP)]
        lines.append(" ".join([*groups, _check(share.deal, share.number, at, part)]))
    return "\n".join(lines) + "\n"


def from_text(text: str) -> Share:
    """A share as typed in. The refusal names the line that is mistyped."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    try:
        title, deal, number, needed = (part.strip() for part in lines[0].split("·"))
        share = Share(deal, int(needed), int(number.partition("/")[0]), b"")
    except (IndexError, ValueError):
        title = ""
    if title.split() != TITLE.split():
        raise KeysRefused(
            N_("This is no share of the keys."),
            N_("Its first line begins with “{title}”."),
            title=TITLE,
        )
    data = b""
    for line_number, line in enumerate(lines[1:], 2):
        *groups, check = line.upper().split() or [""]
        letters = "".join(groups)
        try:
            part = base64.b32decode(letters + "=" * (-len(letters) % 8))
        except binascii.Error:
            part = b""
        if check != _check(deal, share.number, len(data), part):
            raise KeysRefused(
                N_("Line {line} of the share is mistyped or not in its place."),
                N_("Compare it with the paper, letter by letter."),
                line=line_number,
            )
        data += part
    return Share(deal, share.needed, share.number, data)


def _check(deal: str, number: int, at: int, part: bytes) -> str:
    """Four letters; so that a slip of the pen is found, not an attack."""
    value = zlib.crc32(b"%s %d %d " % (deal.encode(), number, at) + part)
    return base64.b32encode(value.to_bytes(4, "big")).decode()[:_GROUP]
