"""What is wrong with the rows of a file, and the file of rejects that tells it to a clerk."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from gonghui.adapters.medical_insurance.errors import Language, messages

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

    def collected(self) -> pl.DataFrame:
        return pl.concat(self._frames).sort("row", maintain_order=True)


def rejects_csv(rejects: pl.DataFrame, language: Language) -> bytes:
    """The rejects as Excel opens them: UTF-8 with BOM, and no cell that it takes for a formula."""
    words = messages(language)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(_HEADINGS[language])
    columns = ("file", "row", "settlement_id", "field", "value", "code")
    for file, row, settlement, field, value, code in rejects.select(columns).iter_rows():
        message = words[code]
        cells = (file, row, settlement, field, value, message.wrong, message.do, code)
        writer.writerow([_harmless(cell) for cell in cells])
    return stream.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> object:
    if not isinstance(cell, str):
        return "" if cell is None else cell
    text = "".join(c if c.isprintable() else " " for c in cell[:_LONGEST_VALUE])
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A draft beside ``path`` that takes its place when the block ends without an exception."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
