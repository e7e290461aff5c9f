"""The cells of one column of a roster, and what is noted about them."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from gonghui.adapters.spreadsheets import Kind
from gonghui.programmes.mutualaid.rosters.findings import Finding

ERROR_WORDS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)
"""What text files hold where a workbook has an error value."""
LONGEST_CELL = 500
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\ufe00-\ufe0f\U000e0000-\U000e01ef]"
)
_ODD = re.compile(f"{_INVISIBLE.pattern}|[\\s'‘’=\u00a0\u3000]")
_QUOTED = re.compile(r'="(.*)"')


@dataclass(slots=True)
class Cells:
    """``texts`` and ``kinds`` of the rows with the given ``numbers``. Readers of a column note what
    they find; texts of cells with errors are taken away, so that each fault is told once."""

    field: str
    column: int
    """Counted from 1; 0 for a field without a column."""
    numbers: list[int]
    texts: list[str]
    kinds: str
    findings: list[Finding] = dataclasses.field(default_factory=list)

    def note(self, at: int, code: str, **values: object) -> None:
        """Something about the cell ``at`` (an index, not a row's number)."""
        self.findings.append(
            Finding(self.numbers[at], self.column, self.field, code, tuple(values.items()))
        )

    def without_errors(self) -> None:
        """Take away what is no value: error values, formulas without result, cells too long."""
        faulty: Iterable[int] = ()
        if Kind.ERROR in self.kinds or Kind.LONG in self.kinds:
            faulty = [at for at, kind in enumerate(self.kinds) if kind in (Kind.ERROR, Kind.LONG)]
        elif not ERROR_WORDS.isdisjoint(self.texts):
            faulty = [at for at, text in enumerate(self.texts) if text in ERROR_WORDS]
        for at in faulty:
            text = self.texts[at]
            if self.kinds[at] == Kind.LONG:
                self.note(at, "too_long", most=LONGEST_CELL)
            elif text.startswith("="):
                self.note(at, "formula_uncomputed")
            else:
                self.note(at, "cell_error", value=text)
            self.texts[at] = ""

    def cleaned(self, *, telling: bool = True) -> None:
        """Take away blanks around a cell, what nobody sees, and the quote or the ``="…"`` by which
        other programs keep text from becoming a number."""
        if _is_clean("".join(self.texts)):
            return
        done: dict[str, tuple[str, bool]] = {}
        for at, text in enumerate(self.texts):
            if not _ODD.search(text):
                continue
            if text not in done:
                done[text] = _clean(text)
            self.texts[at], invisible = done[text]
            if invisible and telling:
                self.note(at, "hidden_characters")

    def errors(self) -> set[int]:
        """The numbers of rows of which an error is noted in this column."""
        return {finding.row for finding in self.findings if finding.level == "error"}


def _is_clean(joined: str) -> bool:
    """Whether no text of a column needs cleaning, found out fast."""
    if not joined.isprintable() or any(mark in joined for mark in " '‘’="):
        return False
    return joined.isascii() or not _ODD.search(joined)


def _clean(text: str) -> tuple[str, bool]:
    """The text, and whether it held something invisible."""
    seen = _INVISIBLE.sub("", text)
    plain = seen.strip()
    if match := _QUOTED.fullmatch(plain):
        plain = match[1].strip()
    return plain.lstrip("'‘’").strip(), seen != text


def half_width(text: str) -> str:
    """Full-width digits and letters as half-width ones."""
    return unicodedata.normalize("NFKC", text)
