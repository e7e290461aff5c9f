"""What was added to applications: papers that are due, amounts asked for, lists, what is known.

Papers hold whoever decides: a claim is not granted in the database while one that is due for its
kind of event is missing. Of other units nothing is told but that something is there already.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import (
    Classify,
    DefinerFunction,
    Statements,
    Trigger,
    TriggerFunction,
)
from gonghui.programmes.mutualaid.claims.rules import Rules
from gonghui.programmes.mutualaid.settlement_sql import HERS, PLACED, READ, may, only

_BY_HERSELF = "entered_by_id = (select gate.scope_self())"
_MINE = f"({PLACED} and entered_by_id = (select gate.scope_person()))"
# Herself, or another with her consent: the case says it. A worker has no post that writes.
_OWN_CASE = (
    f"{_BY_HERSELF} and exists (select from public.cases_case c where c.id = case_id"
    " and c.filed_how in ('self', 'proxy') and c.subject_id = person_id"
    " and c.union_id = mutualaid_claim.union_id)"
)
_OWN_CLAIM = (
    f"{_BY_HERSELF} and exists (select from public.mutualaid_claim c where c.id = claim_id"
    " and c.entered_by_id = (select gate.scope_self()))"
)
_WRITES = "(select gate.scope_writes())"


def _policy(table: str, verb: str, rule: str) -> list[str]:
    return [
        f"drop policy {table}_{verb} on public.{table}",
        f"create policy {table}_{verb} on public.{table} for {verb} to web {rule}",
    ]


_SEEN = f"{READ} or {HERS} or {_MINE}"
_OFFICE = may("case.file", "settlement.enter", "case.decide")
_OFFICE_BILLS = may("case.file", "settlement.enter")

POLICIES = Statements(
    [
        *_policy("mutualaid_claim", "select", f"using ({_SEEN} or {_BY_HERSELF})"),
        *_policy(
            "mutualaid_claim", "insert", f"with check ({_OFFICE} and {_WRITES} or {_OWN_CASE})"
        ),
        *_policy(
            "mutualaid_claiminvoice",
            "insert",
            f"with check ({_OFFICE_BILLS} and {_WRITES} or {_OWN_CLAIM})",
        ),
    ],
    [
        *_policy("mutualaid_claim", "select", f"using ({_SEEN})"),
        *_policy("mutualaid_claim", "insert", f"with check (({_OFFICE} or {HERS}) and {_WRITES})"),
        *_policy(
            "mutualaid_claiminvoice",
            "insert",
            f"with check (({_OFFICE_BILLS} or {_BY_HERSELF}) and {_WRITES})",
        ),
    ],
)

CLASSES = [
    Classify("mutualaid_claimpaper", kind="structure"),
    Classify(
        "mutualaid_claimlist",
        kind="personal",
        by="union_id",
        using=may("case.file"),
        verbs="select insert update",
    ),
    only("mutualaid_claimlist", "filed_at"),
]


def placed_papers(rules: Rules) -> Statements:
    """The rows of what is due; a later migration may place others."""
    rows = ", ".join(f"({kind}, '{paper}')" for kind, paper in rules.due())
    return Statements(
        [
            "set local role gate",
            "delete from public.mutualaid_claimpaper",
            f"insert into public.mutualaid_claimpaper (event_kind, paper) values {rows}",
            "reset role",
        ],
    )


PAPER_RIGHTS = Statements(
    [
        "grant select, insert, delete on public.mutualaid_claimpaper to gate",
        "grant usage on sequence public.mutualaid_claimpaper_id_seq to gate",
    ]
)

# What happened: as the paper states it, else as the insurer does, else not known yet. Neither
# writes a hospital stay (1) down.
_EVENT = """case when c.facts <> '{}'::jsonb then coalesce((c.facts->>'event_kind')::integer, 1)
            when s.id is not null then coalesce((s.facts->>'event_kind')::integer, 1) else 0 end"""

_LACKING = f"""
  select c.case_id,
         coalesce(array_agg(d.paper order by d.id) filter (where d.id is not null), '{{}}')
    from public.mutualaid_claim c
    left join public.mutualaid_settlement s
      on s.scheme_id = c.scheme_id and s.settlement_id = c.statement_id
    left join public.mutualaid_claimpaper d on d.event_kind = {_EVENT}
     and not exists (select from public.cases_paper p where p.case_id = c.case_id
                        and p.kind = d.paper and p.state in ('given', 'seen'))
   where c.case_id = any(cases)
   group by c.case_id"""

_TOLD = """
begin
  if gate.scope_person() is null then
    raise insufficient_privilege using message = 'claims';
  end if;
  return query
  select l.case_id, l.papers from gate.claim_papers_lacking(cases) l
    join public.cases_case c on c.id = l.case_id
   where gate.case_author(c) or gate.in_scope(c.union_id) and (
         gate.scope_may('case.read') or gate.scope_may('case.review')
         or gate.scope_may('case.decide')
         or c.unit_sees and (gate.scope_may('case.confirm') or gate.scope_may('case.file')));
