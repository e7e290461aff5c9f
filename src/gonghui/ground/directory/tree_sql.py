"""The tree keeps its shape and its history, whoever writes to it."""

from __future__ import annotations

from gonghui.ground.borders.protect import (
    Classify,
    DefinerFunction,
    Sql,
    Trigger,
    TriggerFunction,
)

# Replaces the function of the second migration: a ring of unions is reached from no root, so it
# would keep its old numbers and whoever sits in it her old sight. Waiting for the lock comes
# before reading, so the one who waited sees what the other did.
_NUMBER = """
declare reached bigint;
begin
  perform pg_advisory_xact_lock(hashtext('gonghui.union_tree'));
  with recursive tree as (
    select id, array[code] as path, array[id] as above from public.directory_union
     where parent_id is null
    union all
    select u.id, t.path || u.code, t.above || u.id
      from tree t join public.directory_union u on u.parent_id = t.id),
  numbered as (select id, above, row_number() over (order by path) as low from tree),
  sizes as (select a.id, count(*) as size from tree, unnest(tree.above) a(id) group by a.id),
  written as (
    update public.directory_union u set low = n.low, high = n.low + s.size - 1
      from numbered n join sizes s on s.id = n.id
     where u.id = n.id and (u.low, u.high) is distinct from (n.low, n.low + s.size - 1))
  select count(*) into reached from tree;
  if reached <> (select count(*) from public.directory_union) then
    raise check_violation using message = 'a union lies below itself',
      constraint = 'union_not_below_itself';
  end if;
  return null;
end"""

# At the end of the transaction a union says what its last span says, its spans have no gaps, and
# nothing that lives hangs on something that has ended.
_HISTORY = """
declare one record; latest record; asked bigint;
begin
  if tg_table_name = 'directory_union' then asked := new.id; else asked := new.union_id; end if;
  select * into one from public.directory_union where id = asked;
  select s.* into latest from public.directory_unionspan s where s.union_id = asked
   order by s.starts_on desc limit 1;
  if not found
     or (latest.name, latest.kind) is distinct from (one.name, one.kind)
     or latest.ends_before is distinct from one.ends_before
     or (case when one.merged_into_id is null then latest.parent_id else one.merged_into_id end)
        is distinct from one.parent_id
     or one.starts_on <> (select min(s.starts_on) from public.directory_unionspan s
                           where s.union_id = asked)
     or exists (select from public.directory_unionspan s
                 where s.union_id = asked and s.id <> latest.id and not exists (
                   select from public.directory_unionspan following
                    where following.union_id = asked and following.starts_on = s.ends_before))
  then
    raise check_violation using message = 'a union differs from its history',
      constraint = 'union_is_its_history';
  end if;
  if one.ends_before is null and exists (
       select from public.directory_union above where above.id = one.parent_id
          and (above.ends_before is not null or above.starts_on > latest.starts_on))
     or one.ends_before is not null and exists (
       select from public.directory_union below where below.parent_id = one.id
          and below.ends_before is null)
  then
    raise check_violation using message = 'a union hangs on one that is not there',
      constraint = 'union_hangs_on_a_living_one';
  end if;
  return null;
end"""

_CLOSED = """
begin
  if old.ends_before is not null or old.union_id <> new.union_id
     or old.starts_on <> new.starts_on then
    raise check_violation using message = 'what was, stays',
      constraint = 'span_closed_stays';
  end if;
  return new;
end"""

