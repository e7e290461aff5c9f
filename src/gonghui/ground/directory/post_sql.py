"""Posts and who stands in for whom: what holds for everybody who writes them as ``web``."""

from __future__ import annotations

from gonghui.ground.borders.protect import (
    Classify,
    DefinerFunction,
    Sql,
    Trigger,
    TriggerFunction,
)

WEIGHTY = (
    *("accounts.write", "key.rotate", "edition.publish", "period.open", "period.close"),
    *("ledger.post", "contribution.refund"),
)
"""Posts that give one of these are given by two people."""

_NEEDS_TWO = "select permissions && array[{weighty}]".format(
    weighty=", ".join(f"'{permission}'" for permission in WEIGHTY)
)

# While the house has never had a second person who may give posts here, the first one must be able
# to bring her in. Who was a second one once, counts for ever: nobody gets there by dismissing.
_ALONE = """
begin
  return (select count(distinct gate.one_person(p.person_id)) < 2
    from public.directory_post p join public.directory_postkind k on k.code = p.kind_id
    join public.directory_union above on above.id = p.union_id
    join public.directory_union here on here.low between above.low and above.high
   where here.id = place and 'directory.appoint' = any(k.permissions) and k.writes);
end"""

_POST_NEEDS_TWO = """
begin
  return coalesce(gate.needs_two(k.permissions), false) and not gate.appoints_alone(place)
    from public.directory_postkind k where k.code = kind;
end"""

# Runs as whoever writes: functions of `gate` and the owner's migrations are not web.
_GIVEN = """
declare problem text;
begin
  if current_user <> 'web' then return new; end if;
  if tg_op = 'INSERT' then
    problem := gate.post_problem(new.person_id, new.union_id, new.kind_id, new.starts_on,
                                 new.ends_before, new.appointed_by_id, new.confirmed_by_id);
  elsif (new.person_id, new.union_id, new.kind_id, new.starts_on, new.appointed_by_id,
         new.confirmed_by_id)
        is distinct from (old.person_id, old.union_id, old.kind_id, old.starts_on,
                          old.appointed_by_id, old.confirmed_by_id)
     or coalesce(new.ends_before, 'infinity') > coalesce(old.ends_before, 'infinity') then
    problem := 'post_only_ends';
  end if;
  if problem is not null then
    raise check_violation using message = 'this post cannot be given so', constraint = problem;
  end if;
  return new;
end"""

_POST_PROBLEM = """
declare self bigint := gate.scope_person(); proposed record;
begin
  if appointed_by is null then return 'post_given_by_whom'; end if;
  -- Its answers tell of proposals: nobody else gets any.
  if not gate.scope_may('directory.appoint') or not coalesce(gate.in_scope(place), false) then
    return 'post_elsewhere';
  end if;
  if not gate.union_stands(place, since) then return 'union_stands'; end if;
  if gate.one_person(person) in (self, gate.one_person(appointed_by),
                                 gate.one_person(confirmed_by)) then
    return 'post_not_by_oneself';
  end if;
  if confirmed_by is null then
    if gate.one_person(appointed_by) <> self then return 'post_given_by_whom'; end if;
    if gate.post_needs_two(kind, place) then return 'post_needs_two'; end if;
    return null;
  end if;
  select * into proposed from public.directory_appointment a
   where a.person_id = person and a.union_id = place and a.kind_id = kind
     and a.starts_on = since and a.ends_before is not distinct from until
     and a.proposed_by_id = appointed_by and a.decided_by_id is null;
  if not found then return 'post_as_proposed'; end if;
  if gate.one_person(confirmed_by) <> self
     or gate.one_person(proposed.proposed_by_id) = self then
    return 'post_needs_two';
  end if;
  return null;
end"""

_PROPOSED = """
begin
  if current_user <> 'web' then return new; end if;
  if tg_op = 'INSERT' then
    if gate.one_person(new.proposed_by_id) is distinct from gate.scope_person()
       or new.decided_by_id is not null or new.post_id is not null then
      raise check_violation using message = 'proposed by oneself, not decided',
        constraint = 'appointment_as_proposed';
    end if;
  elsif (new.person_id, new.union_id, new.kind_id, new.starts_on, new.ends_before,
         new.proposed_by_id, new.proposed_at)
        is distinct from (old.person_id, old.union_id, old.kind_id, old.starts_on,
                          old.ends_before, old.proposed_by_id, old.proposed_at)
     or old.decided_by_id is not null
     or gate.one_person(new.decided_by_id) is distinct from gate.scope_person() then
    raise check_violation using message = 'what was proposed is only decided, once',
      constraint = 'appointment_as_proposed';
  end if;
  return new;
end"""

