"""Deliberate faults that the comparison with the oracle must catch."""

import random
from dataclasses import replace

import pytest

from gonghui.core.adjudication.history import HistoryFold, Settlement
from gonghui.core.adjudication.running import Running
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.compiler import program as programs
from tests.core.adjudication.side_by_side import by_engine, by_oracle, program_of, working_days
from tests.generators import SHAPES
from tests.generators.histories import history

SEEDS = range(60)


def differs(shape, spoil):
    """Whether any of some random histories tells the spoilt program from the oracle."""
    for seed in SEEDS:
        chance = random.Random(seed)
        edition = SHAPES[shape](chance)
        events = history(chance, edition)
        program = program_of(edition)
        assert by_engine(HistoryFold(program, working_days()), events) == by_oracle(edition, events)
        spoilt = spoil(program)
        if spoilt and by_engine(HistoryFold(spoilt, working_days()), events) != by_oracle(
            edition, events
        ):
            return True
    return False


def with_values(program, change):
    """The program with some of its numbers changed: ``change(path, value)``."""
    steps = tuple(
        replace(step, values=tuple(map(change, step.paths, step.values))) for step in program.steps
    )
    return replace(program, steps=steps)


def test_a_rate_off_by_a_hundredth_of_a_point_is_caught():
    def spoil(program):
        return with_values(program, lambda path, value: value + ("rate" in path.split(".")[-1]))

    assert differs("pinghu", spoil)


def test_a_slot_rule_dropped_is_caught():
    def spoil(program):
        return with_values(
            program, lambda path, value: 10**6 if path.startswith("limits.counts") else value
        )

    assert differs("jiaozuo", spoil)


def test_halves_rounded_to_even_instead_of_up_are_caught(monkeypatch):
    """Halves are rare: 50 % of an odd number of fen is one, as in the printed 2,616.485."""
    edition = SHAPES["pinghu"](random.Random(0))
    edition["answers"]["rounding"] = {"unit": "0.01 yuan", "mode": "half_up"}
    edition["benefits"][0]["rate"] = "50%"
    day = parse_day("2022-03-05")
    base = {"cover_from": day - 60, "cover_until": day + 60, "settlement": 1, "filed_on": day}
    dates = dict.fromkeys(("settled_on", "discharged_on", "admitted_on", "received_on"), day)
    amounts = dict.fromkeys(("deductible_paid", "personal_total"), 300001)
    events = [base | dates | amounts]
    expected = by_oracle(edition, events)
    assert by_engine(HistoryFold(program_of(edition), working_days()), events) == expected
    written = programs.Program.source
    monkeypatch.setattr(
        programs.Program,
        "source",
        lambda self, **how: written(self, **how).replace("= round_half_up", "= round_half_even"),
    )
    spoilt = by_engine(HistoryFold(program_of(edition), working_days()), events)
    assert expected[0][3] == "paid" and spoilt != expected


TWO_SLOTS = """\
gonghui: rulebook/1
scheme: a/b
edition: c
title: 两次
assumed: true
because: 检验用
valid: {from: 2022-01-01}
governance: {document_number: unknown}
period: {starts: 2022-01-01, months: 12}
answers:
  claims: automatic
  deciding_date: settled_on
  same_day_order: settlement_number
  rounding: {unit: 0.01 yuan, mode: half_up}
  steps: [minimum, count, claim_cap, period_cap, rounding]
  overpayment: offset
  slot_used_by: paid_only
  slot_choice: by_time
  reversal: slot_freed
contribution: {fee: unknown}
cover: {starts: common_date, waiting: {kind: none}}
benefits:
  - {id: hospital, label: 住院, events: [hospital_stay], formula: share, base: cash_pay,
     basis: per_stay, floor: {kind: none}, rate: 100%, minimum: {kind: none},
     deadline: {kind: none}}
limits:
  counts: [{id: uses, label: 享受次数, limit: 2, window: period, covers: [hospital]}]
"""


class ForgetsLateEvents(Running):
    """Goes on from its state whatever comes."""

    def _decide(self, fresh, in_order):
        self._last = None
        super()._decide(fresh, True)


@pytest.mark.parametrize(("running", "paid"), [(Running, 1_000_00), (ForgetsLateEvents, 300_00)])
def test_a_state_used_after_a_late_event_is_caught(running, paid):
    """Two slots, payouts of 100 and 200, then an earlier stay of 900: in all 1,000 are due."""
    from gonghui.core.rulebook.compiler.program import compile_segments
    from gonghui.core.rulebook.document import parse
    from gonghui.core.rulebook.edition import read_edition
    from gonghui.core.rulebook.timeline import always

    edition = read_edition(parse(TWO_SLOTS.encode(), "two.yaml"), ())
    account = running(HistoryFold(compile_segments(always(edition))))
    cover = {"cover_from": parse_day("2022-01-01"), "cover_until": parse_day("2023-01-01")}

    def stay(number, day, yuan):
        return Settlement(number, cover | {"settled_on": parse_day(day), "cash_pay": yuan * 100})

    out = 0
    for event in (
        stay(1, "2022-03-01", 100),
        stay(2, "2022-04-01", 200),
        stay(3, "2022-02-01", 900),
    ):
        out += sum(one.difference_fen for one in account.receive([event]))
    assert out == paid
