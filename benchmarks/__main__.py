"""``python -m benchmarks``: make the data, measure, print the table.

The environment says how much: ROWS settlements, REPEATS runs of each way; with ONLY, no other lines
than those whose names hold this word. ONLY=import measures rosters instead, of ROWS people.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from benchmarks import agreement, plan, report
from benchmarks.books import BANDS, FLAT, SIX_KINDS
from benchmarks.children import Child, ChildFailed
from benchmarks.data import Data, NoRoom, prepared
from benchmarks.measuring import Line, Measured, measure
from benchmarks.rosters import CITY
from gonghui.core.adjudication.columns import Totals
from gonghui.twin.nation import SETTLEMENTS

THREADS = 2
NOT_EQUAL = "**no**"
IMPORT = "import"
_LEAST_ROWS, _LEAST_REPEATS = 10_000, 3


def main() -> int:
    # Polars would otherwise take every core, and the fold two.
    os.environ.setdefault("POLARS_MAX_THREADS", str(THREADS))
    only = os.environ.get("ONLY", "")
    if only.startswith(IMPORT):
        return _imports()
    rows = _number("ROWS", SETTLEMENTS, _LEAST_ROWS)
    repeats = _number("REPEATS", 5, _LEAST_REPEATS)
    try:
        whole = prepared(rows)
        some = whole if rows <= plan.RIVALS_MOST else prepared(plan.RIVALS_MOST)
        equal_rows = _check_common_set()
    except (NoRoom, ChildFailed) as error:
        print(error, file=sys.stderr)
        return 1
    print(report.HEAD, flush=True)
    sums: dict[tuple[str, int], Totals] = {}
    failed = False
    for line in _lines(whole, some):
        if only not in line.name:
            continue
        try:
            measured = measure(line, repeats)
        except ChildFailed as error:
            print(f"{line.name}: {error}", file=sys.stderr)
            failed = True
            continue
        equal = _equal(measured, sums, equal_rows)
        failed = failed or NOT_EQUAL in equal
        print(report.row(measured, equal), flush=True)
    return int(failed)


def _imports() -> int:
    """Rosters to booked rows: on PostgreSQL, without settlements."""
    rows = _number("ROWS", CITY, _LEAST_REPEATS)
    repeats = _number("REPEATS", 5, _LEAST_REPEATS)
    lines = plan.of_rosters(rows)
    print(report.HEAD, flush=True)
    failed = False
    for line in lines:
        if os.environ["ONLY"] not in line.name:
            continue
        try:
            measured = measure(line, repeats)
        except ChildFailed as error:
            print(f"{line.name}: {error}", file=sys.stderr)
            failed = True
            continue
        print(report.row(measured, []), flush=True)
    return int(failed)


def _lines(whole: Data, some: Data) -> Iterator[Line]:
    yield from plan.over_partitions(whole)
    yield from plan.from_arrivals(whole)
    yield from plan.around_the_fold(some)
    yield from plan.rivals(some)
    yield from plan.one_at_a_time(some)


def _check_common_set() -> set[str]:
    """The books under which all ways agree on every row; anything else is an error."""
    for scheme in (FLAT, BANDS, SIX_KINDS):
        child = Child(agreement.common_set, (scheme,))
        words = f"{scheme}: {agreement.COMMON:,} settlements decided alike by {child.answer.note}."
        print(words, file=sys.stderr)
        child.end()
    return {FLAT, BANDS, SIX_KINDS}


def _equal(
    measured: Measured, sums: dict[tuple[str, int], Totals], equal_rows: set[str]
) -> list[str]:
    """What is equal: its rows of the common set, its sums to those of the book's first way."""
    line, totals = measured.line, measured.answer.totals
    equal = ["rows"] if line.book in equal_rows else []
    if totals is None:
        return equal
    alike = sums.setdefault((line.book, line.settlements), totals) == totals
    return [*equal, "sums" if alike else NOT_EQUAL]


def _number(name: str, default: int, least: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) < least:
        sys.exit(f"{name}={text}: a whole number, at least {least:,}, is wanted.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
