"""The cases that clerks wrote beside the books: the oracle reads the same books to the same fen."""

from datetime import date
from pathlib import Path

import pytest

from tests.oracle import Row, judge
from tests.oracle.days import number
from tests.oracle.dictionary import AMOUNTS, CODES, DATES, FLAGS, code, identifier
from tests.oracle.money import quantity
from tests.oracle.reading import calendar_of, composed, plain, read

BOOKS = Path(__file__).parents[2] / "src" / "gonghui" / "books"
CASES = sorted((BOOKS / "rulebooks").glob("*/*/cases/*/*.yaml"))
CALENDAR = calendar_of(
    [read(path.read_text(encoding="utf-8")) for path in sorted((BOOKS / "calendar").glob("*.yaml"))]
)


@pytest.mark.parametrize("path", CASES, ids=lambda path: "/".join(path.parts[-5:]))
def test_case(path):
    case = read(path.read_text(encoding="utf-8"))
    books = sorted(path.parents[2].glob("*.yaml"))
    editions = [read(book.read_text(encoding="utf-8")) for book in books]
    if "under" in case:
        editions = [replayed(editions, case["under"])]
    history = [
        {"settlement": nth, **facts(case["cover"]), **facts(case["person"]), **facts(event)}
        for nth, event in enumerate(case["events"])
    ]
    rows = judge(editions, history, CALENDAR)
    for nth, event in enumerate(case["events"]):
        expected = dict(event["expect"])
        gates = expected.pop("gates", None)
        mine = [row for row in rows if row.settlement == nth]
        assert gates is None or list(mine[0].gates) == gates
        if mine[0].kind is None:  # a clerk writes the reason beside whichever kind
            assert {said["reason"] for said in expected.values()} == {mine[0].reason}
            continue
        assert {row.kind for row in mine} == expected.keys()
        for row in mine:
            assert_as_expected(row, expected[row.kind])


def assert_as_expected(row: Row, said: dict) -> None:
    assert row.amount_fen == quantity(said["amount"]) * 100
    if "reason" in said or row.amount_fen == 0:
        assert row.reason == said["reason"]
    if "uses" in said:
        assert bool(row.uses) == (said["uses"] == "yes")


def replayed(editions: list[dict], name: str) -> dict:
    """The edition, with every change in effect, as if it had always been in force."""
    editions = [plain(each) for each in editions]
    document = next(each for each in editions if f"{each['scheme']}/{each['edition']}" == name)
    return composed(editions, document, date.max) | {"valid": {"from": "1970-01-01"}}


def facts(said: dict) -> dict[str, int]:
    """Facts in a clerk's words, amounts in yuan."""
    return {
        identifier(name): value(identifier(name), word)
        for name, word in said.items()
        if name != "expect"
    }


def value(fact: str, word: str) -> int:
    if fact in AMOUNTS:
        return int(quantity(word) * 100)
    if fact in DATES:
        return number(date.fromisoformat(word))
    if fact in CODES:
        return code(fact, word)
    return {"yes": 1, "no": 0}[word] if fact in FLAGS else int(word)
