"""The questions of `gonghui audit exceptions`, one statement each over a whole period.

Every row: what it belongs to with others (group), its own handle, its table's id, whose it is, who
else has part in it, the day, fen, and words. A row is a question to ask, not a verdict.
"""

from __future__ import annotations

# Two rows of one person count as one, whoever may see the rows.
_ONE = """coalesce((select same.merged_into_id from public.directory_person same
           where same.id = {0}), {0})"""

_PAID = """
paid as materialized (
  select l.id, l.reference, l.batch_id, l.account_blind, l.fen, l.paid_on, l.source, l.attempt,
         u.decision_id, u.grant_id, u.person_id, u.union_id
    from public.treasury_payoutline l
    join public.mutualaid_due u on u.source = l.source and u.scheme_id = %(scheme)s
   where l.state = 'paid' and l.paid_on >= %(since)s and l.paid_on < %(until)s)"""

ONE_CARD = """
select 'account ' || c.card, l.reference, l.id, u.person_id, null::bigint, l.paid_on, l.fen, ''
  from gate.cards_of_several(%(scheme)s, %(since)s, %(until)s) c
  join public.treasury_payoutline l on l.id = c.line_id
  join public.mutualaid_due u on u.source = l.source
 order by c.card, l.paid_on, l.id"""

# The same code and number written otherwise: spaces, dashes, full-width digits, leading zeros.
_PLAIN = """ltrim(upper(regexp_replace(translate({}, '０１２３４５６７８９', '0123456789'),
                 '[^0-9A-Za-z]', '', 'g')), '0')"""
SAME_INVOICE = f"""
with shown as materialized (
  select {_PLAIN.format("i.code")} as code, {_PLAIN.format("i.number")} as number,
         i.code || '/' || i.number as written, i.claim_id, c.case_id, c.person_id, c.settlement_id,
         k.number as case_number, k.filed_on
    from public.mutualaid_claiminvoice i
    join public.mutualaid_claim c on c.id = i.claim_id and c.live and c.scheme_id = %(scheme)s
    join public.cases_case k on k.id = c.case_id
   where i.kind = 'normal'),
twice as (
  select code, number from shown group by 1, 2
  having count(distinct claim_id) > 1
     and max(filed_on) >= %(since)s and min(filed_on) < %(until)s)
select 'invoice ' || s.code || '/' || s.number, s.case_number, s.case_id, s.person_id,
       null::bigint, s.filed_on,
       coalesce((select sum(u.fen) from public.mutualaid_decision d
                   join public.mutualaid_due u on u.decision_id = d.id
                  where d.settlement_id = s.settlement_id and u.state <> 'stopped'), 0)::bigint,
       s.written
  from shown s join twice t on (t.code, t.number) = (s.code, s.number)
 order by 1, s.filed_on, s.case_id"""

