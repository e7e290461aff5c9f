"""xls: error values, formulas, hidden rows and columns, the password; which calamine leaves out."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gonghui.adapters.spreadsheets.compound import CompoundFile
from gonghui.adapters.spreadsheets.errors import Judged
from gonghui.adapters.spreadsheets.untold import Untold

_FORMULA, _EOF, _DATEMODE, _FILEPASS, _COLINFO, _BOUNDSHEET = 0x06, 0x0A, 0x22, 0x2F, 0x7D, 0x85
_BOOLERR, _ROW = 0x0205, 0x0208
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def untold_of(data: bytes) -> tuple[list[Untold], bool]:
    """Of every sheet, in the order of the workbook; whether days count from 1904."""
    container = CompoundFile(data)
    stream = container.stream("Workbook" if "Workbook" in container.names else "Book")
    starts, from_1904 = [], False
    for code, body in _records(stream, 0):
        if code == _FILEPASS:
            raise Judged("encrypted")
        if code == _DATEMODE and len(body) >= 2:
            from_1904 = body[0] == 1
        if code == _BOUNDSHEET and len(body) >= 4:
            starts.append(struct.unpack_from("<I", body)[0])
    return [_of_sheet(stream, start) for start in starts], from_1904


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, without its end."""
    while at + 4 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, at)
        if code == _EOF:
            return
        yield code, stream[at + 4 : at + 4 + size]
        at += 4 + size
    raise Judged("broken")  # it breaks off


def _of_sheet(stream: bytes, start: int) -> Untold:
    untold = Untold()
    for code, body in _records(stream, start):
        if code == _BOOLERR and len(body) >= 8:
            row, column, _, value, is_error = struct.unpack_from("<HHHBB", body)
            if is_error:
                untold.errors[row, column] = _ERRORS.get(value, "#VALUE!")
        elif code == _FORMULA and len(body) >= 14:
            row, column = struct.unpack_from("<HH", body)
            untold.formulas.add((row, column))
            if body[12:14] == b"\xff\xff" and body[6] == 2:
                untold.errors[row, column] = _ERRORS.get(body[8], "#VALUE!")
        elif code == _ROW and len(body) >= 16 and body[12] & 0x20:
            untold.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif code == _COLINFO and len(body) >= 10 and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            untold.hidden_columns |= set(range(first, min(last, 255) + 1))
    return untold
