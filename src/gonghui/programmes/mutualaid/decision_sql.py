"""Decisions are made by two functions, and by nothing else: one opens, one books.

``gate.open_histories`` locks each person's account, in the order of persons, and gives out
everything her decisions are reckoned from: the same for whoever decides, as it must be.
``gate.book_decisions`` appends what was reckoned. It moves the running accounts by the differences
itself, so that two who decided from the same standing would meet the limits there.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import (
    Classify,
    DefinerFunction,
    Sql,
    Statements,
    Trigger,
    TriggerFunction,
)
from gonghui.programmes.mutualaid.settlement_sql import HERS, PLACED, READ, may, only

_SEEN = f"{READ} or {HERS}"
_DUES_SEEN = (
    f"{READ} or {HERS} or ({PLACED} and ((select gate.scope_may('ledger.read'))"
    " or (select gate.scope_may('payout.draft')) or (select gate.scope_may('payout.check'))"
    " or (select gate.scope_may('payout.release'))))"
)
_PAYOUTS = ("payout.draft", "payout.check", "payout.approve", "payout.release", "payout.answer")

CLASSES = [
    # What was decided elsewhere comes in by hand, before anything is decided here; the rest is
    # moved by gate.book_decisions.
    Classify(
        "mutualaid_running",
        kind="money",
        by="union_id",
        using=_SEEN,
        check=may("takeover.enter", "takeover.sign"),
        verbs="select insert update",
    ),
    only("mutualaid_running", "taken_over_uses, taken_over_fen"),
    Statements(
        [
            "revoke insert on public.mutualaid_running from web",
            'grant insert (scheme_id, union_id, person_id, "window", period_from, period_until,'
            " uses_limit, ceiling_fen, taken_over_uses, taken_over_fen)"
            " on public.mutualaid_running to web",
        ]
    ),
    Classify("mutualaid_turn", kind="personal", by="union_id", using=_SEEN),
    Classify("mutualaid_decision", kind="money", by="union_id", using=_SEEN),
    Classify(
        "mutualaid_due",
        kind="money",
        by="union_id",
        using=_DUES_SEEN,
        check=may(*_PAYOUTS, "grant.record", "contribution.refund", "case.decide"),
        verbs="select insert update",
    ),
    only("mutualaid_due", "state"),
    Classify(
        "mutualaid_recovery",
        kind="money",
        by="union_id",
        using=_SEEN,
        check=may("payout.answer", "contribution.match"),
        verbs="select insert",
    ),
]

_REFUSED = "raise insufficient_privilege using message = 'decision.decide'"

_OPEN = f"""
#variable_conflict use_column
declare place bigint := (select s.union_id from public.mutualaid_scheme s where s.id = of_scheme);
  rows bigint[];