# From the relatives, who are few: what either was paid, and whose hands it went through.
RELATIVE_PAID = f"""
with {_PAID},
kin as (
  select k.id, {_ONE.format("k.person_id")} as one, {_ONE.format("k.relative_id")} as other,
         k.kind, k.starts_on, k.ends_before from public.cases_kinship k
  union all
  select k.id, {_ONE.format("k.relative_id")}, {_ONE.format("k.person_id")}, k.kind, k.starts_on,
         k.ends_before from public.cases_kinship k),
hers as materialized (
  select p.*, k.other, k.kind from paid p
    join kin k on k.one = {_ONE.format("p.person_id")}
   where k.starts_on <= p.paid_on and (k.ends_before is null or k.ends_before > p.paid_on)),
acts as (
  select h.id, h.other, a.how
    from hers h join public.treasury_payoutbatch b on b.id = h.batch_id
    cross join lateral (values (b.drafted_by_id, 'drafted'), (b.checked_by_id, 'checked'),
      (b.approved_by_id, 'approved'), (b.sealed_by_id, 'sealed'), (b.released_by_id, 'released'))
      a (person, how)
   where {_ONE.format("a.person")} = h.other
  union all
  select h.id, h.other, 'decided'
    from hers h join public.mutualaid_decision d on d.id = h.decision_id
   where {_ONE.format("d.decided_by_id")} = h.other
  union all
  select h.id, h.other, s.deed
    from hers h
    left join public.mutualaid_decision d on d.id = h.decision_id
    left join public.mutualaid_settlement t on t.id = d.settlement_id
    left join public.mutualaid_grant g on g.id = h.grant_id
    join public.cases_step s on s.case_id = coalesce(t.source_case, g.case_id)
   where {_ONE.format("s.person_id")} = h.other
  union all
  select h.id, h.other, a.how
    from hers h join public.mutualaid_grant g on g.id = h.grant_id
    cross join lateral (values (g.recorded_by_id, 'recorded'), (g.confirmed_by_id, 'confirmed'))
      a (person, how)
   where {_ONE.format("a.person")} = h.other
  union all
  select h.id, h.other, 'post ' || o.kind_id
    from hers h
    join public.directory_union u on u.id = h.union_id
    join public.directory_post o on {_ONE.format("o.person_id")} = h.other
     and o.starts_on <= h.paid_on and (o.ends_before is null or o.ends_before > h.paid_on)
    join public.directory_union top on top.id = o.union_id and u.low between top.low and top.high)
select 'relative', h.reference, h.id, h.person_id, h.other, h.paid_on, h.fen,
       h.kind || ': ' || string_agg(distinct a.how, ', ' order by a.how)
  from hers h join acts a on a.id = h.id and a.other = h.other
 group by h.id, h.reference, h.person_id, h.other, h.paid_on, h.fen, h.kind
 order by h.paid_on, h.id"""

# Stays of one person that touch: discharged and admitted again within some days, at a hospital of
# the same level, each of them paid; a row of them is one group. Which hospital it was is not kept,
# and a fact at its default is not written down.
SPLIT_STAYS = f"""
with stays as materialized (
  select s.id, s.settlement_id, {_ONE.format("s.person_id")} as one, s.person_id, s.filed_on,
         date '1970-01-01' + (s.facts ->> 'admitted_on')::int as begins,
         date '1970-01-01' + (s.facts ->> 'discharged_on')::int as ends,
         coalesce(s.facts ->> 'hospital_level', '0') as level,
         coalesce(s.facts ->> 'away', '0') as away, sum(d.standing_fen)::bigint as fen
    from public.mutualaid_settlement s join public.mutualaid_decision d on d.settlement_id = s.id
   where s.scheme_id = %(scheme)s and s.reversed_on is null and s.filed_on is not null
     and coalesce(s.facts ->> 'event_kind', '1') = '1'
     and s.facts ? 'admitted_on' and s.facts ? 'discharged_on'
     and not exists (select from public.mutualaid_decision n where n.supersedes_id = d.id)
   group by s.id having sum(d.standing_fen) > 0),
marked as (
  select t.*, case when t.begins - max(t.ends) over (partition by t.one, t.level, t.away
                order by t.begins, t.id rows between unbounded preceding and 1 preceding)
              <= %(gap)s then 0 else 1 end as fresh
    from stays t),
numbered as (
  select m.*, sum(m.fresh) over (partition by m.one, m.level, m.away order by m.begins, m.id) as nth
    from marked m),
together as (
  select n.*, count(*) over whole as many, max(n.filed_on) over whole as latest,
         first_value(n.settlement_id) over (whole order by n.begins, n.id) as first
    from numbered n window whole as (partition by n.one, n.level, n.away, n.nth))
select 'stay ' || r.first, r.settlement_id, r.id, r.person_id, null::bigint, r.filed_on, r.fen,
       to_char(r.begins, 'YYYY-MM-DD') || ' – ' || to_char(r.ends, 'YYYY-MM-DD')
  from together r where r.many > 1 and r.latest >= %(since)s and r.latest < %(until)s
 order by r.first, r.begins, r.id"""

