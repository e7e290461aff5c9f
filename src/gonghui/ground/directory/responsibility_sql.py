"""Who was responsible: one answer for any day, the same for whoever may ask."""

from __future__ import annotations

from gonghui.ground.borders.protect import DefinerFunction

# A function that sees all posts, as the answer may stand above what the asker sees. Among several
# who hold the duty, the nearest union's answers, there who got the post first. Names of officers
# are no secret to those they are responsible for.
_CHAIN = """
  with recursive chain as (
    select s.union_id, s.parent_id, 0 as steps from public.directory_unionspan s
     where s.union_id = place and daterange(s.starts_on, s.ends_before) @> day
    union all
    select s.union_id, s.parent_id, c.steps + 1 from chain c
      join public.directory_unionspan s on s.union_id = c.parent_id
     where daterange(s.starts_on, s.ends_before) @> day)
  select union_id, steps from chain"""

_RESPONSIBLE = """
#variable_conflict use_column
begin
  if not gate.in_scope(place) and not exists (
       select from public.directory_employment e
        where e.union_id = place and e.person_id in (select gate.same_persons(gate.scope_person())))
  then
    raise insufficient_privilege using message = 'not in scope';
  end if;
  return query
  with holding as (
    select c.steps, p.id as post, p.union_id, p.person_id, p.kind_id, p.starts_on, p.ends_before,
           k.permissions
      from gate.chain_on(place, day) c join public.directory_post p on p.union_id = c.union_id
      join public.directory_postkindspan k on k.kind_id = p.kind_id
     where daterange(k.starts_on, k.ends_before) @> day
       and (duty = p.kind_id and c.steps = 0 or duty = any(k.permissions) and k.writes))
  select gate.one_person(coalesce(d.person_id, h.person_id)), h.post, h.union_id, h.kind_id, d.id,
         null::date, true
    from holding h
    left join lateral (
      select g.id, g.person_id from public.directory_delegation g
       where g.post_id = h.post and daterange(g.starts_on, g.ends_before) @> day
         and (duty = any(g.permissions) or duty = h.kind_id and g.permissions @> h.permissions)
       order by g.starts_on desc, g.id desc limit 1) d on true
   where daterange(h.starts_on, h.ends_before) @> day
   order by h.steps, h.starts_on, h.post limit 1;
  if found then return; end if;
  return query
  select null::bigint, null::bigint, place, null::text, null::bigint, (
      select max(p.ends_before) from gate.chain_on(place, day) c
        join public.directory_post p on p.union_id = c.union_id
        join public.directory_postkindspan k on k.kind_id = p.kind_id
       where p.ends_before <= day
         and daterange(k.starts_on, k.ends_before) @> (p.ends_before - 1)
         and (duty = p.kind_id and c.steps = 0 or duty = any(k.permissions) and k.writes)),
    exists (select from gate.chain_on(place, day));
end"""

RESPONSIBILITY = [
    DefinerFunction(
        "gate.chain_on(place bigint, day date)",
        returns="table (union_id bigint, steps integer)",
        language="sql",
        volatility="stable",
        body=_CHAIN,
        callable_by="",
    ),
    DefinerFunction(
        "gate.responsible_on(place bigint, duty text, day date)",
        returns="table (person_id bigint, post_id bigint, union_id bigint, kind text,"
        " delegation_id bigint, vacant_since date, union_existed boolean)",
        volatility="stable",
        body=_RESPONSIBLE,
    ),
]
