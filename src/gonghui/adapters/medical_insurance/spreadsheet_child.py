"""Run as a child process: the first sheet of a workbook, as CSV, within limits set on itself.

Started by path with ``python -I``, so that nothing of the product is imported here.
Ends with 0, or 3 if the file is no workbook; anything else means that a limit was met.
"""

from __future__ import annotations

import csv
import resource
import sys


def text_of(cell: object) -> str:
    """A cell as its reader would type it. Excel keeps every number as a binary fraction."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        # From 10^15 on the form 4.1e+17 stays: it shows that digits were lost.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, str):
        return " ".join(cell.splitlines())
    return str(cell)  # dates and times, written as ISO 8601 does


def main(source: str, target: str, memory_bytes: str, cpu_seconds: str, csv_bytes: str) -> int:
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, csv_bytes),
        (resource.RLIMIT_CORE, "0"),
    ):
        resource.setrlimit(limit, (int(value), int(value)))

    import python_calamine

    try:
        rows = python_calamine.CalamineWorkbook.from_path(source).get_sheet_by_index(0).iter_rows()
    except MemoryError:
        raise
    except Exception:  # calamine's own errors and what its parsers let through
        return 3
    with open(target, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([*map(text_of, row)] for row in rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
