"""Every uploaded table: a stranger's file as raw cells, read by a child process with limits."""

from gonghui.adapters.spreadsheets.errors import SpreadsheetRefused
from gonghui.adapters.spreadsheets.limits import Limits
from gonghui.adapters.spreadsheets.reading import read_spreadsheet
from gonghui.adapters.spreadsheets.sheets import Kind, Sheet, Spreadsheet

__all__ = [
    "Kind",
    "Limits",
    "Sheet",
    "Spreadsheet",
    "SpreadsheetRefused",
    "read_spreadsheet",
]
