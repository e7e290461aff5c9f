"""The trail as it stands in the database, read as keeper for sealing, checking and exporting.

What is read may have been tampered with: it is passed on as it is, and nothing here may fail
because of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gonghui.ground.audit.canonical import CHANGE, EVENT, Value, entry_line
from gonghui.ground.audit.chain import Block, Head

STEP = 20
"""Blocks that are read at a time."""


class Cursor(Protocol):
    """psycopg's or Django's."""

    def execute(self, query: Any, params: Any = ..., /) -> Any: ...  # noqa: ANN401
    def fetchall(self) -> list[Any]: ...
    def fetchone(self) -> Any: ...  # noqa: ANN401


def instant(column: str) -> str:
    """SQL for a time as the trail writes it: UTC, six digits behind the point."""
    return f"""to_char({column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def transaction_id(column: str) -> str:
    """SQL for a transaction id as an integer. One that was forged may be larger than any is."""
    return f"least({column}::text::numeric, 9223372036854775807)::bigint"


_EVENTS = f"""
select id, {transaction_id("xid")}, {instant("at")}, actor_id, authority, post_id, session_id,
       action, subject, subject_id, union_id, person_seen, purpose, encode(before_hash, 'hex'),
       encode(after_hash, 'hex'), request, details
  from public.audit_event where id = any(%s::bigint[])"""

_CHANGES = f"""
select id, {transaction_id("xid")}, {instant("at")}, actor_id, table_name, verb, rows,
       encode(before_hash, 'hex'), encode(after_hash, 'hex')
  from public.audit_change where id = any(%s::bigint[])"""

_BLOCKS = f"""
select chain, number, algorithm, first, last, {instant("at")}, encode(previous, 'hex'),
       encode(head, 'hex'), cluster, {transaction_id("before")}, encode(hash, 'hex'), kinds,
       entries, digests
  from public.audit_block where number > %s order by number limit %s"""

_HEAD = f"""
select chain, block, algorithm, last, encode(hash, 'hex'), {instant("at")}, scheme, key,
       encode(signature, 'hex'), encode(digest, 'hex')
  from public.audit_head"""

_ALL = """
  select 'e'::text as kind, id, xid, at, xmin from public.audit_event
  union all
  select 'c'::text, id, xid, at, xmin from public.audit_change"""

_OUTSIDE = """not exists (select from
  (select unnest(entries) as id from public.audit_block) sealed where sealed.id = entry.id)"""
"""Not `not in`: that is hashed only while it fits into work_mem."""

_STAND = """
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       (select system_identifier from pg_control_system())"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A block as it is stored: what it says, its hash, and what it is made of."""

    block: Block
    hash: str
    kinds: str
    entries: Sequence[int]
    digests: bytes


@dataclass(frozen=True, slots=True)
class Stand:
    """``horizon``: every transaction with a smaller id is over. ``cluster`` counts those ids."""

    horizon: int
    cluster: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries that are in no block yet."""

    count: int
    oldest_at: str | None


def stand(cursor: Cursor) -> Stand:
    cursor.execute(_STAND)
    return Stand(*cursor.fetchone())


def newest_block(cursor: Cursor) -> Stored | None:
    cursor.execute("select max(number) from public.audit_block")
    number = cursor.fetchone()[0]
    return None if number is None else next(blocks_after(cursor, number - 1), None)


def blocks_after(cursor: Cursor, number: int) -> Iterator[Stored]:
    """The blocks behind one, in order."""
    while True:
        cursor.execute(_BLOCKS, [number, STEP])
        rows = cursor.fetchall()
        if not rows:
            return
        for *said, hash_, kinds, entries, digests in rows:
            yield Stored(Block(*said), hash_, kinds, list(entries), bytes(digests))
        number = rows[-1][1]


def heads(cursor: Cursor) -> dict[int, tuple[Head, str]]:
    """Every head by its block's number, with the hash it is stored with."""
    cursor.execute(f"{_HEAD} order by block")
    return {row[1]: (Head(*row[:-1]), row[-1]) for row in cursor.fetchall()}


def newest_head(cursor: Cursor) -> tuple[Head, str] | None:
    cursor.execute(f"{_HEAD} order by block desc limit 1")
    row = cursor.fetchone()
    return None if row is None else (Head(*row[:-1]), row[-1])


class Entries:
    """Events and changes by id. ``twice`` holds the lines of ids that stand there twice."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self.twice: list[bytes] = []

    def lines(self, kinds: str, ids: Sequence[int], first: int | None = None) -> list[bytes | None]:
        """The lines of these ids, numbered from ``first``; None where nothing is there."""
        wanted: dict[str, list[int]] = {EVENT: [], CHANGE: []}
        pairs = list(zip(kinds, ids, strict=False))
        for kind, id_ in pairs:
            wanted.setdefault(kind, []).append(id_)
        found = {
            EVENT: self._rows(EVENT, _EVENTS, wanted[EVENT]),
            CHANGE: self._rows(CHANGE, _CHANGES, wanted[CHANGE]),
        }
        lines: list[bytes | None] = []
        for place, (kind, id_) in enumerate(pairs):
            values = found.get(kind, {}).get(id_)
            number = None if first is None else first + place
            lines.append(None if values is None else entry_line(kind, number, values))
        return lines

    def _rows(self, kind: str, query: str, ids: list[int]) -> dict[int, Sequence[Value]]:
        rows: dict[int, Sequence[Value]] = {}
        if ids:
            self._cursor.execute(query, [ids])
            for row in self._cursor.fetchall():
                if row[0] in rows:
                    self.twice.append(entry_line(kind, None, row))
                rows.setdefault(row[0], row)
        return rows


def ready(cursor: Cursor, newest: Stored | None, now: Stand) -> list[tuple[str, int]]:
    """Kind and id of what is to be sealed next, in order.

    A transaction before the horizon is over: what it wrote is visible, and no other entry with
    such a transaction id can ever come. So nothing is skipped, and nothing needs to be marked.
    """
    if newest is not None and newest.block.cluster == now.cluster:
        cursor.execute(
            f"select kind, id from ({_ALL}) entry where xid >= %s::xid8 and xid < %s::xid8"
            " order by xid, id",
            [str(newest.block.before), str(now.horizon)],
        )
    else:
        # The first time, or after a dump was restored into another cluster: transaction ids begin
        # anew there, and those in the rows say nothing. Who wrote a row in *this* cluster, the row
        # itself knows.
        cursor.execute(
            f"select kind, id from ({_ALL}) entry where {_OUTSIDE}"
            " and age(xmin) > age((%s::xid8)::xid) order by id",
            [str(now.horizon)],
        )
    return cursor.fetchall()


def waiting(cursor: Cursor) -> Waiting:
    """What is in no block yet."""
    cursor.execute(f"select count(*), {instant('min(at)')} from ({_ALL}) entry where {_OUTSIDE}")
    return Waiting(*cursor.fetchone())


def outside_blocks(cursor: Cursor) -> Iterable[tuple[str, int]]:
    """Kind and id of what is in no block yet."""
    cursor.execute(f"select kind, id from ({_ALL}) entry where {_OUTSIDE} order by id")
    return cursor.fetchall()


def put_in_later(cursor: Cursor, newest: Stored, now: Stand) -> list[tuple[str, int]]:
    """Kind and id of what is in no block although it claims to be older than what is sealed."""
    if newest.block.cluster != now.cluster:
        return []
    cursor.execute(
        f"select kind, id from ({_ALL}) entry where xid < %s::xid8 and {_OUTSIDE} order by id",
        [str(newest.block.before)],
    )
    return cursor.fetchall()
