"""Merged cells among the people: one unit or bank written once for many is meant for all of them;
a name, number or amount merged over several rows is not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gonghui.programmes.mutualaid.rosters.cells import Cells
from gonghui.programmes.mutualaid.rosters.headings import Table

_MEANT_FOR_ALL = frozenset({"unit_name", "unit_code", "bank", "branch", "insurance", "category"})


def fill_merged(table: Table, people: Sequence[int], cells: Mapping[str, Cells]) -> None:
    """Write what is meant for all into each row; note what is not understood."""
    spans = [span for span in table.sheet.merged if span.last_row >= table.first]
    if not spans:
        return
    places = {row: at for at, row in enumerate(people)}
    fields = {column.number: name for name, column in table.columns.items()}
    for span in spans:
        rows = [places[row] for row in range(span.first_row, span.last_row + 1) if row in places]
        names = [
            fields[column]
            for column in range(span.first_column, span.last_column + 1)
            if column in fields
        ]
        if len(rows) < 2 and len(names) < 2:
            continue
        for name in names:
            own = cells[name]
            if len(names) == 1 and name in _MEANT_FOR_ALL:
                text = table.sheet.columns[span.first_column][span.first_row]
                for at in rows:
                    own.texts[at] = text
            elif name not in ("serial", "remark"):
                for at in rows:
                    own.note(at, "merged")
                    own.texts[at] = ""
