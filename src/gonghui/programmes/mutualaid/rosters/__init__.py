"""Rosters (花名册): from a file's raw cells to checked rows, and the way back to the officer."""

from gonghui.programmes.mutualaid.rosters.checking import check_roster
from gonghui.programmes.mutualaid.rosters.errors import RosterRefused
from gonghui.programmes.mutualaid.rosters.files import read_roster
from gonghui.programmes.mutualaid.rosters.findings import Finding
from gonghui.programmes.mutualaid.rosters.roster import (
    CheckedRoster,
    Expectations,
    RosterRow,
    Unit,
)

__all__ = [
    "CheckedRoster",
    "Expectations",
    "Finding",
    "RosterRefused",
    "RosterRow",
    "Unit",
    "check_roster",
    "read_roster",
]
