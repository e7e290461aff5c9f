"""From a payment back to all it rests on: voucher, decision, settlement, papers, the bank's line.

Whatever a figure opens (a line of the ledger, a journal, a decision, a payment's reference) leads
here; what is shown names nobody but by number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.queries.populations import may_audit

_CHAINS = """
select p.id, p.reference, b.id, b.number, p.place, p.fen, p.state, p.paid_on, p.attempt, p.source,
       encode(b.file_sha256, 'hex'), array_remove(array[b.drafted_by_id, b.checked_by_id,
       b.approved_by_id, b.sealed_by_id, b.released_by_id], null),
       p.journal_id, j.booked_on, v.cash, v.owed, v.account,
       k.message_id, encode(k.sha256, 'hex'), k.place, k.word, k.fen, k.dated_on,
       u.id, u.kind, u.fen, u.owed_on,
       d.id, d.kind, d.amount_fen, d.before_fen, d.reason, d.sentence, d.decided_on,
       d.decided_by_id, d.journal_id, t.engine, encode(t.inputs_sha256, 'hex'),
       m.code || '/' || e.name, encode(e.sha256, 'hex'),
       s.settlement_id, s.origin, s.filed_on, s.reversed_on, s.facts::text,
       encode(s.content_sha256, 'hex'), f.name, encode(f.sha256, 'hex'),
       c.id, c.number, c.filed_how, c.filed_by_id, w.deciders,
       x.papers, i.invoices,
       g.id, g.reason, q.minute_number, encode(q.minute_sha256, 'hex'),
       u.person_id, n.name, o.code, o.name
  from public.treasury_payoutline p
  join public.treasury_payoutbatch b on b.id = p.batch_id
  left join public.treasury_journal j on j.id = p.journal_id
  left join lateral (
    select (sum(-l.fen) filter (where a.cash))::bigint as cash,
           (sum(l.fen) filter (where a.key = p.account_key))::bigint as owed,
           max(a.code || ' ' || a.name) filter (where a.key = p.account_key) as account
      from public.treasury_line l join public.treasury_account a on a.id = l.account_id
     where l.journal_id = p.journal_id) v on true
  left join lateral (
    select y.message_id, y.sha256, r.place, r.word, r.fen, r.dated_on
      from public.treasury_bankanswerrow r join public.treasury_bankanswer y on y.id = r.answer_id
     where r.reference = p.reference and r.state = 'counted' and r.verdict = 'paid'
     order by r.dated_on desc, r.id limit 1) k on true
  left join public.mutualaid_due u on u.source = p.source
  left join public.mutualaid_decision d on d.id = u.decision_id
  left join public.mutualaid_turn t on t.id = d.turn_id
  left join public.mutualaid_edition e on e.id = d.edition_id
  left join public.mutualaid_scheme m on m.id = u.scheme_id
  left join public.mutualaid_settlement s on s.id = d.settlement_id
  left join public.mutualaid_feedfile f on f.id = s.feedfile_id
  left join public.mutualaid_grant g on g.id = u.grant_id
  left join public.mutualaid_grantmeeting q on q.id = g.meeting_id
  left join public.cases_case c on c.id = coalesce(s.source_case, g.case_id)
  left join lateral (
    select array_remove(array_agg(z.by_id) || array_agg(z.second_by_id), null) as deciders
      from public.cases_decision z where z.case_id = c.id) w on true
  left join lateral (
    select array_agg(h.kind || ' ' || coalesce(encode(z.sha256, 'hex'), h.state) order by h.id)
           as papers
      from public.cases_paper h left join public.documents_document z on z.id = h.document_id
     where h.case_id = c.id) x on true
  left join lateral (
    select array_agg(z.code || '/' || z.number order by z.id) as invoices
      from public.mutualaid_claim h join public.mutualaid_claiminvoice z on z.claim_id = h.id
     where h.case_id = c.id) i on true
  left join public.directory_person n on n.id = u.person_id
  left join public.directory_union o on o.id = u.union_id
 where p.id = any(%s) order by p.id"""

_FOUND = {
    "journal": """
select p.id from public.treasury_payoutline p
 where %(number)s in (p.journal_id, p.return_journal_id)
 union select p.id from public.mutualaid_decision d
  join public.mutualaid_due u on u.decision_id = d.id
  join public.treasury_payoutline p on p.source = u.source where d.journal_id = %(number)s
 union select p.id from public.mutualaid_grant g
  join public.mutualaid_due u on u.grant_id = g.id
  join public.treasury_payoutline p on p.source = u.source where g.journal_id = %(number)s""",
    "decision": """
