"""What the same settlements would have cost under another edition, and who gains by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from gonghui.core.adjudication.store import Store
from gonghui.core.money import format_yuan
from gonghui.core.rulebook.model import Edition
from gonghui.core.simulation.replay import Comparison, compare
from gonghui.doors.cli.report.bench import Bench
from gonghui.doors.cli.report.figures import level_words, participation
from gonghui.doors.cli.report.progress import underway
from gonghui.doors.cli.report.words import percent, said

When = Literal["before", "after"]
GAIN_STEPS_YUAN = (50, 100, 200, 500, 1_000, 2_000, 5_000)
UNITS_SHOWN = 10
_BY = "hospital_level"


@dataclass(frozen=True, slots=True)
class GainLine:
    """People who gain, and how much they gain together."""

    label: str
    people: int
    gain_fen: int


@dataclass(frozen=True)
class Replay:
    """``filed``: what was applied for; ``everything``: had all that is payable been applied for."""

    store: Store
    before: Edition
    after: Edition
    contributions: dict[When, int | None]
    filed: Comparison
    everything: Comparison

    @property
    def sides(self) -> tuple[tuple[str, Comparison], ...]:
        return (said("if_filed"), self.filed), (said("if_everything"), self.everything)

    def ratio(self, comparison: Comparison, when: When) -> str:
        """Benefit paid ÷ contributions received."""
        received = self.contributions[when]
        return percent(comparison.sum(f"{when}_fen"), received) if received else "–"

    def surplus_fen(self, comparison: Comparison, when: When) -> int | None:
        received = self.contributions[when]
        return None if received is None else received - comparison.sum(f"{when}_fen")

    def gain_fen(self, comparison: Comparison) -> int:
        return comparison.after_fen - comparison.before_fen


def replay(store: Store, before: Bench, after: Bench) -> Replay:
    """Both editions over the same settlements, twice."""
    with underway(said("progress_replay")):
        first, second = before.columns(), after.columns()
        filed = compare(store, first, second, by=[_BY])
        everything = compare(store, first, second, by=[_BY], assume_filed=True)
    units = store.identities().select("person", "unit_id", "unit_name")
    contributions: dict[When, int | None] = {
        "before": participation(store, before.program, units).contributions_fen,
        "after": participation(store, after.program, units).contributions_fen,
    }
    return Replay(
        store,
        before.program.editions[0],
        after.program.editions[0],
        contributions,
        filed,
        everything,
    )


def sums(made: Replay) -> list[tuple[str, str, str, str]]:
    """What came in under either edition: label, before, after, change."""
    rows = []
    fees = [edition.fee for edition in (made.before, made.after)]
    if all(fee is not None and not fee.dimensions for fee in fees):
        first, second = (fee.plain for fee in fees if fee is not None)
        rows.append((said("fee"), *_money(first, second)))
    first_in, second_in = made.contributions["before"], made.contributions["after"]
    if first_in is not None and second_in is not None:
        rows.append((said("contributions"), *_money(first_in, second_in)))
    return rows


def sums_of(made: Replay, comparison: Comparison) -> list[tuple[str, str, str, str]]:
    """What went out under either edition: label, before, after, change."""
    rows = [
        (said("people_paid"), *_numbers(*(comparison.paid_people(w) for w in ("before", "after")))),
        (said("payouts_paid"), *_numbers(*_both(comparison, "payouts"))),
        (said("uses"), *_numbers(*_both(comparison, "uses"))),
        (said("benefit"), *_money(*_both(comparison, "fen"))),
    ]
    ratios = made.ratio(comparison, "before"), made.ratio(comparison, "after")
    rows.append((said("payout_ratio_short"), *ratios, ""))
    first, second = made.surplus_fen(comparison, "before"), made.surplus_fen(comparison, "after")
    if first is not None and second is not None:
        rows.append((said("surplus"), *_money(first, second)))
    return rows


def _both(comparison: Comparison, what: str) -> tuple[int, int]:
    return comparison.sum(f"before_{what}"), comparison.sum(f"after_{what}")


def _numbers(first: int, second: int) -> tuple[str, str, str]:
    change = f"{second - first:+,}".replace("-", "−") if second != first else "0"
    return f"{first:,}", f"{second:,}", change


def _money(first: int, second: int) -> tuple[str, str, str]:
    change = format_yuan(abs(second - first))
    sign = "−" if second < first else "+"
    return format_yuan(first), format_yuan(second), f"{sign}{change}"


def gain_steps(comparison: Comparison) -> list[GainLine]:
    """How many gain how much, from the smallest gains to the largest."""
    gains = comparison.gains["gain_fen"]
    lines, low = [], 0
    for high in (*GAIN_STEPS_YUAN, None):
        inside = gains > low * 100
        if high is not None:
            inside &= gains <= high * 100
        label = said("gain_open", low=f"{low:,}") if high is None else said(
            "gain_closed", low=f"{low:,}", high=f"{high:,}"
        )  # fmt: skip
        chosen = gains.filter(inside)
        lines.append(GainLine(label, chosen.len(), int(chosen.sum())))
        low = high or 0
    return lines


def median_gain_fen(comparison: Comparison) -> int:
    """Half of those who gain get at most this; the lower of two middle ones."""
    gains = comparison.gains["gain_fen"].sort()
    return int(gains[(gains.len() - 1) // 2]) if gains.len() else 0


def largest_gain_fen(comparison: Comparison) -> int:
    gains = comparison.gains["gain_fen"]
    return int(gains[0]) if gains.len() else 0


def gains_by_unit(made: Replay, comparison: Comparison) -> Sequence[GainLine]:
    """The units whose people gain most."""
    names = made.store.identities().select("person", "unit_id", "unit_name")
    by_unit = (
        comparison.gains.join(names, on="person", how="left")
        .group_by("unit_id", pl.col("unit_name").fill_null(said("unknown_unit")))
        .agg(pl.len().alias("people"), pl.col("gain_fen").sum())
        .sort("gain_fen", "unit_id", descending=[True, False])
        .head(UNITS_SHOWN)
    )
    rows = by_unit.select("unit_name", "people", "gain_fen").iter_rows()
    return [GainLine(name, people, int(gain)) for name, people, gain in rows]


def by_level(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    """Benefit by hospital level: label, before, after, change."""
    rows = comparison.by[_BY].select("value", "before_fen", "after_fen").iter_rows()
    return [
        (level_words(level), *_money(before, after))
        for level, before, after in rows
        if after or before
    ]
