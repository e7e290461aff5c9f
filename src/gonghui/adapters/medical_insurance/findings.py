"""What is wrong with the rows of a file, and the file of rejects that tells it to a clerk."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl

from gonghui.adapters.medical_insurance.errors import FeedRefused, Language, messages
from gonghui.core.errors import masked_numbers

FINDINGS: dict[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    "field": pl.String,
    "value": pl.String,
    "code": pl.String,
}
REJECTS = {"file": pl.String, "settlement_id": pl.String} | FINDINGS
"""One line for each thing that is wrong; a row may have several."""

_HEADINGS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("文件", "行号", "编号", "字段", "值", "问题", "处理办法", "代码"),
    "en": ("file", "row", "id", "field", "value", "what is wrong", "what to do", "code"),
}
_LONGEST_VALUE = 100
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Findings:
    """Collects what is wrong, row by row."""

    def __init__(self) -> None:
        self._frames = [pl.DataFrame(schema=FINDINGS)]
        self.unread: dict[str, pl.Series] = {}
        """For each fact, the rows that state no value of it that can be reckoned with."""

    def add(
        self,
        rows: pl.Series,
        code: str | pl.Series,
        field: str = "",
        value: pl.Series | None = None,
    ) -> None:
        """The same thing in the same field, at these rows."""
        if not rows.len():
            return
        self._frames.append(
            pl.DataFrame({"row": rows}).select(
                pl.col("row").cast(pl.UInt32),
                field=pl.lit(field),
                value=pl.lit("") if value is None else value.cast(pl.String).fill_null(""),
                code=pl.lit(code) if isinstance(code, str) else code,
            )
        )

    def note_unread(self, names: Iterable[str], rows: pl.Series) -> None:
        """These rows have no value for these facts, though they should."""
        for name in names if rows.len() else ():
            known = self.unread.get(name, rows.clear())
            self.unread[name] = pl.concat([known, rows]).unique()

    def unread_in(self, names: Iterable[str]) -> pl.Series:
        """The rows that lack one of these facts."""
        none = pl.Series("row", [], dtype=pl.UInt32)
        rows = [self.unread[name].cast(pl.UInt32) for name in names if name in self.unread]
        return pl.concat([none, *rows]).unique()

    def collected(self) -> pl.DataFrame:
        return pl.concat(self._frames).sort("row", maintain_order=True)


def rejects_csv(rejects: pl.DataFrame, language: Language) -> bytes:
    """The rejects as Excel opens them: UTF-8 with BOM, no cell that it takes for a formula, and of
    identity numbers among the values only the first six and the last four digits."""
    words = messages(language)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(_HEADINGS[language])
    columns = ("file", "row", "settlement_id", "field", "value", "code")
    for file, row, settlement, field, value, code in rejects.select(columns).iter_rows():
        message = words[code]
        shown = masked_numbers(value or "")
        cells = (file, row, settlement, field, shown, message.wrong, message.do, code)
        writer.writerow([_harmless(cell) for cell in cells])
    return stream.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> object:
    if not isinstance(cell, str):
        return "" if cell is None else cell
    text = "".join(c if c.isprintable() else " " for c in cell[:_LONGEST_VALUE])
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def check_target(rejects: Path, inputs: Iterable[Path]) -> None:
    """Refuse to write the rejects over an input, or over anything but an earlier rejects file."""
    for one in inputs:
        with suppress(OSError):
            if rejects.resolve() == one.resolve() or rejects.samefile(one):
                raise FeedRefused("rejects_over_input", rejects)
    if rejects.is_file():
        with rejects.open("rb") as file:
            first = file.readline(1024).removeprefix(b"\xef\xbb\xbf").strip()
        if first in {",".join(heads).encode() for heads in _HEADINGS.values()}:
            return
    if rejects.exists():
        raise FeedRefused("rejects_over_other", rejects)


@contextmanager
def draft_beside(path: Path) -> Iterator[Path]:
    """Where to write what will be put in the place of ``path``; removed when the block ends."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """A file for its owner only, on the disk when this returns."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
        os.fchmod(stream.fileno(), 0o600)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
