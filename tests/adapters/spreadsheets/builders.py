"""Tables of cells as files of every format that is read, made here and nowhere kept.

A cell is text, a whole number, a ``Decimal``, a ``date``, a bool, None, or ``Error``.
"""

import csv
import io
import struct
import zipfile
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

_EPOCH = date(1899, 12, 30)
_NUMBERS = (int, Decimal)


class Error(str):
    """An error value, such as ``#REF!``."""

    __slots__ = ()


class Formula(str):
    """A formula of xlsx with the result 7."""

    __slots__ = ()


def xlsx(*sheets, names=(), merged=(), hidden_rows=(), hidden_columns=(), from_1904=False):
    """Sheets are lists of rows; ``merged`` and the hidden ones are of the first."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": from_1904}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, rows in enumerate(sheets):
            page = book.add_worksheet(names[number] if number < len(names) else None)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    _write(page, row, column, cell, day)
            if number == 0:
                for first_row, first, last_row, last in merged:
                    page.merge_range(first_row, first, last_row, last, rows[first_row][first])
                for row in hidden_rows:
                    page.set_row(row, None, None, {"hidden": True})
                for column in hidden_columns:
                    page.set_column(column, column, None, None, {"hidden": True})
    return stream.getvalue()


def _write(page, row, column, cell, day):
    match cell:
        case None | "":
            pass
        case Error():
            page.write_formula(row, column, "=NA()", None, str(cell))
        case Formula():
            page.write_formula(row, column, str(cell), None, 7)
        case str():
            page.write_string(row, column, cell)
        case bool():
            page.write_boolean(row, column, cell)
        case date():
            page.write_datetime(row, column, cell, day)
        case _:
            page.write_number(row, column, float(cell))


def changed(book, parts=None, added=None, removed=()):
    """A workbook with parts rewritten by functions, others added or taken away."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            if part.filename not in removed:
                change = (parts or {}).get(part.filename, lambda data: data)
                new.writestr(part.filename, change(old.read(part)))
        for name, data in (added or {}).items():
            new.writestr(name, data)
    return stream.getvalue()


def strict(book):
    """The same workbook in the strict form of the standard: other names for everything."""
    moved = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": (
            b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        ),
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }

    def rename(data):
        for old, new in moved.items():
            data = data.replace(old, new)
        return data

    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return changed(book, dict.fromkeys(parts.namelist(), rename))


_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def ods(*sheets, names=(), hidden_rows=(), merged=(), encrypted=False, content=None):
    """The same in OpenDocument, as LibreOffice writes it: without blanks between elements."""
    spans = {(area[0], area[1]): area for area in merged}
    tables = []
    for number, rows in enumerate(sheets):
        name = names[number] if number < len(names) else f"Sheet{number + 1}"
        lines = []
        for row, cells in enumerate(rows):
            hidden = ' table:visibility="filter"' if number == 0 and row in hidden_rows else ""
            inside = "".join(_ods(cell, spans.get((row, c))) for c, cell in enumerate(cells))
            lines.append(f"<table:table-row{hidden}>{inside or _ods(None)}</table:table-row>")
        tables.append(f"<table:table table:name={quoteattr(name)}>{''.join(lines)}</table:table>")
    body = content or (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES}'
        f' office:version="1.2"><office:body><office:spreadsheet>{"".join(tables)}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    secret = "<manifest:encryption-data/>" if encrypted else ""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        parts.writestr("mimetype", kind, zipfile.ZIP_STORED)
        parts.writestr("content.xml", body)
        parts.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest="
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="content.xml">{secret}</manifest:file-entry>'
            "</manifest:manifest>",
        )
    return stream.getvalue()


def _ods(cell, span=None):
    spanned = (
        f' table:number-rows-spanned="{span[2] - span[0] + 1}"'
        f' table:number-columns-spanned="{span[3] - span[1] + 1}"'
        if span
        else ""
    )
    match cell:
        case None | "":
            return "<table:table-cell/>"
        case Error():
            kind = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
            kind = f'table:formula="of:=NA()" {kind}'
        case str():
            kind = 'office:value-type="string"'
        case bool():
            kind = f'office:value-type="boolean" office:boolean-value="{str(cell).lower()}"'
        case date():
            kind = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
        case _:
            kind = f'office:value-type="float" office:value="{cell}"'
    words = "</text:p><text:p>".join(escape(str(cell)).split("\n"))
    return f"<table:table-cell{spanned} {kind}><text:p>{words}</text:p></table:table-cell>"


