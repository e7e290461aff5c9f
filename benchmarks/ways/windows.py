"""The window form: the same decisions as SQL, for what windows can express.

With b the benefit of a stay before counts and caps, r its number among those above zero, N the
limit and C the cap: what is admitted is ``c = b if r <= N else 0``, what was admitted before is S,
and ``min(C, S + c) - min(C, S)`` is paid. That holds as only paid stays use a slot: one of the
first N goes unpaid only when the cap is spent, and after that nothing is paid at all.

This is a reading of its own: it shares the edition's numbers with the fold and no line of code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from benchmarks.books import program_of
from benchmarks.children import Answer, Way
from benchmarks.data import Data
from gonghui.core.adjudication.columns import Totals
from gonghui.core.adjudication.store import Store
from gonghui.core.money import SCALE
from gonghui.core.rulebook import expressions
from gonghui.core.rulebook.fields import FIELDS, NONE
from gonghui.core.rulebook.model import Benefit, Edition, Number
from gonghui.core.rulebook.reasons import DETAIL, Reason

THREADS = 2
_STEPS = ("minimum", "count", "claim_cap", "period_cap", "rounding")


class Inexpressible(Exception):
    """Windows cannot say this, or this module does not."""


def sums(data: Data, scheme: str) -> Way:
    store = Store.open(data.store)
    files = [store.path / file.path for part in store.manifest.parts for file in part]
    (edition,) = program_of(scheme).editions
    decided = query(edition, files, store.constants)
    summing = f"SELECT reason % {DETAIL}, count(*), sum(amount_fen) FROM ({decided}) GROUP BY ALL"
    connection = duckdb.connect(config={"threads": THREADS})
    connection.execute("SET enable_progress_bar = false")

    def run() -> Answer:
        rows = connection.execute(summing).fetchall()
        by_reason = {Reason(reason): count for reason, count, _ in sorted(rows)}
        fen = sum(int(paid) for *_, paid in rows)
        return Answer(Totals(fen, sum(by_reason.values()), by_reason))

    return Way(run)


def query(edition: Edition, files: Sequence[Path], constants: Mapping[str, int]) -> str:
    """SQL for one row a settlement: ``settlement``, ``kind``, ``amount_fen``, ``reason``."""
    benefit = _expressible(edition)
    limit = str(edition.counts[0].limit.plain) if edition.counts else "NULL"
    cap = str(edition.caps[0].amount.plain) if edition.caps else "NULL"
    unit = edition.answers.rounding.unit_fen
    half = unit * SCALE // 2 if edition.answers.rounding.mode == "half_up" else 0
    listed = ", ".join(f"'{file}'" for file in files)
    facts = ", ".join(f"{value} AS {name}" for name, value in constants.items())
    return f"""
