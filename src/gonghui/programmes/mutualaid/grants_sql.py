"""What PostgreSQL itself holds about special grants, whoever writes.

The year's surplus is reckoned here, from the ledger's lines, as a meeting's row is written; and all
grants of a meeting together stay within it, however many people record at the same moment: a turn
a scheme, then the meeting's row. Refusals are check_violations that name their constraint;
``services.grants`` has the words.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction, Trigger, TriggerFunction
from gonghui.programmes.mutualaid.settlement_sql import HERS, PLACED, may, only

_SEEN = f"({PLACED} and ((select gate.scope_may('grant.record'))" + (
    " or (select gate.scope_may('settlement.read')))) "
)

CLASSES = [
    Classify(
        "mutualaid_grantcheck",
        kind="personal",
        by="union_id",
        using=f"{_SEEN} or {HERS}",
        check=may("grant.record"),
        verbs="select insert",
    ),
    Classify(
        "mutualaid_grantmeeting",
        kind="business",
        by="union_id",
        using=_SEEN,
        check=may("grant.record"),
        verbs="select insert",
    ),
    Classify(
        "mutualaid_grantpresence",
        kind="personal",
        by="union_id",
        using=_SEEN,
        check=may("grant.record"),
        verbs="select insert",
    ),
    Classify(
        "mutualaid_grant",
        kind="money",
        by="union_id",
        using=f"{_SEEN} or {HERS}",
        check=may("grant.record"),
        verbs="select insert update",
    ),
    only(
        "mutualaid_grant",
        "state, confirmed_by_id, confirmed_on, journal_id, struck_by_id, struck_because",
    ),
]

_SURPLUS = """
#variable_conflict use_column
declare place bigint;
begin
  select f.union_id into place from public.treasury_fund f where f.id = of_fund;
  if not found or not coalesce(gate.in_scope(place), false)
     or not (gate.scope_may('grant.record') or gate.scope_may('figures.read')) then
    raise insufficient_privilege using message = 'surplus';
  end if;
  return query
  with moved as materialized (
    select a.key, a.kind, l.booked_on, l.fen,
           a.key = 'contributions' and exists (
             select from public.mutualaid_receipt r where r.journal_id = l.journal_id) as billed
      from public.treasury_line l
      join public.treasury_account a on a.id = l.account_id
      join public.treasury_journal j on j.id = l.journal_id
     where a.fund_id = of_fund and l.booked_on <= day and j.kind <> 'carry_over'
       and (a.kind in ('income', 'expense') or a.key in ('benefits_payable', 'grants_payable'))),
  -- A contribution counts for the year of its bill: much of it comes in before the year begins.
  billed as (
    select coalesce(sum(r.fen), 0) as fen
      from public.mutualaid_receipt r join public.mutualaid_bill b on b.id = r.bill_id
     where b.scheme_id = of_scheme and b.period_from = since and r.received_on <= day
       and exists (select from public.treasury_journal j
                    where j.id = r.journal_id and j.fund_id = of_fund)),
  sums as (
    select coalesce(-sum(m.fen) filter (
             where m.kind = 'income' and not m.billed and m.booked_on >= since), 0) as received,
           coalesce(sum(m.fen) filter (
             where m.kind = 'expense' and m.booked_on >= since), 0) as spent,
           coalesce(-sum(m.fen) filter (where m.kind = 'liability'), 0) as unpaid,
           coalesce(-sum(m.fen) filter (
             where m.kind = 'liability' and m.booked_on < since), 0) as brought
      from moved m),
  pending as (
    select coalesce(sum(g.difference_fen), 0) as fen
      from public.mutualaid_grant g join public.mutualaid_grantmeeting m on m.id = g.meeting_id
     where g.state = 'recorded' and m.scheme_id = of_scheme and m.period_from = since)
  select (b.fen + s.received)::bigint, (s.spent + s.brought - s.unpaid)::bigint,
         s.unpaid::bigint, s.brought::bigint, p.fen::bigint
    from billed b, sums s, pending p;
end"""

_MEETING_ARRIVES = """
declare home bigint; found_year record;
begin
  perform pg_advisory_xact_lock(hashtext('mutualaid_grant'), new.scheme_id::integer);
  select s.union_id into home from public.mutualaid_scheme s where s.id = new.scheme_id;
  if home is distinct from new.union_id
     or not exists (select from public.treasury_fund f
                     where f.id = new.fund_id and f.union_id = home)
     or not exists (select from public.directory_body b
                     where b.id = new.body_id and b.union_id = home and b.starts_on <= new.held_on
                       and (b.ends_before is null or b.ends_before > new.held_on)) then
    raise check_violation using message = 'a body of the scheme''s union, and its fund',
      constraint = 'grantmeeting_of_one_house';
  end if;
  select y.* into found_year
    from gate.year_surplus(new.scheme_id, new.fund_id, new.period_from, new.held_on) y;
  new.received_fen := found_year.received_fen;
  new.paid_fen := found_year.paid_fen;
  new.unpaid_fen := found_year.unpaid_fen;
  new.brought_fen := found_year.brought_fen;
  new.pending_fen := found_year.pending_fen;
  new.surplus_fen := new.received_fen - new.paid_fen - new.unpaid_fen + new.brought_fen
                     - new.pending_fen - new.unreported_fen;
  new.granted_fen := 0;
  new.elsewhere_fen := 0;
  new.recorded_by_id := gate.scope_person();
  new.recorded_at := clock_timestamp();
  return new;
