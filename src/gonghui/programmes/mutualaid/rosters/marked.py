"""The officer's workbook again, with cells to be corrected marked and a sheet that lists them."""

from __future__ import annotations

from collections.abc import Iterator

from gonghui.adapters.spreadsheets import Spreadsheet
from gonghui.adapters.spreadsheets.children import Source
from gonghui.adapters.spreadsheets.marking import Listing, Mark, marked_workbook
from gonghui.core.errors import N_, masked_numbers
from gonghui.programmes.mutualaid.rosters.findings import Finding, Translate
from gonghui.programmes.mutualaid.rosters.roster import LISTING, CheckedRoster, letters

_WIDTHS = (8, 10, 16, 26, 44, 44, 12)
_LONGEST = 60
_HEADINGS: tuple[str, ...] = (
    N_("row"),
    N_("cell"),
    N_("column"),
    N_("content"),
    N_("what is wrong"),
    N_("what to do"),
    N_("how grave"),
)
_GRAVE = {"error": N_("must be corrected"), "warning": N_("please check")}
SKIPPED = {
    "totals": N_("A row of totals; not read as a person."),
    "note": N_("A remark or signature; not read as a person."),
    "heading": N_("The headings again; not read as a person."),
    "repeated": N_("Says the same as an earlier row; read once."),
}


def marked_roster(
    source: Source,
    spreadsheet: Spreadsheet,
    roster: CheckedRoster,
    translate: Translate,
    *,
    author: str,
) -> bytes:
    """An xlsx. ``source`` is what ``spreadsheet`` was read from; ``author`` signs the notes."""
    words: dict[tuple[int, int], list[str]] = {}
    grave: set[tuple[int, int]] = set()
    for finding in roster.findings:
        at = finding.row - 1, _column(finding, roster) - 1
        words.setdefault(at, []).append("".join(finding.words(translate)))
        if finding.level == "error":
            grave.add(at)
    # Grave ones first: not all cells of a large file can have a note.
    order = sorted(words, key=lambda at: (at not in grave, at))
    marks = [Mark(*at, at in grave, "\n".join(dict.fromkeys(words[at]))) for at in order]
    listing = Listing(
        name=LISTING,
        headings=tuple(translate(heading) for heading in _HEADINGS),
        rows=tuple(_listed(roster, translate)),
        widths=_WIDTHS,
    )
    return marked_workbook(source, spreadsheet, roster.sheet_number, marks, listing, author=author)


def _column(finding: Finding, roster: CheckedRoster) -> int:
    """What has no column of its own is marked at the name."""
    return finding.column or roster.columns["name"].number + 1


def _listed(roster: CheckedRoster, translate: Translate) -> Iterator[tuple[str, ...]]:
    places = {number: at for at, number in enumerate(roster.numbers)}
    for notice in roster.notices:
        what, todo = notice.words(translate)
        yield ("", "", "", "", what, todo, translate(_GRAVE["warning"]))
    for finding in roster.findings:
        what, todo = finding.words(translate)
        raw = roster.raw.get(finding.field)
        content = raw[places[finding.row]] if raw else ""
        yield (
            str(finding.row),
            f"{letters(_column(finding, roster) - 1)}{finding.row}",
            roster.heading(finding.field),
            masked_numbers(" ".join(content.split()))[:_LONGEST],
            what,
            todo,
            translate(_GRAVE[finding.level]),
        )
    for skipped in roster.skipped:
        yield (str(skipped.row), "", "", "", translate(SKIPPED[skipped.why]), "", "")
