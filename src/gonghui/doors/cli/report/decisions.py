"""The decisions of a store as one table, with what summaries and files need of each settlement."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.deciding import decide
from gonghui.core.adjudication.store import Store
from gonghui.core.rulebook.compiler.program import Program
from gonghui.core.rulebook.fields import HOSPITAL_LEVELS, NONE
from gonghui.core.rulebook.reasons import DETAIL, Reason
from gonghui.doors.cli.report.figures import KEEP
from gonghui.doors.cli.report.progress import counted


def decisions(
    store: Store, fold: ColumnFold, *, assume_filed: bool = False, label: str = ""
) -> pl.DataFrame:
    """All decisions: the columns of ``deciding.decide``, those of ``KEEP``, and ``edition``, the
    position of the edition in force (-1: none). With a label, a bar shows how far it is."""
    day = fold.program.answers.deciding_date
    keep = tuple(dict.fromkeys((*KEEP, day)))
    tables = decide(store, fold, keep=keep, assume_filed=assume_filed)
    parts = sum(rows > 0 for rows in store.part_rows)
    if label:
        tables = counted(label, tables, parts)
    return pl.concat(
        [_with_edition(table, fold.program, day) for table in tables] or [_empty(keep)]
    )


def _with_edition(table: pl.DataFrame, program: Program, name: str) -> pl.DataFrame:
    day = table[name].to_numpy()
    edition = np.full(day.size, -1, np.int16)
    for position, (since, until) in enumerate(zip(program.starts, program.ends, strict=True)):
        edition[(since <= day) & (day < until)] = position
    edition[day == NONE] = 0  # as the fold does: the first one says that the day is missing
    return table.with_columns(edition=pl.Series(edition))


def _empty(keep: tuple[str, ...]) -> pl.DataFrame:
    schema = {"settlement": pl.Int64, "person": pl.Int32, "kind": pl.Int8, "amount_fen": pl.Int32}
    more = {"reason": pl.Int16, "slots": pl.Int16, "gates": pl.Int16, "edition": pl.Int16}
    return pl.DataFrame(schema=schema | more | dict.fromkeys(keep, pl.Int32))


def readable(decided: pl.DataFrame, store: Store, program: Program) -> pl.DataFrame:
    """The decisions as other programs read them: ids and words for positions, dates as dates.

    Persons appear by their number in the store only.
    """
    ids = store.settlements().filter(pl.col("reverses") == 0).select("settlement", "settlement_id")
    units = store.identities().select("person", "unit_id")
    reason = pl.col("reason").cast(pl.Int32)
    editions = {-1: ""} | {n: edition.id for n, edition in enumerate(program.editions)}
    kinds = {-1: ""} | dict(enumerate(program.kinds))
    words = {int(one): one.name.lower() for one in Reason}
    levels = {code: word for word, (code, _) in HOSPITAL_LEVELS.words.items()}
    table = decided.join(ids, on="settlement", how="left").join(units, on="person", how="left")
    return table.select(
        "settlement_id",
        "person",
        "unit_id",
        (reason % DETAIL).replace_strict(words, return_dtype=pl.String).alias("reason"),
        (reason // DETAIL).cast(pl.Int16).alias("reason_detail"),
        pl.col("kind").replace_strict(kinds, return_dtype=pl.String),
        "amount_fen",
        pl.col("slots").bitwise_count_ones().cast(pl.Int16).alias("uses"),
        pl.col("gates").bitwise_count_ones().cast(pl.Int16).alias("gates_met"),
        pl.col("hospital_level").replace_strict(levels, return_dtype=pl.String),
        *(_date(name) for name in ("discharged_on", "received_on", "filed_on", "paid_on")),
        pl.col("edition").replace_strict(editions, return_dtype=pl.String),
    ).sort("person", "discharged_on", "settlement_id", "kind")


def _date(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != NONE).then(pl.col(name).cast(pl.Date)).alias(name)


def write_decisions(table: pl.DataFrame, path: Path, head: list[tuple[str, str]]) -> None:
    """As Parquet; what data and which rules stands in the file's own metadata, as ``gonghui``."""
    said = json.dumps(head, ensure_ascii=False)
    table.write_parquet(path, compression="zstd", metadata={"gonghui": said})