end"""

_CLOSE = """
  select gate.one_person(one) = gate.one_person(other) or exists (
    select from public.cases_kinship k
     where k.ends_before is null
       and ((gate.one_person(k.person_id) = gate.one_person(one)
             and gate.one_person(k.relative_id) = gate.one_person(other))
         or (gate.one_person(k.person_id) = gate.one_person(other)
             and gate.one_person(k.relative_id) = gate.one_person(one))))"""

_GRANT_ARRIVES = """
declare meeting record; checked record; before record; fell_short boolean;
begin
  if gate.close_to(gate.scope_person(), new.person_id) then
    raise check_violation using message = 'not one''s own, nor a relative''s',
      constraint = 'grant_not_ones_own';
  end if;
  perform pg_advisory_xact_lock(hashtext('mutualaid_grant'), new.scheme_id::integer);
  select m.*, b.kind as body_kind into meeting
    from public.mutualaid_grantmeeting m join public.directory_body b on b.id = m.body_id
   where m.id = new.meeting_id for update of m;
  select c.* into checked from public.mutualaid_grantcheck c where c.id = new.gate_check_id;
  if meeting.scheme_id is distinct from new.scheme_id
     or checked.scheme_id is distinct from new.scheme_id
     or checked.person_id is distinct from new.person_id
     or checked.case_id is distinct from new.case_id
     or checked.union_id is distinct from new.union_id
     or checked.found_on > meeting.held_on then
    raise check_violation using message = 'the gate was looked at for this person before',
      constraint = 'grant_of_its_check';
  end if;
  if new.outcome = 'granted' and not (
       (checked.measured_fen > checked.line_fen
        or (checked.relation = 'at_least' and checked.measured_fen = checked.line_fen))
       and checked.in_difficulty
       and exists (select from public.directory_hardship h
                    where h.id = checked.hardship_id
                      and gate.one_person(h.person_id) = gate.one_person(new.person_id)
                      and h.starts_on <= meeting.held_on
                      and (h.ends_before is null or h.ends_before > checked.found_on))) then
    raise check_violation using message = 'the gate is not passed', constraint = 'grant_gate';
  end if;
  if (select count(*) filter (where p.part <> 'attending') from public.mutualaid_grantpresence p
       where p.meeting_id = meeting.id) < greatest(coalesce(meeting.quorum, 1), 1) then
    raise check_violation using message = 'too few were present', constraint = 'grant_quorum';
  end if;
  if exists (select from public.mutualaid_grantpresence p
              where p.meeting_id = meeting.id and p.part <> 'attending'
                and gate.close_to(p.person_id, new.person_id)
                and p.person_id <> all (new.recused)) then
    raise check_violation using message = 'somebody present is close to the applicant',
      constraint = 'grant_recusal';
  end if;
  new.difference_fen := new.fen;
  if new.reconsiders_id is not null then
    select g.*, b.kind as body_kind, b.union_id as body_union into before
      from public.mutualaid_grant g
      join public.mutualaid_grantmeeting m on m.id = g.meeting_id
      join public.directory_body b on b.id = m.body_id where g.id = new.reconsiders_id;
    if before.state is distinct from 'confirmed' or before.person_id <> new.person_id
       or before.case_id is distinct from new.case_id
       or before.body_kind <> meeting.body_kind or before.body_union <> meeting.union_id then
      raise check_violation using message = 'the same body reconsiders what it decided',
        constraint = 'grant_same_body';
    end if;
    new.difference_fen := new.fen - before.fen;
  end if;
  new.state := 'recorded';
  new.confirmed_by_id := null;
  new.confirmed_on := null;
  new.journal_id := null;
  new.struck_by_id := null;
  new.recorded_by_id := gate.scope_person();
  new.recorded_at := clock_timestamp();
  if new.difference_fen > 0 then
    update public.mutualaid_grantmeeting m
       set granted_fen = m.granted_fen
             + case when m.id = new.meeting_id then new.difference_fen else 0 end,
           elsewhere_fen = m.elsewhere_fen
             + case when m.id = new.meeting_id then 0 else new.difference_fen end
     where m.scheme_id = new.scheme_id and m.period_from = meeting.period_from;
    -- Meetings written later counted with less: what is recorded late must fit them, too.
    if exists (select from public.mutualaid_grantmeeting m
                where m.scheme_id = new.scheme_id and m.period_from = meeting.period_from
                  and m.recorded_at >= meeting.recorded_at
                  and m.granted_fen + m.elsewhere_fen > m.surplus_fen) then
      raise check_violation using message = 'more than the year''s surplus',
        constraint = 'grantmeeting_within_surplus';
    end if;
  end if;
  return new;
