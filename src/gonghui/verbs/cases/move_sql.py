"""The one function through which a case changes its state, and what it asks first.

Cases are locked in the order of their ids. What must not be is not an error but an answer, so that
of a thousand cases those that may go on do.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import DefinerFunction, Trigger, TriggerFunction
from gonghui.verbs.cases.permissions import CONFIRM, DECIDE, FILE, REVIEW

# The posts as they are this moment, held until the end of the transaction: a post taken away
# meanwhile is taken away before, or after, never in between.
_PERMISSIONS_NOW = """
declare facts gate.scope_facts := gate.scope(); held text[];
begin
  if facts.person_id is null or facts.union_id is null or not facts.writes then
    return '{}';
  end if;
  perform from public.directory_post p
    where p.person_id in (select gate.same_persons(facts.person_id)) or p.id = facts.post_id
    order by p.id for share;
  perform from public.accounts_session s where s.id = facts.session_id for share;
  select array_agg(distinct a.permission) into held
    from gate.reach(facts.person_id) r
    join public.directory_union above on above.id = r.union_id
    join public.directory_union place on place.id = facts.union_id
    cross join unnest(r.permissions) a (permission)
   where r.writes and place.low between above.low and above.high
     and a.permission = any(facts.permissions)
     and exists (
      select from public.accounts_session s join public.accounts_account a on a.id = s.account_id
       where s.id = facts.session_id and s.ended_at is null and a.disabled_at is null);
  return coalesce(held, '{}');
end"""

_AT_LEVEL = """
  select case wanted when 'unit' then gate.scope_union() is not null
    when 'city' then gate.scope_whole()
    else gate.scope_whole() or exists (select from public.directory_union u
      where u.id = gate.scope_union() and u.kind in ('county', 'industry', 'group')) end"""

# Why this person must not act in this case in this capacity; '' if she may. A filing by the unit
# is its statement, so the same person may confirm it.
_CONFLICT = """
declare c public.cases_case; me bigint := gate.one_person(person); bound bigint[];
begin
  select * into c from public.cases_case where id = of_case;
  bound := array[gate.one_person(c.subject_id), gate.one_person(c.applicant_id)];
  if me = any(bound) then return 'own'; end if;
  if exists (select from public.cases_kinship k
              where k.ends_before is null
                and (gate.one_person(k.person_id) = me
                     and gate.one_person(k.relative_id) = any(bound)
                  or gate.one_person(k.relative_id) = me
                     and gate.one_person(k.person_id) = any(bound))) then
    return 'relative';
  end if;
  if gate.one_person(c.filed_by_id) = me
     and not (c.filed_how = 'unit' and capacity = 'confirm') then
    return 'filer';
  end if;
  if capacity <> 'return' and exists (
       select from public.cases_step s
        where s.case_id = of_case and gate.one_person(s.person_id) = me
          and s.deed in ('confirm', 'pass', 'accept', 'refuse', 'uphold', 'change')
          and case s.deed when 'pass' then 'pass:' || s.step when 'confirm' then 'confirm'
                when 'uphold' then 'second' when 'change' then 'second' else 'decide' end
              <> capacity) then
    return 'capacity';
  end if;
  return '';
end"""

_KEPT_APART = """
declare why text; capacity text;
begin
  capacity := case when new.deed = 'pass' then 'pass:' || new.step
    when new.deed in ('accept', 'refuse') then 'decide'
    when new.deed in ('uphold', 'change') then 'second'
    when new.deed in ('confirm', 'return') then new.deed end;
  if capacity is null then return new; end if;
  why := gate.case_conflict(new.case_id, new.person_id, capacity);
  if why <> '' then
    raise check_violation using message = why, constraint = 'casestep_apart';
  end if;
  return new;
end"""

_TWO_APART = """
begin
  if gate.one_person(new.by_id) = gate.one_person(new.second_by_id) then
    raise check_violation using message = 'one person', constraint = 'casedecision_by_two';
  end if;
  return new;
