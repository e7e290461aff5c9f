"""Journals with their lines, and the way from and to what they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connections

from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.permissions import READ

_JOURNALS = """
select j.id, f.code, j.booked_on, j.kind, j.source, j.memo, j.reverses_id,
       (select r.id from public.treasury_journal r where r.reverses_id = j.id),
       j.recorded_at, j.recorded_by_id,
       l.id, a.code, a.key, a.name, a.kind, l.union_id, u.code, u.name, i.code, i.name, i.unit,
       l.quantity, l.fen
  from public.treasury_journal j
  join public.treasury_fund f on f.id = j.fund_id
  join public.treasury_line l on l.journal_id = j.id
  join public.treasury_account a on a.id = l.account_id
  join public.directory_union u on u.id = l.union_id
  left join public.treasury_item i on i.id = l.item_id
 where {where} order by {order}"""


_HEAD = (
    *("id", "fund", "booked_on", "kind", "source", "memo", "reverses_id", "reversed_by_id"),
    *("recorded_at", "recorded_by_id"),
)
"""The first columns, by the names they have in ``PostedJournal``."""


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A line as it stands in the ledger, with its names."""

    id: int
    account_code: str
    account: str
    account_name: str
    account_kind: str
    union_id: int
    union_code: str
    union_name: str
    item: str | None
    item_name: str | None
    unit: str | None
    quantity: int
    fen: int


@dataclass(frozen=True, slots=True)
class PostedJournal:
    """A journal and those of its lines that the actor may see."""

    id: int
    fund: str
    booked_on: date
    kind: str
    source: str | None
    memo: str
    reverses_id: int | None
    reversed_by_id: int | None
    recorded_at: datetime
    recorded_by_id: int
    lines: tuple[PostedLine, ...]


def journal(actor: Actor, journal_id: int) -> PostedJournal | None:
    """One journal; None where there is none, and alike where the actor may see no line of it."""
    found = _read(actor, "j.id = %s", [journal_id])
    return found[0] if found else None


def journals_of(actor: Actor, fund: str, sources: Iterable[str]) -> list[PostedJournal]:
    """What was posted for these sources; one without a journal is missing from the answer."""
    return _read(actor, "f.code = %s and j.source = any(%s)", [fund, list(sources)])


def journals_of_period(actor: Actor, period_id: int) -> list[PostedJournal]:
    """All journals of a period, in the order in which they were recorded."""
    return _read(actor, "j.period_id = %s", [period_id])


def _read(actor: Actor, where: str, values: Sequence[Any]) -> list[PostedJournal]:
    with actor.transaction() as scope:
        scope.require(READ)
        return list(journals_read(where, values))


def journals_read(
    where: str, values: Sequence[Any], *, order: str = "j.id, l.id"
) -> Iterator[PostedJournal]:
    """Journals as they come from the database, however many. Inside ``actor.transaction()``."""
    with connections["default"].chunked_cursor() as cursor:
        cursor.execute(_JOURNALS.format(where=where, order=order), values)
        yield from grouped(cursor)


def grouped(rows: Iterable[tuple[Any, ...]]) -> Iterator[PostedJournal]:
    """Rows of lines, ordered by journal, as journals."""
    head: tuple[Any, ...] = ()
    lines: list[PostedLine] = []
    for row in rows:
        if head and row[0] != head[0]:
            yield _posted(head, lines)
            lines = []
        head = row[: len(_HEAD)]
        lines.append(PostedLine(*row[len(_HEAD) :]))
    if head:
        yield _posted(head, lines)


def _posted(head: tuple[Any, ...], lines: list[PostedLine]) -> PostedJournal:
    return PostedJournal(**dict(zip(_HEAD, head, strict=True)), lines=tuple(lines))
