"""Persons are registered, employed, joined and given numbers by functions that see everybody.

An officer learns of a number outside her sight at most that the office must look at it: never
whose it is, where, or since when. So uniqueness is asked and enforced here, and no error of the
database reaches her.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction, Trigger, TriggerFunction

MOST_LOOK_UPS = 300
"""Numbers an officer below the whole may ask about on one day, one by one."""

_ELSEWHERE = "raise exception using errcode = 'GH409', message = 'ask the office'"
_ENDED = "raise check_violation using message = 'no union', constraint = 'union_stands'"
# First the person, then what is hers: so does a roster, and neither waits for ever.
_LOCKED = "perform from public.directory_person p where p.id = person for update"
_REFUSED = "raise insufficient_privilege using message = 'persons'"

# Whose row one sees: employed in the scope, now or once.
_SEEN = """
  select gate.scope_person() is not null and (gate.scope_whole() or exists (
    select from public.directory_employment e where e.person_id = person
       and e.union_id in (select gate.unions_in_scope())))"""

_COUNT = f"""
declare total integer; allowed integer;
begin
  if gate.scope_whole() then return; end if;
  insert into public.directory_lookup (person_id, day, asked)
  values (gate.scope_person(), gate.today(), asking)
  on conflict (person_id, day) do update set asked = directory_lookup.asked + excluded.asked
  returning asked into total;
  -- A unit sends the roster of all its people a few times; how many they are, the level above says.
  select {MOST_LOOK_UPS} + 5 * coalesce(sum(u.workforce), 0) into allowed
    from public.directory_union u where u.id in (select gate.unions_in_scope());
  if total > allowed then
    raise exception using errcode = 'GH429', message = 'too many look-ups today';
  end if;
end"""

# `new` also covers who left everywhere: she is found again when she is registered.
_RESOLVE = f"""
#variable_conflict use_column
begin
  if not (gate.scope_may('roster.book') or gate.scope_may('directory.appoint')
          or gate.scope_may('person.correct')) then
    {_REFUSED};
  end if;
  perform gate.count_person_look_ups(cardinality(blinds));
  return query
  select a.n::integer, case when s.seen then found.person_id end,
         case when found.person_id is null then 'new'
              when s.seen and found.in_force then 'known'
              when s.seen then 'replaced'
              when not found.in_force or s.busy then 'elsewhere'
              else 'new' end
    from unnest(blinds) with ordinality a (blind, n)
    left join lateral (
      select b.person_id, b.ends_before is null as in_force
        from public.directory_personnumber b where b.blind = a.blind
       order by b.ends_before is not null, b.id desc limit 1) found on true
    left join lateral (
      select gate.person_seen(found.person_id) as seen,
             exists (select from public.directory_employment e
                      where e.person_id = found.person_id
                        and (e.ends_before is null or e.ends_before > gate.today())) as busy
       where found.person_id is not null) s on true
   order by a.n;
end"""

# The index of numbers decides between two who register the same one at once: see add_numbers.
_REGISTER = f"""
declare one record; known bigint; ended date; made bigint;
begin
  if not (gate.scope_may('roster.book') or gate.scope_may('directory.appoint'))
     or not gate.scope_writes()
     or exists (select from unnest(places) p (id) where not gate.in_scope(p.id)) then
    {_REFUSED};
  end if;
  if exists (select from unnest(places) p (id) where not gate.union_stands(p.id, since)) then
    {_ENDED};
  end if;
  perform gate.count_person_look_ups(cardinality(blinds));
  for one in
    select * from unnest(places, blinds, names, folded, pinyins, births, sexes, categories,
                         staff_numbers)
      with ordinality a (place, blind, name, folded, pinyin, born, sex, category, staff, n)
     order by a.n
  loop
    known := null; ended := null;
    select b.person_id, b.ends_before into known, ended from public.directory_personnumber b
     where b.blind = one.blind order by b.ends_before is not null, b.id desc limit 1;
    if known is null then
      insert into public.directory_person
             (public_id, name, name_folded, name_pinyin, born_on, sex)
      values (gen_random_uuid(), one.name, one.folded, one.pinyin, one.born, one.sex)
      returning id into made;
    elsif ended is not null or not gate.person_seen(known) and exists (
            select from public.directory_employment e where e.person_id = known
               and (e.ends_before is null or e.ends_before > since))
          or not exists (
            select from public.directory_person p
             where p.id in (select gate.same_persons(known)) and p.name_folded = one.folded) then
      {_ELSEWHERE};
    else
      made := known;
    end if;
    insert into public.directory_employment
           (person_id, union_id, name_as_written, category, staff_number, starts_on)
    select made, one.place, one.name, one.category, one.staff, since
     where not exists (
       select from public.directory_employment e
        where e.person_id = made and e.union_id = one.place
          and daterange(e.starts_on, e.ends_before) && daterange(since, null));
    ordinal := one.n; person_id := made; made_now := known is null; number_id := null;
    if known is null and one.blind is not null then
      number_id := nextval('public.directory_personnumber_id_seq');
    end if;
    return next;
  end loop;
