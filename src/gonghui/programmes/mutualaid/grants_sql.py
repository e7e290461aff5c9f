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
             select from public.mutualaid_receipt r where r.journal_id = l.journal_id) as billed,
           -- A grant counts for the year of its meeting, whenever it was confirmed.
           l.booked_on < since or (a.key in ('grants', 'grants_payable') and exists (
             select from public.mutualaid_grant g
               join public.mutualaid_grantmeeting m on m.id = g.meeting_id
              where g.journal_id = l.journal_id and m.period_from < since)) as earlier
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
             where m.kind = 'expense' and not m.earlier), 0) as spent,
           coalesce(-sum(m.fen) filter (where m.kind = 'liability'), 0) as unpaid,
           coalesce(-sum(m.fen) filter (
             where m.kind = 'liability' and m.earlier), 0) as brought
      from moved m),
  -- A grant is decided on its meeting's day; until it is confirmed, and in the ledger of that day,
  -- it counts here.
  pending as (
    select coalesce(sum(g.difference_fen), 0) as fen
      from public.mutualaid_grant g join public.mutualaid_grantmeeting m on m.id = g.meeting_id
     where g.state <> 'struck' and m.scheme_id = of_scheme and m.period_from = since
       and not exists (select from public.treasury_journal j
                        where j.id = g.journal_id and j.booked_on <= day))
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
  new.confirmed_by_id := null;
  new.confirmed_on := null;
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

# Who decides: members on record, where there are any; nobody is added to a confirmed minute.
_PRESENCE_ARRIVES = """
declare meeting record;
begin
  select m.* into meeting from public.mutualaid_grantmeeting m
   where m.id = new.meeting_id for update;
  if meeting.union_id is distinct from new.union_id or meeting.confirmed_by_id is not null then
    raise check_violation using message = 'the minute is confirmed',
      constraint = 'grantpresence_before_confirmed';
  end if;
  if new.part <> 'attending'
     and exists (select from public.directory_bodymember s
                  where s.body_id = meeting.body_id and s.starts_on <= meeting.held_on
                    and (s.ends_before is null or s.ends_before > meeting.held_on))
     and not exists (select from public.directory_bodymember s
                  where s.body_id = meeting.body_id and s.starts_on <= meeting.held_on
                    and (s.ends_before is null or s.ends_before > meeting.held_on)
                    and gate.one_person(s.person_id) = gate.one_person(new.person_id)) then
    raise check_violation using message = 'no member', constraint = 'grantpresence_member';
  end if;
  return new;
end"""

# What keeps a meeting from deciding about somebody; '' if nothing. Who is kept out is not counted.
_HINDERED = """
  select case
    when exists (select from public.mutualaid_grantpresence p
                  where p.meeting_id = of_meeting and p.part <> 'attending'
                    and gate.close_to(p.person_id, about) and p.person_id <> all (kept_out))
      then 'grant_recusal'
    when (select count(distinct gate.one_person(p.person_id))
            from public.mutualaid_grantpresence p
           where p.meeting_id = of_meeting and p.part <> 'attending'
             and p.person_id <> all (kept_out))
         < (select greatest(coalesce(m.quorum, 1), 1) from public.mutualaid_grantmeeting m
             where m.id = of_meeting)
      then 'grant_quorum'
    else '' end"""

# Her application, confirmed by her unit; a decided one is reconsidered after she asked for it.
_APPLIED = """
  select exists (select from public.cases_case c
    where c.id = of_case and c.kind_id = 'grant' and c.union_id = place
      and gate.one_person(c.subject_id) = gate.one_person(about) and c.state = any (states))"""

