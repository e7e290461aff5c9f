"""Definer functions that find people by number across all units, and book them.

An officer learns of a person outside her scope at most that she is covered elsewhere, or that the
office must look at the row: never where, when, or under what name. All rows of a file go through
each statement together.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import (
    Classify,
    DefinerFunction,
    Sql,
    Statements,
    Trigger,
    TriggerFunction,
)

_UNIONS = "(select gate.unions_in_scope())"
_WHOLE = "(select gate.scope_whole())"
_SELF = "(select gate.scope_self())"

CLASSES = [
    Classify(
        "mutualaid_rosterfile",
        kind="personal",
        by="union_id",
        verbs="select insert update",
        check=f"({_WHOLE} or union_id in {_UNIONS}) and ((select gate.scope_may('roster.check'))"
        " or (select gate.scope_may('roster.book')))",
    ),
    # A person's cover follows her: her unit of today sees it, the one that enrolled her, too.
    Classify(
        "mutualaid_enrolment",
        kind="personal",
        by="union_id",
        using=f"{_WHOLE} or union_id in {_UNIONS} or person_id = {_SELF} or exists"
        " (select from public.directory_employment now_in where now_in.person_id ="
        " mutualaid_enrolment.person_id and now_in.union_id in (select gate.unions_in_scope())"
        " and now_in.ends_before is null)",
        check=f"({_WHOLE} or union_id in {_UNIONS})"
        " and ((select gate.scope_may('contribution.match'))"
        " or (select gate.scope_may('roster.transfer')))",
        verbs="select update",
    ),
    # Who takes part, for how much and from when is written once, by booking.
    Statements(
        [
            "revoke update on public.mutualaid_enrolment from web",
            "grant update (bill_id, paid_on, withdrawn_on, withdrawn_because, cancelled,"
            " ends_before) on public.mutualaid_enrolment to web",
        ]
    ),
]

_RESOLVE = """
#variable_conflict use_column
declare wide boolean := gate.scope_whole();
begin
  if not gate.scope_may('roster.check') then
    raise insufficient_privilege using message = 'roster.check';
  end if;
  if not wide and exists (
       select from unnest(places) p (place)
        where p.place not in (select gate.unions_in_scope())) then
    raise insufficient_privilege using message = 'roster.check';
  end if;
  if exists (select from (select distinct place from unnest(places) p (place)) p
              where not gate.union_stands(p.place, until_day - 1)) then
    raise check_violation using message = 'no union', constraint = 'union_stands';
  end if;
  perform gate.count_person_look_ups(cardinality(blinds));
  return query
  with asked as materialized (
    select * from unnest(places, blinds, folded) with ordinality a (place, blind, name, n)),
  mine as materialized (select u.id from public.directory_union u
    where wide or u.id in (select gate.unions_in_scope())),
  found as (
    select a.n, a.place, a.name, number.person_id, number.open, p.name_folded,
           coalesce(p.merged_into_id, p.id) as one
      from asked a
      left join lateral (
        select nb.person_id, nb.ends_before is null as open from public.directory_personnumber nb
         where nb.blind = a.blind order by nb.ends_before is not null, nb.id desc limit 1
      ) number on true
      left join public.directory_person p on p.id = number.person_id),
  -- Rows that were joined are one person: cover of any of them is hers.
  rows_of_one as (
    select f.n, f.place, f.one as person_id from found f where f.one is not null
    union all
    select f.n, f.place, twin.id from found f
      join public.directory_person twin on twin.merged_into_id = f.one),
  covered as (
    select r.n, case when bool_or(e.union_id = r.place) then 'enrolled'
                     when bool_or(e.union_id in (select id from mine)) then 'in_other_unit'
                     else 'elsewhere' end as cover
      from rows_of_one r join public.mutualaid_enrolment e on e.person_id = r.person_id
     where e.scheme_id = in_scheme and not e.cancelled
       and daterange(e.starts_on, e.ends_before) && daterange(from_day, until_day)
     group by r.n),
  judged as (
    select f.*, c.cover,
      (select case when bool_or(m.union_id = f.place and m.ends_before is null) then 'known'
                   when bool_or(m.union_id in (select id from mine)) then 'returning'
                   else 'unseen' end
         from public.directory_employment m where m.person_id = f.person_id) as employed
      from found f left join covered c on c.n = f.n)
  select j.n::integer,
         coalesce(j.person_id, nextval('public.directory_person_id_seq')),
         case when j.person_id is null then nextval('public.directory_personnumber_id_seq') end,
         case when j.person_id is null then 'new'
              when not j.open and j.employed <> 'unseen' then 'number_replaced'
              when not j.open then 'ask_office'
              when j.cover is not null then j.cover
              when j.name <> j.name_folded and j.employed <> 'unseen' then 'name_differs'
              when j.name <> j.name_folded then 'ask_office'
              when j.employed = 'known' then 'known'
              else 'returning' end
    from judged j order by j.n;
