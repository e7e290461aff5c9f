"""A back-dated revision lists its top-ups; it is refused if a decided amount would fall."""

import pytest

from gonghui.core.adjudication.backdating import top_ups
from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.errors import Refusal
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_edition
from gonghui.core.rulebook.timeline import always
from tests.core.adjudication.test_advice import stay
from tests.core.adjudication.test_controls import TWO_SLOTS


def fold(rate="60%", limit="2"):
    text = TWO_SLOTS.replace("rate: 100%", f"rate: {rate}").replace("limit: 2", f"limit: {limit}")
    edition = read_edition(parse(text.encode(), "two.yaml"), ())
    return HistoryFold(compile_segments(always(edition)))


HISTORIES = {
    "1001": [stay(1, "2022-02-01", 100), stay(2, "2022-03-01", 200), stay(3, "2022-04-01", 300)],
    "1002": [],
}


def test_the_top_ups_are_listed_for_the_settlements_already_decided():
    found = top_ups(fold(), fold("70%", "3"), HISTORIES)
    listed = [
        (one.person, one.difference.settlement, one.difference.difference_fen) for one in found
    ]
    assert listed == [("1001", 1, 10_00), ("1001", 2, 20_00), ("1001", 3, 210_00)]


def test_a_decided_amount_never_falls():
    with pytest.raises(Refusal, match=r"lower settlement|would lower") as refused:
        top_ups(fold("60%", "2"), fold("70%", "1"), HISTORIES)
    assert "settlement 2 of 1001 from 120.00 to 0.00 yuan" in str(refused.value)
