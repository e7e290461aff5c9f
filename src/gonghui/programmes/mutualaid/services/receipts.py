"""Money that came in: a bank statement is taken, each line pays a bill or waits in suspense.

A line pays the bill whose number its purpose names, and nothing else: names and amounts that agree
are a hint for people, never a match. Lines that were taken before count for nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connections

from gonghui.adapters.bank.statements import Statement, StatementLine
from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of, day_of
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.programmes.mutualaid.permissions import MATCH
from gonghui.programmes.mutualaid.queries.profiles import city_profile
from gonghui.programmes.mutualaid.services.numbers import next_numbers
from gonghui.programmes.mutualaid.services.payments import Paid, Part, pay_bills
from gonghui.programmes.mutualaid.services.sealed_files import seal_file
from gonghui.verbs.treasury.services.journals import Entry, Line, post_many

SUSPENSE_WORKING_DAYS = 10
"""Somebody has found out by then what the money is for; a city's own habit may differ."""

_FILE = """
insert into public.mutualaid_statementfile (union_id, fund, account, name, content_sha256, sealed,
       lines_read, incoming_fen, read_by_id, read_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, now())
on conflict (account, content_sha256) do nothing returning id"""

_LINES = """
insert into public.mutualaid_statementline
       (statementfile_id, union_id, account, serial, booked_on, fen, payer, payer_account_end, memo)
select %s, %s, %s, l.* from unnest(%s::text[], %s::date[], %s::bigint[], %s::text[], %s::text[],
                                   %s::text[]) l
on conflict (account, serial) do nothing returning id, serial"""

# Not the number of another bill that begins like it: no digit goes on before or behind.
_NAMED = """
select l.id, b.id from public.mutualaid_statementline l
  join public.mutualaid_bill b on position(b.number in l.memo) > 0
   and (b.number !~ '[0-9]$' or replace(l.memo, b.number, chr(1)) ~ '\x01([^0-9]|$)')
   and (b.number !~ '^[0-9]' or replace(l.memo, b.number, chr(1)) ~ '(^|[^0-9])\x01')
 where l.id = any(%s) and l.fen > 0 order by l.booked_on, l.id, b.id"""

_OWED = """
select id, case when cancelled_on is null then total_fen - received_fen else 0 end, union_id
  from public.mutualaid_bill where id = any(%s) order by id for update"""

_SUSPENSE = """
insert into public.mutualaid_suspense
       (statementline_id, union_id, fen, left_fen, why, journal_id, owner_id, due_on)
select s.line, %s, s.fen, s.fen, s.why, s.journal, %s, %s
  from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) s (line, fen, why, journal)"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a statement. ``known`` lines had been taken before."""

    file_id: int
    lines: int
    known: int
    outgoing: int
    paid_bills: int
    partly_paid: int
    suspense: int
    received_fen: int
    contributions_fen: int
    suspense_fen: int


@dataclass(slots=True)
class _Plan:
    """What is to be done with the new lines."""

    parts: list[Part] = field(default_factory=list)
    suspense: list[tuple[int, int, str]] = field(default_factory=list)  # line, fen, why
    outgoing: int = 0


def take_statement(
    actor: Actor,
    statement: Statement,
    content: bytes,
    *,
    fund: str,
    name: str,
    on: date,
    working_days: WorkingDays,
    owner_id: int | None = None,
) -> Taken:
    """Takes a statement whole or not at all. ``owner_id`` looks after what is not known.

    Refused when the file itself contradicts its own sums.
    """
    if statement.errors:
        raise statement.errors[0].refusal(name)
    with actor.transaction() as scope:
        scope.require(MATCH)
        lines = list(statement.lines)
        file_id, ids = _keep(scope, statement, content, fund, name)
        by_id = {
            ids[serial]: line
            for line, serial in zip(lines, _serials(lines), strict=True)
            if serial in ids
        }
        plan = _planned(by_id)
        paid = _post(actor, scope, fund, by_id, plan, on, working_days, owner_id)
        taken = Taken(
            file_id=file_id,
            lines=len(lines),
            known=len(lines) - len(by_id),
            outgoing=plan.outgoing,
            paid_bills=paid.paid,
            partly_paid=paid.partly,
            suspense=len(plan.suspense),
            received_fen=sum(line.amount_fen for line in by_id.values() if line.amount_fen > 0),
            contributions_fen=sum(part.fen for part in plan.parts),
            suspense_fen=sum(fen for _line, fen, _why in plan.suspense),
        )
        record(
            "contribution.statement_taken",
            subject="mutualaid_statementfile",
            subject_id=file_id,
            union_id=scope.union_id,
            details={
                **{"lines": taken.lines, "known": taken.known, "paid_bills": taken.paid_bills},
                **{"received_fen": taken.received_fen, "suspense_fen": taken.suspense_fen},
            },
        )
        return taken


