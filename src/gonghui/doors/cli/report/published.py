"""Figures that were published, beside those computed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.doors.cli.report.figures import Figures
from gonghui.doors.cli.report.words import said

PEOPLE = ("units", "workers", "people_paid")
MONEY = ("contributions", "paid", "hardship_maximum")
_NUMBER = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3}")
_WRITE = N_("Write “公布:” and below it, for each figure, its name with “数值:”.")


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
    place = Place(str(path))
    try:
        # BaseLoader: every scalar stays text.
        entries = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise Refusal(
            N_("This is no YAML in UTF-8."),
            _WRITE,
            place=Place(str(path), mark.line + 1, mark.column + 1) if mark else place,
        ) from error
    listed = entries.get("公布") if isinstance(entries, dict) else None
    named = [name for name in (*PEOPLE, *MONEY) if isinstance(listed, dict) and name in listed]
    if not isinstance(listed, dict) or not named:
        raise Refusal(N_("This is no list of published figures."), _WRITE, place=place)
    return {name: _figure(name, listed[name], place) for name in named}


def _figure(name: str, entry: object, place: Place) -> int:
    """One published figure: a number of people or units, or an amount in fen."""
    value = entry.get("数值") if isinstance(entry, dict) else None
    try:
        if isinstance(value, str) and name in MONEY:
            return parse_yuan(value)
    except Refusal as refusal:
        raise refusal.at(place, f"公布.{name}") from None
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value.replace(",", ""))
    raise Refusal(N_("Here a number is missing."), _WRITE, place=place, field=f"公布.{name}")


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
