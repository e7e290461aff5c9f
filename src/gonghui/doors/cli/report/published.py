"""Figures that were published, beside those computed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.doors.cli.report.figures import Figures
from gonghui.doors.cli.report.words import said

PEOPLE = ("units", "workers", "people_paid")
MONEY = ("contributions", "paid", "hardship_maximum")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published figure and what was computed for it: a number of people or units, or fen."""

    name: str
    published: int
    computed: int | None

    @property
    def exact(self) -> bool:
        return self.published == self.computed

    def words(self) -> tuple[str, str, str, str]:
        """Figure, published, computed, whether they are the same."""
        show = format_yuan if self.name in MONEY else "{:,}".format
        if self.computed is None:
            return said(f"figure_{self.name}"), show(self.published), "–", ""
        apart = self.computed - self.published
        verdict = said("exact") if self.exact else said("not_exact", difference=show(apart))
        return said(f"figure_{self.name}"), show(self.published), show(self.computed), verdict


def read_published(path: Path) -> dict[str, int]:
    """The published figures of a file like the ``published.yaml`` of a twin, by name."""
    try:
        # BaseLoader: every scalar stays text.
        entries = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["公布"]
        figures = {name: entries[name]["数值"] for name in (*PEOPLE, *MONEY) if name in entries}
        people = {name: int(figures[name]) for name in PEOPLE if name in figures}
        return people | {name: parse_yuan(figures[name]) for name in MONEY if name in figures}
    except (yaml.YAMLError, KeyError, TypeError, ValueError, Refusal) as error:
        raise Refusal(
            N_("This is no list of published figures ({reason})."),
            N_("Write “公布:” and below it, for each figure, its name with “数值:”."),
            place=Place(str(path)),
            reason=error,
        ) from error


def compare(published: dict[str, int], figures: Figures) -> list[Comparison]:
    """Each published figure with ours."""
    part = figures.participation
    computed = {
        "units": part.units,
        "workers": part.people,
        "contributions": part.contributions_fen,
        "people_paid": figures.total.people,
        "paid": figures.total.fen,
        "hardship_maximum": figures.hardship_maximum_fen,
    }
    return [Comparison(name, figure, computed[name]) for name, figure in published.items()]
