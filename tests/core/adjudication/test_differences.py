"""Differences and what is done with the money: nothing appears, nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core.adjudication.differences import (
    Difference,
    Transfer,
    decided_after,
    differences,
    transfer,
)
from gonghui.core.adjudication.history import Decision
from gonghui.core.rulebook.reasons import Reason

FEN = st.integers(0, 10**9)
KEYS = st.tuples(st.integers(1, 6), st.sampled_from(["hospital", "care"]))
DECIDED = st.dictionaries(KEYS, FEN)
MODES = ["offset", "demand", "waive"]


def decision(settlement: int, kind: str, fen: int) -> Decision:
    reason = Reason.PAID if fen else Reason.BELOW_FLOOR
    return Decision(settlement, 0, kind, fen, reason, 0, (), (), None)


def decisions(amounts: dict) -> list[Decision]:
    return [decision(*key, fen) for key, fen in amounts.items()]


@given(DECIDED, DECIDED)
def test_differences_lead_from_what_was_decided_to_what_is(before, now):
    found = differences(before, decisions(now))
    reached = dict(before)
    for one in found:
        key = (one.settlement, one.kind)
        assert reached.get(key, 0) == one.before_fen != one.now_fen
        assert one.difference_fen == one.now_fen - one.before_fen
        reached[key] = one.now_fen
        assert (one.decision is None) == (key not in now)
    assert {key: fen for key, fen in reached.items() if fen} == {
        key: fen for key, fen in now.items() if fen
    }
    assert sum(one.difference_fen for one in found) == sum(now.values()) - sum(before.values())


@given(DECIDED)
def test_the_same_again_is_no_difference(amounts):
    assert differences(amounts, decisions(amounts)) == []


def test_differences_come_in_the_order_of_the_decisions_and_then_what_is_gone():
    before = {(1, "hospital"): 100, (9, "hospital"): 5, (8, "care"): 0}
    now = decisions({(3, "hospital"): 70, (1, "hospital"): 0, (2, "care"): 0})
    assert differences(before, now) == [
        Difference(3, "hospital", 0, 70, now[0]),
        Difference(1, "hospital", 100, 0, now[1]),
        Difference(9, "hospital", 5, 0, None),
    ]


@pytest.mark.parametrize("mode", MODES)
@given(before=DECIDED, now=DECIDED, owed=FEN)
def test_every_fen_of_a_difference_is_paid_demanded_waived_or_owed(mode, before, now, owed):
    found = differences(before, decisions(now))
    moved = transfer(found, mode, owed)
    assert sum(one.difference_fen for one in found) == (
        moved.pay_fen - moved.demand_fen - moved.waived_fen - (moved.owed_fen - owed)
    )
    assert min(moved.pay_fen, moved.demand_fen, moved.waived_fen, moved.owed_fen) >= 0


@pytest.mark.parametrize(
    ("mode", "changes", "owed", "moved"),
    [
        ("offset", [100], 0, Transfer(100, 0, 0, 0)),
        ("offset", [-100], 0, Transfer(0, 0, 0, 100)),
        ("offset", [100, -30], 0, Transfer(70, 0, 0, 0)),
        ("offset", [100, -130], 0, Transfer(0, 0, 0, 30)),
        ("offset", [100], 30, Transfer(70, 0, 0, 0)),
        ("offset", [100], 130, Transfer(0, 0, 0, 30)),
        ("demand", [100, -30], 0, Transfer(100, 30, 0, 0)),
        ("demand", [-30], 50, Transfer(0, 30, 0, 50)),
        ("waive", [100, -30], 0, Transfer(100, 0, 30, 0)),
        ("waive", [-30], 0, Transfer(0, 0, 30, 0)),
        ("offset", [], 7, Transfer(0, 0, 0, 7)),
    ],
)
def test_an_overpayment_is_recovered_as_the_edition_orders(mode, changes, owed, moved):
    found = [
        Difference(number, "hospital", 1_000, 1_000 + change, None)
        for number, change in enumerate(changes)
    ]
    assert transfer(found, mode, owed) == moved


@given(before=DECIDED, now=DECIDED)
def test_afterwards_stands_what_is_decided_but_what_was_waived_stays_as_paid(before, now):
    found = differences(before, decisions(now))
    for mode in ("offset", "demand"):
        after = decided_after(before, found, mode)
        assert all(after.get(key, 0) == now.get(key, 0) for key in after | now)
    waived = decided_after(before, found, "waive")
    assert all(
        waived.get(key, 0) == max(before.get(key, 0), now.get(key, 0)) for key in waived | now
    )


@given(st.lists(DECIDED, max_size=5))
def test_over_many_decidings_an_offset_pays_what_is_due_in_the_end_or_is_owed_the_rest(states):
    decided: dict = {}
    paid = owed = 0
    for now in states:
        found = differences(decided, decisions(now))
        moved = transfer(found, "offset", owed)
        paid, owed = paid + moved.pay_fen, moved.owed_fen
        decided = decided_after(decided, found, "offset")
    assert paid - owed == sum(decided.values())
