"""Posting: the one way in which money and goods move.

A debit is a positive number, a credit a negative one: money that reaches the bank is
``Line("bank", union, 7000)`` against ``Line("contributions", union, -7000)``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.verbs.treasury.errors import in_words
from gonghui.verbs.treasury.permissions import POST
from gonghui.verbs.treasury.queries.funds import accounts_of, items_named

_JOURNALS = """
insert into public.treasury_journal (fund_id, booked_on, kind, source, memo)
select %s, given.booked_on, given.kind, given.source, given.memo
  from unnest(%s::date[], %s::text[], %s::text[], %s::text[])
       with ordinality given (booked_on, kind, source, memo, place)
 order by given.place returning id"""

_LINES = """
insert into public.treasury_line
       (journal_id, account_id, union_id, item_id, booked_on, quantity, fen)
select given.journal, given.account, given.place, given.item, given.booked_on, given.quantity,
       given.fen
  from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::bigint[],
              %s::bigint[]) given (journal, account, place, item, booked_on, quantity, fen)"""

_ORIGINAL = """
select j.fund_id, f.code, j.union_id from public.treasury_journal j
  join public.treasury_fund f on f.id = j.fund_id where j.id = %s"""

_REVERSAL = """
insert into public.treasury_journal (fund_id, booked_on, kind, source, memo, reverses_id)
values (%s, %s, 'reversal', %s, %s, %s) returning id"""

_MIRRORED = """
insert into public.treasury_line
       (journal_id, account_id, union_id, item_id, booked_on, quantity, fen)
select %s, l.account_id, l.union_id, l.item_id, %s, -l.quantity, -l.fen
  from public.treasury_line l where l.journal_id = %s order by l.id"""


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry: an account by its key, for a union.

    Goods have an item and a quantity, and ``fen`` is what they are worth; it may be 0 where
    their worth stands on another line.
    """

    account: str
    union_id: int
    fen: int = 0
    item: str | None = None
    quantity: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal to be posted. ``source`` names what it comes from; twice the same is refused."""

    on: date
    kind: str
    lines: Sequence[Line]
    source: str | None = None
    memo: str = ""


def post(
    actor: Actor,
    fund: str,
    *,
    on: date,
    kind: str,
    lines: Sequence[Line],
    source: str | None = None,
    memo: str = "",
) -> int:
    """One journal; its id."""
    (journal,) = post_many(actor, fund, [Entry(on, kind, lines, source, memo)])
    return journal


def post_many(actor: Actor, fund: str, entries: Sequence[Entry]) -> list[int]:
    """Journals of one fund, all or none, in a few statements however many; ids in their order."""
    with actor.transaction() as scope:
        scope.require(POST)
        if not entries:
            return []
        for place, entry in enumerate(entries, 1):
            _check(entry, place if len(entries) > 1 else 0)
        lines = list(chain.from_iterable(entry.lines for entry in entries))
        fund_id, accounts = accounts_of(fund, {line.account for line in lines})
        codes = {line.item for line in lines if line.item is not None}
        items = items_named(codes) if codes else {}
        with in_words():
            journals = _insert(fund_id, entries, accounts, items)
        record(
            "ledger.posted",
            subject="treasury_journal",
            subject_id=journals[0],
            union_id=scope.union_id,
            details={
                "fund": fund,
                "journals": len(journals),
                "last": journals[-1],
                "lines": len(lines),
                "turnover_fen": sum(line.fen for line in lines if line.fen > 0),
            },
        )
        return journals


def reverse(
    actor: Actor, journal_id: int, *, on: date, memo: str, source: str | None = None
) -> int:
    """A new journal that takes one back, line by line, on a day of an open period; once."""
    with actor.transaction() as scope:
        scope.require(POST)
        with connections["default"].cursor() as cursor:
            cursor.execute(_ORIGINAL, [journal_id])
            found = cursor.fetchone()
            if found is None:
                raise Refusal(
                    N_("There is no journal {journal}."),
                    N_("Look for it by its day or its source."),
                    journal=journal_id,
                )
            fund_id, code, union_id = found
            with in_words():
                cursor.execute(_REVERSAL, [fund_id, on, source, masked_reason(memo), journal_id])
                ((reversal,),) = cursor.fetchall()
                cursor.execute(_MIRRORED, [reversal, on, journal_id])
        record(
            "ledger.reversed",
            subject="treasury_journal",
            subject_id=reversal,
            union_id=union_id,
            details={"fund": code, "reverses": journal_id},
        )
        return int(reversal)


def _check(entry: Entry, place: int) -> None:
    """Says of one entry what the database would say only as the transaction ends."""
    if len(entry.lines) < 2:
        raise _unfit(place, N_("A journal has two lines or more."))
    debits = sum(line.fen for line in entry.lines if line.fen > 0)
    credits = -sum(line.fen for line in entry.lines if line.fen < 0)
    if debits != credits:
        raise _unfit(place, N_("Debits and credits of the journal differ."))
    moved: Counter[str] = Counter()
    for line in entry.lines:
        if (line.item is None) != (line.quantity == 0) or (line.item is None and line.fen == 0):
            raise _unfit(place, N_("A line moves nothing, or a quantity of no item."))
        if line.item is not None:
            moved[line.item] += line.quantity
    if any(moved.values()):
        raise _unfit(place, N_("More goods come than go in the journal, or fewer."))


def _unfit(place: int, what: str) -> Refusal:
    return Refusal(
        what,
        N_("Correct it; nothing has been posted."),
        field=f"entries[{place}]" if place else "",
    )


def _insert(
    fund_id: int, entries: Sequence[Entry], accounts: dict[str, int], items: dict[str, int]
) -> list[int]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            _JOURNALS,
            [
                fund_id,
                [entry.on for entry in entries],
                [entry.kind for entry in entries],
                [entry.source for entry in entries],
                [entry.memo for entry in entries],
            ],
        )
        # Numbers are drawn in the order of the rows, so that sorted they fit the entries.
        journals = sorted(int(number) for (number,) in cursor.fetchall())
        placed = [
            (journal, entry.on, line)
            for journal, entry in zip(journals, entries, strict=True)
            for line in entry.lines
        ]
        cursor.execute(
            _LINES,
            [
                [journal for journal, _, _ in placed],
                [accounts[line.account] for _, _, line in placed],
                [line.union_id for _, _, line in placed],
                [None if line.item is None else items[line.item] for _, _, line in placed],
                [on for _, on, _ in placed],
                [line.quantity for _, _, line in placed],
                [line.fen for _, _, line in placed],
            ],
        )
    return journals
