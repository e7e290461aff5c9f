"""csv and txt: which encoding, which separator, which cells. Never guessed by likelihood.

An encoding is taken when the whole file reads strictly in it. Short files may read in both; then
the headings that are looked for decide. Files put together from several are told and refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from itertools import zip_longest

from gonghui.adapters.spreadsheets.errors import Judged
from gonghui.adapters.spreadsheets.limits import Limits
from gonghui.adapters.spreadsheets.portions import ROWS_AT_ONCE, Portion, pack, texts_of
from gonghui.adapters.spreadsheets.sheets import Kind

UTF_8, GB18030 = "utf-8", "gb18030"
BOM = b"\xef\xbb\xbf"
_MARKS_OF_SIXTEEN_BITS = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = ",\t;"
_SHORT = 200
"""With more bytes beyond ASCII, text of GB18030 never reads as UTF-8 by chance."""
_HAN_IN_UTF_8 = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}[^\x80-\xff]*){4}")


def encoding_of(data: bytes, known: Collection[str] = ()) -> str:
    """``utf-8`` or ``gb18030``; refuses (``Judged``) what is neither, with the line."""
    if data.startswith(_MARKS_OF_SIXTEEN_BITS) or b"\0\0" in (data[:4:2], data[1:4:2]):
        raise Judged("sixteen_bits")
    if b"\0" in data:
        wide = [word.encode(form) for word in known for form in ("utf-16-le", "utf-16-be")]
        if any(word in data for word in wide):
            raise Judged("sixteen_bits")
        raise Judged("binary", row=data.count(b"\n", 0, data.index(b"\0")) + 1)
    as_utf_8 = _reads_as(UTF_8, data)
    if as_utf_8 is None:
        if data.startswith(BOM) or not known or not _is_short(data):
            return UTF_8
        if _reads_as(GB18030, data) is None and _headings(data, GB18030, known) > _headings(
            data, UTF_8, known
        ):
            return GB18030
        return UTF_8
    if data.startswith(BOM):
        raise Judged("encoding", row=as_utf_8)
    if mixed := _mixed(data):
        raise Judged("mixed_encodings", row=mixed)
    as_gb18030 = _reads_as(GB18030, data)
    if as_gb18030 is None:
        return GB18030
    raise Judged("encoding", row=as_gb18030)


def _reads_as(encoding: str, data: bytes) -> int | None:
    """None, or the line at which it no longer reads."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return None


def _is_short(data: bytes) -> bool:
    """Whether so little stands beyond ASCII that two encodings may both read it."""
    return len(data.translate(None, bytes(range(128)))) <= _SHORT


def _headings(data: bytes, encoding: str, known: Collection[str]) -> int:
    text = data.decode(encoding)
    return sum(heading in text for heading in known)


def _mixed(data: bytes) -> int:
    """The first line that differs from the lines before it; 0 if all can be of one encoding.

    Four Chinese characters in a row that read as UTF-8 are UTF-8: six characters of GB18030 would
    have to look like it by chance.
    """
    seen: set[str] = set()
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        if _reads_as(UTF_8, line) is not None:
            seen.add(GB18030)
        elif _HAN_IN_UTF_8.search(line):
            seen.add(UTF_8)
        if len(seen) == 2:
            return number
    return 0


def read_text(data: bytes, name: str, limits: Limits, known: Collection[str]) -> Iterator[Portion]:
    """The same portions as of a workbook: one sheet, named like the file."""
    encoding = encoding_of(data, known)
    text = data.removeprefix(BOM).decode(encoding)
    yield {"sheet": {"name": name}}
    rows = parsed(text)
    cells = 0
    for first in range(0, len(rows), ROWS_AT_ONCE):
        block = rows[first : first + ROWS_AT_ONCE]
        read = [
            texts_of(column, limits.cell_characters) for column in zip_longest(*block, fillvalue="")
        ]
        cells += sum(len(kinds) - kinds.count(Kind.EMPTY) for _, kinds in read)
        if cells > limits.cells:
            raise Judged("too_large", value=f"> {limits.cells}")
        yield {
            "rows": len(block),
            "cells": [pack(texts) for texts, _ in read],
            "kinds": [kinds for _, kinds in read],
        }
    yield {"book": {"encoding": encoding}}


def parsed(text: str) -> list[list[str]]:
    """The rows, blank ones as empty lists; refuses quotes that do not pair."""
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    line = 0
    try:
        for row in reader:
            if reader.line_num > line + 1 and any(
                "\n" in cell and separator in cell for cell in row
            ):
                # A quote that opens in one row and closes in another swallows the rows between.
                raise Judged("quotes", row=line + 1)
            line = reader.line_num
            rows.append(row)
    except csv.Error as error:
        raise Judged("quotes", row=line + 1) from error
    return rows


def _separator(text: str) -> str:
    """What stands most often in the first lines; a title above the table has none."""
    start = "\n".join(text[:20_000].splitlines()[:20])
    return max(_SEPARATORS, key=start.count)
