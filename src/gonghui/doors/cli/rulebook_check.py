"""`gonghui rulebook check`: every edition read, its scheme's days covered, its cases run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gonghui.core.adjudication.cases import Case, Difference, cases_of, differences, fold_of
from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import Refusal
from gonghui.core.money import format_yuan
from gonghui.core.rulebook.canonical import edition_hash
from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.shelf import Shelf
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import complain, in_words, table

SHOWN_DIGITS = 12


@dataclass(frozen=True)
class Checked:
    """One edition with the cases that were run; printed amounts first."""

    edition: Edition
    cases: tuple[Case, ...]
    differences: tuple[Difference, ...]

    def row(self) -> tuple[str, ...]:
        return (
            "✗" if self.differences else "✓",
            self.edition.id,
            edition_hash(self.edition)[:SHOWN_DIGITS],
            str(len(self.edition.parameters)),
            str(len(self.edition.assumptions)),
            str(len(self.cases)),
            str(len({one.case.name for one in self.differences})),
        )


class _Checker:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._working_days = WorkingDays.load()
        self._folds: dict[tuple[str, str], HistoryFold] = {}

    def check(self, identifier: str) -> Checked:
        """Raises :class:`Refusal` for the edition, its scheme's days or one of its cases."""
        edition = self.shelf.edition(identifier)
        self._fold(edition.scheme, "")  # covers every day, and compiles
        cases = sorted(cases_of(self.shelf, identifier), key=lambda case: not case.printed)
        found = [
            difference
            for case in cases
            for difference in differences(case, self._fold(edition.scheme, case.under))
        ]
        return Checked(edition, tuple(cases), tuple(found))

    def _fold(self, scheme: str, under: str) -> HistoryFold:
        key = scheme, under
        if key not in self._folds:
            self._folds[key] = fold_of(scheme, under, self.shelf, self._working_days)
        return self._folds[key]


def check_all(shelf: Shelf, identifiers: Sequence[str], *, every: bool) -> int:
    """Checks editions and prints what was found; the exit code."""
    checker = _Checker(shelf)
    checked, refused = [], 0
    for identifier in dict.fromkeys(shelf.own if every else identifiers):
        try:
            checked.append(checker.check(identifier))
        except Refusal as refusal:
            refused += 1
            complain(f"✗ {identifier}\n  {in_words(refusal)}")
    if checked:
        _print(checked)
    if refused:
        return 3
    return 1 if any(one.differences for one in checked) else 0


def _print(checked: Sequence[Checked]) -> None:
    head: tuple[str, ...]
    head = ("", _("Edition"), _("Hash"), _("Parameters"), _("Assumed"), _("Cases"), _("Different"))
    print(table(head, [one.row() for one in checked], right=range(3, len(head))))
    found = [difference for one in checked for difference in one.differences]
    _print_printed([case for one in checked for case in one.cases if case.printed], found)
    if found:
        print("\n" + _("Where cases differ:"))
        labels = {
            (one.edition.id, kind.id): kind.label
            for one in checked
            for kind in one.edition.benefits
        }
        head = (_("Case"), _("Event"), _("Kind"), _("The case expects"), _("The rules give"))
        print(table(head, [_difference(one, labels) for one in found], right=[1]))


def _print_printed(cases: Sequence[Case], found: Sequence[Difference]) -> None:
    """The amounts the sources print: what an edition must give above all."""
    if not cases:
        return
    print("\n" + _("Amounts that stand in print:"))
    failed = {one.case.name for one in found}
    rows = [
        ("✗" if case.name in failed else "✓", case.name, _amounts(case), case.source)
        for case in cases
    ]
    print(table(("", _("Case"), _("Yuan"), _("Source")), rows, right=[2]))


def _amounts(case: Case) -> str:
    """What the printed case must give, kind by kind."""
    return " + ".join(
        format_yuan(one.amount_fen)
        for expectations in case.expected.values()
        for one in expectations
        if one.amount_fen
    )


def _difference(one: Difference, labels: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    kind = labels.get((one.case.edition, one.kind), one.kind)
    return (one.case.name, str(one.event), kind, one.expected, one.found)
