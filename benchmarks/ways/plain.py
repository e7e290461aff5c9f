"""Plain Python, one settlement at a time: the reference replay, and the bare step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.books import program_of
from benchmarks.children import Answer, Way
from benchmarks.data import Data
from benchmarks.ways.partitions import in_histories
from gonghui.core.adjudication.history import HistoryFold, Settlement
from gonghui.core.adjudication.sentences import sentence
from gonghui.core.adjudication.store import Columns, Store
from gonghui.core.rulebook.compiler.program import Program
from gonghui.core.rulebook.fields import NONE
from gonghui.core.rulebook.reasons import DETAIL, Reason

SAMPLE = 100_000
"""Settlements that plain Python is given."""
CLAIMS = 5_000

Row = tuple[int, int, int, int]
"""Settlement, position of the kind (-1: none), fen, reason."""


def replay(data: Data, scheme: str) -> Way:
    """``HistoryFold``, history by history."""
    program = program_of(scheme)
    people = in_histories(_sample(data, program), program)
    fold = HistoryFold(program)

    def run() -> Answer:
        decisions = [one for history in people for one in fold.fold(history)]
        fen = sum(one.amount_fen for one in decisions)
        return Answer(note=f"{fen} fen")

    return Way(run)


def step(data: Data, scheme: str) -> Way:
    """The step alone, on columns as lists: what a loop in Python would be at its best."""
    program = program_of(scheme)
    columns = _sample(data, program)

    def run() -> Answer:
        return Answer(note=f"{sum(row[2] for row in step_rows(program, columns))} fen")

    return Way(run)


def one_claim(data: Data, scheme: str) -> Way:
    """A settlement is decided: from its facts to the decision of every kind."""
    fold, known = _claims(data, scheme)

    def run() -> Answer:
        fen = 0
        for claim in known:
            fen += sum(decision.amount_fen for decision in fold.fold([claim]))
        return Answer(note=f"{fen} fen")

    return Way(run)


def one_explanation(data: Data, scheme: str) -> Way:
    """The same, with every step and the sentence in both languages."""
    fold, known = _claims(data, scheme)

    def run() -> Answer:
        told = 0
        for claim in known:
            for decision in fold.fold([claim]):
                told += len(decision.steps) + bool(sentence(decision, claim).zh)
        return Answer(note=f"{told} steps and sentences")

    return Way(run)


def replay_rows(program: Program, columns: Columns) -> Iterator[Row]:
    """Every result of ``HistoryFold`` over columns sorted by person."""
    fold = HistoryFold(program)
    place = {kind: number for number, kind in enumerate(program.kinds)}
    for history in in_histories(columns, program):
        for one in fold.fold(history):
            reason = int(one.reason) + DETAIL * one.detail
            yield one.settlement, place.get(one.kind, -1), one.amount_fen, reason


def step_rows(program: Program, columns: Columns) -> Iterator[Row]:
    """Every result of the bare step over columns sorted by person and declared order.

    For a program of one edition that asks for no working days.
    """
    (written,) = program.steps
    namespace: dict[str, Callable[..., None]] = {}
    exec(compile(program.source(), "<step>", "exec"), namespace)
    decide, width = namespace["step_0"], 3 * len(written.kinds)
    place = [program.kinds.index(kind.id) for kind in written.kinds]
    result = [0] * written.width
    (since,), (until,) = program.starts, program.ends
    days = columns[program.answers.deciding_date].tolist()
    keys = zip(columns["person"].tolist(), columns["settlement"].tolist(), days, strict=True)
    facts = zip(*(columns[name].tolist() for name in program.fields), strict=True)
    previous, state = None, [0] * program.layout.size
    for (person, settlement, day), values in zip(keys, facts, strict=True):
        if person != previous:
            previous, state = person, [0] * program.layout.size
        if not since <= day < until:
            missing = day == NONE
            yield settlement, -1, 0, int(Reason.DATE_MISSING if missing else Reason.NO_EDITION)
            continue
        decide(program.parameters, 0, (0,), state, 0, result, (), 0, *values)
        listened = False
        for index, kind in enumerate(place):
            amount, reason = result[3 * index], result[3 * index + 1]
            if reason >= 0:
                listened = True
                yield settlement, kind, amount, reason
        if not listened:
            yield settlement, -1, 0, result[width + 1]


def _sample(data: Data, program: Program) -> Columns:
    """The first settlements of the first partition, sorted as it is."""
    names = ("person", "settlement", *program.fields)
    columns = Store.open(data.store).read(0, names)
    return {name: column[:SAMPLE] for name, column in columns.items()}


def sampled(data: Data) -> int:
    """How many settlements the sample holds."""
    return min(SAMPLE, Store.open(data.store).part_rows[0])


def claims(data: Data) -> int:
    """How many claims are decided one by one."""
    return min(CLAIMS, sampled(data) // 2)


def _claims(data: Data, scheme: str) -> tuple[HistoryFold, list[Settlement]]:
    program = program_of(scheme)
    histories = in_histories(_sample(data, program), program)
    return HistoryFold(program), [history[0] for history in histories[: claims(data)]]