end"""

# What is missing before a case may be filed, confirmed or accepted: '' if nothing.
_LACKS = """
  select case
    when exists (select from public.cases_kindconsent k where k.kind_id = c.kind_id
       and not exists (select from public.cases_consent s
         where gate.one_person(s.person_id) = gate.one_person(c.subject_id)
           and s.purpose = k.purpose and s.withdrawn_at is null
           and (s.case_id is null or s.case_id = c.id))) then 'consent'
    when exists (select from public.cases_paper p where p.case_id = c.id and p.state = 'lacking')
      or exists (select from public.cases_kindpaper k where k.kind_id = c.kind_id and k.required
       and not exists (select from public.cases_paper p where p.case_id = c.id
         and p.kind = k.code and p.state in ('given', 'seen'))) then 'incomplete'
    else '' end
    from public.cases_case c where c.id = of_case"""

# The first step of the chain that this amount needs and that is not passed yet in this turn.
_NEXT_STEP = """
  select k.code from public.cases_kindstep k
   where k.kind_id = c.kind_id and k.from_fen <= amount
     and (select count(distinct gate.one_person(s.person_id)) from public.cases_step s
           where s.case_id = c.id and s.turn = c.turn and s.deed = 'pass' and s.step = k.code)
         < case when k.two_people then 2 else 1 end
   order by k.ordinal limit 1"""

_AUTHOR = """
  select gate.scope_person() in (gate.one_person(c.subject_id), gate.one_person(c.applicant_id),
                                 gate.one_person(c.filed_by_id))"""

_MOVE = f"""
#variable_conflict use_column
declare
  c public.cases_case; kind public.cases_kind; t public.cases_transition;
  last public.cases_step; next_step public.cases_kindstep;
  me bigint := gate.scope_person(); facts gate.scope_facts := gate.scope();
  granted text[]; n integer; expected integer; amount bigint; owed text; why text; place boolean;
  hers boolean; reviews boolean; decides boolean; files boolean; confirms boolean;
  became text; proposal bigint; made_instance integer;