end"""

_HOLD = """
begin
  if new.outcome = 'accepted' and exists (
       select from gate.claim_papers_lacking(array[new.case_id]) l where cardinality(l.papers) > 0)
  then
    raise check_violation using message = 'papers are missing', constraint = 'claim_papers';
  end if;
  return new;
end"""

# The office says what the rules give for what is asked: the chain of review goes by it.
_STATED = """
begin
  if not gate.scope_may('decision.decide') or not gate.scope_writes() then
    raise insufficient_privilege using message = 'decision.decide';
  end if;
  -- In the order in which cases are moved, or two who decide the same ones wait for each other.
  perform from public.cases_case x where x.id = any(cases) order by x.id for update;
  update public.cases_case c set asked_fen = a.fen
    from unnest(cases, amounts) a (case_id, fen)
   where c.id = a.case_id and c.kind_id = 'claim' and gate.in_scope(c.union_id)
     and c.state in ('draft', 'filed', 'confirmed', 'reviewing', 'returned', 'review_asked')
     and c.asked_fen is distinct from a.fen
     and exists (select from public.mutualaid_claim m where m.case_id = c.id);
end"""

_FLAG_NOTED = """
begin
  new.noted_by_id := gate.scope_person();
  return new;
end"""

_FLAG_CLEARED = """
declare me bigint := gate.scope_person(); its public.mutualaid_claim;
begin
  if new.state = 'open' then
    -- Another act put it here again.
    new.noted_by_id := me; new.cleared_by_id := null; new.cleared_at := null;
    return new;
  end if;
  if old.state = 'done' then return old; end if;
  select * into its from public.mutualaid_claim c where c.id = new.claim_id;
  if gate.one_person(me) in (gate.one_person(its.entered_by_id), gate.one_person(its.person_id),
                             gate.one_person(old.noted_by_id)) then
    raise check_violation using message = 'one person', constraint = 'claimflag_by_another';
  end if;
  new.cleared_by_id := me; new.cleared_at := clock_timestamp();
  return new;
end"""

# Row by row what the city knows already; whose it is remains untold.
_KNOWN = """
begin
  if not (gate.scope_may('case.file') or gate.scope_self() is not null) then
    raise insufficient_privilege using message = 'case.file';
  end if;
  return query
  select a.n::integer, case
    when s.id is not null and gate.one_person(s.person_id) <> gate.one_person(a.person)
      then 'settlement_elsewhere'
    when s.filed_on is not null then 'already_decided'
    when m.id is not null then 'already_applied'
    when r.id is not null then 'invoice_reversed'
    when i.id is not null then 'invoice_used' else '' end,
    coalesce(m.case_id, i.case_id)
    from unnest(numbers, persons, codes, bills) with ordinality
         a (settlement, person, code, bill, n)
    left join public.mutualaid_settlement s
      on a.settlement <> '' and s.scheme_id = of_scheme and s.settlement_id = a.settlement
    left join public.mutualaid_claim m
      on a.settlement <> '' and m.scheme_id = of_scheme and m.statement_id = a.settlement and m.live
    left join lateral (select r.id from public.mutualaid_claiminvoice r
      where a.bill <> '' and r.kind = 'reversal' and r.reverses_code = a.code
        and r.reverses_number = a.bill limit 1) r on true
    left join lateral (select i.id, c.case_id from public.mutualaid_claiminvoice i
      left join public.mutualaid_claim c on c.id = i.claim_id
      where a.bill <> '' and i.code = a.code and i.number = a.bill and i.live limit 1) i on true
   order by a.n;
end"""

FUNCTIONS = [
    DefinerFunction(
        "gate.claim_papers_lacking(cases bigint[])",
        returns="table (case_id bigint, papers text[])",
        language="sql",
        volatility="stable",
        body=_LACKING,
        callable_by="",
    ),
    DefinerFunction(
        "gate.claims_lacking(cases bigint[])",
        returns="table (case_id bigint, papers text[])",
        volatility="stable",
        body=f"#variable_conflict use_column{_TOLD}",
        callable_by="web",
    ),
    DefinerFunction(
        "gate.state_claim_amounts(cases bigint[], amounts bigint[])",
        returns="void",
        body=_STATED,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.claims_known(of_scheme bigint, numbers text[], persons bigint[], codes text[],"
        " bills text[])",
        returns="table (ordinal integer, code text, case_id bigint)",
        volatility="stable",
        body=f"#variable_conflict use_column{_KNOWN}",
        callable_by="web",
    ),
    TriggerFunction("gate.claim_papers_hold()", body=_HOLD),
    Trigger(
        "claim_papers_hold",
        "cases_decision",
        "before insert on public.cases_decision for each row",
        "gate.claim_papers_hold()",
    ),
    TriggerFunction("gate.claimflag_noted()", body=_FLAG_NOTED),
    Trigger(
        "claimflag_noted",
        "mutualaid_claimflag",
        "before insert on public.mutualaid_claimflag for each row",
        "gate.claimflag_noted()",
    ),
    TriggerFunction("gate.claimflag_cleared()", body=_FLAG_CLEARED),
    Trigger(
        "claimflag_cleared",
        "mutualaid_claimflag",
        "before update on public.mutualaid_claimflag for each row",
        "gate.claimflag_cleared()",
    ),
]
