"""A kept feed is read again from its sealed bytes: rows with their keys, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from gonghui.adapters.medical_insurance import read_feed
from gonghui.core.periods import date_of, day_of
from gonghui.core.rulebook.fields import FIELDS, NONE

_MEMORY = Path("/dev/shm")
"""Where the readers find the file for as long as they read: never on a disk."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be read. ``original_id`` is "" unless it takes a settlement back."""

    row_number: int
    settlement_id: str
    original_id: str
    certificate: str
    facts: Mapping[str, int]
    received_on: date
    filed_on: date | None


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot, with the first thing that is wrong with it."""

    row_number: int
    code: str
    field: str
    settlement_id: str


@dataclass(frozen=True, slots=True)
class ReadFeed:
    rows_in: int
    rows: tuple[Row, ...]
    rejects: tuple[Reject, ...]


def read_content(content: bytes, name: str, mapping: str, received_on: date) -> ReadFeed:
    """Refuses (``FeedRefused``) a file that is not what it should be as a whole."""
    where = _MEMORY if _MEMORY.is_dir() else None
    with TemporaryDirectory(dir=where, prefix="gonghui-feed-") as folder:
        path = Path(folder) / f"feed{Path(name).suffix}"
        path.touch(0o600)
        path.write_bytes(content)
        feed = read_feed(path, mapping, received_on=day_of(received_on))
    accepted = feed.accepted
    facts = [name for name in accepted.columns if name in FIELDS and FIELDS[name].whose != "cover"]
    rows = []
    for said in accepted.iter_rows(named=True):
        stated = {name: said[name] for name in facts if said[name] is not None}
        received = stated.pop("received_on", NONE)
        filed = stated.pop("filed_on", NONE)
        stated.pop("reversed_on", None)
        rows.append(
            Row(
                said["row"],
                said["settlement_id"],
                said["original_id"] or "",
                said["person_id"],
                stated,
                received_on if received == NONE else date_of(received),
                None if filed == NONE else date_of(filed),
            )
        )
    rejects: dict[int, Reject] = {}
    findings = feed.rejected.select("row", "code", "field", "settlement_id")
    for number, code, field, settlement_id in findings.iter_rows():
        rejects.setdefault(number, Reject(number, code, field or "", settlement_id or ""))
    return ReadFeed(feed.rows_in, tuple(rows), tuple(rejects.values()))