_DELEGATED = """
declare given record;
begin
  if current_user <> 'web' then return new; end if;
  if tg_op = 'UPDATE' then
    if (new.post_id, new.union_id, new.person_id, new.matter, new.permissions, new.starts_on)
       is distinct from (old.post_id, old.union_id, old.person_id, old.matter, old.permissions,
                         old.starts_on)
       or coalesce(new.ends_before, 'infinity') > coalesce(old.ends_before, 'infinity') then
      raise check_violation using message = 'a delegation only ends',
        constraint = 'delegation_only_ends';
    end if;
    return new;
  end if;
  select p.person_id, p.union_id, p.starts_on, p.ends_before, k.permissions into given
    from public.directory_post p join public.directory_postkind k on k.code = p.kind_id
   where p.id = new.post_id;
  if not found or given.union_id <> new.union_id or not new.permissions <@ given.permissions
     or cardinality(new.permissions) = 0
     or not daterange(given.starts_on, given.ends_before)
            @> daterange(new.starts_on, new.ends_before) then
    raise check_violation using message = 'a delegation lies within its post',
      constraint = 'delegation_within_its_post';
  end if;
  if gate.one_person(given.person_id) = gate.one_person(new.person_id) then
    raise check_violation using message = 'a deputy is somebody else',
      constraint = 'delegation_to_somebody_else';
  end if;
  -- For somebody else's post: never to oneself, nothing weighty, no more than one has. A deputy is
  -- such a somebody, too, though the post is the one she acts in.
  if gate.one_person(given.person_id) is distinct from gate.scope_person()
     and (not gate.scope_may('directory.appoint') or gate.needs_two(new.permissions)
          or gate.one_person(new.person_id) = gate.scope_person()
          or not new.permissions <@ (gate.scope()).permissions) then
    raise check_violation using message = 'only the holder delegates this',
      constraint = 'delegation_by_its_holder';
  end if;
  return new;
end"""

# What is weighty takes two people to give; so one person cannot add it to what is held already,
# nor widen what he holds himself.
_KIND_CHANGED = """
begin
  if current_user <> 'web' or tg_op = 'UPDATE' and new.permissions <@ old.permissions
     and new.writes <= old.writes then
    return new;
  end if;
  if gate.needs_two(new.permissions)
     and (tg_op = 'INSERT' or new.writes > old.writes or gate.needs_two(array(
       select unnest(new.permissions) except select unnest(old.permissions)))) then
    raise check_violation using message = 'weighty permissions come with a kind of post',
      constraint = 'post_kind_not_weightier';
  end if;
  if exists (select from public.directory_post p where p.kind_id = new.code
                and gate.one_person(p.person_id) = gate.scope_person()) then
    raise check_violation using message = 'a post of one''s own is not widened',
      constraint = 'post_kind_not_ones_own';
  end if;
  return new;
end"""

_KIND_SPANS = """
begin
  if tg_op = 'UPDATE' then
    if (new.permissions, new.writes) is not distinct from (old.permissions, old.writes) then
      return null;
    end if;
    -- Changed twice a day, the day's last word counts.
    delete from public.directory_postkindspan
     where kind_id = new.code and ends_before is null and starts_on >= gate.today();
    update public.directory_postkindspan set ends_before = gate.today()
     where kind_id = new.code and (ends_before is null or ends_before > gate.today());
  end if;
  insert into public.directory_postkindspan (kind_id, permissions, writes, starts_on)
  values (new.code, new.permissions, new.writes,
          case tg_op when 'INSERT' then date '0001-01-01' else gate.today() end);
  return null;
end"""


def _as_whoever_writes(name: str, body: str) -> Sql:
    """A trigger function that is not a definer, so that ``current_user`` tells who writes."""
    return Sql(
        f"create or replace function {name} returns trigger language plpgsql"
        f" set search_path = pg_catalog, public, pg_temp as $gonghui${body}$gonghui$",
        f"drop function if exists {name}",
    )


def _before_writing(name: str, table: str, function: str) -> Trigger:
    return Trigger(name, table, f"before insert or update on public.{table} for each row", function)


POSTS = [
    DefinerFunction(
        "gate.needs_two(permissions text[])",
        returns="boolean",
        language="sql",
        volatility="immutable",
        body=_NEEDS_TWO,
    ),
    DefinerFunction(
        "gate.appoints_alone(place bigint)",
        returns="boolean",
        volatility="stable",
        body=_ALONE,
        callable_by="",
    ),
    DefinerFunction(
        "gate.post_needs_two(kind text, place bigint)",
        returns="boolean",
        volatility="stable",
        body=_POST_NEEDS_TWO,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.post_problem(person bigint, place bigint, kind text, since date, until date,"
        " appointed_by bigint, confirmed_by bigint)",
        returns="text",
        volatility="stable",
        body=_POST_PROBLEM,
        grants=["select on public.directory_appointment"],
        callable_by="web",
    ),
    _as_whoever_writes("gate.post_is_given()", _GIVEN),
    _before_writing("post_is_given", "directory_post", "gate.post_is_given()"),
    _as_whoever_writes("gate.appointment_is_proposed()", _PROPOSED),
    _before_writing(
        "appointment_is_proposed", "directory_appointment", "gate.appointment_is_proposed()"
    ),
    _as_whoever_writes("gate.delegation_is_given()", _DELEGATED),
    _before_writing("delegation_is_given", "directory_delegation", "gate.delegation_is_given()"),
    _as_whoever_writes("gate.post_kind_is_changed()", _KIND_CHANGED),
    _before_writing("post_kind_is_changed", "directory_postkind", "gate.post_kind_is_changed()"),
    TriggerFunction(
        "gate.post_kind_spans()",
        body=_KIND_SPANS,
        grants=["select, insert, update, delete on public.directory_postkindspan"],
    ),
    Trigger(
        "post_kind_spans",
        "directory_postkind",
        "after insert or update on public.directory_postkind for each row",
        "gate.post_kind_spans()",
    ),
    Classify("directory_postkindspan", kind="structure", verbs="select"),
    Classify(
        "directory_appointment",
        kind="business",
        by="union_id",
        verbs="select insert update",
        writes="directory.appoint",
    ),
]
