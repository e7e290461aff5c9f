"""Feeds that came, and the rows of them that are no settlements yet. Inside a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gonghui.programmes.mutualaid.models import FeedFile, FeedRow


@dataclass(frozen=True, slots=True)
class FeedSeen:
    id: int
    name: str
    received_on: date
    state: str
    rows_in: int
    accepted: int
    rejected: int
    waiting: int


@dataclass(frozen=True, slots=True)
class RowLeft:
    """A row to look at; whose it is stands in the sealed file only."""

    id: int
    feed: str
    row_number: int
    code: str
    finding: str
    settlement_id: str


def feeds_of(scheme_id: int) -> list[FeedSeen]:
    """All feeds of a scheme, the newest first."""
    names = FeedSeen.__slots__
    rows = FeedFile.objects.filter(scheme_id=scheme_id).order_by("-id").values_list(*names)
    return [FeedSeen(*row) for row in rows]


def rows_left(scheme_id: int) -> list[RowLeft]:
    """The work list and the dead letters, in the order in which they came."""
    rows = FeedRow.objects.filter(feedfile__scheme_id=scheme_id, state="open").order_by("id")
    names = ("id", "feedfile__name", "row_number", "code", "finding", "settlement_id")
    return [RowLeft(*row) for row in rows.values_list(*names)]
