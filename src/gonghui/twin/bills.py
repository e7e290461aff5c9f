"""From a total cost to the insurer's statement: who pays what, to the fen.

Every share is cut down to whole fen and the last share is what is left, so the identities of
``design/schemes.md`` §5.4 hold exactly on every row:

    total_cost     = own_expense + over_limit + preliminary_selfpay + in_scope
    total_cost     = fund_total + personal_total
    personal_total = account_pay + account_shared_pay + cash_pay
    in_scope       = deductible_paid + all funds + proportional_selfpay

The rates of the insurer are plausible, not Jiaozuo's: no source states them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonghui.core.rulebook.fields import EVENT_KINDS, INSURED_TYPES, NONE, UNIT_CLASSES
from gonghui.twin.events import Column, Columns, code_of, running_total

FUNDS = (
    "pool_pay",
    "civil_servant_pay",
    "supplementary_pay",
    "resident_critical_pay",
    "employee_large_pay",
    "disabled_veteran_pay",
    "medical_aid_pay",
    "other_fund_pay",
)
"""The payers beside the patient; all of them pay for costs within the scope only."""

_ONE = 10_000
"""Shares are whole hundredths of a percentage point."""

# By hospital level: unrated, primary, secondary, tertiary.
_DEDUCTIBLE_FEN = np.array([500_00, 100_00, 200_00, 400_00])
_POOL_RATE = np.array([9000, 9500, 9300, 9000])
_AWAY_LESS = 800
_RESIDENT_LESS = 1500
_CHRONIC_POOL_RATE = 8000
_POOL_CEILING_FEN = 80_000_00
_LARGE_RATE = 9000
_CIVIL_SERVANT_RATE = 5000
_MEDICAL_AID_RATE = 5000
_MEDICAL_AID_FROM_FEN = 3_000_00


@dataclass(frozen=True, slots=True)
class Habits:
    """What varies from bill to bill: shares of the total cost, and the patient's account."""

    own_share: Column
    over_share: Column
    preliminary_share: Column
    account_fen: Column
    shared_account_fen: Column
    supplementary_rate: Column


def draw_habits(rng: np.random.Generator, columns: Columns, facts: Columns) -> Habits:
    """Own expense is a few per cent for most and a third of the cost for some."""
    count = columns["person"].size
    state_owned = facts["unit_class"][columns["person"]] == code_of(UNIT_CLASSES, "state_owned")
    generous = state_owned & (rng.random(count) < 0.25)
    account = rng.gamma(1.2, 450.0, count) * 100
    shared = np.where(rng.random(count) < 0.02, rng.gamma(1.5, 300.0, count) * 100, 0)
    return Habits(
        own_share=(rng.beta(1.1, 14, count) * _ONE).astype(np.int64),
        over_share=(rng.beta(0.4, 60, count) * _ONE).astype(np.int64),
        preliminary_share=(rng.beta(1.1, 40, count) * _ONE).astype(np.int64),
        account_fen=account.astype(np.int64),
        shared_account_fen=shared.astype(np.int64),
        supplementary_rate=np.where(generous, 2000, 0),
    )