ONE_HAND = f"""
with batches as (
  select b.id, b.number, b.drafted_on as day, b.total_fen as fen, array[
           ['drafted', b.drafted_by_id::text], ['checked', b.checked_by_id::text],
           ['approved', b.approved_by_id::text], ['sealed', b.sealed_by_id::text],
           ['released', b.released_by_id::text]] as hands
    from public.treasury_payoutbatch b
   where b.drafted_on >= %(since)s and b.drafted_on < %(until)s and b.state <> 'cancelled'
     and exists (select from public.treasury_payoutline l
                   join public.mutualaid_due u on u.source = l.source
                    and u.scheme_id = %(scheme)s where l.batch_id = b.id)),
hands as materialized (
  select b.id, b.number, b.day, b.fen, b.hands[n][1] as how,
         {_ONE.format("b.hands[n][2]::bigint")} as one
    from batches b cross join generate_subscripts(b.hands, 1) n where b.hands[n][2] is not null)
select 'batch', x.number, x.id, null::bigint, x.one, x.day, x.fen, x.how || ' = ' || y.how
  from hands x join hands y on y.id = x.id and y.one = x.one
 where (x.how, y.how) in (('drafted', 'checked'), ('drafted', 'approved'), ('drafted', 'sealed'),
       ('drafted', 'released'), ('checked', 'released'), ('approved', 'released'))
union all
select 'case', c.number, c.id, c.subject_id, z.person, z.day, coalesce(z.fen, 0), z.how
  from (
    select d.case_id, d.by_id as person, d.decided_on as day, d.amount_fen as fen,
           case when {_ONE.format("d.by_id")} = {_ONE.format("c.subject_id")}
                  or {_ONE.format("d.by_id")} = {_ONE.format("c.applicant_id")} then 'own case'
                when {_ONE.format("d.by_id")} = {_ONE.format("c.filed_by_id")}
                then 'filed = decided'
                else 'first = second' end as how
      from public.cases_decision d join public.cases_case c on c.id = d.case_id
     where d.decided_on >= %(since)s and d.decided_on < %(until)s
       and {_ONE.format("d.by_id")} in ({_ONE.format("c.subject_id")},
           {_ONE.format("c.applicant_id")}, {_ONE.format("c.filed_by_id")},
           {_ONE.format("d.second_by_id")})) z
  join public.cases_case c on c.id = z.case_id
union all
select 'grant', 'grant ' || g.id, g.id, g.person_id, g.confirmed_by_id, g.confirmed_on, g.fen,
       'recorded = confirmed'
  from public.mutualaid_grant g
 where g.scheme_id = %(scheme)s and g.state = 'confirmed'
   and g.confirmed_on >= %(since)s and g.confirmed_on < %(until)s
   and {_ONE.format("g.recorded_by_id")} = {_ONE.format("g.confirmed_by_id")}
 order by 1, 2"""

OWN_UNIT = f"""
select 'unit ' || u.code, c.number, c.id, c.subject_id, p.person, d.decided_on,
       coalesce(d.amount_fen, 0), d.outcome
  from public.cases_decision d
  join public.cases_case c on c.id = d.case_id
  join public.directory_union u on u.id = c.union_id
  cross join lateral (values (d.by_id), (d.second_by_id)) p (person)
 where d.decided_on >= %(since)s and d.decided_on < %(until)s and p.person is not null
   and exists (select from public.directory_employment e
                where e.union_id = c.union_id and e.starts_on <= d.decided_on
                  and (e.ends_before is null or e.ends_before > d.decided_on)
                  and {_ONE.format("e.person_id")} = {_ONE.format("p.person")})
union all
select 'unit ' || u.code, 'grant ' || g.id, g.id, g.person_id, g.confirmed_by_id, g.confirmed_on,
       g.fen, 'grant'
  from public.mutualaid_grant g join public.directory_union u on u.id = g.union_id
 where g.scheme_id = %(scheme)s and g.state = 'confirmed'
   and g.confirmed_on >= %(since)s and g.confirmed_on < %(until)s
   and exists (select from public.directory_employment e
                where e.union_id = g.union_id and e.starts_on <= g.confirmed_on
                  and (e.ends_before is null or e.ends_before > g.confirmed_on)
                  and {_ONE.format("e.person_id")} = {_ONE.format("g.confirmed_by_id")})
 order by 1, 2"""

