"""A settlement feed: read, mapped to our facts, checked row by row.

What comes out are the insurer's statements as integers, one row each, and what is wrong with the
rows that were turned away: rows in = accepted + rejected, always.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gonghui.adapters.medical_insurance.errors import FeedRefused
from gonghui.adapters.medical_insurance.findings import REJECTS, Findings
from gonghui.adapters.medical_insurance.mapping import (
    KEYS,
    Identity,
    SourceMapping,
    known_mappings,
    load_mapping,
)
from gonghui.adapters.medical_insurance.parsing import MOST, read_fact, read_key
from gonghui.adapters.medical_insurance.tables import UNNAMED, Table, read_table, stacked
from gonghui.core.money import format_yuan
from gonghui.core.rulebook.expressions import Choice, Expression, Name, Sum, text
from gonghui.core.rulebook.expressions import fields as fields_of
from gonghui.core.rulebook.fields import AMOUNTS, EVENT_KINDS, FIELDS, NONE

TOLERANCE_FEN = 1
"""How far the two sides of an identity may differ: 0.01 yuan."""

_LABELS = {name: field.label for name, field in FIELDS.items()}


@dataclass(frozen=True, slots=True)
class Feed:
    """One file, read. ``accepted``: ``file``, ``row``, ``settlement_id``, ``person_id`` (the number
    of the certificate), ``visit_id``, ``original_id`` (null unless the row is a reversal) and the
    facts the source states, in integers; amounts of reversals may be negative.
    ``rejected``: see ``findings.REJECTS``."""

    name: str
    rows_in: int
    accepted: pl.DataFrame
    rejected: pl.DataFrame
    ignored_headings: tuple[str, ...]

    @property
    def rows_rejected(self) -> int:
        return self.rows_in - self.accepted.height

    @property
    def broken(self) -> dict[str, int]:
        """How many rows break which identity."""
        breaches = self.rejected.filter(pl.col("code") == "identity_broken")
        return dict(breaches["field"].value_counts(sort=True).iter_rows())


def read_feed(
    path: Path, mapping: str | Path | SourceMapping = "national", *, received_on: int | None = None
) -> Feed:
    """Read one feed file. ``received_on``: the day it came in, for rows that state none.

    Refuses (``FeedRefused``) a file that is not what it should be as a whole.
    """
    (feed,) = read_feeds([path], mapping, received_on=received_on)
    return feed


def read_feeds(
    paths: Sequence[Path],
    mapping: str | Path | SourceMapping = "national",
    *,
    received_on: int | None = None,
) -> tuple[Feed, ...]:
    """Like ``read_feed``, for several files of one source."""
    source = mapping if isinstance(mapping, SourceMapping) else load_mapping(mapping)
    if source.format != "settlements":
        raise FeedRefused("mapping_unknown", source.name, value=", ".join(known_mappings()))
    with ThreadPoolExecutor() as pool:
        tables = list(pool.map(read_table, paths))
    # Files with the same headings are checked as one table: many small ones cost hardly more.
    alike: dict[tuple[str, ...], list[int]] = {}
    for number, (path, table) in enumerate(zip(paths, tables, strict=True)):
        columns = map_columns(path, table, source)
        if received_on is None and "received_on" not in columns:
            raise FeedRefused("received_on_missing", path, field=_LABELS["received_on"])
        alike.setdefault(tuple(sorted(table.headings)), []).append(number)
    feeds: dict[int, Feed] = {}
    for numbers in alike.values():
        checked = _check([tables[number] for number in numbers], source, received_on)
        feeds |= zip(numbers, checked, strict=True)
    return tuple(feeds[number] for number in range(len(tables)))


def _check(
    tables: Sequence[Table], source: SourceMapping, received_on: int | None
) -> Iterator[Feed]:
    """Tables with the same headings, checked together and told apart again."""
    table, starts = stacked(tables)
    columns = source.columns(table.headings)
    findings = Findings()
    rows = _with_absent_keys(read_columns(table, source, columns, findings))
    if received_on is None:
        unstated = rows["row"].filter(rows["received_on"].is_null())
        findings.add(unstated, "value_missing", columns["received_on"])
    _check_stays(table, rows, source, columns, findings)
    _check_flags(rows, source, findings)
    rows = _with_derived(rows, source, findings)
    for identity in source.identities:
        _check_identity(rows, identity, findings)
    accepted, rejected = split(table, rows, findings, "settlement_id")
    accepted = _finished(accepted, received_on)
    for part, start, end in zip(tables, starts, starts[1:], strict=False):
        own, place = pl.col("row").is_between(start, end, closed="left"), pl.col("row") - start
        yield Feed(
            name=part.name,
            rows_in=part.height,
            accepted=accepted.filter(own).with_columns(place, file=pl.lit(part.name)),
            rejected=rejected.filter(own).with_columns(place, file=pl.lit(part.name)),
            ignored_headings=_ignored(part, columns),
        )


def _ignored(table: Table, columns: dict[str, str]) -> tuple[str, ...]:
    ignored = set(table.headings) - set(columns.values())
    return tuple(sorted(heading for heading in ignored if not heading.startswith(UNNAMED)))


def map_columns(path: Path, table: Table, source: SourceMapping) -> dict[str, str]:
    """Which heading holds which key or fact; refuses a file without a column that is needed."""
    columns = source.columns(table.headings)
    for name in source.needed_columns:
        if name not in columns:
            choices = ", ".join(source.headings[name]) or "-"
            raise FeedRefused(
                "heading_missing", path, row=1, field=_LABELS.get(name, name), value=choices
            )
    return columns


def read_columns(
    table: Table, source: SourceMapping, columns: dict[str, str], findings: Findings
) -> pl.DataFrame:
    """All keys and facts of a table, null where nothing is stated or nothing could be read."""
    findings.add(table.misshapen, "row_shape")
    row = table.rows["row"]
    keys = KEYS[source.format]
    read = {"row": row}
    for name, heading in columns.items():
        raw = table.column(heading)
        if name in keys:
            value, wrong = read_key(raw, keys[name])
        else:
            value, wrong = read_fact(raw, FIELDS[name], source.codes.get(name))
        read[name] = value
        if wrong:
            at = raw.is_in(list(wrong))
            code = raw.filter(at).replace_strict(wrong, return_dtype=pl.String)
            findings.add(row.filter(at), code, heading, raw.filter(at))
            findings.note_unread([name], row.filter(at))
        if name in source.needed_cells:
            findings.add(row.filter(raw.is_null()), "value_missing", heading)
            findings.note_unread([name], row.filter(raw.is_null()))
    return pl.DataFrame(read)


def split(
    table: Table, rows: pl.DataFrame, findings: Findings, key: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows without a finding, and the rejects."""
    found = findings.collected()
    rejected = (
        found.join(rows.select("row", settlement_id=pl.col(key)), on="row", how="left")
        .with_columns(file=pl.lit(table.name))
        .select(*REJECTS)
    )
    return rows.join(found, on="row", how="anti"), rejected