begin
  if not gate.scope_may('decision.decide') or not gate.scope_writes()
     or place is null or not gate.in_scope(place) then
    {_REFUSED};
  end if;
  -- Whoever was joined to another row is that person, with both histories.
  persons := array(
    select distinct coalesce(p.merged_into_id, p.id) from public.directory_person p
     where p.id = any(persons) order by 1);
  insert into public.mutualaid_running
         (scheme_id, union_id, person_id, "window", period_from, period_until)
  select of_scheme, place, p.id, 'ever', date '1900-01-01', date '2200-01-01'
    from unnest(persons) with ordinality p (id, n) order by p.n
  on conflict do nothing;
  perform from public.mutualaid_running r
    where r.scheme_id = of_scheme and r.person_id = any(persons)
    order by r.person_id, r.id for update;
  rows := array(select p.id from public.directory_person p
                 where p.id = any(persons) or p.merged_into_id = any(persons));
  delete from public.mutualaid_waiting w where w.scheme_id = of_scheme and w.person_id = any(rows);
  return query
  with row_of as materialized (
    select p.id, coalesce(p.merged_into_id, p.id) as one from public.directory_person p
     where p.id = any(rows))
  select o.one, 'settlement', jsonb_build_object('id', s.id, 'number', s.number, 'facts', s.facts,
         'union', s.union_id, 'received', s.received_on, 'filed', s.filed_on,
         'reversed', s.reversed_on)
    from public.mutualaid_settlement s join row_of o on o.id = s.person_id
   where s.scheme_id = of_scheme
  union all
  select o.one, 'cover', jsonb_build_object('from', e.starts_on, 'until', e.ends_before,
         'uploaded', e.enrolled_on, 'shares', e.shares, 'unit_class', u.unit_class)
    from public.mutualaid_enrolment e join row_of o on o.id = e.person_id
    join public.directory_union u on u.id = e.union_id
   where e.scheme_id = of_scheme and not e.cancelled and e.paid_on is not null
  union all
  select o.one, 'person', jsonb_build_object('born', p.born_on, 'sex', p.sex)
    from public.directory_person p join row_of o on o.one = p.id where o.one = o.id
  union all
  select o.one, 'hardship', jsonb_build_object('kind', h.kind, 'from', h.starts_on,
         'until', h.ends_before)
    from public.directory_hardship h join row_of o on o.id = h.person_id
  union all
  select r.person_id, 'running', jsonb_build_object('id', r.id, 'window', r."window",
         'from', r.period_from, 'until', r.period_until, 'uses', r.taken_over_uses,
         'fen', r.taken_over_fen, 'owed', r.owed_fen)
    from public.mutualaid_running r
   where r.scheme_id = of_scheme and r.person_id = any(persons)
  union all
  select o.one, 'decision', jsonb_build_object('id', d.id, 'settlement', s.number,
         'kind', d.kind, 'amount', d.amount_fen, 'standing', d.standing_fen, 'reason', d.reason,
         'detail', d.detail, 'uses', d.uses, 'edition', d.edition_id, 'sentence', d.sentence)
    from public.mutualaid_decision d join row_of o on o.id = d.person_id
    join public.mutualaid_settlement s on s.id = d.settlement_id
   where s.scheme_id = of_scheme
     and not exists (select from public.mutualaid_decision later where later.supersedes_id = d.id)
  union all
  select o.one, 'due', jsonb_build_object('id', u.id, 'settlement', s.number, 'kind', d.kind,
         'fen', u.fen)
    from public.mutualaid_due u join public.mutualaid_decision d on d.id = u.decision_id
    join row_of o on o.id = d.person_id join public.mutualaid_settlement s on s.id = d.settlement_id
   where s.scheme_id = of_scheme and u.state = 'open';
end"""

BOOK_ARGUMENTS = {
    **{"of_scheme": "bigint", "on_day": "date", "with_engine": "text"},
    # of turns
    **{"turns": "bigint[]", "turn_persons": "bigint[]", "turn_unions": "bigint[]"},
    **{"turn_inputs": "bytea[]", "turn_digests": "bytea[]"},
    # of decisions
    **{"decisions": "bigint[]", "of_turns": "bigint[]", "settlements": "bigint[]"},
    **{"kinds": "text[]", "superseded": "bigint[]", "editions": "bigint[]"},
    **{"amounts": "bigint[]", "standings": "bigint[]", "reasons": "text[]"},
    **{"details": "integer[]", "drawn": "integer[]", "traces": "bytea[]", "sentences": "text[]"},
    **{"journals": "bigint[]", "periods_from": "date[]", "periods_until": "date[]"},
    **{"use_limits": "integer[]", "ceilings": "bigint[]"},
    # of dues, recoveries and what is owed
    **{"due_decisions": "bigint[]", "due_fen": "bigint[]", "stopped": "bigint[]"},
    **{"recovery_decisions": "bigint[]", "recovery_fen": "bigint[]", "recovery_states": "text[]"},
}
"""What ``gate.book_decisions`` takes, in order."""

BOOK = f"select gate.book_decisions({', '.join(f'%s::{kind}' for kind in BOOK_ARGUMENTS.values())})"

_CHANGED = "raise exception using errcode = 'GH409', message = 'decided by somebody else meanwhile'"

_BOOK = f"""
#variable_conflict use_column
declare place bigint := (select s.union_id from public.mutualaid_scheme s where s.id = of_scheme);
  done integer;
