"""Blind indexes: equal values are found without being readable.

An index is a keyed hash under a key of its own, outside the database, and of its own kind for each
purpose: a phone number and a staff number of the same digits have different indexes. There is no
index of anything that is only ever read, such as a diagnosis.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from gonghui.ground.vault.providers import KeyProvider

IDENTITY = "identity number"
PHONE = "phone"
CARD = "card"
"""Purposes. Their names are part of the index: renaming one loses all its indexes."""

LAST_FOUR_BITS = 12
_PLAIN = re.compile("[0-9A-Za-z:_]+")
_DROPPED = {"Zs", "Cf", "Cc", "Pd"}
"""Spaces, invisible marks, controls and dashes: what clerks and spreadsheets put between digits."""


def normalised(number: str) -> str:
    """A number as it is compared: half-width capitals and digits without what stands between."""
    if _PLAIN.fullmatch(number):  # of a city's roster, every number
        return number.upper()
    before, folded = number, _folded(number)
    while folded != before:  # what was taken out may have kept others from combining
        before, folded = folded, _folded(folded)
    return folded


def _folded(text: str) -> str:
    narrow = unicodedata.normalize("NFKC", text).upper()
    return "".join(one for one in narrow if unicodedata.category(one) not in _DROPPED)


def blind_indexes(provider: KeyProvider, purpose: str, numbers: Sequence[str]) -> list[bytes]:
    """32 bytes each, equal for equal normalised numbers."""
    values = [normalised(one).encode() for one in numbers]
    return provider.keyed_hashes(f"exact: {purpose}", values)


def last_four_indexes(provider: KeyProvider, purpose: str, numbers: Sequence[str]) -> list[bytes]:
    """Two bytes each, cut to 12 bits: about three endings share one, so that an index neither
    proves an ending nor lets endings be counted. Who searches opens what is found and compares."""
    values = [normalised(one)[-4:].encode() for one in numbers]
    hashes = provider.keyed_hashes(f"last four: {purpose}", values)
    return [bytes((one[0], one[1] & 0xF0)) for one in hashes]