_GRANT_ARRIVES = """
declare meeting record; checked record; before record; hindrance text;
begin
  if gate.close_to(gate.scope_person(), new.person_id) then
    raise check_violation using message = 'not one''s own, nor a relative''s',
      constraint = 'grant_not_ones_own';
  end if;
  if gate.case_conflict(new.case_id, gate.scope_person(), 'return') = 'filer' then
    raise check_violation using message = 'who filed', constraint = 'grant_not_by_filer';
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
  if checked.body_kind <> meeting.body_kind then
    raise check_violation using message = 'another body decides', constraint = 'grant_of_its_body';
  end if;
  if new.reconsiders_id is null and exists (
       select from public.mutualaid_grant g
        where g.case_id = new.case_id and g.reconsiders_id is null and g.state <> 'struck') then
    raise check_violation using message = 'decided once', constraint = 'grant_one_for_a_case';
  end if;
  if not gate.grant_applied(new.case_id, new.person_id, new.union_id,
       case when new.reconsiders_id is null then array['confirmed']
            else array['review_asked', 'reviewed'] end) then
    raise check_violation using message = 'applied, and confirmed by the unit',
      constraint = 'grant_after_unit';
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
  hindrance := gate.grant_hindered(meeting.id, new.person_id, new.recused);
  if hindrance <> '' then
    raise check_violation using message = 'who was present', constraint = hindrance;
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
declare of_meeting record; hindrance text;
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
    -- The second look is at the minute as it is now, and at all that was confirmed meanwhile.
    perform pg_advisory_xact_lock(hashtext('mutualaid_grant'), new.scheme_id::integer);
    select m.* into of_meeting from public.mutualaid_grantmeeting m
     where m.id = new.meeting_id for update;
    hindrance := gate.grant_hindered(new.meeting_id, new.person_id, new.recused);
    if hindrance <> '' then
      raise check_violation using message = 'who was present', constraint = hindrance;
    end if;
    if (select coalesce(sum(g.difference_fen), 0) from public.mutualaid_grant g
         where g.meeting_id = new.meeting_id and g.state = 'confirmed') + new.difference_fen
       > greatest(of_meeting.surplus_fen, 0) then
      raise check_violation using message = 'more than the year''s surplus',
        constraint = 'grantmeeting_within_surplus';
    end if;
    -- Of the two who wrote the decision down, the one who did not write the minute.
    update public.mutualaid_grantmeeting m
       set confirmed_on = new.confirmed_on, confirmed_by_id = case
             when gate.one_person(m.recorded_by_id) = gate.one_person(new.confirmed_by_id)
             then old.recorded_by_id else new.confirmed_by_id end
     where m.id = new.meeting_id and m.confirmed_by_id is null;
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

# At the end of the transaction: what the body decided and what the case says are one.
_CASE_DECIDED = """
begin
  if exists (select from public.cases_case c where c.id = new.case_id and c.kind_id = 'grant')
     and not exists (
       select from public.mutualaid_grant g
        where g.case_id = new.case_id and g.state = 'confirmed'
          and (g.reconsiders_id is null) = (new.instance = 1)
          and (g.outcome = 'granted') = (new.outcome = 'accepted')
          and (new.outcome = 'refused' or g.fen = new.amount_fen)) then
    raise check_violation using message = 'the body decides', constraint = 'grant_case_by_body';
  end if;
  return null;
end"""

_GRANT_DECIDES = """
begin
  if new.state = 'confirmed' and not exists (
       select from public.cases_decision d
        where d.case_id = new.case_id
          and d.instance = case when new.reconsiders_id is null then 1 else 2 end) then
    raise check_violation using message = 'the case is decided', constraint = 'grant_of_its_case';
  end if;
  return null;
end"""

_CHECK_ARRIVES = """
begin
  if gate.close_to(gate.scope_person(), new.person_id) then
    raise check_violation using message = 'not one''s own, nor a relative''s',
      constraint = 'grant_not_ones_own';
  end if;
  if not gate.grant_applied(new.case_id, new.person_id, new.union_id,
       array['confirmed', 'review_asked', 'reviewed']) then
    raise check_violation using message = 'applied, and confirmed by the unit',
      constraint = 'grant_after_unit';
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
    DefinerFunction(
        "gate.grant_hindered(of_meeting bigint, about bigint, kept_out bigint[])",
        returns="text",
        language="sql",
        volatility="stable",
        body=_HINDERED,
        grants=["select on public.mutualaid_grantpresence"],
        callable_by="",
    ),
    DefinerFunction(
        "gate.grant_applied(of_case bigint, about bigint, place bigint, states text[])",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_APPLIED,
        callable_by="",
    ),
    TriggerFunction(
        "gate.grantpresence_arrives()",
        body=_PRESENCE_ARRIVES,
        grants=["select on public.directory_bodymember"],
    ),
    TriggerFunction("gate.grant_case_decided()", body=_CASE_DECIDED),
    TriggerFunction("gate.grant_decides_case()", body=_GRANT_DECIDES),
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

LATER_TRIGGERS = [
    Trigger(
        "grantpresence_arrives",
        "mutualaid_grantpresence",
        "before insert on public.mutualaid_grantpresence for each row",
        "gate.grantpresence_arrives()",
    ),
    Trigger(
        "grant_case_decided",
        "cases_decision",
        "after insert on public.cases_decision deferrable initially deferred for each row",
        "gate.grant_case_decided()",
    ),
    Trigger(
        "grant_decides_case",
        "mutualaid_grant",
        "after update on public.mutualaid_grant deferrable initially deferred for each row",
        "gate.grant_decides_case()",
    ),
]
"""Made by a later migration, which also makes the functions above anew."""
