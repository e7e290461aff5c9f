"""Settlements by the million, for measuring: any part of them can be made anew without the rest.

Every number is a hash of (seed, person, ordinal), so people can be taken in any order, on any
number of threads, and come out the same. Costs come from a table of quantiles (log-normal with a
Pareto tail), and everything after it is integer arithmetic. People have 1, 2, 3 … settlements with
geometric odds, 1.67 each. Nothing here is calibrated: the twin of Jiaozuo is in ``city``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import FIELDS, NONE

SETTLEMENTS = 10_000_000
CHINA_2022 = 302_000_000
"""About the hospital admissions of one year in the whole of China."""
SEED = 2022

YEAR_FROM, YEAR_UNTIL = day_of(date(2022, 1, 1)), day_of(date(2023, 1, 1))
COVER = {"cover_from": YEAR_FROM, "cover_until": YEAR_UNTIL}
"""Facts that everybody shares."""
LAST_ARRIVAL = YEAR_UNTIL + 160

_BLOCK = 1 << 17
"""People handled at once: the arrays of a block stay in the processor's cache."""
_ORDINAL_BITS = 5
_MOST = 1 << _ORDINAL_BITS
"""Settlements of one person at the most."""
_ANOTHER = 0.4
"""The chance of a further settlement: 1 / (1 - 0.4) = 1.67 each on average."""

_QUANTILES = 1 << 16
_SIGMA = 0.8
_TAIL_FROM, _TAIL_EXPONENT = 0.99, 1.6
_UNIT = 1024
"""Factors and shares are whole 1024ths."""

# By hospital level: unrated, primary, secondary, tertiary.
_MEDIAN_FEN = np.array([4_000_00, 2_000_00, 4_000_00, 8_000_00], dtype=np.int32)
_DEDUCTIBLE_FEN = np.array([500_00, 100_00, 200_00, 400_00], dtype=np.int32)
_SELFPAY_SHARE = np.array([102, 51, 72, 102], dtype=np.int32)
# Codes by their odds.
_LEVELS_OF_256 = np.repeat(np.array([0, 1, 2, 3], dtype=np.int8), [4, 36, 129, 87])
_KINDS_OF_256 = np.repeat(np.arange(1, 10, dtype=np.int8), [224, 20, 2, 2, 1, 1, 2, 2, 2])
_DISEASES_OF_256 = np.r_[
    np.zeros(196, dtype=np.int8), np.repeat(np.arange(1, 21, dtype=np.int8), 3)
]
_LATE_OF_1024 = 60
_REVERSED_OF_1024 = 8
_UNFILED_OF_256 = 38

STORED = (
    "event_kind",
    "admitted_on",
    "discharged_on",
    "settled_on",
    "received_on",
    "filed_on",
    "reversed_on",
    "hospital_level",
    "disease",
    "days",
    "total_cost",
    "own_expense",
    "preliminary_selfpay",
    "deductible_paid",
    "proportional_selfpay",
)
"""The facts that differ from settlement to settlement, in the order of the dictionary."""

