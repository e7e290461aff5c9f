"""However a file was damaged on its way, it is read or refused: never a trace, never a hang.

GONGHUI_SOAK=1 tries twenty times as many.
"""

import io
import os
import random
import zipfile
from datetime import date

import pytest

from gonghui.adapters.spreadsheets import Limits, SpreadsheetRefused, read_spreadsheet
from gonghui.adapters.spreadsheets.children import is_own_fault
from tests.adapters.spreadsheets.builders import Error, Formula, ods, text, xls, xlsx

TRIES = 500 if os.environ.get("GONGHUI_SOAK") else 25
ROWS = [
    ["姓名", "号码", "日期", "金额"],
    *([f"张{n}", f"{n:018d}", date(1990, 1, 1 + n % 28), n] for n in range(40)),
    [Error("#REF!"), Formula("=1+2"), None, True],
]
PLAIN = [[cell for cell in row if not isinstance(cell, Formula)] for row in ROWS]
LIMITS = Limits(memory_bytes=1 << 30, cpu_seconds=10, wall_seconds=30)
FILES = {"a.xlsx": xlsx(ROWS), "a.xls": xls(PLAIN), "a.ods": ods(PLAIN), "a.csv": text(PLAIN)}


def damaged(data, draw):
    """Bytes changed, taken out, doubled or cut off, anywhere."""
    data = bytearray(data)
    for _ in range(draw.choice((1, 1, 3, 20))):
        at, length = draw.randrange(len(data)), draw.choice((1, 1, 4, 100))
        match draw.randrange(5):
            case 0:
                data[at : at + length] = draw.randbytes(length)
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length]
            case 3:
                data[at] ^= 1 << draw.randrange(8)
            case 4 if at > 100:
                del data[at:]
        if not data:
            return b"x"
    return bytes(data)


def damaged_inside(book, draw):
    """A sound container of which one part is damaged."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(stream, "w") as new:
        parts = old.infolist()
        victim = draw.choice([part for part in parts if part.filename != "mimetype"])
        for part in parts:
            own = old.read(part)
            new.writestr(part.filename, damaged(own, draw) if part is victim and own else own)
    return stream.getvalue()


def survives(data, name):
    try:
        spreadsheet = read_spreadsheet(data, name, limits=LIMITS)
    except SpreadsheetRefused as error:
        assert not is_own_fault(error), error.__cause__
        return "refused"
    for sheet in spreadsheet.sheets:
        assert {len(column) for column in sheet.columns} <= {sheet.height}
        assert {len(kinds) for kinds in sheet.kinds} <= {sheet.height}
    return "read"


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_read_or_refused(name):
    draw = random.Random(name)
    seen = {survives(damaged(FILES[name], draw), name) for _ in range(TRIES)}
    assert "refused" in seen


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods"])
def test_a_damaged_part_inside_is_read_or_refused(name):
    draw = random.Random(name)
    seen = {survives(damaged_inside(FILES[name], draw), name) for _ in range(TRIES)}
    assert seen == {"read", "refused"}
