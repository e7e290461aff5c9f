"""Who was in hospital when, where and with what; and who is treated month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import DISEASES, EVENT_KINDS, HOSPITAL_LEVELS
from gonghui.twin.events import Column, Columns, code_of, follows_own, take

STAYS_PER_PERSON = 0.172
CHRONIC_SHARE = 0.012
_FIRST_ADMISSION = day_of(date(2021, 12, 18))
_YEAR = (day_of(date(2022, 1, 1)), day_of(date(2023, 1, 1)))
_APART = 6
"""Days between two admissions of one person at the least, so that stays never overlap."""
_ADMISSIONS_BY_MONTH = (0.95, 0.70, 1.05, 1.05, 1.05, 1.05, 1.10, 1.05, 1.00, 1.00, 0.80, 0.75)
"""Fewer at the spring festival; fewer in the epidemic's last two months."""

_LEVEL_SHARES = {"primary": 0.16, "secondary": 0.50, "tertiary": 0.34}
_CHRONIC_LEVEL_SHARES = {"primary": 0.25, "secondary": 0.55, "tertiary": 0.20}
_MEDIAN_YUAN = {"primary": 1_800.0, "secondary": 3_500.0, "tertiary": 6_800.0}
_SPREAD = {"primary": 0.55, "secondary": 0.68, "tertiary": 0.80}
_TAIL_SHARE = 0.014
_TAIL_EXPONENT = 1.35
_LARGEST_GROSS_FEN = 1_500_000_00

_HOSPITAL_DISEASES = {
    "malignant_tumour": (0.045, 2.6),
    "acute_myocardial_infarction": (0.012, 3.4),
    "stroke_sequelae": (0.03, 1.5),
    "end_stage_renal_disease": (0.006, 1.6),
    "leukaemia": (0.003, 4.0),
    "benign_brain_tumour": (0.003, 3.2),
    "coronary_bypass": (0.002, 5.5),
    "organ_transplant": (0.0006, 14.0),
    "severe_burns": (0.001, 5.0),
    "breast_cancer": (0.008, 2.2),
    "pneumoconiosis": (0.02, 1.1),
    "hypertension": (0.05, 0.8),
    "diabetes": (0.05, 0.9),
}
"""Disease -> share of stays, cost relative to the median of its hospital level."""

_CHRONIC_DISEASES = {
    "hypertension": (0.42, 260),
    "diabetes": (0.33, 380),
    "malignant_tumour": (0.10, 2_400),
    "uraemia_dialysis": (0.06, 5_200),
    "pneumoconiosis": (0.09, 420),
}
"""Disease -> share of people with a chronic illness, median cost of one settlement in yuan."""


@dataclass(frozen=True, slots=True)
class Treatments:
    """Settlements before any money is split. ``gross`` is the total cost in fen."""

    columns: Columns
    gross: Column


def draw_stays(rng: np.random.Generator, facts: Columns, cost_level: float) -> Treatments:
    """Hospital stays settled in 2022. Few people have most of them: a gamma mixture of Poissons."""
    person = _who(rng, facts["born_on"])
    admitted = _when(rng, person)
    count = person.size
    level = _choose_level(rng, count, _LEVEL_SHARES)
    disease, factor = _which_disease(rng, count)
    logarithm = rng.normal(size=count) * _by_level(level, _SPREAD)
    gross = _by_level(level, _MEDIAN_YUAN) * 100 * factor * np.exp(logarithm) * cost_level
    tail = rng.random(count) < _TAIL_SHARE
    gross[tail] *= 1 + rng.pareto(_TAIL_EXPONENT, int(tail.sum())) * 2
    days = 3 + rng.gamma(2.2, 2.6, count) * np.exp(0.25 * logarithm)
    discharged, settled = _departures(rng, person, admitted, days.astype(np.int64))
    zero = np.zeros(count, dtype=np.int64)
    columns = {
        "person": person,
        "event_kind": zero + code_of(EVENT_KINDS, "hospital_stay"),
        "admitted_on": admitted,
        "discharged_on": discharged,
        "settled_on": settled,
        "hospital_level": level,
        "away": (rng.random(count) < np.where(level == 3, 0.13, 0.02)).astype(np.int64),
        "counts_as_stay": zero + 1,
        "disease": disease,
        "days": discharged - admitted,
    }
    amount = np.minimum(gross, _LARGEST_GROSS_FEN).astype(np.int64)
    within = (settled >= _YEAR[0]) & (settled < _YEAR[1])
    return Treatments(take(columns, within), amount[within])