begin
  if me is null then raise insufficient_privilege using message = 'no scope'; end if;
  granted := gate.permissions_now();
  files := '{FILE}' = any(granted); confirms := '{CONFIRM}' = any(granted);
  reviews := '{REVIEW}' = any(granted); decides := '{DECIDE}' = any(granted);
  perform from public.cases_case x where x.id = any(cases) order by x.id for update;
  for n in select i from unnest(cases) with ordinality a (id, i) order by a.id, i loop
    case_id := cases[n]; expected := versions[n]; amount := amounts[n];
    outcome := 'not_yours'; state := null; version := null; decision_id := null;
    select * into c from public.cases_case x where x.id = case_id;
    if not found then return next; continue; end if;
    select * into kind from public.cases_kind k where k.code = c.kind_id;
    place := coalesce(gate.in_scope(c.union_id), false);
    select * into last from public.cases_step s where s.case_id = c.id
     order by s.version desc limit 1;
    select * into t from public.cases_transition x where x.deed = what and x.from_state = c.state;
    if t.deed = 'pass' and c.state = 'filed' and c.unit_sees then t := null; end if;
    -- Whether this is hers to do at all: otherwise the case is not there.
    select x.whose into owed from public.cases_transition x where x.deed = what limit 1;
    if owed in ('author', 'filer') then
      hers := gate.case_author(c)
        or owed = 'filer' and c.filed_how in ('unit', 'window') and files and place;
    elsif owed = 'unit' then
      hers := confirms and place and c.unit_sees;
    elsif owed = 'examiner' then
      hers := place and (c.unit_sees and c.state = 'filed' and confirms or reviews or decides);
    elsif owed = 'reviewer' then
      hers := place and exists (
        select from public.cases_kindstep k where k.kind_id = c.kind_id
           and k.permission = any(granted));
    else
      hers := place and kind.decide_permission = any(granted)
        and gate.at_level(kind.decide_level);
    end if;
    if not coalesce(hers, false) then return next; continue; end if;
    state := c.state; version := c.version;
    -- Sent twice: nothing more happens, and the answer is the same.
    if last.deed = what and last.version = c.version and gate.one_person(last.person_id) = me
       and (expected is null or expected = c.version - 1)
       and last.amount_fen is not distinct from amount
       and (at_step is null or at_step = last.step) then
      outcome := 'repeated'; return next; continue;
    end if;
    if expected is not null and expected <> c.version then
      outcome := 'changed'; return next; continue;
    end if;
    if t is null or t.deed is null then outcome := 'state'; return next; continue; end if;
    became := t.to_state; why := ''; next_step := null; proposal := null;
    if what = 'pass' then
      select k.* into next_step from public.cases_kindstep k
       where k.kind_id = c.kind_id
         and k.code = coalesce(at_step, gate.next_case_step(c, coalesce(c.asked_fen, 0)));
      if next_step.code is null
         or next_step.code <> gate.next_case_step(c, greatest(c.asked_fen, next_step.from_fen)) then
        outcome := 'step'; return next; continue;
      end if;
      if next_step.permission <> all(granted) or not gate.at_level(next_step.level) then
        outcome := 'level'; return next; continue;
      end if;
    end if;
    if what in ('confirm', 'pass', 'return', 'accept', 'refuse', 'uphold', 'change') then
      why := gate.case_conflict(c.id, me, case when what = 'pass' then 'pass:' || next_step.code
        when what in ('accept', 'refuse') then 'decide'
        when what in ('uphold', 'change') then 'second' else what end);
    end if;
    if why = '' and what in ('file', 'complete', 'confirm', 'accept') then
      why := gate.case_lacks(c.id);
    end if;
    if why = '' and what in ('accept', 'change') and c.asked_fen < amount then
      why := 'amount';
    end if;
    if why = '' and what in ('accept', 'change')
       and gate.next_case_step(c, greatest(c.asked_fen, amount, 0)) is not null then
      why := 'step';
    end if;
    if why = '' and what in ('refuse', 'return', 'uphold', 'change') and btrim(because) = '' then
      why := 'reason';
    end if;
    if why = '' and what in ('refuse', 'uphold') and btrim(under) = '' then why := 'clause'; end if;
    if why = '' and what = 'ask_review' and (
         kind.review_days is not null and done_on > c.decided_on + kind.review_days
         or exists (select from public.cases_review r where r.case_id = c.id)) then
      why := 'late';
    end if;
    if why <> '' then outcome := why; return next; continue; end if;
    -- Alone she only proposes what needs two.
    if what in ('accept', 'refuse', 'uphold', 'change')
       and kind.two_from_fen <= greatest(amount, c.asked_fen, 0) then
      select s.person_id into proposal from public.cases_step s
       where s.case_id = c.id and s.turn = c.turn and s.deed = what and s.outcome = 'proposed'
         and s.amount_fen is not distinct from amount and gate.one_person(s.person_id) <> me
       order by s.version desc limit 1;
      if proposal is null then
        if exists (select from public.cases_step s where s.case_id = c.id and s.turn = c.turn
              and s.deed = what and s.outcome = 'proposed' and gate.one_person(s.person_id) = me
              and s.amount_fen is not distinct from amount) then
          outcome := 'two'; return next; continue;
        end if;
        became := c.state;
      end if;
    end if;
    insert into public.cases_step (case_id, turn, version, deed, step, outcome, person_id, post_id,
      amount_fen, reason, clause, done_on, at)
    values (c.id, c.turn + (what in ('file', 'complete'))::integer, c.version + 1, what,
      coalesce(next_step.code, ''), case when became = t.to_state then 'done' else 'proposed' end,
      me, facts.post_id, amount,
      -- Why it was decided so is told in the decision, which the unit does not read.
      case when what in ('accept', 'refuse', 'uphold', 'change') then '' else because end,
      case when what in ('accept', 'refuse', 'uphold', 'change') then '' else under end,
      done_on, clock_timestamp());
    update public.cases_case x set state = became, version = c.version + 1,
      turn = c.turn + (what in ('file', 'complete'))::integer,
      filed_on = case when what = 'file' then done_on else c.filed_on end,
      decided_on = case when became in ('accepted', 'refused') then done_on else c.decided_on end,
      due_on = (dues -> c.kind_id ->> became)::date
     where x.id = c.id;
    if what = 'return' then
      update public.cases_paper p set state = 'lacking'
       where p.case_id = c.id and p.kind = any(lacking) and p.state in ('given', 'seen');
      insert into public.cases_paper (case_id, kind, state)
      select c.id, l.kind, 'lacking' from unnest(lacking) l (kind)
       where not exists (select from public.cases_paper p where p.case_id = c.id
          and p.kind = l.kind and p.state = 'lacking');
    elsif what = 'ask_review' then
      insert into public.cases_review (case_id, asked_on, asked_by_id, outcome)
      values (c.id, done_on, me, '');
    elsif became = t.to_state and what in ('accept', 'refuse', 'uphold', 'change') then
      made_instance := case when what in ('accept', 'refuse') then 1 else 2 end;
      insert into public.cases_decision (case_id, instance, outcome, amount_fen, reason, clause,
        review_way, decided_on, by_id, second_by_id, at)
      select c.id, made_instance,
             case what when 'accept' then 'accepted' when 'refuse' then 'refused'
               when 'change' then 'accepted' else was.outcome end,
             case what when 'uphold' then was.amount_fen else amount end,
             because, under, case when what = 'accept' then '' else kind.review_way end,
             done_on, me, proposal, clock_timestamp()
        from (select 1) one left join public.cases_decision was
          on was.case_id = c.id and was.instance = 1 and made_instance = 2
      returning id into decision_id;
      if made_instance = 2 then
        update public.cases_review r set outcome = case what when 'uphold' then 'upheld'
            else 'changed' end, reviewed_on = done_on, reviewed_by_id = me
         where r.case_id = c.id;
      end if;
    end if;
    perform gate.record_event('case.' || what, 'cases_case', c.id,
      case when place then c.union_id end, null, '', null, null, '',
      json_build_object('kind', c.kind_id, 'number', c.number, 'to', became)::text);
    outcome := case when became = t.to_state then 'done' else 'waits' end;
    state := became; version := c.version + 1;
    return next;
  end loop;
