"""What is measured, beside which floor, and how fast it should be."""

from __future__ import annotations

from benchmarks.books import BANDS, FLAT, SIX_KINDS
from benchmarks.children import Recipe
from benchmarks.city_database import CityDatabase
from benchmarks.data import Data
from benchmarks.measuring import Floor, Goal, Line
from benchmarks.rosters import CITY, roster_file
from benchmarks.ways import (
    arrivals,
    city,
    commands,
    floors,
    imports,
    increments,
    partitions,
    plain,
    preparation,
    windows,
)
from gonghui.adapters.spreadsheets.limits import LIMITS
from gonghui.programmes.mutualaid.rosters.files import PROVINCE

RIVALS_MOST = 10_000_000
"""Settlements at most for what would otherwise need hours, or more memory than there is."""


def over_partitions(data: Data) -> list[Line]:
    """The fold over sorted partitions: sums, and results on disk."""

    def line(name: str, scheme: str, recipe: Recipe, most: float) -> Line:
        floor = Floor(floors.partitions, (data, scheme), data.settlements)
        goal = Goal(most, "floor")
        return Line(name, recipe, (data, scheme), data.settlements, floor, goal, book=scheme)

    return [
        line("fold, flat-rate book, sums", FLAT, partitions.sums, 2),
        line("fold, book of six kinds, sums", SIX_KINDS, partitions.sums, 5),
        line("fold, flat-rate book, results written", FLAT, partitions.written, 8),
        line("fold, book of six kinds, results written", SIX_KINDS, partitions.written, 8),
    ]


def from_arrivals(data: Data) -> list[Line]:
    """The fold over one file, as it came."""
    name, rows = "fold over the arrival file, flat-rate book", data.settlements
    floor = Floor(floors.arrivals, (data, FLAT), rows)
    goal = Goal(4.5, "floor")
    return [Line(name, arrivals.sums, (data, FLAT), rows, floor, goal, book=FLAT)]


def around_the_fold(data: Data) -> list[Line]:
    """Explaining a few, preparing, adding to what is there."""
    rows = data.settlements
    floor = Floor(floors.partitions, (data, SIX_KINDS), rows)
    chosen = f"every step of {min(partitions.CHOSEN, data.people):,} chosen people, six kinds"
    new = min(increments.NEW, rows)
    state = f"{new:,} new on the state of {increments.people(data):,} people"
    prepared_in = Goal(5 * rows / 10_000_000, "s")
    second = Goal(1, "s")
    return [
        Line(chosen, partitions.explained, (data, SIX_KINDS), rows, floor, Goal(20, "floor")),
        Line("arrival file to partitions", preparation.prepare, (data,), rows, goal=prepared_in),
        Line(state, increments.in_memory, (data, FLAT), new, goal=second, book=FLAT),
        Line("the same, in a mapped file", increments.on_disk, (data, FLAT), new, goal=second),
    ]


def rivals(data: Data) -> list[Line]:
    """What else one would use, and the fold, on the book that windows can express."""
    rows, sample = data.settlements, plain.sampled(data)
    floor = Floor(floors.partitions, (data, BANDS), rows)

    def line(name: str, recipe: Recipe, run: int = rows) -> Line:
        scaled = 0 if run == rows else rows
        own = (data, BANDS)
        return Line(f"{name}, bands", recipe, own, run, floor, scaled_to=scaled, book=BANDS)

    return [
        line("fold, sums", partitions.sums),
        line("DuckDB windows", windows.sums),
        line("plain Python, the bare step", plain.step, sample),
        line("plain Python, the replay", plain.replay, sample),
    ]


def one_at_a_time(data: Data) -> list[Line]:
    """What somebody sits and waits for."""
    folder = city.make_city()

    def claim(name: str, recipe: Recipe, scheme: str, most: float) -> Line:
        goal, claims = Goal(most, "s"), plain.claims(data)
        return Line(name, recipe, (data, scheme), claims, goal=goal, times=claims, book=scheme)

    def once(name: str, recipe: Recipe, arguments: tuple[object, ...], most: float) -> Line:
        return Line(name, recipe, arguments, 1, goal=Goal(most, "s"))

    return [
        claim("one claim decided, flat-rate book", plain.one_claim, FLAT, 20e-6),
        claim("one claim decided, six kinds", plain.one_claim, SIX_KINDS, 20e-6),
        claim("one claim explained, flat-rate book", plain.one_explanation, FLAT, 100e-6),
        claim("one claim explained, six kinds", plain.one_explanation, SIX_KINDS, 100e-6),
        once("cold start: gonghui explain", commands.explain, (folder,), 1.5),
        once("cold start: the compiled fold", commands.compiled_fold, (), 1.5),
        once("the city's year, feeds to decisions", city.year, (folder,), 2),
    ]


def of_rosters(rows: int = CITY) -> list[Line]:
    """From a unit's file to booked rows, on real PostgreSQL; a city's people, or a province's."""
    city = CityDatabase()
    template = city.prepare()
    large = rows > CITY
    limits = PROVINCE if large else LIMITS
    # An xlsx sheet of a million people is read, too, but not made here: it takes a quarter hour.
    endings = ("csv",) if large else ("xlsx", "csv")

    def line(ending: str) -> Line:
        said = (template, roster_file(city.home, rows, ending), city.home, limits)
        floor = Floor(imports.floor, said, rows)
        goal = Goal(2.5 if large else 2, "floor")
        most = 0 if large else 512 * 2**20
        return Line(f"import, {ending}", imports.booked, said, rows, floor, goal, most_bytes=most)

    return [line(ending) for ending in endings]