begin
  if not gate.scope_may('decision.decide') or not gate.scope_writes()
     or place is null or not gate.in_scope(place) then
    {_REFUSED};
  end if;
  insert into public.mutualaid_running as r
         (scheme_id, union_id, person_id, "window", period_from, period_until, uses_limit,
          ceiling_fen)
  select distinct on (t.person, d.since) of_scheme, place, t.person, 'period', d.since, d.until,
         d.use_limit, d.ceiling
    from unnest(of_turns, periods_from, periods_until, use_limits, ceilings)
         d (turn, since, until, use_limit, ceiling)
    join unnest(turns, turn_persons) t (turn, person) using (turn)
   where d.since is not null order by t.person, d.since
  on conflict (scheme_id, person_id, "window", period_from) do update
     set uses_limit = excluded.uses_limit, ceiling_fen = excluded.ceiling_fen
   where (r.uses_limit, r.ceiling_fen) is distinct from (excluded.uses_limit, excluded.ceiling_fen);
  insert into public.mutualaid_turn
         (id, scheme_id, union_id, person_id, engine, inputs, inputs_sha256, decided_on,
          decided_by_id)
  select t.turn, of_scheme, t.place, t.person, with_engine, t.inputs, t.digest, on_day,
         gate.scope_person()
    from unnest(turns, turn_persons, turn_unions, turn_inputs, turn_digests)
         t (turn, person, place, inputs, digest)
   where t.digest = sha256(t.inputs);
  get diagnostics done = row_count;
  if done <> cardinality(turns) then {_CHANGED}; end if;
  insert into public.mutualaid_decision
         (id, turn_id, settlement_id, person_id, union_id, running_id, supersedes_id, kind,
          edition_id, amount_fen, before_fen, standing_fen, reason, detail, uses, trace, sentence,
          decided_on, decided_by_id, journal_id)
  select d.id, d.turn, d.settlement, s.person_id, s.union_id, r.id, d.superseded, d.kind,
         d.edition, d.amount, coalesce(before.standing_fen, 0), d.standing, d.reason, d.detail,
         d.drawn, d.trace, d.sentence, on_day, gate.scope_person(), d.journal
    from unnest(decisions, of_turns, settlements, kinds, superseded, editions, amounts, standings,
                reasons, details, drawn, traces, sentences, journals, periods_from)
         d (id, turn, settlement, kind, superseded, edition, amount, standing, reason, detail,
            drawn, trace, sentence, journal, since)
    join unnest(turns, turn_persons) t (turn, person) on t.turn = d.turn
    join public.mutualaid_settlement s on s.id = d.settlement and s.scheme_id = of_scheme
    left join public.mutualaid_running r on r.scheme_id = of_scheme and r.person_id = t.person
         and r."window" = 'period' and r.period_from = d.since
    left join public.mutualaid_decision before on before.id = d.superseded
         and before.settlement_id = d.settlement and before.kind = d.kind
   where (d.superseded is null) = (before.id is null);
  get diagnostics done = row_count;
  if done <> cardinality(decisions) then {_CHANGED}; end if;
  -- By differences: who decided from an old standing comes out above the limit, and is refused.
  update public.mutualaid_running r
     set uses = r.uses + moved.uses, decided_fen = r.decided_fen + moved.fen,
         version = r.version + 1
    from (
      select id, sum(uses)::integer as uses, sum(fen)::bigint as fen from (
        select d.running_id as id, d.uses, d.amount_fen as fen
          from public.mutualaid_decision d where d.id = any(decisions)
        union all
        select old.running_id, -old.uses, -old.amount_fen
          from public.mutualaid_decision old where old.id = any(superseded)) m
       where id is not null group by id) moved
   where r.id = moved.id;
  insert into public.mutualaid_due
         (scheme_id, decision_id, person_id, union_id, fen, owed_on, account_key, kind, state,
          source)
  select of_scheme, d.id, d.person_id, d.union_id, n.fen, on_day, 'benefits_payable', 'benefit',
         'open', 'mutualaid.due:decision:' || d.id
    from unnest(due_decisions, due_fen) n (decision, fen)
    join public.mutualaid_decision d on d.id = n.decision and d.id = any(decisions);
  update public.mutualaid_due u set state = 'stopped'
   where u.id = any(stopped) and u.state = 'open';
  get diagnostics done = row_count;
  if done <> cardinality(stopped) then {_CHANGED}; end if;
  insert into public.mutualaid_recovery (decision_id, person_id, union_id, fen, state, stated_on)
  select d.id, d.person_id, d.union_id, n.fen, n.state, on_day
    from unnest(recovery_decisions, recovery_fen, recovery_states) n (decision, fen, state)
    join public.mutualaid_decision d on d.id = n.decision and d.id = any(decisions);
  update public.mutualaid_running r set owed_fen = r.owed_fen + o.fen
    from (
      select t.person, sum(case n.state when 'owed' then n.fen when 'received' then -n.fen
                           else 0 end)::bigint as fen
        from unnest(recovery_decisions, recovery_fen, recovery_states) n (decision, fen, state)
        join public.mutualaid_decision d on d.id = n.decision
        join unnest(turns, turn_persons) t (turn, person) on t.turn = d.turn_id
       group by t.person) o
   where r.scheme_id = of_scheme and r.person_id = o.person and r."window" = 'ever' and o.fen <> 0;
  perform gate.record_event('decision.made', 'mutualaid_turn', turns[1], place, null, '', null,
    null, '', jsonb_build_object('people', cardinality(turns), 'decisions', cardinality(decisions),
      'engine', with_engine, 'last', turns[cardinality(turns)])::text);
  return cardinality(decisions);