end"""

# With roster.book only a person's first number; another one is a correction.
_ADD_NUMBERS = f"""
begin
  if not gate.scope_writes() or exists (
       select from unnest(persons) p (id) where not gate.person_seen(p.id)) then
    {_REFUSED};
  end if;
  if not gate.scope_may('person.correct') and (
       not (gate.scope_may('roster.book') or gate.scope_may('directory.appoint')) or exists (
         select from public.directory_personnumber b where b.person_id = any(persons))) then
    {_REFUSED};
  end if;
  insert into public.directory_personnumber
         (id, person_id, kind, cipher, blind, last_four, starts_on, replaced_because)
  select a.id, a.person, a.kind, a.cipher, a.blind, a.four, since, ''
    from unnest(numbers, persons, kinds, ciphers, blinds, last_fours)
         a (id, person, kind, cipher, blind, four) order by a.blind;
exception when unique_violation then
  {_ELSEWHERE};
end"""

_NEXT_NUMBER = f"""
begin
  if not gate.scope_may('person.correct') or not gate.scope_writes()
     or not gate.person_seen(person) then
    {_REFUSED};
  end if;
  return nextval('public.directory_personnumber_id_seq');
end"""

_REPLACE = f"""
declare ended bigint;
begin
  if not gate.scope_may('person.correct') or not gate.scope_writes()
     or not gate.person_seen(person) then
    {_REFUSED};
  end if;
  update public.directory_personnumber b
     set ends_before = greatest(since, b.starts_on + 1), replaced_because = because
   where b.id = replaced and b.person_id = person and b.ends_before is null
  returning b.id into ended;
  if ended is null then {_REFUSED}; end if;
end"""

_HIRE = f"""
begin
  if not gate.scope_may('roster.book') or not gate.scope_writes() or not gate.in_scope(place)
     or not gate.person_seen(person) then
    {_REFUSED};
  end if;
  if not gate.union_stands(place, since) then {_ENDED}; end if;
  {_LOCKED};
  insert into public.directory_employment
         (person_id, union_id, name_as_written, category, staff_number, starts_on)
  values (person, place, written, of_category, staff, since);
end"""

_LEAVE = f"""
declare ended bigint;
begin
  if not (gate.scope_may('roster.book') or gate.scope_may('roster.transfer'))
     or not gate.scope_writes() or not gate.in_scope(place) then
    {_REFUSED};
  end if;
  {_LOCKED};
  update public.directory_employment e set ends_before = since
   where e.person_id = person and e.union_id = place and e.starts_on < since
     and (e.ends_before is null or e.ends_before > since)
  returning e.id into ended;
  return ended is not null;