Rows = dict[str, NDArray[Any]]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Nation:
    """Exactly ``settlements`` settlements of people 0, 1, 2 …; the last may be cut short."""

    settlements: int = SETTLEMENTS
    seed: int = SEED

    def blocks(self) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """All people, block by block, with the number of settlements of each."""
        first, left = 0, self.settlements
        while left > 0:
            person = np.arange(first, first + _BLOCK, dtype=np.int32)
            counts = self._counts(person)
            if counts.sum() >= left:
                upto = np.cumsum(counts)
                last = int(np.searchsorted(upto, left))
                counts[last] -= upto[last] - left
                person, counts = person[: last + 1], counts[: last + 1]
            yield person, counts
            left -= int(counts.sum())
            first += _BLOCK

    def rows(self, person: NDArray[np.int32], counts: NDArray[np.int32]) -> Rows:
        """The settlements of these people: the keys and STORED, in their narrow types.

        Sorted as ``person`` is, then by day of discharge and number.
        """
        owner = np.repeat(person, counts)
        of = np.repeat(counts, counts)
        ordinal = np.arange(owner.size, dtype=np.int32) - np.repeat(
            np.cumsum(counts, dtype=np.int32) - counts, counts
        )
        settlement = (owner.astype(np.int64) << _ORDINAL_BITS) + ordinal
        when, what = self._hashes(settlement, 2), self._hashes(settlement, 3)
        days = (1 + _bits(what, 0, 4)).astype(np.int16)
        rows = {"person": owner, "settlement": settlement}
        rows |= _dates(when, ordinal, of) | _amounts(what)
        rows["admitted_on"] = rows["discharged_on"] - days
        rows["event_kind"] = _KINDS_OF_256[_bits(when, 48, 8)]
        rows["disease"] = _DISEASES_OF_256[_bits(when, 56, 8)]
        rows["days"] = days
        return {name: rows[name] for name in ("person", "settlement", *STORED)}

    def _counts(self, person: NDArray[np.int32]) -> NDArray[np.int32]:
        draw = _bits(self._hashes(person.astype(np.int64), 1), 32, 32)
        return (np.searchsorted(_count_limits(), draw) + 1).astype(np.int32)

    def _hashes(self, counter: NDArray[np.int64], stream: int) -> Hashes:
        """SplitMix64 of the counters; another sequence for each seed and stream."""
        start = (self.seed * 64 + stream) * 0xD1342543DE82EF95 % 2**64
        mixed: Hashes = counter.astype(np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed += np.uint64(start)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
        return mixed


def _bits(hashes: Hashes, first: int, width: int) -> NDArray[np.int64]:
    """``width`` bits of each hash from bit ``first`` on, as a number."""
    return ((hashes >> np.uint64(first)) & np.uint64((1 << width) - 1)).view(np.int64)


def _dates(hashes: Hashes, ordinal: NDArray[np.int32], of: NDArray[np.int32]) -> Rows:
    """A person's n stays end one in each n-th part of the year, so that their order is known."""
    year = YEAR_UNTIL - YEAR_FROM
    passed = ((ordinal.astype(np.int64) << 12) + _bits(hashes, 0, 12)) * year // (of << 12)
    discharged = (YEAR_FROM + passed).astype(np.int32)
    lot = _bits(hashes, 12, 10)
    long, short = _bits(hashes, 22, 7).astype(np.int32), _bits(hashes, 29, 2).astype(np.int32)
    received = discharged + 1 + np.where(lot < _LATE_OF_1024, 20 + long, short)
    filed = received + (long >> 2)
    taken_back = received + 1 + (long >> 3)
    unfiled = _bits(hashes, 31, 8) < _UNFILED_OF_256
    none = np.int32(NONE)
    return {
        "discharged_on": discharged,
        "settled_on": discharged,
        "received_on": received,
        "filed_on": np.where(unfiled, none, filed),
        "reversed_on": np.where(lot >= 1024 - _REVERSED_OF_1024, taken_back, none),
    }


def _amounts(hashes: Hashes) -> Rows:
    level = _LEVELS_OF_256[_bits(hashes, 4, 8)]
    factor = _cost_factors()[_bits(hashes, 12, 16)]
    total = _MEDIAN_FEN[level].astype(np.int64) * factor // _UNIT
    # The lesser of two draws: small shares are common, large ones rare.
    own_share = np.minimum(_bits(hashes, 28, 9), _bits(hashes, 37, 8))
    preliminary_share = np.minimum(_bits(hashes, 45, 8), _bits(hashes, 53, 7))
    own = total * own_share // _UNIT
    preliminary = total * preliminary_share // _UNIT
    in_scope = total - own - preliminary
    deductible = np.minimum(_DEDUCTIBLE_FEN[level], in_scope)
    selfpay = (in_scope - deductible) * _SELFPAY_SHARE[level] // _UNIT
    amounts = {
        "total_cost": total,
        "own_expense": own,
        "preliminary_selfpay": preliminary,
        "deductible_paid": deductible,
        "proportional_selfpay": selfpay,
    }
    return {"hospital_level": level} | {
        name: column.astype(FIELDS[name].dtype) for name, column in amounts.items()
    }


@cache
def _count_limits() -> NDArray[np.int64]:
    """A person whose 32-bit draw lies below the n-th limit has at most n settlements."""
    return np.array([int((1 - _ANOTHER**n) * 2**32) for n in range(1, _MOST)])


@cache
def _cost_factors() -> NDArray[np.int32]:
    """Quantiles of cost over the median, in 1024ths. The dearest is 600 times the median."""
    normal = NormalDist(0.0, _SIGMA)
    edge = math.exp(normal.inv_cdf(_TAIL_FROM))
    factors = np.empty(_QUANTILES, dtype=np.int32)
    for place in range(_QUANTILES):
        quantile = (place + 0.5) / _QUANTILES
        if quantile < _TAIL_FROM:
            factor = math.exp(normal.inv_cdf(quantile))
        else:
            factor = edge * ((1 - _TAIL_FROM) / (1 - quantile)) ** (1 / _TAIL_EXPONENT)
        factors[place] = int(factor * _UNIT)
    return factors