exception
  -- A second successor of one decision, or a second first one: somebody was faster.
  when unique_violation then {_CHANGED};
end"""

_APPEND_ONLY = """
begin
  raise exception using errcode = 'GH001', message = 'decisions are never changed';
end"""


def _append_only(table: str) -> list[Trigger]:
    return [
        Trigger(
            f"never_{verb}",
            table,
            f"before {verb} on public.{table} for each statement",
            "gate.decision_append_only()",
        )
        for verb in ("update", "delete", "truncate")
    ]


FUNCTIONS = [
    TriggerFunction("gate.decision_append_only()", body=_APPEND_ONLY),
    *_append_only("mutualaid_turn"),
    *_append_only("mutualaid_decision"),
    Sql(
        "grant usage on sequence public.mutualaid_turn_id_seq, public.mutualaid_decision_id_seq"
        " to web"
    ),
    DefinerFunction(
        "gate.open_histories(of_scheme bigint, persons bigint[])",
        returns="table (person bigint, what text, said jsonb)",
        body=_OPEN,
        grants=[
            "select on public.mutualaid_scheme, public.mutualaid_settlement,"
            " public.mutualaid_enrolment, public.directory_person, public.directory_hardship,"
            " public.directory_union, public.mutualaid_decision, public.mutualaid_due",
            "select, insert, update on public.mutualaid_running",
            "select, delete on public.mutualaid_waiting",
            "usage on sequence public.mutualaid_running_id_seq",
        ],
        callable_by="web",
    ),
    DefinerFunction(
        f"gate.book_decisions({', '.join(map(' '.join, BOOK_ARGUMENTS.items()))})",
        returns="integer",
        body=_BOOK,
        grants=[
            "insert on public.mutualaid_turn, public.mutualaid_decision, public.mutualaid_due,"
            " public.mutualaid_recovery",
            "select, update on public.mutualaid_due",
            "usage on sequence public.mutualaid_due_id_seq, public.mutualaid_recovery_id_seq",
        ],
        callable_by="web",
    ),
]
