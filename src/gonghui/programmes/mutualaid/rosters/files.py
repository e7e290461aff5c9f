"""A roster's file as raw cells."""

from __future__ import annotations

from gonghui.adapters.spreadsheets import Limits, Spreadsheet, read_spreadsheet
from gonghui.adapters.spreadsheets.children import Source
from gonghui.adapters.spreadsheets.limits import LIMITS
from gonghui.programmes.mutualaid.rosters.columns import Columns, columns

PROVINCE = Limits(
    unpacked_bytes=2_000_000_000,
    memory_bytes=6 << 30,
    cpu_seconds=300,
    wall_seconds=600,
    result_bytes=2 << 30,
    cells=40_000_000,
)
"""What a sheet of a million people costs; for a job at night, not for an upload."""


def read_roster(
    source: Source, name: str = "", *, limits: Limits = LIMITS, known: Columns | None = None
) -> Spreadsheet:
    """Like ``read_spreadsheet``; short text files are decided by the headings of rosters, or of
    the list whose columns are ``known``."""
    headings = (known or columns()).known_headings
    return read_spreadsheet(source, name, known_headings=headings, limits=limits)
