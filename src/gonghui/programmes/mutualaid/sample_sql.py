"""Draws are kept by one function, which an auditor may call though she may write nothing else.

Whoever audits sees samples, nobody who is audited: the office learns of a line when it is asked
about it. Two questions need what row security hides, a payee's account across people; they give
ids only.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction
from gonghui.programmes.mutualaid.settlement_sql import PLACED

_SEEN = f"({PLACED} and (select gate.scope_may('audit.sample')))"

CLASSES = [
    Classify("mutualaid_sample", kind="money", by="union_id", using=_SEEN),
    Classify("mutualaid_sampleline", kind="money", by="union_id", using=_SEEN),
]

_MAY = """
  if not gate.scope_may('audit.sample') then
    raise insufficient_privilege using message = 'audit.sample';
  end if;"""

_KEEP = f"""
declare made bigint; place bigint := gate.scope_union();
begin{_MAY}
  if place is null or not exists (select from public.mutualaid_scheme s where s.id = of_scheme)
     -- Every line is a payment of this scheme that the auditor may see, in this period.
     or exists (select from unnest(line_ids) n (id) where not exists (
          select from public.treasury_payoutline l
            join public.mutualaid_due d on d.source = l.source and d.scheme_id = of_scheme
           where l.id = n.id and l.state = 'paid' and l.paid_on >= since and l.paid_on < until
             and gate.in_scope(l.union_id))) then
    raise insufficient_privilege using message = 'audit.sample';
  end if;
  insert into public.mutualaid_sample (scheme_id, union_id, starts_on, ends_before, kind, by,
         weight, bounds, size, seed, population, population_sha256, population_lines,
         population_fen, drawn_by_id, drawn_at)
  values (of_scheme, place, since, until, in_kind, in_by, in_weight, in_bounds, in_size, in_seed,
          content, sha256(content), of_lines, of_fen, gate.scope_person(), clock_timestamp())
  returning id into made;
  insert into public.mutualaid_sampleline (sample_id, union_id, place, line_id, layer, hits)
  select made, place, n.at, n.id, n.layer, n.hits
    from unnest(line_ids, layers, hit_counts) with ordinality n (id, layer, hits, at);
  return made;
end"""

_PAID = """
    select l.id, l.account_blind, l.paid_on, gate.one_person(d.person_id) as one, d.person_id
      from public.treasury_payoutline l
      join public.mutualaid_due d on d.source = l.source and d.scheme_id = of_scheme
     where l.state = 'paid' and l.paid_on < until and gate.in_scope(l.union_id)"""

_CARDS = f"""
#variable_conflict use_column
begin{_MAY}
  return query
  with paid as materialized ({_PAID}),
  shared as (
    select p.account_blind as blind, min(p.id) as first from paid p group by 1
    having count(distinct p.one) > 1 and max(p.paid_on) >= since)
  select dense_rank() over (order by s.first)::bigint, p.id
    from paid p join shared s on s.blind = p.account_blind order by 1, 2;
end"""

_CHANGED = f"""
#variable_conflict use_column
begin{_MAY}
  return query
  with paid as materialized ({_PAID} and l.paid_on >= since)
  select p.id, max(c.starts_on)
    from paid p
    join public.directory_personcontact c
      on c.person_id = p.person_id and c.kind = 'card' and c.blind = p.account_blind
     and c.starts_on <= p.paid_on and c.starts_on > p.paid_on - days
   where exists (select from public.directory_personcontact o
                  where o.person_id = c.person_id and o.kind = 'card' and o.blind <> c.blind
                    and o.starts_on < c.starts_on)
     -- It is new: it was not hers before the other one, either.
     and not exists (select from public.directory_personcontact o
                      where o.person_id = c.person_id and o.kind = 'card' and o.blind = c.blind
                        and o.starts_on <= p.paid_on - days)
   group by p.id order by p.id;
end"""

_SPAN = "of_scheme bigint, since date, until date"

FUNCTIONS = [
    DefinerFunction(
        f"gate.keep_sample({_SPAN}, in_kind text, in_by text, in_weight text,"
        " in_bounds bigint[], in_size integer, in_seed text, content bytea, of_lines integer,"
        " of_fen bigint, line_ids bigint[], layers text[], hit_counts integer[])",
        returns="bigint",
        body=_KEEP,
        grants=[
            "select, insert on public.mutualaid_sample, public.mutualaid_sampleline",
            "usage on sequence public.mutualaid_sample_id_seq",
            "usage on sequence public.mutualaid_sampleline_id_seq",
            "select on public.mutualaid_scheme, public.mutualaid_due, public.treasury_payoutline",
        ],
        callable_by="web",
    ),
    DefinerFunction(
        f"gate.cards_of_several({_SPAN})",
        returns="table (card bigint, line_id bigint)",
        body=_CARDS,
        volatility="stable",
        callable_by="web",
    ),
    DefinerFunction(
        f"gate.cards_changed({_SPAN}, days integer)",
        returns="table (line_id bigint, changed_on date)",
        body=_CHANGED,
        volatility="stable",
        grants=["select on public.directory_personcontact"],
        callable_by="web",
    ),
]