CARD_CHANGED = """
select 'changed ' || c.changed_on, l.reference, l.id, u.person_id, null::bigint, l.paid_on, l.fen,
       (l.paid_on - c.changed_on)::text || ' d'
  from gate.cards_changed(%(scheme)s, %(since)s, %(until)s, %(days)s) c
  join public.treasury_payoutline l on l.id = c.line_id
  join public.mutualaid_due u on u.source = l.source
 order by l.paid_on, l.id"""

# A limit of a kind of case: from it on another step, or two people.
BELOW_LIMIT = """
with limits as (
  select s.kind_id as kind, s.from_fen as fen from public.cases_kindstep s where s.from_fen > 0
  union
  select k.code, k.two_from_fen from public.cases_kind k where k.two_from_fen > 0),
amounts as (
  select c.id, c.number, c.kind_id, c.subject_id, z.by_id, z.decided_on,
         coalesce(z.amount_fen, (
           select sum(d.standing_fen) from public.mutualaid_settlement s
             join public.mutualaid_decision d on d.settlement_id = s.id
            where s.source_case = c.id and not exists (
              select from public.mutualaid_decision n where n.supersedes_id = d.id)),
           c.asked_fen)::bigint as fen
    from public.cases_decision z join public.cases_case c on c.id = z.case_id
   where z.outcome = 'accepted' and z.decided_on >= %(since)s and z.decided_on < %(until)s)
select 'limit ' || l.fen / 100, a.number, a.id, a.subject_id, a.by_id, a.decided_on, a.fen, ''
  from amounts a join limits l on l.kind = a.kind_id
 where a.fen < l.fen and a.fen * 100 >= l.fen * (100 - %(percent)s)
 order by l.fen, a.decided_on, a.id"""

AFTER_REVERSAL = f"""
with {_PAID}
select 'settlement ' || s.settlement_id, p.reference, p.id, p.person_id, null::bigint, p.paid_on,
       p.fen, 'reversed ' || s.reversed_on
  from paid p join public.mutualaid_decision d on d.id = p.decision_id
  join public.mutualaid_settlement s on s.id = d.settlement_id
 where s.reversed_on <= p.paid_on
union all
select 'invoice ' || i.code || '/' || i.number, p.reference, p.id, p.person_id, null::bigint,
       p.paid_on, p.fen, 'reversed ' || (r.entered_at at time zone 'Asia/Shanghai')::date
  from paid p join public.mutualaid_decision d on d.id = p.decision_id
  join public.mutualaid_claim c on c.settlement_id = d.settlement_id and c.live
  join public.mutualaid_claiminvoice i on i.claim_id = c.id and i.kind = 'normal'
  join public.mutualaid_claiminvoice r on r.kind = 'reversal' and r.reverses_code = i.code
       and r.reverses_number = i.number
 where (r.entered_at at time zone 'Asia/Shanghai')::date <= p.paid_on
 order by 1, 2"""

ROUND_TRIP = """
select 'payment ' || o.reference, l.reference, l.id, u.person_id, null::bigint,
       coalesce(l.paid_on, b.drafted_on), l.fen, 'returned ' || coalesce(o.return_code, '')
  from public.treasury_payoutline l
  join public.treasury_payoutbatch b on b.id = l.batch_id
  join public.mutualaid_due u on u.source = l.source and u.scheme_id = %(scheme)s
  join public.treasury_payoutline o on o.source = l.source and o.attempt < l.attempt
       and o.state = 'returned' and o.account_blind <> l.account_blind
 where l.state <> 'cancelled' and coalesce(l.paid_on, b.drafted_on) >= %(since)s
   and coalesce(l.paid_on, b.drafted_on) < %(until)s
 order by l.id, o.id"""
