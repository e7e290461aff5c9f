"""ods: error values, formulas, hidden rows and columns, merged cells, the password."""

from __future__ import annotations

import zipfile
from xml.parsers import expat

from gonghui.adapters.spreadsheets.errors import Judged
from gonghui.adapters.spreadsheets.untold import Untold

_INSIDE = frozenset(
    f"table:{name}" for name in ("table-column", "table-row", "table-cell", "covered-table-cell")
)
_MOST_REPEATED = 100_000
"""Rows repeated oftener are the empty ones below a sheet; of them nothing is told."""


def refuse_password(workbook: zipfile.ZipFile) -> None:
    """Each part is encrypted by itself, and only the manifest says so."""
    if "META-INF/manifest.xml" in workbook.namelist() and b":encryption-data" in workbook.read(
        "META-INF/manifest.xml"
    ):
        raise Judged("encrypted")


def untold_of(workbook: zipfile.ZipFile) -> list[Untold]:
    """Of every sheet, in the order of the file."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    with workbook.open("content.xml") as stream:
        while chunk := stream.read(1 << 20):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return reader.sheets


class _Reader:
    """Follows rows and cells through their repetitions."""

    def __init__(self) -> None:
        self.sheets: list[Untold] = []
        self._row = self._column = self._columns = 0
        self._rows_repeated = self._cells_repeated = 1
        self._error: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.sheets and tag in _INSIDE:
            raise Judged("broken")  # a cell in no sheet
        match tag:
            case "table:table":
                self.sheets.append(Untold())
                self._row = self._columns = 0
            case "table:table-column":
                count = _count(attributes, "table:number-columns-repeated")
                if _hidden(attributes) and count <= 16384:
                    columns = range(self._columns, self._columns + count)
                    self.sheets[-1].hidden_columns |= set(columns)
                self._columns += count
            case "table:table-row":
                self._column = 0
                self._rows_repeated = _count(attributes, "table:number-rows-repeated")
                if _hidden(attributes) and self._rows_repeated <= _MOST_REPEATED:
                    rows = range(self._row, self._row + self._rows_repeated)
                    self.sheets[-1].hidden_rows |= set(rows)
            case "table:table-cell" | "table:covered-table-cell":
                self._cell(attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        sheet, at = self.sheets[-1], (self._row, self._column)
        self._cells_repeated = _count(attributes, "table:number-columns-repeated")
        if "table:formula" in attributes:
            sheet.formulas.add(at)
        if attributes.get("calcext:value-type") == "error":
            self._error = []
        down = _count(attributes, "table:number-rows-spanned")
        right = _count(attributes, "table:number-columns-spanned")
        if down > 1 or right > 1:
            sheet.merged.append((*at, at[0] + down - 1, at[1] + right - 1))

    def text(self, data: str) -> None:
        if self._error is not None:
            self._error.append(data)

    def end(self, tag: str) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            if self._error is not None:
                words = "".join(self._error).strip()[:20]
                at = self._row, self._column
                self.sheets[-1].errors[at] = words if words.startswith("#") else "#VALUE!"
                self._error = None
            self._column += self._cells_repeated
        elif tag == "table:table-row":
            self._row += self._rows_repeated


def _count(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1")
    return int(value) if value.isdigit() and len(value) < 9 else 1


def _hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("table:visibility", "visible") != "visible"