# Everything that a union has and that ends with it: ends on the day. What has not begun yet would
# have to be undone instead; people decide that.
_CLOSE = """
declare later bigint; moved bigint := 0;
begin
  if not gate.scope_may('directory.write') or not gate.scope_writes()
     or not gate.in_scope(closed) or not gate.in_scope(coalesce(heir, closed)) then
    raise insufficient_privilege using message = 'directory.write';
  end if;
  select count(*) into later from (
    select 1 from public.directory_post where union_id = closed and starts_on >= since
    union all
    select 1 from public.directory_body where union_id = closed and starts_on >= since
    union all
    select 1 from public.directory_bodymember where union_id = closed and starts_on >= since
    union all
    select 1 from public.directory_delegation where union_id = closed and starts_on >= since) x;
  if later > 0 then
    raise check_violation using message = 'something begins later',
      constraint = 'union_closed_before_it_begins';
  end if;
  update public.directory_post set ends_before = since
   where union_id = closed and coalesce(ends_before, 'infinity') > since;
  update public.directory_delegation set ends_before = since
   where union_id = closed and coalesce(ends_before, 'infinity') > since;
  update public.directory_bodymember set ends_before = since
   where union_id = closed and coalesce(ends_before, 'infinity') > since;
  update public.directory_body set ends_before = since
   where union_id = closed and coalesce(ends_before, 'infinity') > since;
  if heir is null then
    select count(*) into moved from public.directory_employment
     where union_id = closed and coalesce(ends_before, 'infinity') > since;
    if moved > 0 then
      raise check_violation using message = 'people work here', constraint = 'union_has_people';
    end if;
    return 0;
  end if;
  -- Who works for the heir already stays as she is there; the other days are carried over.
  with here as (
    select e.* from public.directory_employment e
     where e.union_id = closed and e.starts_on < since
       and coalesce(e.ends_before, 'infinity') > since for update),
  ended as (
    update public.directory_employment e set ends_before = since from here where e.id = here.id
    returning e.id),
  begun as (
    insert into public.directory_employment
           (person_id, union_id, name_as_written, category, staff_number, starts_on, ends_before)
    select person_id, heir, name_as_written, category, staff_number, since, ends_before from here
     where not exists (
       select from public.directory_employment there
        where there.union_id = heir and there.person_id = here.person_id
          and daterange(there.starts_on, there.ends_before) && daterange(since, here.ends_before))
    returning 1)
  select count(*) into moved from ended, (select count(*) from begun) every;
  update public.directory_employment e set union_id = heir
   where e.union_id = closed and e.starts_on >= since;
  return moved;
end"""

# Whether something may begin in a union on a day and go on: it is there, and has no end.
_STANDS = """
  select exists (select from public.directory_union u
                  where u.id = place and u.starts_on <= since and u.ends_before is null)"""

_PEOPLE = "directory_post", "directory_body", "directory_bodymember", "directory_delegation"

TREE = [
    TriggerFunction("gate.number_unions()", body=_NUMBER),
    TriggerFunction(
        "gate.union_is_its_history()",
        body=_HISTORY,
        grants=["select on public.directory_unionspan"],
    ),
    Trigger(
        "union_is_its_history",
        "directory_union",
        "after insert or update of name, kind, parent_id, starts_on, ends_before, merged_into_id"
        " on public.directory_union deferrable initially deferred for each row",
        "gate.union_is_its_history()",
    ),
    Trigger(
        "span_is_its_unions",
        "directory_unionspan",
        "after insert or update on public.directory_unionspan"
        " deferrable initially deferred for each row",
        "gate.union_is_its_history()",
    ),
    TriggerFunction("gate.span_closed_stays()", body=_CLOSED),
    Trigger(
        "span_closed_stays",
        "directory_unionspan",
        "before update on public.directory_unionspan for each row",
        "gate.span_closed_stays()",
    ),
    # A union without one above gives sight of everything, so there is one.
    Sql(
        "create unique index union_one_root on public.directory_union ((true))"
        " where parent_id is null",
        "drop index public.union_one_root",
    ),
    DefinerFunction(
        "gate.union_stands(place bigint, since date)",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_STANDS,
    ),
    DefinerFunction(
        "gate.close_union(closed bigint, heir bigint, since date)",
        returns="bigint",
        body=_CLOSE,
        grants=[
            *(f"select, update on public.{table}" for table in _PEOPLE),
            "select, insert, update on public.directory_employment",
        ],
    ),
    Classify(
        "directory_unitspan",
        kind="structure",
        verbs="select insert update",
        writes="directory.write",
        check="(select gate.scope_whole()) or union_id in (select gate.unions_in_scope())",
    ),
    Trigger(
        "unit_span_closed_stays",
        "directory_unitspan",
        "before update on public.directory_unitspan for each row",
        "gate.span_closed_stays()",
    ),
]