def draw_chronic_treatments(
    rng: np.random.Generator, facts: Columns, cost_level: float
) -> Treatments:
    """Outpatient settlements of people with a recognised chronic illness, month by month."""
    people = facts["born_on"].size
    chance = CHRONIC_SHARE * _frailty_of_age(facts["born_on"])
    patients = np.flatnonzero(rng.random(people) < chance)
    words = list(_CHRONIC_DISEASES)
    shares = np.array([share for share, _ in _CHRONIC_DISEASES.values()])
    kind = rng.choice(len(words), patients.size, p=shares / shares.sum())
    visits = rng.integers(2, 13, patients.size)
    person = np.repeat(patients, visits)
    kind = np.repeat(kind, visits)
    count = person.size
    place = np.arange(count) - np.repeat(np.cumsum(visits) - visits, visits)
    first = np.repeat(rng.integers(0, 13 - visits), visits)
    month = np.datetime64("2022-01", "M") + first + place
    settled = month.astype("datetime64[D]").astype(np.int64) + rng.integers(0, 28, count)
    medians = np.array([median for _, median in _CHRONIC_DISEASES.values()])[kind]
    gross = medians * 100 * np.exp(rng.normal(0, 0.35, count)) * cost_level
    zero = np.zeros(count, dtype=np.int64)
    diseases = np.array([code_of(DISEASES, word) for word in words])[kind]
    columns = {
        "person": person,
        "event_kind": zero + code_of(EVENT_KINDS, "chronic_outpatient"),
        "admitted_on": settled,
        "discharged_on": settled,
        "settled_on": settled,
        "hospital_level": _choose_level(rng, count, _CHRONIC_LEVEL_SHARES),
        "away": zero,
        "counts_as_stay": zero,
        "disease": diseases,
        "days": zero,
    }
    return Treatments(columns, gross.astype(np.int64))


def _frailty_of_age(born: Column) -> NDArray[np.float64]:
    """Relative odds of illness: 1 on average, rising with age."""
    odds = np.exp((_YEAR[0] - born) / 365.25 * 0.028)
    return np.asarray(odds / odds.mean(), dtype=np.float64)


def _who(rng: np.random.Generator, born: Column) -> Column:
    """The person of each stay, sorted."""
    shape = 0.40
    frailty = rng.gamma(shape, 1 / shape, born.size) * _frailty_of_age(born)
    return np.repeat(np.arange(born.size), rng.poisson(STAYS_PER_PERSON * frailty).clip(max=11))


def _when(rng: np.random.Generator, person: Column) -> Column:
    """Days of admission: by the seasons, sorted within a person and ``_APART`` days apart."""
    weights = np.r_[_ADMISSIONS_BY_MONTH[-1] * 14 / 31, _ADMISSIONS_BY_MONTH]
    edges = np.array(
        [_FIRST_ADMISSION, *(day_of(date(2022, month, 1)) for month in range(1, 13)), _YEAR[1]],
        dtype=np.float64,
    )
    cumulative = np.r_[0.0, np.cumsum(weights) / weights.sum()]
    drawn = np.interp(rng.random(person.size), cumulative, edges).astype(np.int64)
    drawn = drawn[np.lexsort((drawn, person))]
    starts = np.flatnonzero(~follows_own(person))
    place = np.arange(person.size) - np.repeat(starts, np.diff(np.r_[starts, person.size]))
    # The running maximum of (day - place * _APART) pushes a stay that comes too soon to its first
    # possible day; the large step from person to person keeps each maximum within one person.
    step = person * 100_000
    return np.maximum.accumulate(step + drawn - place * _APART) - step + place * _APART


def _departures(
    rng: np.random.Generator, person: Column, admitted: Column, days: Column
) -> tuple[Column, Column]:
    """Discharge and settlement, both before the person's next admission."""
    following = np.full(person.size, _YEAR[1] + 60)
    same = follows_own(person)[1:]
    following[:-1] = np.where(same, admitted[1:], following[:-1])
    discharged = np.minimum(admitted + np.clip(days, 1, 75), following - 2)
    lag = np.where(rng.random(person.size) < 0.85, 0, rng.integers(1, 6, person.size))
    return discharged, np.minimum(discharged + lag, following - 1)


def _which_disease(rng: np.random.Generator, count: int) -> tuple[Column, NDArray[np.float64]]:
    words = ["other", *_HOSPITAL_DISEASES]
    shares = np.array([share for share, _ in _HOSPITAL_DISEASES.values()])
    factors = np.array([1.0, *(factor for _, factor in _HOSPITAL_DISEASES.values())])
    drawn = rng.choice(len(words), count, p=np.r_[1 - shares.sum(), shares])
    codes = np.array([code_of(DISEASES, word) for word in words])
    return codes[drawn], factors[drawn]


def _choose_level(rng: np.random.Generator, count: int, shares: dict[str, float]) -> Column:
    codes = np.array([code_of(HOSPITAL_LEVELS, word) for word in shares])
    return codes[rng.choice(codes.size, count, p=list(shares.values()))]


def _by_level(level: Column, values: dict[str, float]) -> NDArray[np.float64]:
    table = np.ones(4)
    for word, value in values.items():
        table[code_of(HOSPITAL_LEVELS, word)] = value
    return table[level]