end"""

_CHANGED = "raise exception using errcode = 'GH409', message = 'the roster must be checked again'"

_BOOK = f"""
#variable_conflict use_column
declare wide boolean := gate.scope_whole(); expected integer := cardinality(persons);
  file record; done integer; here bigint[]; known bigint[];
  drawn bigint := (select last_value from public.directory_person_id_seq);
begin
  if not gate.scope_may('roster.book') or not gate.scope_writes() then
    raise insufficient_privilege using message = 'roster.book';
  end if;
  select * into file from public.mutualaid_rosterfile where id = of_file for update;
  if not found or file.state <> 'booked' or file.booked_by_id is distinct from gate.scope_person()
     or file.rows_booked is not null or (not wide and (not gate.in_scope(file.union_id) or exists (
       select from unnest(places) p (place) where p.place not in (select gate.unions_in_scope()))))
  then
    raise insufficient_privilege using message = 'roster.book';
  end if;
  -- A unit that ends meanwhile waits for this, or this for it.
  here := array(select distinct place from unnest(places) p (place));
  perform from public.directory_union u where u.id = any(here) order by u.id for share;
  if exists (select from unnest(here) p (place) where not gate.union_stands(p.place, on_day)) then
    {_CHANGED};
  end if;
  -- Whoever is known is locked in one order, and looked at again: another file may come first.
  known := array(select a.person from unnest(persons, codes) a (person, code)
                  where a.code <> 'new');
  perform from public.directory_person p
    where p.id = any(known)
       or p.id in (select k.merged_into_id from public.directory_person k where k.id = any(known))
    order by p.id for update;
  if exists (
       select from unnest(known) k (id) join public.directory_person mine on mine.id = k.id
         join public.directory_person twin
           on twin.id = mine.merged_into_id or twin.merged_into_id = mine.id
              or twin.merged_into_id = mine.merged_into_id and twin.id <> mine.id
         join public.mutualaid_enrolment e
           on e.person_id = twin.id and e.scheme_id = file.scheme_id and not e.cancelled
              and e.starts_on < file.period_until and e.ends_before > file.period_from) then
    {_CHANGED};
  end if;
  -- Only who presents a person's number and name may book her; an id not drawn yet is another's.
  if exists (
       select from unnest(persons, codes, blinds, folded) a (person, code, blind, name)
        where a.code is null or a.code not in ('new', 'known', 'returning')
           or a.code = 'new' and a.person > drawn or (a.code <> 'new' and not exists (
          select from public.directory_personnumber nb
            join public.directory_person p on p.id = nb.person_id
           where nb.person_id = a.person and nb.blind = a.blind and nb.ends_before is null
             and p.name_folded = a.name))) then
    {_CHANGED};
  end if;
  insert into public.directory_person (id, public_id, name, name_folded, name_pinyin, born_on, sex)
  select a.person, gen_random_uuid(), a.name, a.folded, a.pinyin, a.born, a.sex
    from unnest(persons, codes, names, folded, pinyins, births, sexes)
         a (person, code, name, folded, pinyin, born, sex)
   where a.code = 'new';
  insert into public.vault_datakey (person_id, wrapped, key_id, uses)
  select a.person, a.wrapped, with_key, 4 from unnest(persons, codes, wrapped_keys)
         a (person, code, wrapped) where a.code = 'new';
  insert into public.directory_personnumber
         (id, person_id, kind, cipher, blind, last_four, starts_on, replaced_because)
  select a.number, a.person, a.kind, a.cipher, a.blind, a.last_four, on_day, ''
    from unnest(persons, codes, numbers, kinds, ciphers, blinds, last_fours)
         a (person, code, number, kind, cipher, blind, last_four)
   where a.code = 'new' order by a.blind;
  insert into public.directory_employment
         (person_id, union_id, name_as_written, category, staff_number, starts_on)
  select a.person, a.place, a.name, a.category, a.staff_number, least(on_day, a.since)
    from unnest(persons, codes, places, names, categories, staff_numbers, cover_from)
         a (person, code, place, name, category, staff_number, since)
   where a.code <> 'known';
  insert into public.mutualaid_enrolment
         (person_id, union_id, scheme_id, rosterfile_id, row_number, period_from, period_until,
          starts_on, ends_before, fee_class, category, shares, fee_fen, first_join, enrolled_on,
          withdrawn_because, cancelled)
  select a.person, a.place, file.scheme_id, file.id, a.row_number, file.period_from,
         file.period_until, a.since, a.until, a.fee_class, a.category, a.shares, a.fee,
         not exists (select from public.mutualaid_enrolment before
           where before.person_id = a.person and before.scheme_id = file.scheme_id
             and not before.cancelled and before.ends_before >= a.since - renewal_gap),
         on_day, '', false
    from unnest(persons, places, row_numbers, cover_from, cover_until, fee_classes, categories,
                shares, fees)
         a (person, place, row_number, since, until, fee_class, category, shares, fee)
   order by a.person;
  get diagnostics done = row_count;
  update public.mutualaid_rosterfile set rows_booked = done where id = of_file;
  return done;
