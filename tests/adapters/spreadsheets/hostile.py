"""Files that no honest sender makes, each made here when a test asks for it."""

import io
import struct
import zipfile
from itertools import cycle, pairwise

from tests.adapters.spreadsheets.builders import _SPACES, changed, ods

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
STYLES, BOOK = "xl/styles.xml", "xl/workbook.xml"


def with_part(book, name):
    """A macro, a link or the like by its part's name."""
    return changed(book, added={name: b"x"})


def zip_bomb(book, size=50_000_000):
    return changed(book, added={"xl/media/big.xml": b"\0" * size})


def many_parts(book):
    return changed(book, added={f"xl/worksheets/extra{n}.xml": b"<x/>" for n in range(200)})


def lying_directory(book, size=150_000_000):
    """The directory says that the sheet is small; what is packed is not."""
    bomb = changed(book, {SHEET: lambda data: data.ljust(size)})
    return bomb.replace(size.to_bytes(4, "little"), (900_000).to_bytes(4, "little"))


def two_parts_of_one_name(book):
    twin = SHEET.replace("sheet1", "sheeT1")
    return changed(book, added={twin: b"<worksheet/>"}).replace(twin.encode(), SHEET.encode())


def endless_directory(book, entries=300_000):
    """A directory of very many parts, all of them nothing."""
    stream = io.BytesIO(book)
    with zipfile.ZipFile(stream, "a") as parts:
        for number in range(entries):
            part = zipfile.ZipInfo(f"xl/{number}")
            part.header_offset = part.CRC = 0
            parts.filelist.append(part)
        parts._didModify = True
    return stream.getvalue()


def far_corner(book):
    """Two cells in opposite corners: a reader that believes them wants 17 billion cells."""
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return changed(book, {SHEET: lambda data: data.replace(b"</sheetData>", corner)})


def shared_string_bomb(book, length, cells):
    """One long text, and many cells that are it."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        index = parts.read(STRINGS).count(b"<si>")
    words = f"<si><t>{'x' * length}</t></si></sst>".encode()
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>' % (row, row, index)
        for row in range(100, 100 + cells)
    )
    return changed(
        book,
        {
            STRINGS: lambda data: data.replace(b"</sst>", words),
            SHEET: lambda data: data.replace(b"</sheetData>", rows + b"</sheetData>"),
        },
    )


def entity_bomb(book):
    """A billion laughs: ten entities, each ten of the one before."""
    names = [f"l{number}" for number in range(10)]
    lines = ['<!ENTITY l0 "ha">'] + [
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairwise(names)
    ]
    declared = f"<!DOCTYPE sst [{''.join(lines)}]><sst".encode()
    return changed(
        book,
        {STRINGS: lambda data: data.replace(b"<sst", declared, 1).replace(b"<t>", b"<t>&l9;", 1)},
    )


def two_million_styles(book, honest_ratio=True):
    """Styles without end; ``honest_ratio``: packed no more tightly than real ones."""
    noise = cycle(range(7, 99_991, 7919))
    body = b"".join(
        b'<xf numFmtId="%d" fontId="%d"/>' % (next(noise) % 50, next(noise) * number % 99_991)
        if honest_ratio
        else b'<xf numFmtId="0"/>'
        for number in range(2_000_000)
    )
    return changed(book, {STYLES: lambda data: data.replace(b"</cellXfs>", body + b"</cellXfs>")})


def repeated_cells(rows, columns):
    """A few bytes of OpenDocument that say how often they are meant."""
    cell = (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
        "<text:p>x</text:p></table:table-cell>"
    )
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    return ods(
        content=f'<?xml version="1.0"?><office:document-content {_SPACES} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="a">{row}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )


def ring_of_sectors(xls):
    """A compound file whose stream's sectors follow each other in a circle."""
    data = bytearray(xls)
    (table,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<I", data, (table + 1) * 512 + 4, 0)
    return bytes(data)


def sheet_cut_in_two(book):
    """A sound container, but the sheet inside breaks off in the middle of its rows."""
    return changed(book, {SHEET: lambda data: data[: data.index(b"</row>") + 6]})