select p.id from public.mutualaid_due u join public.treasury_payoutline p on p.source = u.source
 where u.decision_id = %(number)s""",
}
_JOURNAL_OF = "select journal_id from public.treasury_line where id = %s"
_SAID = re.compile(r"(line|journal|decision):(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chain:
    """One payment with everything it rests on; None or "" where a part does not apply.

    ``hands`` are the people who moved the batch, ``deciders`` those who decided the case.
    ``cash_fen`` left the bank's account by the voucher, ``owed_fen`` came off what was owed,
    ``bank_fen`` is what the bank said. ``papers`` are kinds with hashes of what was kept.
    """

    line_id: int
    reference: str
    batch_id: int
    batch: str
    place: int
    fen: int
    state: str
    paid_on: date | None
    attempt: int
    source: str
    file_sha256: str | None
    hands: list[int]
    journal_id: int | None
    booked_on: date | None
    cash_fen: int | None
    owed_fen: int | None
    account: str | None
    bank_message: str | None
    bank_sha256: str | None
    bank_row: int | None
    bank_word: str | None
    bank_fen: int | None
    bank_on: date | None
    due_id: int | None
    due_kind: str | None
    due_fen: int | None
    owed_on: date | None
    decision_id: int | None
    benefit: str | None
    amount_fen: int | None
    before_fen: int | None
    reason: str | None
    sentence: str | None
    decided_on: date | None
    decided_by: int | None
    decision_journal: int | None
    engine: str | None
    inputs_sha256: str | None
    edition: str | None
    edition_sha256: str | None
    settlement: str | None
    origin: str | None
    filed_on: date | None
    reversed_on: date | None
    facts: Mapping[str, int] | None
    content_sha256: str | None
    feed: str | None
    feed_sha256: str | None
    case_id: int | None
    case: str | None
    filed_how: str | None
    filed_by: int | None
    deciders: list[int] | None
    papers: list[str] | None
    invoices: list[str] | None
    grant_id: int | None
    grant_reason: str | None
    minute: str | None
    minute_sha256: str | None
    person_id: int | None
    person_name: str | None
    unit_code: str | None
    unit: str | None

    @property
    def faults(self) -> tuple[str, ...]:
        """Where two neighbours of the chain do not agree."""
        found = []
        if self.due_fen != self.fen:
            found.append(N_("the payment is not what was owed"))
        if self.state == "paid" and (self.cash_fen != self.fen or self.owed_fen != self.fen):
            found.append(N_("the voucher is not the payment"))
        if self.state == "paid" and self.bank_fen != self.fen:
            found.append(N_("the bank's line is not the payment"))
        if self.decision_id is None and self.grant_id is None:
            found.append(N_("nothing was decided"))
        if self.amount_fen is not None and self.amount_fen < self.fen:
            found.append(N_("more was paid than decided"))
        return tuple(found)


def chains(line_ids: Sequence[int]) -> list[Chain]:
    """By the ids of payments, in their order. Inside a transaction, after asking whether one may.
    One statement, however many they are."""
    with array_cursor() as cursor:
        cursor.execute(_CHAINS, [array("bigint[]", line_ids)])
        found = {row[0]: _chain(row) for row in cursor.fetchall()}
    return [found[one] for one in line_ids if one in found]


def trace(actor: Actor, said: str) -> list[Chain]:
    """The payments behind a reference, or ``line:N``, ``journal:N``, ``decision:N``."""
    with actor.transaction() as scope:
        may_audit(scope)
        with connections["default"].cursor() as cursor:
            match = _SAID.fullmatch(said)
            if match is None:
                cursor.execute("select id from public.treasury_payoutline where reference = %s",
                               [said])  # fmt: skip
            else:
                kind, number = match[1], int(match[2])
                if kind == "line":
                    cursor.execute(_JOURNAL_OF, [number])
                    row = cursor.fetchone()
                    kind, number = "journal", row[0] if row else -1
                cursor.execute(_FOUND[kind], {"number": number})
            ids = sorted(row[0] for row in cursor.fetchall())
        found = chains(ids)
    if not found:
        raise Refusal(
            N_("No payment hangs on “{said}”."),
            N_("Give a payment's reference, line:N, journal:N or decision:N."),
            said=said,
        )
    return found


def _chain(row: Sequence[Any]) -> Chain:
    facts = _NAMES.index("facts")
    read = json.loads(row[facts]) if row[facts] else None
    values: list[Any] = [*row[:facts], read, *row[facts + 1 :]]
    return Chain(*values)


_NAMES = [field.name for field in fields(Chain)]
