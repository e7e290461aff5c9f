"""A program with the days it reckons by: what every decision of a command is made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gonghui.core.calendar import WorkingDays
from gonghui.core.rulebook.compiler.program import Program, compile_segments
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import always, timeline
from gonghui.doors.cli.home import home

if TYPE_CHECKING:
    from gonghui.core.adjudication.columns import ColumnFold


@dataclass(frozen=True)
class Bench:
    """One scheme or edition, ready to decide with."""

    program: Program
    working_days: WorkingDays

    @classmethod
    def of_scheme(cls, scheme: str, shelf: Shelf | None = None) -> Bench:
        """Each settlement under the edition in force on its day."""
        return cls(
            compile_segments(timeline(shelf or Shelf.packaged(), scheme)), WorkingDays.load()
        )

    @classmethod
    def of_edition(cls, identifier: str, shelf: Shelf | None = None) -> Bench:
        """Every settlement under one edition, whatever its day."""
        edition = (shelf or Shelf.packaged()).edition(identifier)
        return cls(compile_segments(always(edition)), WorkingDays.load())

    def columns(self) -> ColumnFold:
        """The program compiled; its compiled files are kept for the next process."""
        from gonghui.core.adjudication.columns import ColumnFold

        return ColumnFold(self.program, home() / "compiled", self.working_days)
