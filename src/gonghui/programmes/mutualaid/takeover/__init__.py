"""Take-over in mid-year (年中接管): a city's workbooks, read and held against each other."""

from gonghui.programmes.mutualaid.takeover.findings import Noted
from gonghui.programmes.mutualaid.takeover.reading import Book, read_takeover
from gonghui.programmes.mutualaid.takeover.totals import Totals, differences

__all__ = ["Book", "Noted", "Totals", "differences", "read_takeover"]