def _with_absent_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """The keys that a source may lack, as if every row left them blank."""
    absent = {
        "original_id": pl.lit(None, pl.String),
        "visit_id": pl.lit(None, pl.String),
        "reversal": pl.lit(0),
        "valid": pl.lit(1),
        "interim": pl.lit(0),
    }
    missing = {name: value for name, value in absent.items() if name not in rows.columns}
    return rows.with_columns(**missing).with_columns(
        pl.col("reversal", "interim").fill_null(0), pl.col("valid").fill_null(1)
    )


def _check_stays(
    table: Table,
    rows: pl.DataFrame,
    source: SourceMapping,
    columns: dict[str, str],
    findings: Findings,
) -> None:
    """What a hospital stay must state."""
    stay = (rows["event_kind"] == EVENT_KINDS.code("hospital_stay")).fill_null(False)
    for name in source.needed_of_stays:
        if heading := columns.get(name):
            blank = stay & table.column(heading).is_null()
            findings.add(rows["row"].filter(blank), "value_missing", heading)


def _check_flags(rows: pl.DataFrame, source: SourceMapping, findings: Findings) -> None:
    """What the insurer's flags and signs rule out."""
    row, reversal = rows["row"], rows["reversal"] == 1
    findings.add(row.filter(rows["valid"] == 0), "marked_invalid")
    if not source.takes_interim:
        findings.add(row.filter(rows["interim"] == 1), "interim_refused")
    findings.add(row.filter(reversal & rows["original_id"].is_null()), "reversal_without_original")
    for name in AMOUNTS:
        if name in rows.columns:
            negative = ((rows[name] < 0) & ~reversal).fill_null(False)
            if negative.any():
                value = rows[name].filter(negative)
                findings.add(row.filter(negative), "amount_negative", _LABELS[name], _yuan(value))
    if {"admitted_on", "discharged_on"} <= set(rows.columns):
        reversed_ = (rows["discharged_on"] < rows["admitted_on"]).fill_null(False)
        findings.add(row.filter(reversed_), "days_reversed", _LABELS["discharged_on"])


