"""Identity numbers that pass every arithmetic check and can belong to nobody.

GB 11643 builds eighteen characters from a region code (GB/T 2260), a birth date, a sequence number
whose last digit tells the sex, and a check character. The twin's region code is 990800: no province
has the code 99, so no police office can issue a number that begins with it. It is no foreigner's
permanent residence number either: there the second and third digits name a province, and 90 names
none. It does not begin with a zero, so the usual patterns accept it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

REGION = "990800"
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)


def identity_numbers(born: NDArray[np.int64], female: NDArray[np.bool_]) -> NDArray[np.str_]:
    """One number each, all different, for birth days (since 1970-01-01) and sexes.

    People of one birth day and sex are told apart by their sequence number, of which there are five
    hundred; more of them are refused.
    """
    sequence = 2 * _rank_within(born * 2 + female) + np.where(female, 0, 1)
    if sequence.size and int(sequence.max()) > 999:
        raise ValueError("more than 500 people of one sex born on one day")
    dates = born.astype("datetime64[D]").astype(str)
    digits = np.empty((born.size, 17), dtype=np.int64)
    digits[:, :6] = [int(character) for character in REGION]
    calendar = np.strings.replace(dates, "-", "").astype(np.int64)
    for column in range(8):
        digits[:, 6 + column] = calendar // 10 ** (7 - column) % 10
    for column in range(3):
        digits[:, 14 + column] = sequence // 10 ** (2 - column) % 10
    characters = np.empty((born.size, 18), dtype=np.uint8)
    characters[:, :17] = digits + ord("0")
    characters[:, 17] = _CHECKS[digits @ _WEIGHTS % 11]
    return characters.view("S18").ravel().astype(np.str_)


def _rank_within(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, 2 … among equal keys, in the order in which they stand."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if keys.size else order
    sizes = np.diff(np.r_[starts, keys.size])
    ranks = np.empty(keys.size, dtype=np.int64)
    ranks[order] = np.arange(keys.size) - np.repeat(starts, sizes)
    return ranks
