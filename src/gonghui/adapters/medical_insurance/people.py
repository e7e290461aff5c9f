"""Who takes part, and when: the list of persons and the list of covers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gonghui.adapters.medical_insurance.feeds import map_columns, read_columns, split
from gonghui.adapters.medical_insurance.findings import Findings
from gonghui.adapters.medical_insurance.mapping import load_mapping
from gonghui.adapters.medical_insurance.tables import Table, read_table
from gonghui.core.rulebook.fields import FIELDS, NONE, SEXES

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_IDENTITY_NUMBER = r"^[0-9]{17}[0-9X]$"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, read. Rows in = rows of ``accepted`` + ``repeated`` + rows rejected."""

    name: str
    rows_in: int
    accepted: pl.DataFrame
    repeated: int
    """Rows that say again what an accepted row says."""
    rejected: pl.DataFrame


def read_persons(path: Path, mapping: str | Path = "persons") -> Listing:
    """One row a person: ``person_id``, ``name``, perhaps unit, and the facts the list states.

    Date of birth and sex are taken from an identity number where the list does not state them; a
    date of birth that contradicts it is refused.
    """
    source = load_mapping(mapping)
    table = read_table(path)
    findings = Findings()
    rows = read_columns(table, source, map_columns(path, table, source), findings)
    rows = _with_identity_numbers_read(rows, findings)
    sound, _ = split(table, rows, findings, "person_id")
    sound = _with_first_row(sound)
    once = sound.filter(pl.col("row") == pl.col("first"))
    conflicting = once.filter(pl.col("person_id").is_duplicated())["row"]
    return _listing(table, sound, findings, conflicting, "person_conflict")


def read_covers(path: Path, mapping: str | Path = "covers") -> Listing:
    """One row a person and period: ``person_id``, ``cover_from``, ``cover_until`` (half-open) and
    the other facts of a cover; when the cover before it ended is found where the list does not say.
    Of covers of one person that overlap, the later is refused.
    """
    source = load_mapping(mapping)
    table = read_table(path)
    findings = Findings()
    rows = read_columns(table, source, map_columns(path, table, source), findings)
    ends_first = (rows["cover_until"] <= rows["cover_from"]).fill_null(False)
    findings.add(rows["row"].filter(ends_first), "days_reversed", FIELDS["cover_until"].label)
    sound, _ = split(table, rows, findings, "person_id")
    sound = _with_first_row(sound).sort("person_id", "cover_from", "row")
    once = sound.filter(pl.col("row") == pl.col("first"))
    several = once.filter(pl.col("person_id").is_duplicated()).select(
        "row", "cover_from", ended=pl.col("cover_until").shift(1).cum_max().over("person_id")
    )
    overlapping = several.filter(pl.col("cover_from") < pl.col("ended"))["row"]
    if "previous_cover_until" not in sound.columns:
        ended = several.select(first="row", previous_cover_until="ended")
        sound = sound.join(ended, on="first", how="left", maintain_order="left")
    return _listing(table, sound, findings, overlapping, "cover_overlap")


def _with_first_row(rows: pl.DataFrame) -> pl.DataFrame:
    """``first``: the first row with the same content."""
    if not rows["person_id"].is_duplicated().any():
        return rows.with_columns(first="row")
    content = [name for name in rows.columns if name != "row"]
    return rows.with_columns(first=pl.col("row").min().over(content))


def _listing(
    table: Table, sound: pl.DataFrame, findings: Findings, refused: pl.Series, code: str
) -> Listing:
    """Turn away the first rows ``refused`` and what repeats them; keep each other row once."""
    away = sound.filter(pl.col("first").is_in(refused.implode()))
    findings.add(away["row"], code, "person_id", away["person_id"])
    kept, rejected = split(table, sound, findings, "person_id")
    accepted = kept.filter(pl.col("row") == pl.col("first")).drop("first")
    facts = [name for name in accepted.columns if name in FIELDS]
    return Listing(
        name=table.name,
        rows_in=table.height,
        accepted=accepted.with_columns(pl.col(n).fill_null(FIELDS[n].default) for n in facts),
        repeated=kept.height - accepted.height,
        rejected=rejected,
    )


def _with_identity_numbers_read(persons: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Check the numbers of identity cards (GB 11643) and read date of birth and sex off them.

    Other certificates (passports, permits) have no check digit that we know.
    """
    shaped = persons["person_id"].str.contains(_IDENTITY_NUMBER).fill_null(False)
    cards = persons.filter(shaped)
    row, numbers = cards["row"], cards["person_id"]
    sound = pl.Series(_check_digits_hold(numbers), dtype=pl.Boolean)
    findings.add(row.filter(~sound), "certificate_check", "person_id", numbers.filter(~sound))
    read = pl.DataFrame(
        {
            "row": row,
            "born_read": numbers.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
            .to_physical().cast(pl.Int64),
            "sex_read": numbers.str.slice(16, 1).cast(pl.Int64) % 2,
        }
    )  # fmt: skip
    findings.add(
        row.filter(read["born_read"].is_null()), "certificate_check", "person_id",
        numbers.filter(read["born_read"].is_null()),
    )  # fmt: skip
    male, female = SEXES.code("male"), SEXES.code("female")
    persons = persons.join(read, on="row", how="left", maintain_order="left").with_columns(
        sex_read=pl.when(pl.col("sex_read") == 1)
        .then(male)
        .when(pl.col("sex_read") == 0)
        .then(female)
    )
    for name in ("born_on", "sex"):
        if name not in persons.columns:
            persons = persons.with_columns(pl.lit(None, pl.Int64).alias(name))
    differs = (persons["born_on"] != persons["born_read"]).fill_null(False)
    findings.add(
        persons["row"].filter(differs),
        "born_differs",
        "born_on",
        persons["person_id"].filter(differs),
    )
    return persons.with_columns(
        born_on=pl.col("born_on").fill_null(pl.col("born_read")),
        sex=pl.col("sex").fill_null(pl.col("sex_read")),
    ).drop("born_read", "sex_read")


def _check_digits_hold(numbers: pl.Series) -> NDArray[np.bool_]:
    """For identity numbers of 18 characters: is the last the check digit of the others?"""
    characters = np.frombuffer(numbers.str.join().item().encode(), dtype=np.uint8).reshape(-1, 18)
    digits = characters[:, :17].astype(np.int64) - ord("0")
    holds: NDArray[np.bool_] = _CHECKS[digits @ _WEIGHTS % 11] == characters[:, 17]
    return holds


def cover_in_force(events: pl.DataFrame, covers: pl.DataFrame, day: str) -> pl.DataFrame:
    """The events with the facts of the cover in force on ``day`` (a date column of theirs).

    Where none is, the last one before stands there, or the first one after: the fold then sees that
    the day lies outside. Someone without any cover has no dates of cover at all.
    """
    facts = [name for name in covers.columns if name in FIELDS]
    covers = covers.select("person", *facts).sort("cover_from")
    day_of_event = pl.when(pl.col(day) != NONE).then(day).otherwise("settled_on").alias("_day")
    events = events.with_columns(day_of_event).sort("_day")
    upto = events.join_asof(
        covers.with_columns(_from="cover_from"), left_on="_day", right_on="_from", by="person",
        check_sortedness=False,
    )  # fmt: skip
    later = events.join_asof(
        covers.with_columns(_from="cover_from"), left_on="_day", right_on="_from", by="person",
        strategy="forward", check_sortedness=False,
    )  # fmt: skip
    return upto.with_columns(
        pl.col(name).fill_null(later[name]).fill_null(FIELDS[name].default) for name in facts
    ).drop("_day", "_from")
