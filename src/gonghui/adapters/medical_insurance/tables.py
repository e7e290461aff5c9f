"""A file as a table of text: CSV in the encodings that occur, xlsx, Parquet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gonghui.adapters.medical_insurance.errors import FeedRefused
from gonghui.adapters.medical_insurance.spreadsheets import refused, workbook_as_csv
from gonghui.adapters.spreadsheets import SpreadsheetRefused
from gonghui.adapters.spreadsheets.delimited import BOM, UTF_8, encoding_of
from gonghui.adapters.spreadsheets.errors import Judged

_END = "\x1e"
"""Put behind every line, so that where it ends up tells a row with too few or too many columns.
The character occurs in no text."""
UNNAMED = "\0"
"""Begins the name of a column that no mapping can ask for."""


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: one text column for each heading, and ``row``, the row's number as a spreadsheet
    shows it (in Parquet, which has no heading line, from 1).
    ``misshapen``: the rows whose columns do not fit the headings; they are not in ``rows``."""

    name: str
    headings: tuple[str, ...]
    rows: pl.DataFrame
    misshapen: pl.Series

    @property
    def height(self) -> int:
        return self.rows.height + self.misshapen.len()

    def column(self, heading: str) -> pl.Series:
        """A column, null where nothing is stated; blanks around a cell mean nothing."""
        text = self.rows[heading].str.strip_chars()
        return text.set(text == "", None)


def read_table(path: Path) -> Table:
    if not path.is_file():
        raise FeedRefused("file_missing", path)
    if path.stat().st_size == 0:
        raise FeedRefused("file_empty", path)
    match path.suffix.casefold():
        case ".csv" | ".txt":
            return _from_csv(path, _decoded(path))
        case ".xlsx":
            return _from_csv(path, workbook_as_csv(path))
        case ".parquet":
            return _from_parquet(path)
        case other:
            raise FeedRefused("file_kind", path, value=other)


def stacked(tables: Sequence[Table]) -> tuple[Table, list[int]]:
    """Tables with the same headings as one. The second result says what was added to the row
    numbers of each table, and ends with the number after the last row."""
    starts = [0]
    for table in tables:
        numbers = pl.concat([table.misshapen, table.rows["row"]]).sort()
        starts.append(starts[-1] + (int(numbers[-1]) if numbers.len() else 0) + 1)
    if len(tables) == 1:
        return tables[0], starts
    pairs = list(zip(tables, starts, strict=False))
    rows = [table.rows.with_columns(pl.col("row") + start) for table, start in pairs]
    misshapen = pl.concat([table.misshapen + start for table, start in pairs])
    first = tables[0]
    return Table(first.name, first.headings, pl.concat(rows, how="diagonal"), misshapen), starts


def _decoded(path: Path) -> bytes:
    """The file's text as UTF-8 without BOM."""
    data = path.read_bytes()
    try:
        encoding = encoding_of(data)
    except Judged as judged:
        raise refused(SpreadsheetRefused(judged.code, path.name, row=judged.row), path) from judged
    if _END.encode() in data:
        raise FeedRefused("file_binary", path)
    data = data.removeprefix(BOM)
    return data if encoding == UTF_8 else data.decode(encoding).encode()


def _from_csv(path: Path, data: bytes) -> Table:
    data = data.replace(b"\r\n", b"\n")
    first, _, body = data.partition(b"\n")
    separator = "\t" if first.count(b"\t") > first.count(b",") else ","
    try:
        headings = next(csv.reader([first.decode()], delimiter=separator), [])
    except csv.Error as error:  # a carriage return among them
        raise FeedRefused("file_binary", path, row=1) from error
    names = _checked_headings(path, headings)
    end = (separator + _END).encode()
    body = body.removesuffix(b"\n").replace(b"\n", end + b"\n") + end
    columns = [f"c{number}" for number in range(len(names))]
    try:
        rows = _parsed(body, separator, columns)
    except pl.exceptions.ComputeError as error:
        line = _line_of_broken_quote(data.decode(), separator)
        raise FeedRefused("file_quotes", path, row=line) from error
    if body.count(_END.encode()) > rows.height:  # cells in quotes hold line breaks, and marks
        rows = rows.with_columns(pl.col(columns).str.replace_all(end.decode(), "", literal=True))
    blank = _blank(rows)
    if blank.len():
        rows = rows.filter(~pl.col("row").is_in(blank.implode()))
    fits = rows["end"].eq_missing(_END)
    misshapen = rows["row"].filter(~fits)
    if misshapen.len():
        rows = rows.filter(fits)
    rows = rows.drop("end").rename(dict(zip(columns, names, strict=True)))
    return Table(path.name, tuple(names), rows, misshapen)


def _parsed(body: bytes, separator: str, columns: Sequence[str]) -> pl.DataFrame:
    return pl.read_csv(
        body,
        has_header=False,
        separator=separator,
        schema=dict.fromkeys([*columns, "end"], pl.String),
        truncate_ragged_lines=True,
        missing_columns="insert",
        extra_columns="ignore",
        row_index_name="row",
        row_index_offset=2,
    )


def _line_of_broken_quote(text: str, separator: str) -> int:
    """The line on which the first row begins whose quotes do not pair; 0 if there is none."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    line = 0
    try:
        for _ in reader:
            line = reader.line_num
    except csv.Error:
        return line + 1
    return 0


def _blank(rows: pl.DataFrame) -> pl.Series:
    """Blank lines, and the rows of empty cells that spreadsheets leave below a table."""
    candidates = rows.filter(pl.col("c0").is_null() | (pl.col("c0") == _END))
    is_empty = pl.all().exclude("row").is_null() | (pl.all().exclude("row") == _END)
    return candidates.filter(pl.all_horizontal(is_empty))["row"]


def _from_parquet(path: Path) -> Table:
    try:
        rows = pl.read_parquet(path, glob=False, hive_partitioning=False)
        flat = rows.select(
            pl.col(name).cast(pl.String)
            for name, dtype in rows.schema.items()
            if not dtype.is_nested() and dtype != pl.Binary
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FeedRefused("parquet_broken", path) from error
    names = _checked_headings(path, flat.columns)
    flat = flat.rename(dict(zip(flat.columns, names, strict=True)))
    none = pl.Series("row", [], dtype=pl.UInt32)
    return Table(path.name, tuple(names), flat.with_row_index("row", offset=1), none)


def _checked_headings(path: Path, headings: Sequence[str]) -> list[str]:
    """The headings without blanks around them; none may stand there twice, empty ones aside.
    What cannot be asked for by name (no heading, or our own ``row``) is called by its number."""
    names = [heading.strip() for heading in headings]
    for name in names:
        if name and names.count(name) > 1:
            raise FeedRefused("heading_twice", path, row=1, value=name)
    return [
        name if name not in ("", "row") else f"{UNNAMED}{number}"
        for number, name in enumerate(names)
    ]
