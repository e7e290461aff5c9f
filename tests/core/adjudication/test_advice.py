"""Advice names what a use could otherwise bring, with its assumption, and blocks nothing."""

import pytest

from gonghui.core.adjudication.advice import Alternative, advise
from gonghui.core.adjudication.history import HistoryFold, Settlement
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_edition
from gonghui.core.rulebook.timeline import always
from tests.core.adjudication.test_controls import TWO_SLOTS


@pytest.fixture
def two_slots():
    edition = read_edition(parse(TWO_SLOTS.encode(), "two.yaml"), ())
    return HistoryFold(compile_segments(always(edition)))


def stay(number, day, yuan):
    cover = {"cover_from": parse_day("2022-01-01"), "cover_until": parse_day("2023-01-01")}
    return Settlement(number, cover | {"settled_on": parse_day(day), "cash_pay": yuan * 100})


def later(yuan):
    return Alternative(stay(9, "2022-11-01", yuan), f"十一月还要住院，自付约{yuan}元")


def test_with_one_use_left_a_larger_later_stay_is_named(two_slots):
    history = [stay(1, "2022-02-01", 500)]
    advice = advise(two_slots, history, stay(2, "2022-03-01", 100), [later(50), later(3_000)])
    assert advice.now_fen == 100_00
    assert advice.uses_left == 1
    assert advice.keeps_slot
    assert advice.alternative.assumption == "十一月还要住院，自付约3000元"
    assert (advice.with_claim_fen, advice.without_claim_fen) == (100_00, 3_000_00)


def test_with_uses_enough_there_is_nothing_to_keep(two_slots):
    advice = advise(two_slots, [], stay(2, "2022-03-01", 100), [later(3_000)])
    assert advice.uses_left == 2
    assert not advice.keeps_slot
    assert advice.with_claim_fen == 3_100_00


def test_without_an_alternative_only_the_amount_is_told(two_slots):
    advice = advise(two_slots, [], stay(2, "2022-03-01", 100), [])
    assert (advice.now_fen, advice.alternative, advice.keeps_slot) == (100_00, None, False)