exception
  -- What was violated would tell of other units: it is said in one way only.
  when unique_violation or exclusion_violation or foreign_key_violation then
    {_CHANGED};
end"""

# After directory's own: whoever may join has been judged, and the two rows are to be locked.
_ONE_COVER = """
begin
  if new.merged_into_id is null or new.merged_into_id is not distinct from old.merged_into_id then
    return new;
  end if;
  perform from public.directory_person p where p.id = new.merged_into_id for update;
  if exists (
       select from public.mutualaid_enrolment mine
         join public.directory_person twin
           on twin.id = new.merged_into_id or twin.merged_into_id = new.merged_into_id
         join public.mutualaid_enrolment hers
           on hers.person_id = twin.id and hers.scheme_id = mine.scheme_id
              and hers.id <> mine.id and not hers.cancelled
              and daterange(hers.starts_on, hers.ends_before)
                  && daterange(mine.starts_on, mine.ends_before)
        where mine.person_id = new.id and not mine.cancelled) then
    raise check_violation using message = 'both are covered', constraint = 'person_one_cover';
  end if;
  return new;
end"""

# Withdrawing takes cover away; only money gives it, and only whoever sends bills puts it on one.
# Once a statement, as payments and bills come by the thousand.
_CHANGES = """
declare broken boolean;
begin
  if gate.scope_person() is null then return null; end if;
  -- Planned anew each time, for every row: a plan kept from a statement of three rows, or one that
  -- hopes to find its answer in the first, joins 62,715 by a loop.
  execute 'select bool_or(
                n.ends_before > o.ends_before or o.cancelled and not n.cancelled
             or n.paid_on is distinct from o.paid_on and not $1
             or n.bill_id is distinct from o.bill_id and n.bill_id is not null and not $2)
             from new_rows n join old_rows o using (id)'
     into broken
    using gate.scope_may('contribution.match'), gate.scope_may('contribution.bill');
  if broken then
    raise insufficient_privilege using message = 'enrolments';
  end if;
  return null;
end"""

BOOK_ARGUMENTS = {
    **{"of_file": "bigint", "on_day": "date", "with_key": "integer", "persons": "bigint[]"},
    **{"codes": "text[]", "numbers": "bigint[]", "places": "bigint[]", "names": "text[]"},
    **{"folded": "text[]", "pinyins": "text[]", "births": "date[]", "sexes": "text[]"},
    **{"kinds": "text[]", "ciphers": "bytea[]", "blinds": "bytea[]", "last_fours": "bytea[]"},
    **{"wrapped_keys": "bytea[]", "categories": "text[]", "staff_numbers": "text[]"},
    **{"row_numbers": "integer[]", "cover_from": "date[]", "cover_until": "date[]"},
    **{"fee_classes": "text[]", "shares": "integer[]", "fees": "bigint[]"},
    **{"renewal_gap": "integer"},
}
"""What ``gate.book_roster`` takes, in order; the arrays have one entry a row."""

BOOK = f"select gate.book_roster({', '.join(f'%s::{kind}' for kind in BOOK_ARGUMENTS.values())})"

FUNCTIONS = [
    # The id of a contact is part of what seals it, so it is drawn before.
    Sql("grant usage on sequence public.directory_personcontact_id_seq to web"),
    DefinerFunction(
        "gate.resolve_people(places bigint[], blinds bytea[], folded text[], in_scheme bigint,"
        " from_day date, until_day date)",
        returns="table (ordinal integer, person_id bigint, number_id bigint, code text)",
        body=_RESOLVE,
        grants=[
            "select on public.directory_personnumber, public.mutualaid_enrolment",
            "usage on sequence public.directory_person_id_seq,"
            " public.directory_personnumber_id_seq",
        ],
        callable_by="web",
    ),
    DefinerFunction(
        f"gate.book_roster({', '.join(map(' '.join, BOOK_ARGUMENTS.items()))})",
        returns="integer",
        body=_BOOK,
        grants=[
            "select, update on public.mutualaid_rosterfile, public.directory_person",
            "select on sequence public.directory_person_id_seq",
            "select, update on public.directory_union",
            "insert on public.directory_person, public.directory_personnumber,"
            " public.directory_employment, public.mutualaid_enrolment",
        ],
        callable_by="web",
    ),
    TriggerFunction("gate.enrolment_only_shrinks()", body=_CHANGES),
    Trigger(
        "enrolment_only_shrinks",
        "mutualaid_enrolment",
        "after update on public.mutualaid_enrolment"
        " referencing old table as old_rows new table as new_rows for each statement",
        "gate.enrolment_only_shrinks()",
    ),
    TriggerFunction("gate.person_has_one_cover()", body=_ONE_COVER),
    Trigger(
        "person_z_one_cover",
        "directory_person",
        "before update of merged_into_id on public.directory_person for each row",
        "gate.person_has_one_cover()",
    ),
]