end"""

_TRANSFER = f"""
declare was record;
begin
  if not gate.scope_may('roster.transfer') or not gate.scope_writes()
     or not gate.in_scope(from_union) or not gate.in_scope(to_union) then
    {_REFUSED};
  end if;
  if not gate.union_stands(to_union, since) then {_ENDED}; end if;
  {_LOCKED};
  select * into was from public.directory_employment e
   where e.person_id = person and e.union_id = from_union and e.starts_on < since
     and (e.ends_before is null or e.ends_before > since) for update;
  if not found then return false; end if;
  update public.directory_employment e set ends_before = since where e.id = was.id;
  insert into public.directory_employment
         (person_id, union_id, name_as_written, category, staff_number, starts_on, ends_before)
  values (person, to_union, was.name_as_written, was.category, was.staff_number, since,
          was.ends_before);
  return true;
end"""

# Whoever signs in as a row acts as the person it is joined to. So nobody joins herself, and rows
# with posts are joined by those only who see the whole. Two who join the same rows from both sides:
# the second one reads what the first one did.
_JOINED = f"""
declare rows bigint[];
begin
  if new.merged_into_id is not distinct from old.merged_into_id then return new; end if;
  rows := array_remove(array[old.id, old.merged_into_id, new.merged_into_id], null);
  if gate.scope_person() is not null then
    if exists (select from unnest(rows) r (id)
                where not gate.person_seen(r.id)
                   or gate.one_person(r.id) = gate.one_person(gate.scope_person())
                   or not gate.scope_whole() and exists (
                     select from public.directory_post p where p.person_id = r.id
                     union all
                     select from public.directory_delegation d where d.person_id = r.id)) then
      {_REFUSED};
    end if;
  end if;
  perform pg_advisory_xact_lock(hashtext('gonghui.one_person'));
  if new.merged_into_id is not null and (
       old.merged_into_id is not null
       or (select p.merged_into_id from public.directory_person p where p.id = new.merged_into_id)
          is not null) then
    raise check_violation using message = 'one of them is another row already',
      constraint = 'person_joined_once';
  end if;
  return new;
end"""

PERSONS = [
    Classify("directory_lookup", kind="gate", audited=False),
    DefinerFunction(
        "gate.person_seen(person bigint)",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_SEEN,
        callable_by="",
    ),
    DefinerFunction(
        "gate.count_person_look_ups(asking integer)",
        returns="void",
        body=_COUNT,
        grants=[
            "select, insert, update on public.directory_lookup",
            "usage on sequence public.directory_lookup_id_seq",
        ],
        callable_by="",
    ),
    DefinerFunction(
        "gate.resolve_persons(blinds bytea[])",
        returns="table (ordinal integer, person_id bigint, standing text)",
        body=_RESOLVE,
        grants=["select on public.directory_personnumber"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.register_persons(since date, places bigint[], blinds bytea[], names text[],"
        " folded text[], pinyins text[], births date[], sexes text[], categories text[],"
        " staff_numbers text[])",
        returns="table (ordinal integer, person_id bigint, number_id bigint, made_now boolean)",
        body=_REGISTER,
        grants=[
            "insert on public.directory_person",
            "usage on sequence public.directory_person_id_seq,"
            " public.directory_personnumber_id_seq, public.directory_employment_id_seq",
        ],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.add_numbers(since date, numbers bigint[], persons bigint[], kinds text[],"
        " ciphers bytea[], blinds bytea[], last_fours bytea[])",
        returns="void",
        body=_ADD_NUMBERS,
        grants=[
            "insert, update on public.directory_personnumber",
            "update on public.directory_person",
        ],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.next_number_id(person bigint)",
        returns="bigint",
        body=_NEXT_NUMBER,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.replace_number(person bigint, replaced bigint, because text, since date)",
        returns="void",
        body=_REPLACE,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.hire(person bigint, place bigint, written text, of_category text, staff text,"
        " since date)",
        returns="void",
        body=_HIRE,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.leave(person bigint, place bigint, since date)",
        returns="boolean",
        body=_LEAVE,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.transfer(person bigint, from_union bigint, to_union bigint, since date)",
        returns="boolean",
        body=_TRANSFER,
        callable_by="web",
    ),
    TriggerFunction("gate.person_is_joined()", body=_JOINED),
    Trigger(
        "person_is_joined",
        "directory_person",
        "before update of merged_into_id on public.directory_person for each row",
        "gate.person_is_joined()",
    ),
]