WITH facts AS (
    SELECT *{f", {facts}" if facts else ""} FROM read_parquet([{listed}])
), events AS (
    SELECT *, CAST({edition.answers.deciding_date} AS BIGINT) AS d,
        {_base(benefit)} AS base, {_table(benefit.floor.amount)} AS line,
        {" OR ".join(f"event_kind = {code}" for code in benefit.events)} AS listens
    FROM facts
), judged AS (
    SELECT *, {_window(edition)} AS span, {_why(edition)} AS why, {_excess(benefit)} AS excess
    FROM events
), shared AS (
    SELECT *, CASE WHEN why IS NULL AND base > 0 THEN {_share(benefit)} ELSE 0 END AS share
    FROM judged
), entitled AS (
    SELECT *, CASE WHEN share < {_least(benefit)} THEN 0 ELSE share END AS x,
        (x + {half}) // {unit * SCALE} * {unit} AS b
    FROM shared
), numbered AS (
    SELECT *, sum(CAST(b > 0 AS BIGINT)) OVER (
        PARTITION BY person, span ORDER BY d, settlement ROWS UNBOUNDED PRECEDING) AS r
    FROM entitled
), admitted AS (
    SELECT *, coalesce(sum(CASE WHEN r > {limit} THEN 0 ELSE b END) OVER earlier, 0) AS before,
        {cap} - least({cap}, before) AS room
    FROM numbered
    WINDOW earlier AS (PARTITION BY person, span ORDER BY d, settlement
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), used AS (
    SELECT *, coalesce(sum(CASE WHEN b = 0 OR r > {limit} OR room = 0 THEN 0 ELSE 1 END)
        OVER earlier, 0) AS uses
    FROM admitted
    WINDOW earlier AS (PARTITION BY person, span ORDER BY d, settlement
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), reasoned AS (
    SELECT *, CASE
        WHEN why IS NOT NULL THEN why
        WHEN base <= 0 THEN {Reason.NOTHING_TO_BEAR:d}
        WHEN share <= 0 THEN {Reason.BELOW_FLOOR:d}
        WHEN x = 0 THEN {Reason.BELOW_MINIMUM:d}
        WHEN uses >= {limit} THEN {Reason.COUNT_USED_UP:d}
        WHEN room = 0 THEN {Reason.CAP_USED_UP:d}
        WHEN x > room * {SCALE} THEN {Reason.CUT:d}
        WHEN b = 0 THEN {Reason.BELOW_MINIMUM:d}
        ELSE {Reason.PAID:d} END AS reason
    FROM used
)
SELECT settlement, CASE WHEN listens AND span IS NOT NULL THEN 0 ELSE -1 END AS kind,
    CASE reason WHEN {Reason.PAID:d} THEN b WHEN {Reason.CUT:d} THEN room ELSE 0 END AS amount_fen,
    reason
FROM reasoned"""


def _expressible(edition: Edition) -> Benefit:
    answers = edition.answers
    benefit = edition.benefits[0]
    windows = _limit_windows(edition)
    said = (
        len(edition.benefits) == 1
        and benefit.formula == "share"
        and benefit.basis == "per_stay"
        and not (benefit.when or benefit.less or benefit.shares or benefit.once_per_disease)
        and benefit.minimum.kind in ("none", "not_paid_below")
        and answers.claims == "automatic"
        and answers.same_day_order == "settlement_number"
        and answers.slot_used_by in ("", "paid_only")
        and answers.slot_choice in ("", "by_time")
        and answers.reversal in ("", "slot_freed_and_refused_reopened")
        and answers.rounding.mode in ("half_up", "down")
        and answers.steps == _STEPS
        and edition.cover.starts == "common_date"
        and edition.cover.waiting.kind in ("none", "everyone")
        and not (edition.eligibility or edition.classes or edition.loss_ceiling or edition.gates)
        and len(edition.counts) <= 1
        and len(edition.caps) <= 1
        and windows <= {"period", "year"}
        and len(windows) <= 1
    )
    if not said:
        raise Inexpressible(edition.id)
    return benefit


def _limit_windows(edition: Edition) -> set[str]:
    counts: set[str] = {count.window for count in edition.counts}
    return counts | {cap.window for cap in edition.caps}


def _base(benefit: Benefit) -> str:
    assert benefit.base is not None
    spelled = {name: f"CAST({name} AS BIGINT)" for name in expressions.fields(benefit.base)}
    text = expressions.text(benefit.base, spelled)
    return text.replace("min(", "least(").replace("max(", "greatest(")


def _table(number: Number | None) -> str:
    """A number, or the one in the row of the settlement's fact."""
    if number is None:
        return "0"
    if not number.dimensions:
        return str(number.plain)
    if len(number.dimensions) > 1 or number.dimensions[0].name not in FIELDS:
        raise Inexpressible(number.path)
    rows = " ".join(f"WHEN {row} THEN {value}" for row, value in enumerate(number.values))
    return f"CASE {number.dimensions[0].name} {rows} END"


def _window(edition: Edition) -> str:
    """The number of the year or period; NULL on days on which the edition is not in force."""
    date = "(DATE '1970-01-01' + CAST(d AS INTEGER))"
    months = f"(year({date}) * 12 + month({date}))"
    if "period" in _limit_windows(edition):
        start = f"(DATE '1970-01-01' + {edition.period.starts})"
        since = f"(year({start}) * 12 + month({start}))"
        # A period that begins within a month would need the day as well.
        number = f"CAST(floor(({months} - {since}) / {edition.period.months}) AS BIGINT)"
    else:
        number = f"CAST(year({date}) AS BIGINT)"
    within = f"d >= {edition.valid_from} AND d < {edition.valid_until}"
    return f"CASE WHEN {within} THEN {number} END"


def _why(edition: Edition) -> str:
    waiting = edition.cover.waiting
    cases = [
        (f"d = {NONE}", Reason.DATE_MISSING),
        (f"d < {edition.valid_from} OR d >= {edition.valid_until}", Reason.NO_EDITION),
        ("NOT listens", Reason.EVENT_NOT_COVERED),
        (f"reversed_on != {NONE}", Reason.REVERSED),
        ("claimed_elsewhere = 1", Reason.CLAIMED_ELSEWHERE),
        (
            f"cover_from = {NONE} OR d < cover_from OR d >= cover_until",
            Reason.NOT_COVERED,
        ),
    ]
    if waiting.length is not None:
        if waiting.length.unit != "days":
            raise Inexpressible("waiting in months")
        cases.append((f"d < cover_from + {waiting.length.plain}", Reason.WAITING))
    return f"CASE {' '.join(f'WHEN {test} THEN {reason:d}' for test, reason in cases)} END"


def _excess(benefit: Benefit) -> str:
    match benefit.floor.kind:
        case "none":
            return "base"
        case "deductible":
            return "greatest(0, base - line)"
        case "threshold":
            reached = ">=" if benefit.floor.at_the_line == "paid" else ">"
            return f"CASE WHEN base {reached} line THEN base ELSE 0 END"


def _share(benefit: Benefit) -> str:
    """What the rates make of the excess, in fen times SCALE."""
    if benefit.bands is None:
        return f"excess * {_table(benefit.rate)}"
    bands = benefit.bands
    if bands.method != "progressive" or any(bands.rows[0].low.values):
        raise Inexpressible("bands by whole amount, or that start above 0")
    measure = "base" if bands.measured_on == "base" else "excess"
    parts = []
    for band in bands.rows:
        top = f"least({measure}, {_table(band.high)})" if band.high else measure
        part = f"greatest(0, {top} - greatest({measure} - excess, {_table(band.low)}))"
        parts.append(f"{part} * {_table(band.result)}")
    return f"CASE WHEN excess > 0 THEN {' + '.join(parts)} ELSE 0 END"


def _least(benefit: Benefit) -> str:
    amount = benefit.minimum.amount
    return f"({_table(amount)}) * {SCALE}" if amount else "1"
