"""The columns of a list of people as cells, and what concerns its rows and the file as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from gonghui.adapters.spreadsheets import Kind, Spreadsheet
from gonghui.programmes.mutualaid.rosters.cells import Cells
from gonghui.programmes.mutualaid.rosters.findings import Finding
from gonghui.programmes.mutualaid.rosters.headings import Table
from gonghui.programmes.mutualaid.rosters.roster import letters
from gonghui.programmes.mutualaid.rosters.rows import Rows, hidden_columns
from gonghui.programmes.mutualaid.rosters.spans import fill_merged


class Reading:
    """The cells of every column below the heading, cleaned; readers note what they find in them."""

    def __init__(self, spreadsheet: Spreadsheet, table: Table, rows: Rows) -> None:
        self.table, self._people = table, rows.people
        self.from_1904, self._is_text = spreadsheet.from_1904, spreadsheet.format == "text"
        self.numbers = [row + 1 for row in rows.people]
        taken = rows.people
        whole = taken == list(range(taken[0], taken[0] + len(taken)))
        start, end = taken[0], taken[-1] + 1
        self.raw: dict[str, list[str]] = {}
        self._cells: dict[str, Cells] = {}
        for name, column in table.columns.items():
            texts, kinds = table.sheet.columns[column.number], table.sheet.kinds[column.number]
            if whole:
                raw, own = texts[start:end], kinds[start:end]
            else:
                raw = [texts[row] for row in taken]
                own = "".join([kinds[row] for row in taken])
            self.raw[name] = raw
            self._cells[name] = Cells(name, column.number + 1, self.numbers, raw.copy(), own)
        fill_merged(table, self._people, self._cells)
        for cells in self._cells.values():
            cells.without_errors()
            cells.cleaned()

    def of(self, name: str) -> Cells:
        """The cells of a field; of one that the file does not have, blanks."""
        if name not in self._cells:
            count = len(self.numbers)
            self._cells[name] = Cells(name, 0, self.numbers, [""] * count, Kind.EMPTY * count)
        return self._cells[name]

    def findings(self) -> list[Finding]:
        """All of them; of a row whose cells have slipped, only this."""
        found = [finding for cells in self._cells.values() for finding in cells.findings]
        slipped = {finding.row for finding in found if finding.code == "cells_shifted"}
        if not slipped:
            return found
        return [one for one in found if one.code == "cells_shifted" or one.row not in slipped]

    def unread(self) -> set[str]:
        """Fields in which something could not be read."""
        return {name for name, cells in self._cells.items() if cells.errors()}

    def check_rows(self, not_computed: Sequence[str]) -> None:
        """What concerns whole rows: hidden ones, computed ones, those with cells too many."""
        sheet, table = self.table.sheet, self.table
        names = self.of("name")
        for at, row in enumerate(self._people) if sheet.hidden_rows else ():
            if row in sheet.hidden_rows:
                names.note(at, "row_hidden")
        computed = {
            table.columns[name].number: name for name in not_computed if name in table.columns
        }
        places = {row: at for at, row in enumerate(self._people)} if sheet.formulas else {}
        for row, column in sheet.formulas:
            if column in computed and row in places:
                cells = self.of(computed[column])
                if row + 1 not in cells.errors():
                    cells.note(places[row], "formula_result")
        # In a text file a comma too many moves all that follows it one column on.
        beyond = sheet.kinds[table.width :] if self._is_text else ()
        for at, row in enumerate(self._people) if beyond else ():
            if any(kinds[row] != Kind.EMPTY for kinds in beyond):
                names.note(at, "cells_shifted")


def notices(spreadsheet: Spreadsheet, table: Table, own_sheets: Sequence[str]) -> list[Finding]:
    """What concerns the whole file."""
    others = [
        sheet.name
        for number, sheet in enumerate(spreadsheet.sheets)
        if number != table.number
        and sheet.name not in own_sheets
        and any(kinds.strip() for kinds in sheet.kinds)
    ]
    told: list[tuple[str, list[str]]] = [
        ("columns_ignored", list(table.ignored)),
        ("columns_unheaded", _unheaded(table, spreadsheet.format == "text")),
        ("columns_hidden", hidden_columns(table)),
        ("sheets_ignored", others),
        *(("column_repeated", [heading]) for heading in table.repeated),
    ]
    return [
        Finding(0, 0, "", code, (("value", "、".join(names)),)) for code, names in told if names
    ]


def _unheaded(table: Table, is_text: bool) -> list[str]:
    """Letters of columns that hold something below no heading; of text files rows tell it."""
    sheet, read = table.sheet, {column.number for column in table.columns.values()}
    titles = sheet.row(table.first - 1)
    return [
        letters(at)
        for at, kinds in enumerate(sheet.kinds[: table.width] if is_text else sheet.kinds)
        if at not in read and not titles[at].strip() and kinds[table.first :].strip(Kind.EMPTY)
    ]
