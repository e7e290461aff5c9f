"""The decisions of chosen persons once more, with every step: why, and what they rest on.

The replay in plain Python must give what the compiled fold gave; each of its decisions is held
against that fold's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from gonghui.core.adjudication.history import Decision, HistoryFold, Settlement
from gonghui.core.adjudication.store import Store
from gonghui.core.rulebook.fields import NONE
from gonghui.core.rulebook.reasons import DETAIL, Reason
from gonghui.core.rulebook.timeline import ALWAYS
from gonghui.doors.cli.report.assumptions import Assumptions, assumptions_of
from gonghui.doors.cli.report.bench import Bench
from gonghui.doors.cli.report.citing import path_of_reason
from gonghui.doors.cli.report.explanation import paths_reached
from gonghui.doors.cli.report.people import histories

MOST_TRACED = 20_000
"""Persons; a nation's are not traced one by one."""


@dataclass(frozen=True, slots=True)
class TracedDecision:
    person: int
    decision: Decision
    settlement: Settlement


def traced(
    store: Store, bench: Bench, persons: Iterable[int], *, assume_filed: bool = False
) -> list[TracedDecision]:
    """Every decision of these persons, with all steps."""
    fold = HistoryFold(bench.program, bench.working_days)
    found = []
    for person, history in histories(store, bench.program, persons):
        known = [_filed(one) for one in history] if assume_filed else history
        by_number = {settlement.number: settlement for settlement in known}
        for decision in fold.fold(known):
            found.append(TracedDecision(person, decision, by_number[decision.settlement]))
    return found


def _filed(settlement: Settlement) -> Settlement:
    if settlement.fact("filed_on") != NONE:
        return settlement
    facts = {**settlement.facts, "filed_on": settlement.fact("received_on")}
    return replace(settlement, facts=facts)


def disagreements(found: Iterable[TracedDecision], decided: pl.DataFrame, bench: Bench) -> int:
    """How many traced decisions differ from the compiled fold's in amount or reason."""
    kinds = {-1: "", **dict(enumerate(bench.program.kinds))}
    columns = decided.select("settlement", "kind", "amount_fen", "reason")
    known = {
        (settlement, kinds[kind]): (amount, reason)
        for settlement, kind, amount, reason in columns.iter_rows()
    }
    return sum(
        known[(one.decision.settlement, one.decision.kind)]
        != (one.decision.amount_fen, one.decision.reason + DETAIL * one.decision.detail)
        for one in found
    )


def assumptions_relied_on(
    found: Iterable[TracedDecision], decided: pl.DataFrame, bench: Bench
) -> list[Assumptions]:
    """For every edition that decided something: which of its assumptions that rests on."""
    program = bench.program
    reached: dict[int, set[str]] = {}
    place_of = {edition.id: place for place, edition in enumerate(program.editions)}
    for one in found:
        edition = one.decision.edition
        place = -1 if edition is None else place_of[edition.id]
        reached.setdefault(place, set()).update(paths_reached(one.decision, one.settlement))
    groups = decided.select("reason", "kind", "edition").unique()
    for code, kind, place in groups.iter_rows():
        if place >= 0:
            name = program.kinds[kind] if kind >= 0 else ""
            reason, detail = Reason(code % DETAIL), code // DETAIL
            path = path_of_reason(program.editions[place], reason, detail, name)
            reached.setdefault(place, set()).update({path, "valid", "period"})
    if _same_day(decided, program.answers.deciding_date):
        for paths in reached.values():
            paths.add("answers.same_day_order")
    for place, paths in reached.items():
        if place >= 0 and program.starts[place] == ALWAYS:
            paths.discard("valid")  # applied to all days, whenever it is in force
    return [
        assumptions_of(program.editions[place], paths)
        for place, paths in sorted(reached.items())
        if place >= 0
    ]


def _same_day(decided: pl.DataFrame, day: str) -> bool:
    """Whether somebody has two settlements of one day that the order decides between."""
    listened = decided.filter((pl.col("kind") >= 0) & (pl.col("filed_on") != NONE))
    each = listened.group_by("person", day).agg(pl.col("settlement").n_unique().alias("n"))
    return bool((each["n"] > 1).any())