def text(rows, encoding="utf-8-sig", separator=","):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows(
        ["" if cell is None else cell for cell in row] for row in rows
    )
    return stream.getvalue().encode(encoding)


# xls: records of BIFF8 inside a compound file


def _record(code, body=b""):
    return struct.pack("<HH", code, len(body)) + body


_ERROR_CODES = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#N/A": 42}


def _xls_cell(row, column, cell):
    at = struct.pack("<HHH", row, column, 1 if isinstance(cell, date) else 0)
    match cell:
        case None | "":
            return b""
        case Error():
            return _record(0x0205, at + bytes([_ERROR_CODES[str(cell)], 1]))
        case str():
            data = cell.encode("utf-16-le")
            return _record(0x0204, at + struct.pack("<HB", len(data) // 2, 1) + data)
        case bool():
            return _record(0x0205, at + bytes([cell, 0]))
        case date():
            return _record(0x0203, at + struct.pack("<d", (cell - _EPOCH).days))
        case _:
            return _record(0x0203, at + struct.pack("<d", float(cell)))


def xls(*sheets, names=(), hidden_rows=(), hidden_columns=(), protected=False, streams=()):
    """``streams``: names of further streams in the container, such as those of macros."""
    bodies = []
    for number, rows in enumerate(sheets):
        body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0x0DBB, 1996, 0, 6))
        width = max((len(cells) for cells in rows), default=0)
        if number == 0:
            for column in hidden_columns:
                body += _record(0x007D, struct.pack("<HHHHHH", column, column, 2000, 0, 1, 0))
        body += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
        for row in hidden_rows if number == 0 else ():
            body += _record(0x0208, struct.pack("<HHHHHHI", row, 0, width, 255, 0, 0, 0x20))
        for row, cells in enumerate(rows):
            body += b"".join(_xls_cell(row, column, cell) for column, cell in enumerate(cells))
        bodies.append(body + _record(0x000A))
    titles = [
        (names[number] if number < len(names) else f"Sheet{number + 1}").encode("utf-16-le")
        for number in range(len(sheets))
    ]
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x05, 0x0DBB, 1996, 0, 6))
    if protected:
        start += _record(0x002F, struct.pack("<HHH", 0, 0x1234, 0x5678))
    start += _record(0x0042, struct.pack("<H", 1200))
    start += b"".join(
        _record(0x00E0, struct.pack("<HHHBBBBHIHH", 0, shown, 1, 32, 0, 0, 0, 0, 0, 0, 0)[:20])
        for shown in (0, 14)
    )
    at = len(start) + sum(12 + len(title) for title in titles) + 4
    for title, body in zip(titles, bodies, strict=True):
        about = struct.pack("<IHBB", at, 0, len(title) // 2, 1)
        start += _record(0x0085, about + title)
        at += len(body)
    book = start + _record(0x000A) + b"".join(bodies)
    return compound({"Workbook": book, **dict.fromkeys(streams, b"x")})


def compound(streams):
    """A compound file (MS-CFB) with these streams, each filled up to whole sectors."""
    size, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    padded = {
        name: data.ljust(max(4096, -(-len(data) // size) * size), b"\0")
        for name, data in streams.items()
    }
    entries = [("Root Entry", 5, end, 0)]
    table, body = [], b""
    for name, data in padded.items():
        first, count = len(table), len(data) // size
        table += [*range(first + 1, first + count), end]
        entries.append((name, 2, first, len(data)))
        body += data
    directory = b"".join(
        _entry(name, kind, start, length, number, len(entries))
        for number, (name, kind, start, length) in enumerate(entries)
    )
    directory = directory.ljust(-(-len(directory) // size) * size, b"\0")
    first, count = len(table), len(directory) // size
    table += [*range(first + 1, first + count), end]
    sectors = 1
    while len(table) + sectors > sectors * size // 4:
        sectors += 1
    starts = [len(table) + number for number in range(sectors)]
    table += [0xFFFFFFFD] * sectors
    table += [free] * (sectors * size // 4 - len(table))
    places = (starts + [free] * 109)[:109]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, sectors, first, 0,
                        4096, end, 0, end, 0)  # fmt: skip
    head += struct.pack("<109I", *places)
    return head + body + directory + struct.pack(f"<{len(table)}I", *table)


def _entry(name, kind, start, length, number, count):
    title = name.encode("utf-16-le")
    none = 0xFFFFFFFF
    child = 1 if number == 0 and count > 1 else none
    right = number + 1 if 0 < number < count - 1 else none
    return (
        title.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(title) + 2, kind, 1, none, right, child)
        + b"\0" * 36
        + struct.pack("<IQ", start, length)
    )