def _serials(lines: Sequence[StatementLine]) -> list[str]:
    """What tells one line from every other, in whichever file it comes.

    The bank's serial, or else what the line says; with its day and amount, because some banks give
    the parts of one transfer, or the first transfer of each day, the same serial. So the worst that
    can happen is money that waits for somebody to look, never money that is passed over.
    """
    found, seen = [], dict[str, int]()
    for line in lines:
        serial = line.serial
        if not serial:
            said = (line.booked_at, line.balance_fen, line.counter_account)
            text = repr((*said, line.purpose, line.remark))
            serial = "~" + hashlib.sha256(text.encode()).hexdigest()[:24]
        serial = f"{serial}/{line.booked_on:%Y%m%d}/{line.amount_fen}"
        seen[serial] = seen.get(serial, 0) + 1
        found.append(serial if seen[serial] == 1 else f"{serial}/{seen[serial]}")
    return found


def _keep(
    scope: Scope, statement: Statement, content: bytes, fund: str, name: str
) -> tuple[int, dict[str, int]]:
    """The file and the lines that were not there: the file's id, serial → line id."""
    lines = statement.lines
    incoming = sum(line.amount_fen for line in lines if line.amount_fen > 0)
    digest = hashlib.sha256(content).digest()
    with connections["default"].cursor() as cursor:
        about = [scope.union_id, fund, statement.account, name, digest]
        sealed = seal_file(content, "mutualaid_statementfile", digest)
        cursor.execute(_FILE, [*about, sealed, len(lines), incoming, scope.person_id])
        row = cursor.fetchone()
        if row is None:
            raise Refusal(
                N_("The statement {name} was taken before."),
                N_("Nothing was changed. Take the next one."),
                name=name,
            )
        columns: list[list[Any]] = [
            _serials(lines),
            [line.booked_on for line in lines],
            [line.amount_fen for line in lines],
            [line.counter_name for line in lines],
            [line.counter_account[-4:] for line in lines],
            [" ".join(filter(None, (line.purpose, line.remark))) for line in lines],
        ]
        cursor.execute(_LINES, [row[0], scope.union_id, statement.account, *columns])
        return row[0], {serial: line for line, serial in cursor.fetchall()}


def _planned(by_id: dict[int, StatementLine]) -> _Plan:
    """Which bill each line pays, and how much of it; the rest is suspense."""
    plan = _Plan()
    with connections["default"].cursor() as cursor:
        cursor.execute(_NAMED, [list(by_id)])
        named = dict[int, list[int]]()
        for line, bill in cursor.fetchall():
            named.setdefault(line, []).append(bill)
        bills = sorted({bill for found in named.values() for bill in found})
        cursor.execute(_OWED, [bills])
        open_fen = {bill: [owed, place] for bill, owed, place in cursor.fetchall()}
    for line_id, line in sorted(by_id.items()):
        if line.amount_fen < 0:
            plan.outgoing += 1
            continue
        rest = line.amount_fen
        for bill in named.get(line_id, []):
            owed, place = open_fen[bill]
            part = min(rest, owed)
            if part > 0:
                plan.parts.append(Part(line_id, bill, place, part, line.booked_on))
                open_fen[bill][0] -= part
                rest -= part
        if rest:
            why = "over" if rest < line.amount_fen else "closed" if line_id in named else "unknown"
            plan.suspense.append((line_id, rest, why))
    return plan


def _post(
    actor: Actor,
    scope: Scope,
    fund: str,
    by_id: dict[int, StatementLine],
    plan: _Plan,
    on: date,
    working_days: WorkingDays,
    owner_id: int | None,
) -> Paid:
    """One journal a line: bank against contributions of the unit, and against suspense."""
    assert scope.union_id is not None
    sides = dict[int, list[Line]]()
    for part in plan.parts:
        sides.setdefault(part.line_id, []).append(
            Line("contributions", part.union_id, fen=-part.fen)
        )
    for line_id, fen, _why in plan.suspense:
        sides.setdefault(line_id, []).append(Line("suspense", scope.union_id, fen=-fen))
    entries = [
        Entry(
            by_id[line_id].booked_on,
            "contribution",
            [Line("bank", scope.union_id, fen=by_id[line_id].amount_fen), *others],
            source=f"mutualaid_statementline:{line_id}",
        )
        for line_id, others in sides.items()
    ]
    journals = dict(zip(sides, post_many(actor, fund, entries), strict=True))
    numbers = next_numbers(city_profile(), "receipt", on.year, len(plan.parts))
    paid = pay_bills(scope, plan.parts, journals, numbers)
    if plan.suspense:
        due = date_of(working_days.add(day_of(on), SUSPENSE_WORKING_DAYS))
        lines, fens, whys = (list(column) for column in zip(*plan.suspense, strict=True))
        with connections["default"].cursor() as cursor:
            owner = owner_id if owner_id is not None else scope.person_id
            waiting = [lines, fens, whys, [journals[line] for line in lines]]
            cursor.execute(_SUSPENSE, [scope.union_id, owner, due, *waiting])
    return paid
