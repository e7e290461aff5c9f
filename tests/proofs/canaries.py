"""Canary people, every form in which one could betray itself, and a search for all of them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from urllib.parse import quote

import numpy as np

KEY_BYTES = 8
PIECE_BYTES = 1 << 24
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_chance = SystemRandom()


@dataclass(frozen=True)
class Canary:
    """Somebody who does not exist, with numbers that nobody else has."""

    name: str
    identity: str
    phone: str
    card: str

    @property
    def secrets(self):
        return self.identity, self.phone, self.card


def canaries(count):
    """So many people; their numbers are valid, and drawn anew each time."""
    made = {}
    while len(made) < count:
        born = f"{_chance.randrange(1960, 2003)}{_chance.randrange(1, 13):02d}"
        body = f"990800{born}{_chance.randrange(1, 29):02d}{_chance.randrange(1000):03d}"
        identity = body + check_character(body)
        name = "".join(_chance.choice("赵钱孙李周吴郑王冯陈") for _ in range(3))
        phone = f"1{_chance.choice('35789')}{_chance.randrange(10**9):09d}"
        made[identity] = Canary(name, identity, phone, card())
    return list(made.values())


def check_character(body):
    """The eighteenth character of an identity number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def card():
    """A card number that Luhn's check passes."""
    body = f"622202{_chance.randrange(10**12):012d}"
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in body[-1::-2])
    return f"{body}{-(doubled + sum(map(int, body[-2::-2]))) % 10}"


def forms(secret):
    """The secret as it might lie somewhere: form → bytes."""
    plain = secret.encode()
    digits = quote("".join(f"%{ord(one):02x}" for one in secret), safe="%")
    return {
        "plain": plain,
        "reversed": plain[::-1],
        **{f"base64, {at} bytes on": base64_within(plain, at) for at in range(3)},
        "hex": plain.hex().encode(),
        "hex in capitals": plain.hex().upper().encode(),
        "UTF-16, little end first": secret.encode("utf-16-le"),
        "UTF-16, big end first": secret.encode("utf-16-be"),
        "GB18030, full-width": full_width(secret).encode("gb18030"),
        "UTF-8, full-width": full_width(secret).encode(),
        "URL, digit by digit": digits.encode(),
        "URL in capitals": digits.upper().encode(),
        "JSON escapes": "".join(f"\\u{ord(one):04x}" for one in secret).encode(),
        "hex of UTF-16": secret.encode("utf-16-le").hex().encode(),
    }


def base64_within(plain, before):
    """What base64 makes of it after so many other bytes: the part that they do not touch."""
    text = base64.b64encode(bytes(before) + plain)
    start = -(-8 * before // 6)
    return text[start : 8 * (before + len(plain)) // 6]


def full_width(text):
    return "".join(chr(ord(one) + 0xFEE0) for one in text)


class Search:
    """Finds any of many needles in large files: by eight of their bytes first, then whole."""

    def __init__(self, people):
        self.needles = {}
        for canary in people:
            for secret in canary.secrets:
                for form, needle in forms(secret).items():
                    self.needles.setdefault(needle, (secret, form))
        # The end of a needle differs more than its beginning: a region, a bank.
        self._ends = {}
        for needle in self.needles:
            self._ends.setdefault(needle[-KEY_BYTES:], []).append(needle)
        self._sorted = np.sort(np.frombuffer(b"".join(self._ends), dtype="<u8"))
        self._last_two = np.zeros(1 << 16, dtype=bool)
        self._last_two[self._sorted >> 48] = True
        self._longest = max(map(len, self.needles))

    def in_bytes(self, data):
        """What is found, as pairs of secret and form."""
        found = set()
        for start in range(0, max(len(data), 1), PIECE_BYTES):
            piece = data[max(0, start - self._longest) : start + PIECE_BYTES]
            found |= self._in_piece(bytes(piece))
        return found

    def _in_piece(self, piece):
        found = set()
        for offset in range(KEY_BYTES):
            count = (len(piece) - offset) // KEY_BYTES
            if count <= 0:
                continue
            words = np.frombuffer(piece, dtype="<u8", count=count, offset=offset)
            likely = np.flatnonzero(self._last_two[words >> 48])
            near = np.searchsorted(self._sorted, words[likely])
            near[near == self._sorted.size] = 0
            for word in likely[self._sorted[near] == words[likely]]:
                end = offset + (int(word) + 1) * KEY_BYTES
                for needle in self._ends[piece[end - KEY_BYTES : end]]:
                    if piece[max(0, end - len(needle)) : end] == needle:
                        found.add(self.needles[needle])
        return found

    def in_files(self, folder):
        """The same for every file below a folder: path → what is found there."""
        found = {}
        for path in sorted(Path(folder).rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            try:
                with path.open("rb") as file:
                    hits = self.in_bytes(file.read())
            except FileNotFoundError:  # a server at work takes files away
                continue
            if hits:
                found[str(path.relative_to(folder))] = hits
        return found
