"""What the worked examples are written with: editions of few lines, stays in yuan and dates."""

from datetime import date
from typing import Any

from tests.oracle import Row, judge
from tests.oracle.days import number
from tests.oracle.dictionary import AMOUNTS, CODES, DATES, code, identifier
from tests.oracle.money import quantity
from tests.oracle.reading import read

EDITION = """
gonghui: rulebook/1
scheme: example/medical
edition: "2022"
title: 算例
valid: {from: 2022-01-01}
period: {starts: 2022-01-01, months: 12}
answers:
  claims: automatic
  deciding_date: settled_on
  same_day_order: settlement_number
  rounding: {unit: 0.01 yuan, mode: half_up}
  steps: [minimum, count, claim_cap, period_cap, rounding]
  overpayment: offset
cover: {starts: common_date, waiting: {kind: none}}
eligibility: []
benefits: []
limits: {counts: [], caps: []}
"""
SHARE = """
id: hospital
label: 住院补助
events: [hospital_stay]
formula: share
base: personal_total
basis: per_stay
floor: {kind: none}
rate: 50%
minimum: {kind: none}
deadline: {kind: none}
"""


def edition(*benefits: str, **sections: Any) -> dict:
    """An edition with these kinds; each section given is laid over the plain one."""
    book = read(EDITION)
    book["benefits"] = [kind(each) for each in benefits] or [kind()]
    for name, text in sections.items():
        given = read(text)
        replaces = isinstance(given, str | list)
        book[name] = given if replaces else book.get(name, {}) | given
    return book


def kind(text: str = "") -> dict:
    """A share of the personal total, but for what ``text`` says."""
    said = read(text) or {}
    benefit = read(SHARE) | said
    if "bands" in said or said.get("formula", "share") != "share":
        del benefit["rate"]
    return benefit


def stay(settlement: int, settled_on: str, personal_total: str = "0", **facts: str | int) -> dict:
    """A settlement under cover of 2022 to 2024; amounts in yuan, dates as dates, codes as words."""
    known = {"cover_from": "2022-01-01", "cover_until": "2025-01-01", "settled_on": settled_on}
    known |= {"personal_total": personal_total} | facts
    return {"settlement": settlement} | {
        identifier(name): value(identifier(name), said) for name, said in known.items()
    }


def value(fact: str, said: str | int) -> int:
    if isinstance(said, int):
        return said
    if fact in AMOUNTS:
        return int(quantity(said) * 100)
    if fact in DATES:
        return number(date.fromisoformat(said))
    assert fact in CODES, fact
    return code(fact, said)


def judged(book: dict | list[dict], *history: dict, calendar: dict | None = None) -> list[Row]:
    return judge(book if isinstance(book, list) else [book], list(history), calendar or {})


def given(book: dict | list[dict], *history: dict) -> list[tuple]:
    """(settlement, kind, yuan, reason) of every row."""
    return [
        (row.settlement, row.kind, f"{row.amount_fen / 100:.2f}", row.reason)
        for row in judged(book, *history)
    ]


def paid(book: dict | list[dict], *history: dict) -> list[str]:
    """What each row says, in the shortest form: the yuan, or the reason of nothing."""
    return [yuan if yuan != "0.00" else reason for _, _, yuan, reason in given(book, *history)]
