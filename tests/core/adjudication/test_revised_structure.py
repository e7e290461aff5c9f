"""A revision may ask about the past what the edition before did not: it is remembered.

Every row is decided by the oracle too. The base pays half of the own cost, by time.
"""

import pytest

from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import timeline
from tests.core.adjudication.side_by_side import (
    as_rows,
    days_off_and_worked,
    settlements,
    told,
    working_days,
)
from tests.oracle import judge
from tests.oracle.reading import read

BASE = """\
gonghui: rulebook/1
scheme: a/b
edition: base
title: 原细则
assumed: true
because: 检验用
valid: {from: 2022-01-01, until: DAY}
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
  reversal: slot_kept
  kind_order: [hospital, chronic]
  lump_sums_in_ceiling: no
contribution: {fee: unknown}
cover: {starts: common_date, waiting: {kind: none}}
benefits:
  - {id: hospital, label: 住院, events: [hospital_stay], formula: share, base: cash_pay,
     basis: per_stay, floor: {kind: none}, rate: 50%, minimum: {kind: none},
     deadline: {kind: none}}
  - {id: chronic, label: 门慢, events: [chronic_outpatient], formula: share, base: cash_pay,
     basis: per_stay, floor: {kind: none}, rate: 50%, minimum: {kind: none},
     deadline: {kind: none}}
limits:
  counts: [{id: uses, label: 享受次数, limit: LIMIT, window: period, covers: [hospital]}]
  caps: [{id: most, label: 门慢最高, amount: 600 yuan, window: year, covers: [chronic]}]
"""
REVISION = """\
gonghui: rulebook/1
scheme: a/b
edition: revised
extends: a/b/base
title: 修订
valid: {from: DAY}
governance: {document_number: unknown}
changes:
"""
TOP_UP = """{id: death, label: 身故, events: [death], formula: top_up, to: 1000 yuan,
  counting: [hospital], window: year, minimum: {kind: none}, deadline: {kind: none}}"""
KINDS = "[hospital, chronic, death]"
WIDENED = "{id: most, label: 最高, amount: 600 yuan, window: year, covers: [hospital, chronic]}"
GATE = """[{id: grant, label: 救助, base: own_expense, window: year, line: {above: 1000 yuan},
  needs: [], procedure: [本人申请], decided_by: 党组}]"""
ORDINAL = '{by: ORDINAL, rows: {"1": 50%, "2+": 20%}}'

STAYS = [("2022-02-01", 1_000), ("2022-08-01", 1_000), ("2023-02-01", 1_000)]

CASES = {
    "periods of another start": (
        [("period.starts", "2022-07-01")], 1, STAYS, [500, 500, 0]
    ),
    "periods of another length": ([("period.months", "24")], 1, STAYS, [500, 0, 0]),
    "a cap over what was paid without one": (
        [("limits.caps.most", WIDENED)], 9, STAYS, [500, 100, 500]
    ),
    "a top-up of what was paid": (
        [
            ("benefits.chronic", TOP_UP),
            ("answers.kind_order", "[hospital, death]"),
            ("limits.caps", "[]"),
        ],
        9, [("2022-02-01", 1_000), ("2022-08-01", "death")], [500, 500],
    ),
    "a table by the number of the stay": (
        [("benefits.hospital.rate", ORDINAL.replace("ORDINAL", "stay_ordinal"))],
        9, STAYS[:2], [500, 200],
    ),
    "a table by the number of the payout": (
        [("benefits.hospital.rate", ORDINAL.replace("ORDINAL", "payout_ordinal"))],
        9, STAYS[:2], [500, 200],
    ),
    "a disease once only": (
        [("benefits.hospital.once_per_disease", "ever")], 9, STAYS[:2], [500, 0]
    ),
    "accumulated cost": (
        [("benefits.hospital.basis", "accumulated_in_year")], 9, STAYS[:2], [500, 500]
    ),
    "the best instead of the first": (
        [("answers.slot_choice", "best_for_worker")],
        1, [("2022-02-01", 1_000), ("2023-02-01", 1_000), ("2023-03-01", 9_000)], [500, 0, 4_500],
    ),
    "no more limit on uses": (
        [("limits.counts", "[]")], 1, STAYS, [500, 500, 500]
    ),
}  # fmt: skip


def editions(folder, changes, limit, day="2022-07-01"):
    revision = REVISION + "".join(
        f"  - {{at: {path}, is: {value}, effect: from_date, assumed: true, because: 检验用}}\n"
        for path, value in changes
    )
    texts = {"base": BASE.replace("LIMIT", str(limit)), "revised": revision}
    (folder / "a" / "b").mkdir(parents=True)
    for name, text in texts.items():
        texts[name] = text.replace("DAY", day)
        (folder / "a" / "b" / f"{name}.yaml").write_text(texts[name], encoding="utf-8")
    fold = HistoryFold(compile_segments(timeline(Shelf(folder), "a/b")), working_days())
    return fold, [read(text) for text in texts.values()]


def history(events, own_expense=()):
    cover = {"cover_from": parse_day("2022-01-01"), "cover_until": parse_day("2024-01-01")}
    facts = []
    for number, (day, cost) in enumerate(events, 1):
        kind = {"event_kind": 5} if cost == "death" else {"cash_pay": cost * 100}
        facts.append(cover | kind | {"settlement": number, "settled_on": parse_day(day)})
    for each, own in zip(facts, own_expense, strict=False):
        each["own_expense"] = own * 100
    return facts


def decided(fold, documents, events):
    """The engine's rows, after they were found to be the oracle's."""
    known = settlements(events)
    rows = told(fold.fold(known.values()), known)
    assert rows == as_rows(judge(documents, events, days_off_and_worked()))
    return rows


@pytest.mark.parametrize("what", sorted(CASES))
def test_what_the_revision_asks_for_the_first_time_is_known(what, tmp_path):
    changes, limit, events, expected = CASES[what]
    fold, documents = editions(tmp_path, changes, limit)
    rows = decided(fold, documents, history(events))
    assert [row[2] for row in rows] == [yuan * 100 for yuan in expected]


def test_a_gate_added_in_the_year_sums_what_came_before_it(tmp_path):
    fold, documents = editions(tmp_path, [("gates", GATE)], 9)
    rows = decided(fold, documents, history(STAYS[:2], own_expense=(900, 200)))
    assert [row[5] for row in rows] == [(), ("grant",)]
