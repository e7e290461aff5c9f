"""What the replay refuses, and the reasons it gives where nothing can be shared."""

import numpy as np
import pytest

from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.history import HistoryFold, Settlement
from gonghui.core.errors import Refusal
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_edition
from gonghui.core.rulebook.fields import FIELDS
from gonghui.core.rulebook.reasons import Reason
from gonghui.core.rulebook.timeline import always
from tests.core.adjudication.side_by_side import working_days
from tests.core.adjudication.test_controls import TWO_SLOTS

BY_APPLICATION = TWO_SLOTS.replace("automatic", "by_application").replace(
    "slot_choice: by_time", ""
)
IN_WORKING_DAYS = BY_APPLICATION.replace(
    "deadline: {kind: none}", "deadline: {kind: working_days, days: 30, from: settled_on}"
)
SHARED = TWO_SLOTS.replace("rate: 100%,", "rate: 100%, shares: multiply, max_shares: 3,")


def program(text):
    return compile_segments(always(read_edition(parse(text.encode(), "two.yaml"), ())))


def stay(day, filed="", **facts):
    cover = {"cover_from": parse_day("2000-01-01"), "cover_until": parse_day("2090-01-01")}
    filing = {"filed_on": parse_day(filed)} if filed else {}
    return Settlement(
        1, cover | filing | {"settled_on": parse_day(day), "cash_pay": 10_000} | facts
    )


@pytest.mark.parametrize(
    ("settled", "filed"), [("2027-03-01", "2029-12-01"), ("2012-03-01", "2012-03-05")]
)
def test_working_days_that_were_never_announced_are_refused_and_not_guessed(
    settled, filed, compiled
):
    late = stay(settled, filed)
    with pytest.raises(Refusal, match="working days the calendar has not"):
        HistoryFold(program(IN_WORKING_DAYS), working_days()).fold([late])
    with pytest.raises(Refusal, match="working days the calendar has not"):
        HistoryFold(program(IN_WORKING_DAYS), None).fold([late])
    fold = ColumnFold(program(IN_WORKING_DAYS), compiled, working_days())
    columns = {
        name: np.array([late.fact(name)], FIELDS[name].dtype) for name in fold.program.fields
    }
    with pytest.raises(Refusal, match="working days the calendar has not"):
        fold.totals(columns | {"person": np.zeros(1, np.int32)})


def test_within_the_calendar_the_last_working_day_is_in_time():
    fold = HistoryFold(program(IN_WORKING_DAYS), working_days())
    (in_time,) = fold.fold([stay("2022-03-01", "2022-04-13")])
    (late,) = fold.fold([stay("2022-03-01", "2022-04-14")])
    assert (in_time.reason, late.reason) == (Reason.PAID, Reason.FILED_LATE)


@pytest.mark.parametrize(("shares", "fen"), [(0, 0), (1, 10_000), (3, 30_000), (5, 30_000)])
def test_a_benefit_is_multiplied_by_the_shares_up_to_the_most(shares, fen):
    (row,) = HistoryFold(program(SHARED)).fold([stay("2022-03-01", shares=shares)])
    assert row.amount_fen == fen
    assert row.reason == (Reason.PAID if fen else Reason.BELOW_FLOOR)


CAPPED = TWO_SLOTS + (
    "  caps: [{id: most, label: 最高, amount: 4.53 yuan, window: year, covers: [hospital]}]\n"
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            [
                ("steps: [minimum, count, claim_cap, period_cap, rounding]",
                 "steps: [count, claim_cap, period_cap, rounding, minimum]"),
                ("minimum: {kind: none}", "minimum: {kind: raised_to, amount: 100 yuan}"),
            ],
            "raised to after a cap",
        ),
        ([("unit: 0.01 yuan", "unit: 10 yuan")], "Rounding after the cap “most”"),
    ],
)  # fmt: skip
def test_an_order_of_steps_that_could_lift_a_payout_over_its_cap_is_refused(changes, said):
    text = CAPPED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(Refusal, match=said):
        program(text)
