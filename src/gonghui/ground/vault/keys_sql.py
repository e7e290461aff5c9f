"""How data keys are made, counted, wrapped anew and destroyed: web changes no row by itself.

A person is *known* here as everywhere: she has or had an employment in the scope, or is oneself.
Rows are always locked in the order of persons.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction, Sql

MOST_USES = 2**30
"""Of one data key: with random nonces of 96 bits, two are then alike with less than 2^-36."""

MOST_AT_ONCE = 2**16
"""Uses of one data key that are counted in one call."""

CLASSES = [
    Classify("vault_datakey", kind="personal", by="person_id", verbs="select"),
    Classify("vault_earlierkey", kind="personal", by="person_id", verbs="select"),
]

_REFUSED = "raise insufficient_privilege using message = 'data keys'"

# Set against set: how many persons there are, PostgreSQL cannot guess from an array.
_ALL_KNOWN = """
  with mine as materialized (select m.id from gate.unions_in_scope() m (id))
  select case when gate.scope_person() is null then false when gate.scope_whole() then true
    else not exists (
      select p.id from unnest(persons) p (id) where p.id is distinct from (select gate.scope_self())
      except
      select e.person_id from public.directory_employment e
       where e.person_id = any(persons) and e.union_id in (select id from mine)) end"""

_USE = f"""
#variable_conflict use_column
begin
  -- Nobody wears out a key by saying so.
  if not gate.scope_writes() or not gate.all_known(persons)
     or not coalesce(0 <= all(counts) and {MOST_AT_ONCE} >= all(counts), false) then
    {_REFUSED};
  end if;
  perform from public.vault_datakey k where k.person_id = any(persons)
    order by k.person_id for update;
  update public.vault_datakey k set uses = k.uses + n.times
    from (select p.id, sum(p.times)::bigint as times from unnest(persons, counts) p (id, times)
           group by p.id) n
   where k.person_id = n.id and k.wrapped is not null;
  return query select k.person_id, k.generation, k.wrapped, k.key_id, k.uses
    from public.vault_datakey k where k.person_id = any(persons);
end"""

_ADD = f"""
begin
  if not gate.scope_writes() or not gate.all_known(persons) then {_REFUSED}; end if;
  insert into public.vault_datakey (person_id, wrapped, key_id)
  select p.id, p.wrapped, with_key from unnest(persons, wraps) p (id, wrapped)
   where p.wrapped is not null order by p.id
  on conflict (person_id) do nothing;
end"""

_RENEW = f"""
#variable_conflict use_column
declare old public.vault_datakey;
begin
  if not gate.scope_writes() or not gate.all_known(array[person]) then {_REFUSED}; end if;
  select * into old from public.vault_datakey k where k.person_id = person for update;
  if not found or old.wrapped is null or old.generation <> after_generation then
    return false;
  end if;
  -- Nobody is made to lose a key that still serves, except by those who look after keys.
  if old.uses < {MOST_USES} and not gate.scope_may('key.rotate') then {_REFUSED}; end if;
  insert into public.vault_earlierkey (person_id, generation, wrapped, key_id)
  values (person, old.generation, old.wrapped, old.key_id);
  update public.vault_datakey k set generation = old.generation + 1, wrapped = wrap,
         key_id = with_key, uses = 0
   where k.person_id = person;
  return true;
end"""

_REWRAP = f"""
#variable_conflict use_column
declare done integer; more integer;
begin
  if not gate.scope_writes() or not gate.scope_whole() or not gate.scope_may('key.rotate') then
    {_REFUSED};
  end if;
  perform from public.vault_datakey k where k.person_id = any(persons)
    order by k.person_id for update;
  -- Only what is still as it was read: in between a key may have been destroyed or renewed.
  update public.vault_datakey k set wrapped = n.new, key_id = with_key
    from unnest(persons, generations, old_wraps, new_wraps) n (id, generation, old, new)
   where k.person_id = n.id and k.generation = n.generation and k.wrapped = n.old;
  get diagnostics done = row_count;
  update public.vault_earlierkey k set wrapped = n.new, key_id = with_key
    from unnest(persons, generations, old_wraps, new_wraps) n (id, generation, old, new)
   where k.person_id = n.id and k.generation = n.generation and k.wrapped = n.old;
  get diagnostics more = row_count;
  return done + more;
end"""

_DESTROY = f"""
#variable_conflict use_column
declare there boolean;
begin
  if not gate.scope_writes() or not gate.scope_may('person.erase')
     or not gate.all_known(array[person]) then
    {_REFUSED};
  end if;
  update public.vault_datakey k set wrapped = null, destroyed_at = now()
   where k.person_id = person and k.wrapped is not null;
  there := found;
  delete from public.vault_earlierkey k where k.person_id = person;
  return there;
end"""

_KEYS = "public.vault_datakey, public.vault_earlierkey"

FUNCTIONS = [
    DefinerFunction(
        "gate.all_known(persons bigint[])",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_ALL_KNOWN,
        grants=["select on public.directory_employment"],
        callable_by="",
    ),
    DefinerFunction(
        "gate.use_data_keys(persons bigint[], counts bigint[])",
        returns="table (person_id bigint, generation integer, wrapped bytea, key_id integer,"
        " uses bigint)",
        body=_USE,
        grants=[f"select, insert, update on {_KEYS}"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.add_data_keys(persons bigint[], wraps bytea[], with_key integer)",
        returns="void",
        body=_ADD,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.renew_data_key(person bigint, after_generation integer, wrap bytea,"
        " with_key integer)",
        returns="boolean",
        body=_RENEW,
        grants=["usage on sequence public.vault_earlierkey_id_seq"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.rewrap_data_keys(persons bigint[], generations integer[], old_wraps bytea[],"
        " new_wraps bytea[], with_key integer)",
        returns="integer",
        body=_REWRAP,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.destroy_data_keys(person bigint)",
        returns="boolean",
        body=_DESTROY,
        grants=["delete on public.vault_earlierkey"],
        callable_by="web",
    ),
]

_REWRAP_FILES = f"""
#variable_conflict use_column
declare done integer;
begin
  if not gate.scope_writes() or not gate.scope_whole() or not gate.scope_may('key.rotate') then
    {_REFUSED};
  end if;
  update public.vault_filekey k set wrapped = n.new, key_id = with_key
    from unnest(files, old_wraps, new_wraps) n (id, old, new)
   where k.id = n.id and k.wrapped = n.old;
  get diagnostics done = row_count;
  return done;
end"""

FILES = [
    Classify("vault_filekey", kind="business", by="union_id", verbs="select insert"),
    # A key is bound to its row's id, so the id is drawn before the row is written.
    Sql("grant usage on sequence public.vault_filekey_id_seq to web"),
    DefinerFunction(
        "gate.rewrap_file_keys(files bigint[], old_wraps bytea[], new_wraps bytea[],"
        " with_key integer)",
        returns="integer",
        body=_REWRAP_FILES,
        grants=["select, update on public.vault_filekey"],
        callable_by="web",
    ),
]