end"""

_TABLES = ", ".join(
    f"public.cases_{name}"
    for name in (
        *("case", "confidential", "paper", "consent", "step", "decision", "review", "kinship"),
        *("kind", "kindstep", "kindpaper", "kindconsent", "transition"),
    )
)
_SEQUENCES = ", ".join(
    f"public.cases_{name}_id_seq"
    for name in (
        *("case", "confidential", "paper", "consent", "step", "decision", "review", "kinship"),
        *("kindstep", "kindpaper", "kindconsent"),
    )
)

FUNCTIONS = [
    DefinerFunction(
        "gate.permissions_now()",
        returns="text[]",
        body=_PERMISSIONS_NOW,
        grants=[
            f"select, insert, update on {_TABLES}",
            "delete on public.cases_kindstep, public.cases_kindpaper, public.cases_kindconsent",
            f"usage on sequence {_SEQUENCES}",
            "update on public.directory_post, public.accounts_session",  # to lock them
        ],
        callable_by="",
    ),
    DefinerFunction(
        "gate.at_level(wanted text)",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_AT_LEVEL,
        callable_by="",
    ),
    DefinerFunction(
        "gate.case_author(c public.cases_case)",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_AUTHOR,
        callable_by="",
    ),
    DefinerFunction(
        "gate.case_conflict(of_case bigint, person bigint, capacity text)",
        returns="text",
        body=_CONFLICT,
        callable_by="",
    ),
    DefinerFunction(
        "gate.case_lacks(of_case bigint)",
        returns="text",
        language="sql",
        body=_LACKS,
        callable_by="",
    ),
    DefinerFunction(
        "gate.next_case_step(c public.cases_case, amount bigint)",
        returns="text",
        language="sql",
        body=_NEXT_STEP,
        callable_by="",
    ),
    DefinerFunction(
        "gate.move_cases(what text, cases bigint[], versions integer[], amounts bigint[],"
        " done_on date, dues jsonb, at_step text, because text, under text, lacking text[])",
        returns="table (case_id bigint, outcome text, state text, version integer,"
        " decision_id bigint)",
        body=_MOVE,
        callable_by="web",
    ),
    TriggerFunction("gate.case_kept_apart()", body=_KEPT_APART),
    Trigger(
        "case_kept_apart",
        "cases_step",
        "before insert on public.cases_step for each row",
        "gate.case_kept_apart()",
    ),
    TriggerFunction("gate.case_decided_by_two()", body=_TWO_APART),
    Trigger(
        "case_decided_by_two",
        "cases_decision",
        "before insert on public.cases_decision for each row",
        "gate.case_decided_by_two()",
    ),
]
