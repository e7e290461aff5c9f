"""A secret in shares: any three of five people bring it back together, two of them know nothing.

What is shared is the passphrase of the bundle that `gonghui backup --keys` writes: all keys, also
those of the backups. Shamir's sharing over GF(2^8), byte by byte. A share is text that can be
printed and typed in again; each line proves itself, and so does what the shares give.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from gonghui.core.errors import N_
from gonghui.ground.vault.errors import KeysRefused

TITLE = "gonghui key share"
MOST_SHARES = 255
_PROOF_BYTES = 8
_LINE_BYTES = 20  # 32 letters
_GROUP = 4

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


def new_passphrase() -> str:
    """160 bits in eight groups of four letters and digits."""
    letters = base64.b32encode(os.urandom(20)).decode()
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def share_text(secret: str, needed: int = 3, shares: int = 5) -> list[str]:
    """Shares of a passphrase as texts to be printed, one a person."""
    return [to_text(one, shares) for one in split(secret.encode(), needed, shares)]


def text_from_shares(texts: Sequence[str]) -> str:
    """The passphrase again, from enough people's texts."""
    return combine([from_text(text) for text in texts]).decode()


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
            N_("One of these shares is wrong."),
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
            N_("This is no share of a secret."),
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
