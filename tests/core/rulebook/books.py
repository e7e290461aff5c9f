"""Editions of few lines: a plain complete one, and the same but for what a test says."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from gonghui.core.adjudication.history import Decision, HistoryFold, Settlement
from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import Refusal
from gonghui.core.money import parse_yuan
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_clauses, read_edition
from gonghui.core.rulebook.fields import find
from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import always

Book = dict[str, Any]
FILE = "book.yaml"

PLAIN = """
gonghui: rulebook/1
scheme: example/medical
edition: "2022"
title: 算例
assumed: true
because: 自拟
valid: {from: 2022-01-01, until: 2023-01-01}
governance: {document_number: unknown}
period: {starts: 2022-01-01, months: 12}
answers:
  claims: by_application
  deciding_date: settled_on
  same_day_order: settlement_number
  rounding: {unit: 0.01 yuan, mode: half_up}
  steps: [minimum, count, claim_cap, period_cap, rounding]
  overpayment: offset
contribution: {fee: 80 yuan}
cover: {starts: common_date, waiting: {kind: none}}
eligibility: []
benefits:
  - id: hospital
    label: 住院补助
    events: [hospital_stay]
    formula: share
    base: personal_total
    basis: per_stay
    floor: {kind: none}
    rate: 50%
    minimum: {kind: none}
    deadline: {kind: none}
limits: {counts: [], caps: []}
"""

COUNT = "{id: uses, label: 享受次数, limit: 2, window: period, covers: [hospital]}"
CAP = "{id: ceiling, label: 年度最高, amount: 30000 yuan, window: year, covers: [hospital]}"
LUMP = """
{id: death, label: 身故补助, events: [death], formula: lump_sum, amount: 5000 yuan,
 minimum: {kind: none}, deadline: {kind: none}}
"""
BANDS = """
{method: progressive, ends: upper_inclusive,
 rows: [{from: 0 yuan, to: 1000 yuan, rate: 40%}, {from: 1000 yuan, rate: 60%}]}
"""
COUNTED = {
    "limits.counts": f"[{COUNT}]",
    "answers.slot_used_by": "paid_only",
    "answers.reversal": "slot_freed_and_refused_reopened",
}
"""Two uses a period, and the questions they raise."""
BANDED = {"benefits.hospital.rate": None, "benefits.hospital.bands": BANDS}


@cache
def _yaml(text: str) -> Any:
    return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def written(said: Book) -> str:
    """The book as a file: JSON is YAML, and quickly written."""
    return json.dumps(said, ensure_ascii=False, indent=1)


def book(changes: dict[str, str | None] | None = None, base: Book | None = None) -> Book:
    """The plain book but for what stands at some paths: YAML, or None for nothing.

    Lists are walked by id or by position from 1; ``+`` is a new place at the end.
    """
    found = deepcopy(base or _yaml(PLAIN))
    for path, text in (changes or {}).items():
        *above, last = path.split(".")
        place = found
        for step in above:
            place = place[_key(place, step)]
        if text is None:
            del place[_key(place, last)]
        elif last == "+":
            place.append(deepcopy(_yaml(text)))
        else:
            place[_key(place, last)] = deepcopy(_yaml(text))
    return found


def _key(place: Any, step: str) -> Any:
    if isinstance(place, dict):
        return step
    ids = [item.get("id") for item in place if isinstance(item, dict)]
    return ids.index(step) if step in ids else int(step) - 1


def edition(
    changes: dict[str, str | None] | None = None, *, clauses: str = "", base: Book | None = None
) -> Edition:
    """The plain edition, read, but for some changes."""
    return read_edition(parse(written(book(changes, base)).encode(), FILE), read_clauses(clauses))


def refused(
    changes: dict[str, str | None], *, clauses: str = "", base: Book | None = None
) -> Refusal:
    """How the plain edition is refused with these changes: always with place and advice."""
    said = written(book(changes, base))
    with pytest.raises(Refusal) as caught:
        read_edition(parse(said.encode(), FILE), read_clauses(clauses))
    refusal = caught.value
    assert refusal.place is not None
    assert refusal.place.file == FILE
    assert 1 <= refusal.place.line <= len(said.splitlines())
    assert refusal.place.column >= 1
    assert refusal.todo
    assert "{" not in refusal.words().replace("{is: …", "").replace("{at_least: n}", "")
    return refusal


def shelf(folder: Path, *books: Book, texts: dict[str, str] | None = None) -> Shelf:
    """A shelf that holds these books, each where it says it belongs; ``texts`` by edition id."""
    for each in books:
        path = folder / each["scheme"] / f"{each['edition']}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(each), encoding="utf-8")
    for identifier, words in (texts or {}).items():
        scheme, _, name = identifier.rpartition("/")
        path = folder / scheme / "text" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, encoding="utf-8")
    return Shelf(folder)


def revision(*changes: str, name: str = "2023", since: str = "2023-01-01", **said: str) -> Book:
    """A revision of the plain book: changes in YAML, each with an assumption and, if it says
    nothing of it, from the next period on."""
    read = [_yaml(change) for change in changes]
    cited = {"assumed": "true", "because": "修订"}
    found = {
        "gonghui": "rulebook/1",
        "scheme": "example/medical",
        "edition": name,
        "extends": "example/medical/2022",
        "title": "修订",
        "valid": {"from": since, "until": "2024-01-01", **cited},
        "governance": {"document_number": "unknown"},
        "changes": [
            {"effect": "next_period"} | ({} if "clause" in change else cited) | change
            for change in read
        ],
    }
    return found | {key: _yaml(text) for key, text in said.items()}


def stay(number: int, settled_on: str = "2022-03-01", personal_total: str = "1000", **facts: str):
    """A filed hospital stay under cover of 2022 and 2023, facts in words."""
    said = {"cover_from": "2022-01-01", "cover_until": "2024-01-01"}
    said |= {"settled_on": settled_on, "filed_on": settled_on, "personal_total": personal_total}
    return Settlement(number, {name: fact(name, text) for name, text in (said | facts).items()})


def fact(name: str, text: str) -> int:
    field = find(name)
    assert field is not None, name
    match field.unit:
        case "fen":
            return parse_yuan(text)
        case "day":
            return parse_day(text)
        case "flag":
            return {"yes": 1, "no": 0}[text]
        case "code":
            return field.vocabulary.code(text)
    return int(text)


def fold(edition_: Edition, working_days: WorkingDays | None = None) -> HistoryFold:
    return HistoryFold(compile_segments(always(edition_)), working_days)


def decided(edition_: Edition, *history: Settlement) -> list[Decision]:
    return fold(edition_).fold(history)


def paid(edition_: Edition, *history: Settlement) -> list[str]:
    """What each row says in the shortest form: the yuan, or the reason of nothing."""
    rows = decided(edition_, *history)
    return [
        f"{row.amount_fen / 100:.2f}" if row.amount_fen else row.reason.name.lower() for row in rows
    ]