def _with_derived(rows: pl.DataFrame, source: SourceMapping, findings: Findings) -> pl.DataFrame:
    """Facts that the source does not state but that follow from what it states."""
    waiting = [name for name, _ in source.derived]
    for name, expression in source.derived:
        waiting.remove(name)
        absent = {part for part in fields_of(expression) if part not in rows.columns}
        if name in rows.columns or absent & set(waiting):
            continue
        rows = rows.with_columns(_as_columns(expression, rows).alias(name))
        unread = findings.unread_in(fields_of(expression))
        findings.note_unread([name], unread)
        below = (rows[name] < 0) & (rows["reversal"] == 0) & ~rows["row"].is_in(unread.implode())
        words = f"{_LABELS[name]} = {text(expression, _LABELS)}"
        findings.add(
            rows["row"].filter(below), "derived_negative", words, _yuan(rows[name].filter(below))
        )
    if "days" not in rows.columns and {"admitted_on", "discharged_on"} <= set(rows.columns):
        nights = pl.col("discharged_on") - pl.col("admitted_on")
        rows = rows.with_columns(
            days=nights + 1 if source.counts_both_ends else pl.max_horizontal(nights, 1)
        )
        absurd = (rows["days"] > MOST).fill_null(False)
        value = rows["days"].filter(absurd)
        findings.add(rows["row"].filter(absurd), "number_malformed", _LABELS["days"], value)
    return rows


def _check_identity(rows: pl.DataFrame, identity: Identity, findings: Findings) -> None:
    """Note the rows on which it fails, with its words and both sides; where one of its amounts
    could not be read, that is told already, and the identity says nothing."""
    unread = findings.unread_in([*fields_of(identity.left), *fields_of(identity.right)])
    words = f"{text(identity.left, _LABELS)} = {text(identity.right, _LABELS)}"
    sides = (
        rows.filter(~pl.col("row").is_in(unread.implode()))
        .select(
            "row", left=_as_columns(identity.left, rows), right=_as_columns(identity.right, rows)
        )
        .filter((pl.col("left") - pl.col("right")).abs() > TOLERANCE_FEN)
    )
    both = [
        f"{format_yuan(left)} ≠ {format_yuan(right)}"
        for left, right in sides.select("left", "right").iter_rows()
    ]
    findings.add(sides["row"], "identity_broken", words, pl.Series(both, dtype=pl.String))


def _as_columns(expression: Expression, rows: pl.DataFrame) -> pl.Expr:
    """An expression over the amounts of each row; what is not stated counts as nothing."""
    match expression:
        case Name(field):
            return pl.col(field).fill_null(0) if field in rows.columns else pl.lit(0, pl.Int64)
        case Sum(operator, left, right):
            first, second = _as_columns(left, rows), _as_columns(right, rows)
            return first + second if operator == "+" else first - second
        case Choice(function, parts):
            columns = [_as_columns(part, rows) for part in parts]
            return (pl.min_horizontal if function == "min" else pl.max_horizontal)(columns)


def _finished(rows: pl.DataFrame, received_on: int | None) -> pl.DataFrame:
    """Blanks filled: with the day of receipt, with what a blank means, with the default."""
    is_reversal = pl.col("reversal") == 1
    facts = {name: pl.col(name) for name in FIELDS if name in rows.columns}
    facts["received_on"] = facts.get("received_on", pl.lit(None, pl.Int64)).fill_null(
        NONE if received_on is None else received_on
    )
    # An interim bill is no stay of its own unless the insurer says that it counts as one.
    counts = facts.get("counts_as_stay", pl.lit(None, pl.Int64))
    facts["counts_as_stay"] = counts.fill_null(1 - pl.col("interim"))
    return rows.select(
        "row",
        "settlement_id",
        "person_id",
        "visit_id",
        original_id=pl.when(is_reversal).then("original_id"),
        **{
            # Facts of the person stay blank: the list of persons may know them.
            name: value.fill_null(FIELDS[name].default) if FIELDS[name].whose == "event" else value
            for name, value in facts.items()
        },
    )


def _yuan(fen: pl.Series) -> pl.Series:
    return pl.Series([format_yuan(value) for value in fen], dtype=pl.String)
