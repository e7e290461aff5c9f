"""Who sees applications; what ends a claim, and what puts one on the work list, whoever writes.

An officer sees what she entered herself; amounts and diagnoses of others only whom the post allows.
Whether an invoice or a settlement is claimed already holds across all units.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, Trigger, TriggerFunction
from gonghui.programmes.mutualaid.settlement_sql import HERS, PLACED, READ, may, only

_MINE = f"({PLACED} and entered_by_id = (select gate.scope_person()))"

CLASSES = [
    Classify(
        "mutualaid_claim",
        kind="personal",
        by="union_id",
        using=f"{READ} or {HERS} or {_MINE}",
        check=f"({may('case.file', 'settlement.enter', 'case.decide')} or {HERS})",
        verbs="select insert update",
    ),
    only("mutualaid_claim", "settlement_id, live"),
    Classify(
        "mutualaid_claiminvoice",
        kind="personal",
        by="union_id",
        using=f"{READ} or {_MINE} or entered_by_id = (select gate.scope_self())",
        check=f"({may('case.file', 'settlement.enter')}"
        " or entered_by_id = (select gate.scope_self()))",
        verbs="select insert",
    ),
    Classify(
        "mutualaid_claimflag",
        kind="personal",
        by="union_id",
        using=READ,
        check=may("case.decide"),
        verbs="select update",
    ),
    only("mutualaid_claimflag", "state, note"),
]

_ENDED = """
begin
  update public.mutualaid_claim set live = new.state not in ('withdrawn', 'refused')
   where case_id = new.id and live is distinct from (new.state not in ('withdrawn', 'refused'));
  if new.state in ('withdrawn', 'refused') then
    update public.mutualaid_claiminvoice i set live = false
      from public.mutualaid_claim c where c.case_id = new.id and i.claim_id = c.id and i.live;
  end if;
  return null;
end"""

_NOTED = """
begin
  -- Two papers without a number of which all is the same are one paper.
  if exists (select from public.mutualaid_claim o
              where o.person_id = new.person_id and o.scheme_id = new.scheme_id and o.live
                and o.id <> new.id and not (o.numbered and new.numbered)
                and o.facts->>'settled_on' = new.facts->>'settled_on'
                and coalesce(o.facts->>'total_cost', '') = coalesce(new.facts->>'total_cost', '')
                and coalesce(o.facts->>'event_kind', '') = coalesce(new.facts->>'event_kind', ''))
  then
    raise unique_violation using message = 'the same paper', constraint = 'claim_live_once';
  end if;
  insert into public.mutualaid_claimflag (claim_id, union_id, code, other_id, state, note, noted_at)
  select new.id, new.union_id, 'split', min(o.id), 'open', '', now()
    from public.mutualaid_claim o
   where o.person_id = new.person_id and o.scheme_id = new.scheme_id and o.live and o.id < new.id
     and o.begins_on <= new.ends_on and o.ends_on >= new.begins_on
  having count(*) > 0
  on conflict do nothing;
  return null;
end"""

_INVOICED = """
begin
  if new.kind = 'normal' then
    if exists (select from public.mutualaid_claiminvoice r where r.kind = 'reversal'
                  and r.reverses_code = new.code and r.reverses_number = new.number) then
      raise check_violation using message = 'reversed', constraint = 'invoice_reversed';
    end if;
  else
    insert into public.mutualaid_claimflag
           (claim_id, union_id, code, other_id, state, note, noted_at)
    select i.claim_id, i.union_id, 'invoice_reversed', null, 'open', '', now()
      from public.mutualaid_claiminvoice i
     where i.kind = 'normal' and i.live and i.code = new.reverses_code
       and i.number = new.reverses_number
    on conflict (claim_id, code) do update set state = 'open';
  end if;
  return null;
end"""

_GRANTS = [
    "SELECT, UPDATE ON public.mutualaid_claim",
    "SELECT, UPDATE ON public.mutualaid_claiminvoice",
    "SELECT, INSERT, UPDATE ON public.mutualaid_claimflag",
    "USAGE ON SEQUENCE public.mutualaid_claimflag_id_seq",
]

TRIGGERS = [
    TriggerFunction("gate.claim_follows_case()", body=_ENDED, grants=_GRANTS),
    Trigger(
        "claim_follows_case",
        "cases_case",
        "after update of state on public.cases_case for each row",
        "gate.claim_follows_case()",
    ),
    TriggerFunction("gate.claim_noted()", body=_NOTED),
    Trigger(
        "claim_noted",
        "mutualaid_claim",
        "after insert on public.mutualaid_claim for each row",
        "gate.claim_noted()",
    ),
    TriggerFunction("gate.claim_invoiced()", body=_INVOICED),
    Trigger(
        "claim_invoiced",
        "mutualaid_claiminvoice",
        "after insert on public.mutualaid_claiminvoice for each row",
        "gate.claim_invoiced()",
    ),
]
