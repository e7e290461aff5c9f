"""The sums of a store's decisions: by month of payment, hospital level, unit and reason.

People and payouts are counted apart: somebody who is paid twice is one of the people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from gonghui.core.adjudication.store import Store
from gonghui.core.rulebook.compiler.program import Program
from gonghui.core.rulebook.fields import HOSPITAL_LEVELS, NONE
from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.reasons import DETAIL, Reason, split
from gonghui.doors.cli.language import spoken
from gonghui.doors.cli.report.citing import cited_of_reason
from gonghui.doors.cli.report.intake_record import IntakeRecord
from gonghui.doors.cli.report.words import said

KEEP = ("paid_on", "filed_on", "received_on", "discharged_on", "hospital_level", "hardship")
"""Facts the summaries need of each settlement, beside what the fold reads."""

UNITS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a summary. People of several lines may be the same."""

    label: str
    people: int
    payouts: int
    fen: int


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """How many settlements were decided for one reason, and what the reason rests on."""

    reason: Reason
    label: str
    settlements: int
    people: int
    fen: int
    basis: str


@dataclass(frozen=True, slots=True)
class Participation:
    """Who takes part, and what came in: None where the fee is not one sum."""

    units: int
    people: int
    contributions_fen: int | None


@dataclass(frozen=True)
class Figures:
    """What was decided of a store. ``total`` and the lists count only what ``span`` says."""

    span: str
    participation: Participation
    total: Line
    later: Line
    unfiled: Line
    months: tuple[Line, ...]
    levels: tuple[Line, ...]
    units: tuple[Line, ...]
    units_left_out: int
    reasons: tuple[ReasonLine, ...]
    hardship_maximum_fen: int
    settlements: int

    @property
    def surplus_fen(self) -> int | None:
        received = self.participation.contributions_fen
        return None if received is None else received - self.total.fen


def participation(store: Store, program: Program, units: pl.DataFrame) -> Participation:
    """People, units and contributions, from the list of covers, or else from all known persons."""
    record = IntakeRecord.of(store.path)
    by_start = record.participants if record else {program.starts[0]: units.height}
    received: int | None = 0
    for start, people in by_start.items():
        place = program.at(start)
        fee = program.editions[place].fee if place is not None else None
        if fee is None or fee.dimensions or received is None:
            received = None
        else:
            received += people * fee.plain
    return Participation(
        int(units["unit_id"].drop_nulls().n_unique()), sum(by_start.values()), received
    )


def counted(until: int | None) -> pl.Expr:
    """Which decisions a summary counts: those that pay, and were paid by a day if one is given."""
    pays = pl.col("amount_fen") > 0
    if until is None:
        return pays
    return pays & (pl.col("paid_on") != NONE) & (pl.col("paid_on") <= until)


def summarize(
    decided: pl.DataFrame,
    payable: pl.DataFrame,
    store: Store,
    program: Program,
    *,
    until: int | None,
    span: str,
) -> Figures:
    """All sums. ``decided``: the decisions; ``payable``: the same if all had been applied for."""
    known = store.identities().select("person", "unit_id", "unit_name")
    rows = decided.filter(counted(until)).join(known, on="person", how="left")
    later = decided.filter((pl.col("amount_fen") > 0) & ~counted(until))
    never = decided.filter(pl.col("filed_on") == NONE).select("settlement").unique()
    unfiled = payable.filter(pl.col("amount_fen") > 0).join(never, on="settlement", how="semi")
    units, left_out = _by_unit(rows)
    by_person = rows.filter(pl.col("hardship") == 1).group_by("person").agg(_fen())
    return Figures(
        span=span,
        participation=participation(store, program, known),
        total=_line(said("all"), rows),
        later=_line(said("later"), later),
        unfiled=_line(said("unfiled"), unfiled),
        months=_by_month(rows),
        levels=_by_level(rows),
        units=units,
        units_left_out=left_out,
        reasons=_by_reason(decided, program),
        hardship_maximum_fen=max(by_person["fen"].to_list(), default=0),
        settlements=int(decided["settlement"].n_unique()),
    )


def _fen() -> pl.Expr:
    return pl.col("amount_fen").cast(pl.Int64).sum().alias("fen")


def _sums() -> tuple[pl.Expr, ...]:
    return pl.col("person").n_unique().alias("people"), pl.len().alias("payouts"), _fen()


def _line(label: str, rows: pl.DataFrame) -> Line:
    people, payouts, fen = rows.select(*_sums()).row(0)
    return Line(label, people, payouts, int(fen or 0))


