"""Identity documents of a roster: kinds, numbers, and what they tell of birth and sex."""

from __future__ import annotations

import re
from datetime import date

from gonghui.adapters.spreadsheets import Kind
from gonghui.ground.directory.document_kinds import RESIDENT, document_kind_named
from gonghui.ground.directory.identity import CheckedColumn, check_documents
from gonghui.programmes.mutualaid.rosters.cells import Cells, half_width
from gonghui.programmes.mutualaid.rosters.findings import code_of
from gonghui.programmes.mutualaid.rosters.readers import each, shortened

_INSIDE = re.compile(r"[\s_\-\u2010-\u2015\u2212]")


def read_kinds(cells: Cells) -> list[str]:
    """Codes of the kinds of document; where none is stated, the resident identity card."""
    kinds = each(cells, lambda text: document_kind_named(text) if text else RESIDENT)
    for at, kind in enumerate(kinds) if None in kinds else ():
        if kind is None:
            cells.note(at, "document_kind_unknown", value=shortened(cells.texts[at]))
    return [kind or RESIDENT for kind in kinds]


def read_documents(cells: Cells, kinds: list[str], unknown: set[int], on: date) -> CheckedColumn:
    """The numbers in their normal form. ``unknown``: rows whose kind could not be read.

    A number that a spreadsheet has ruined is never repaired, not even where birth date and check
    digit would allow only one; where one number of a file was rounded, no other that ends in 000 is
    believed.
    """
    dates = cells.kinds.count(Kind.DATE) > 0
    checked = check_documents(kinds, cells.texts, on)
    rounded = any(
        problem.code in ("rounded", "ruined")
        for problems in checked.problems.values()
        for problem in problems
    )
    missing = cells.errors()  # their texts were taken away
    for at, problems in checked.problems.items():
        if cells.numbers[at] in missing or cells.numbers[at] in unknown:
            continue
        if dates and cells.kinds[at] == Kind.DATE:
            cells.note(at, "document_is_date")
            continue
        for problem in problems:
            code = code_of(problem)
            if code == "document_ends_000" and rounded:
                code = "document_rounded"
            cells.note(at, code, **dict(problem.values))
    faulty = cells.errors()
    _note_kinds(cells, kinds, checked, faulty)
    _note_rewritten(cells, checked, faulty)
    return checked


def _note_kinds(cells: Cells, kinds: list[str], checked: CheckedColumn, faulty: set[int]) -> None:
    if checked.kinds != kinds:
        for at, (stated, own) in enumerate(zip(kinds, checked.kinds, strict=True)):
            if stated != own and cells.numbers[at] not in faulty:
                cells.note(at, "document_kind_differs")


def _note_rewritten(cells: Cells, checked: CheckedColumn, faulty: set[int]) -> None:
    """What was changed in a number before it could be read; a small x at the end says nothing."""
    for at, (text, number) in enumerate(zip(cells.texts, checked.numbers, strict=True)):
        if text == number or not number or text.upper() == number or cells.numbers[at] in faulty:
            continue
        plain = half_width(text)
        if plain != text:
            cells.note(at, "full_width")
        if _INSIDE.search(plain):
            cells.note(at, "spaces_inside")