end"""

_GRANT_CHANGES = """
declare of_meeting record;
begin
  if old.state <> 'recorded' or new.state not in ('confirmed', 'struck') then
    raise check_violation using message = 'decided once', constraint = 'grant_transition';
  end if;
  if gate.close_to(gate.scope_person(), new.person_id) then
    raise check_violation using message = 'not one''s own, nor a relative''s',
      constraint = 'grant_not_ones_own';
  end if;
  if new.state = 'confirmed' then
    new.confirmed_by_id := gate.scope_person();
    if gate.one_person(new.confirmed_by_id) = gate.one_person(old.recorded_by_id) then
      raise check_violation using message = 'two people', constraint = 'grant_by_two';
    end if;
    if new.difference_fen > 0 and not exists (
         select from public.treasury_journal j
           join public.treasury_line l on l.journal_id = j.id
           join public.treasury_account a on a.id = l.account_id
          where j.id = new.journal_id and j.source = 'mutualaid.grant:' || new.id
            and a.key = 'grants_payable'
         having sum(l.fen) = -new.difference_fen) then
      raise check_violation using message = 'a grant is posted as it is confirmed',
        constraint = 'grant_posted';
    end if;
    return new;
  end if;
  new.struck_by_id := gate.scope_person();
  new.journal_id := null;
  perform pg_advisory_xact_lock(hashtext('mutualaid_grant'), new.scheme_id::integer);
  select m.period_from into of_meeting from public.mutualaid_grantmeeting m
   where m.id = new.meeting_id for update;
  -- Meetings written after it was recorded counted it as pending and go on doing so.
  update public.mutualaid_grantmeeting m
     set granted_fen = m.granted_fen
           - case when m.id = new.meeting_id then new.difference_fen else 0 end,
         elsewhere_fen = m.elsewhere_fen
           - case when m.id = new.meeting_id then 0 else new.difference_fen end
   where m.scheme_id = new.scheme_id and m.period_from = of_meeting.period_from
     and m.recorded_at <= old.recorded_at;
  return new;
end"""

_CHECK_ARRIVES = """
begin
  if gate.close_to(gate.scope_person(), new.person_id) then
    raise check_violation using message = 'not one''s own, nor a relative''s',
      constraint = 'grant_not_ones_own';
  end if;
  new.found_by_id := gate.scope_person();
  new.found_at := clock_timestamp();
  return new;
end"""

FUNCTIONS = [
    DefinerFunction(
        "gate.year_surplus(of_scheme bigint, of_fund bigint, since date, day date)",
        returns="table (received_fen bigint, paid_fen bigint, unpaid_fen bigint,"
        " brought_fen bigint, pending_fen bigint)",
        body=_SURPLUS,
        grants=[
            "select on public.treasury_fund, public.treasury_account, public.treasury_line,"
            " public.treasury_journal, public.mutualaid_receipt, public.mutualaid_bill,"
            " public.mutualaid_grant, public.mutualaid_grantmeeting"
        ],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.close_to(one bigint, other bigint)",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_CLOSE,
        grants=["select on public.cases_kinship"],
        callable_by="",
    ),
    TriggerFunction(
        "gate.grantmeeting_arrives()",
        body=_MEETING_ARRIVES,
        grants=["select on public.mutualaid_scheme, public.directory_body"],
    ),
    TriggerFunction("gate.grantcheck_arrives()", body=_CHECK_ARRIVES),
    TriggerFunction(
        "gate.grant_arrives()",
        body=_GRANT_ARRIVES,
        grants=[
            "select on public.mutualaid_grantcheck, public.mutualaid_grantpresence,"
            " public.directory_hardship",
            "update on public.mutualaid_grantmeeting",
        ],
    ),
    TriggerFunction("gate.grant_changes()", body=_GRANT_CHANGES),
]

TRIGGERS = [
    Trigger(
        f"{name}_arrives",
        f"mutualaid_{name}",
        f"before insert on public.mutualaid_{name} for each row",
        f"gate.{name}_arrives()",
    )
    for name in ("grantmeeting", "grantcheck", "grant")
] + [
    Trigger(
        "grant_changes",
        "mutualaid_grant",
        "before update on public.mutualaid_grant for each row",
        "gate.grant_changes()",
    )
]