def bill(gross: Column, columns: Columns, facts: Columns, habits: Habits) -> Columns:
    """All amounts of each row, in fen. Rows sorted by person and time: the deductible falls by half
    after a person's first stay, and the pool's ceiling holds for a person's whole year. Settlements
    that were reversed count for neither."""
    person, level = columns["person"], columns["hospital_level"]
    chronic = columns["event_kind"] == code_of(EVENT_KINDS, "chronic_outpatient")
    resident = facts["insured_type"][person] == code_of(INSURED_TYPES, "resident")
    own = gross * habits.own_share // _ONE
    over = gross * habits.over_share // _ONE
    preliminary = gross * habits.preliminary_share // _ONE
    in_scope = gross - own - over - preliminary

    stands = columns["taken_back_on"] == NONE
    again = running_total(person, (stands & ~chronic).astype(np.int64)) > 0
    standard = np.where(again, _DEDUCTIBLE_FEN[level] // 2, _DEDUCTIBLE_FEN[level])
    deductible = np.minimum(np.where(chronic, 0, standard), in_scope)
    covered = in_scope - deductible
    room = np.maximum(_POOL_CEILING_FEN - running_total(person, np.where(stands, covered, 0)), 0)
    within = np.minimum(covered, room)
    rate = np.where(chronic, _CHRONIC_POOL_RATE, _POOL_RATE[level])
    rate = rate - _AWAY_LESS * columns["away"] - np.where(resident, _RESIDENT_LESS, 0)
    pool = within * rate // _ONE
    large = (covered - within) * _LARGE_RATE // _ONE
    paid = _paid_by_others(within - pool, large, columns, facts, habits, resident)
    paid["pool_pay"] = pool
    fund_total = sum((paid[fund] for fund in FUNDS), np.zeros_like(gross))
    personal = gross - fund_total
    account = np.minimum(habits.account_fen, personal)
    shared = np.minimum(habits.shared_account_fen, personal - account)
    return {
        "total_cost": gross,
        "own_expense": own,
        "over_limit": over,
        "preliminary_selfpay": preliminary,
        "in_scope": in_scope,
        "deductible_paid": deductible,
        **{fund: paid[fund] for fund in FUNDS},
        "fund_total": fund_total,
        "personal_total": personal,
        "account_pay": account,
        "account_shared_pay": shared,
        "cash_pay": personal - account - shared,
        "proportional_selfpay": in_scope - deductible - fund_total,
    }


def _paid_by_others(
    left: Column,
    large: Column,
    columns: Columns,
    facts: Columns,
    habits: Habits,
    resident: NDArray[np.bool_],
) -> Columns:
    """What payers beside the pool take over of ``left``, the patient's share below the ceiling."""
    person = columns["person"]
    government = facts["unit_class"][person] == code_of(UNIT_CLASSES, "government")
    civil_servant = np.where(government & ~resident, left * _CIVIL_SERVANT_RATE // _ONE, 0)
    supplementary = left * np.where(resident, 0, habits.supplementary_rate) // _ONE
    rest = left - civil_servant - supplementary
    poor = (facts["hardship"][person] == 1) & (rest > _MEDICAL_AID_FROM_FEN)
    aid = np.where(poor, (rest - _MEDICAL_AID_FROM_FEN) * _MEDICAL_AID_RATE // _ONE, 0)
    nothing = np.zeros_like(left)
    return {
        "civil_servant_pay": civil_servant,
        "supplementary_pay": supplementary,
        "resident_critical_pay": np.where(resident, large, 0),
        "employee_large_pay": np.where(resident, 0, large),
        "disabled_veteran_pay": nothing,
        "medical_aid_pay": aid,
        "other_fund_pay": nothing,
    }


def breaches(columns: Columns) -> Column:
    """Positions of the rows on which an identity fails, to the fen; empty for every twin."""
    fund_total = sum((columns[fund] for fund in FUNDS), np.zeros_like(columns["total_cost"]))
    parts = ("own_expense", "over_limit", "preliminary_selfpay", "in_scope")
    personal = ("account_pay", "account_shared_pay", "cash_pay")
    scope = ("deductible_paid", "fund_total", "proportional_selfpay")
    broken = (
        (fund_total != columns["fund_total"])
        | (columns["total_cost"] != sum(columns[name] for name in parts))
        | (columns["total_cost"] != columns["fund_total"] + columns["personal_total"])
        | (columns["personal_total"] != sum(columns[name] for name in personal))
        | (columns["in_scope"] != sum(columns[name] for name in scope))
    )
    negative = np.any([columns[name] < 0 for name in (*FUNDS, *parts, *personal, *scope)], axis=0)
    return np.flatnonzero(broken | negative)