def _by_month(rows: pl.DataFrame) -> tuple[Line, ...]:
    paid = pl.col("paid_on").cast(pl.Date).dt.strftime("%Y-%m")
    month = pl.when(pl.col("paid_on") != NONE).then(paid)
    sums = rows.group_by(month=month).agg(*_sums()).sort("month", nulls_last=True)
    return tuple(
        Line(name or said("month_unpaid"), people, payouts, fen)
        for name, people, payouts, fen in sums.iter_rows()
    )


def _by_level(rows: pl.DataFrame) -> tuple[Line, ...]:
    sums = rows.group_by("hospital_level").agg(*_sums()).sort("hospital_level")
    return tuple(Line(level_words(level), *rest) for level, *rest in sums.iter_rows())


def level_words(code: int) -> str:
    """A hospital level in the language spoken."""
    if spoken() == "zh":
        return HOSPITAL_LEVELS.label(code) or str(code)
    return HOSPITAL_LEVELS.identifier(code) or str(code)


def _by_unit(rows: pl.DataFrame) -> tuple[tuple[Line, ...], int]:
    """The units paid most, and the sum of the others; how many those are."""
    name = pl.col("unit_name").fill_null(said("unknown_unit"))
    sums = (
        rows.group_by(pl.col("unit_id").fill_null(""), name)
        .agg(*_sums())
        .sort("fen", "unit_id", descending=[True, False])
    )
    shown, rest = sums.head(UNITS_SHOWN), sums.slice(UNITS_SHOWN)
    lines = [Line(name, *values) for _, name, *values in shown.iter_rows()]
    if rest.height:
        label = said("units_rest", count=rest.height)
        lines.append(Line(label, *(int(rest[name].sum()) for name in ("people", "payouts", "fen"))))
    return tuple(lines), rest.height


def _by_reason(decided: pl.DataFrame, program: Program) -> tuple[ReasonLine, ...]:
    told = _told(decided, program)
    sums = (
        decided.join(told, on=["reason", "kind", "edition"], nulls_equal=True)
        .group_by("label", "basis")
        .agg(
            pl.col("reason").first() % DETAIL,
            pl.col("settlement").n_unique().alias("settlements"),
            pl.col("person").n_unique().alias("people"),
            _fen(),
        )
        .sort("settlements", "label", descending=[True, False])
    )
    return tuple(
        ReasonLine(
            Reason(row["reason"]),
            row["label"],
            row["settlements"],
            row["people"],
            row["fen"],
            row["basis"],
        )
        for row in sums.iter_rows(named=True)
    )


def _told(decided: pl.DataFrame, program: Program) -> pl.DataFrame:
    """Label and basis of each reason that occurs, under the edition that gave it."""
    found = decided.select("reason", "kind", "edition").unique().sort("reason", "kind", "edition")
    labels, bases = [], []
    for code, kind_place, place in found.iter_rows():
        reason, detail = split(code)
        label = said(f"reason_{reason.name.lower()}")
        if place < 0:
            labels.append(label)
            bases.append("")
            continue
        edition = program.editions[place]
        kind = program.kinds[kind_place] if kind_place >= 0 else ""
        subject = _subject(edition, reason, detail, kind)
        labels.append(said("reason_about", reason=label, subject=subject) if subject else label)
        bases.append(cited_of_reason(edition, reason, detail, kind))
    return found.with_columns(
        label=pl.Series(labels, dtype=pl.String), basis=pl.Series(bases, dtype=pl.String)
    )


def _subject(edition: Edition, reason: Reason, detail: int, kind: str) -> str:
    """What the reason is about, where an edition has several of it."""
    match reason:
        case Reason.NOT_ELIGIBLE:
            return edition.eligibility[detail].label
        case Reason.COUNT_USED_UP if len(edition.counts) > 1:
            return edition.counts[detail].label
        case Reason.CUT | Reason.CAP_USED_UP if detail < len(edition.caps):
            return edition.caps[detail].label
        case Reason.PAID if len(edition.benefits) > 1:
            return next((one.label for one in edition.benefits if one.id == kind), "")
    return ""


def month_label(month: str) -> str:
    """``2022-03`` as it stands below a column of a chart: ``3月``, ``Mar``."""
    return month_words(month) if spoken() == "zh" else month_words(month)[:3]


def month_words(month: str) -> str:
    """``2022-03`` in running text: ``3月``, ``March``."""
    year, _, number = month.partition("-")
    if not number:
        return month
    return f"{int(number)}月" if spoken() == "zh" else f"{date(int(year), int(number), 1):%B}"


def top(lines: Sequence[Line]) -> Line | None:
    """The line with the largest amount."""
    return max(lines, key=lambda line: line.fen, default=None)
