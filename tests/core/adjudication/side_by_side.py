"""The engine's rows and the oracle's in one form: numbers, reason, uses, gates and sentences."""

from collections.abc import Iterable
from functools import cache

from gonghui.core.adjudication.history import Decision, HistoryFold, Settlement
from gonghui.core.adjudication.sentences import sentence
from gonghui.core.calendar import WorkingDays
from gonghui.core.periods import date_of
from gonghui.core.rulebook.compiler.program import Program, compile_segments
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_edition
from gonghui.core.rulebook.timeline import Segment
from tests.generators import Part, text
from tests.oracle import Row as Judged
from tests.oracle import judge
from tests.oracle.reading import read

Row = tuple[int, str | None, int, str, tuple[tuple[str, int], ...], tuple[str, ...], str, str]


@cache
def working_days() -> WorkingDays:
    return WorkingDays.load()


@cache
def days_off_and_worked() -> dict:
    """The same calendar as the oracle takes it: days off in the week, days worked at its end."""
    known = working_days()
    off, worked = set(), set()
    for place in range(1, len(known.cumulative)):
        day = date_of(known.origin + place)
        works = known.cumulative[place] > known.cumulative[place - 1]
        if works and day.weekday() >= 5:
            worked.add(day)
        if not works and day.weekday() < 5:
            off.add(day)
    return {"holidays": off, "workdays": worked}


def program_of(edition: Part) -> Program:
    read_ = read_edition(parse(text(edition).encode(), "random.yaml"), ())
    return compile_segments([Segment(read_.valid_from, read_.valid_until, read_)])


def fold_of(edition: Part) -> HistoryFold:
    return HistoryFold(program_of(edition), working_days())


def settlements(history: list[dict[str, int]]) -> dict[int, Settlement]:
    return {
        facts["settlement"]: Settlement(
            facts["settlement"], {k: v for k, v in facts.items() if k != "settlement"}
        )
        for facts in history
    }


def told(decisions: Iterable[Decision], known: dict[int, Settlement]) -> list[Row]:
    """The engine's decisions as rows."""
    return [_told(decision, known[decision.settlement]) for decision in decisions]


def _told(decision: Decision, settlement: Settlement) -> Row:
    said = sentence(decision, settlement)
    uses = tuple((use.count, use.number) for use in decision.uses)
    reason = decision.reason.name.lower()
    what = (decision.settlement, decision.kind or None, decision.amount_fen, reason)
    return (*what, uses, decision.gates, said.zh, said.en)


def by_engine(fold: HistoryFold, history: list[dict[str, int]]) -> list[Row]:
    known = settlements(history)
    return told(fold.fold(known.values()), known)


def by_oracle(edition: Part, history: list[dict[str, int]]) -> list[Row]:
    return as_rows(judge([read(text(edition))], history, days_off_and_worked()))


def as_rows(rows: Iterable[Judged]) -> list[Row]:
    """The oracle's rows without the id of what the reason names: the sentence tells its label."""
    return [
        (row.settlement, row.kind, row.amount_fen, row.reason, row.uses, row.gates, row.zh, row.en)
        for row in rows
    ]
