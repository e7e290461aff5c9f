"""Definer functions over accounts, sessions and posts: the only way into a scope."""

from __future__ import annotations

from gonghui.ground.accounts.second_factor_sql import ALIVE
from gonghui.ground.borders.protect import DefinerFunction

_ENTER = f"""
declare
  bearer record; place record; granted gate.scope_facts; held record;
begin
  select s.id, s.union_id, a.person_id into bearer
    from public.accounts_session s join public.accounts_account a on a.id = s.account_id
   where s.token_hash = sha256(convert_to(token, 'UTF8')) and s.ended_at is null
     and s.expires_at > now() and a.disabled_at is null and {ALIVE};
  if not found then raise insufficient_privilege using message = 'no scope'; end if;
  bearer.person_id := gate.one_person(bearer.person_id);
  -- The place: asked for, or that of the session, or the highest post's.
  select u.id, u.low, u.high, u.parent_id into place from public.directory_union u
   where u.id = coalesce(at_union, bearer.union_id, (
     select r.union_id from gate.reach(bearer.person_id) r
       join public.directory_union p on p.id = r.union_id order by p.high - p.low desc, p.low, p.id
      limit 1));
  if not found then raise insufficient_privilege using message = 'no scope'; end if;
  if bearer.union_id is not null and not exists (
       select from public.directory_union narrow where narrow.id = bearer.union_id
          and place.low between narrow.low and narrow.high) then
    raise insufficient_privilege using message = 'no scope';
  end if;
  granted.session_id := bearer.id;
  granted.person_id := bearer.person_id;
  granted.union_id := place.id;
  granted.whole := place.parent_id is null;
  granted.writes := false;
  granted.permissions := '{{}}';
  -- What every post and delegation gives whose union is the place or lies above it; the nearest
  -- one that writes answers for what is done.
  for held in
    select r.* from gate.reach(bearer.person_id) r
      join public.directory_union above on above.id = r.union_id
     where place.low between above.low and above.high
     order by r.writes desc, above.low desc, r.delegation_id nulls first, r.post_id
  loop
    if granted.post_id is null then
      granted.post_id := held.post_id;
      granted.authority := case when held.delegation_id is null then 'post:' || held.post_id
        else 'delegation:' || held.delegation_id end;
    end if;
    granted.writes := granted.writes or held.writes;
    granted.permissions := granted.permissions || held.permissions;
  end loop;
  if granted.post_id is null then
    raise insufficient_privilege using message = 'no scope';
  end if;
  select array_agg(distinct p order by p) into granted.permissions
    from unnest(granted.permissions) p;
  granted.permissions := coalesce(granted.permissions, '{{}}');
  perform gate.grant_scope(granted);
  return query select granted.person_id, granted.post_id, granted.union_id, granted.whole,
                      granted.writes, granted.permissions;
end"""

_REACH = """
  select p.union_id, p.id, null::bigint, k.writes, k.permissions
    from public.directory_post p join public.directory_postkind k on k.code = p.kind_id
   where p.person_id in (select gate.same_persons(person)) and p.starts_on <= gate.today()
     and (p.ends_before is null or p.ends_before > gate.today())
  union all
  select p.union_id, p.id, d.id, k.writes,
         array(select unnest(d.permissions) intersect select unnest(k.permissions))
    from public.directory_delegation d join public.directory_post p on p.id = d.post_id
    join public.directory_postkind k on k.code = p.kind_id
   where d.person_id in (select gate.same_persons(person)) and d.starts_on <= gate.today()
     and (d.ends_before is null or d.ends_before > gate.today())
     and p.starts_on <= gate.today() and (p.ends_before is null or p.ends_before > gate.today())"""

_ONE_PERSON = """
  with recursive chain as (
    select id, merged_into_id, 0 as steps from public.directory_person where id = person
    union all
    select p.id, p.merged_into_id, c.steps + 1 from chain c
      join public.directory_person p on p.id = c.merged_into_id where c.steps < 20)
  select id from chain order by steps desc limit 1"""

_SAME_PERSONS = """
  with recursive tree as (
    select gate.one_person(person) as id
    union
    select p.id from tree t join public.directory_person p on p.merged_into_id = t.id)
  select id from tree"""

_ENTER_SELF = f"""
declare bearer record; granted gate.scope_facts;
begin
  select s.id, a.person_id into bearer
    from public.accounts_session s join public.accounts_account a on a.id = s.account_id
   where s.token_hash = sha256(convert_to(token, 'UTF8')) and s.ended_at is null
     and s.expires_at > now() and a.disabled_at is null and {ALIVE};
  if not found then raise insufficient_privilege using message = 'no scope'; end if;
  granted.session_id := bearer.id;
  granted.person_id := gate.one_person(bearer.person_id);
  granted.self_id := granted.person_id;
  granted.whole := false;
  granted.writes := false;
  granted.permissions := '{{}}';
  perform gate.grant_scope(granted);
  return granted.person_id;
end"""

_SALT = """
  -- An unknown login gets a salt too, always the same, so that asking tells nothing.
  select coalesce((select salt from public.accounts_account where login = of_login),
    substr(sha256((select key from gate.secret) || convert_to(of_login, 'UTF8')), 1, 16))"""

_NEW_TOKEN = """
  select encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex')"""

_OPEN_SESSION = """
declare found_account record; token text := gate.new_token();
begin
  select * into found_account from public.accounts_account where login = of_login for update;
  if not found or found_account.disabled_at is not null
     or coalesce(found_account.locked_until > now(), false) then
    return null;
  end if;
  if found_account.verifier is distinct from sha256(stretched) then
    update public.accounts_account set wrong = wrong + 1,
      locked_until = case when wrong + 1 >= 10 then now() + interval '15 minutes' end
     where id = found_account.id;
    return null;
  end if;
  update public.accounts_account set wrong = 0, locked_until = null
   where id = found_account.id and (wrong > 0 or locked_until is not null);
  insert into public.accounts_session (account_id, token_hash, kind, opened_at, expires_at)
  values (found_account.id, sha256(convert_to(token, 'UTF8')), 'session', now(),
          now() + least(lasting, interval '12 hours'));
  return token;
end"""

_OPEN_ERRAND = """
declare facts gate.scope_facts := gate.scope(); token text := gate.new_token();
begin
  if facts.person_id is null or facts.union_id is null then
    raise insufficient_privilege using message = 'no scope';
  end if;
  insert into public.accounts_session
         (account_id, token_hash, kind, union_id, opened_at, expires_at)
  select s.account_id, sha256(convert_to(token, 'UTF8')), 'errand', facts.union_id, now(),
         least(now() + least(lasting, interval '7 days'),
               case when s.kind = 'errand' then s.expires_at end)
    from public.accounts_session s
   where s.id = facts.session_id and s.ended_at is null and s.expires_at > now();
  -- Whoever signed out meanwhile sends nobody, and an errand's errand does not outlast it.
  if not found then raise insufficient_privilege using message = 'no scope'; end if;
  return token;
end"""

_CLOSE_SESSION = """
begin
  update public.accounts_session set ended_at = now()
   where token_hash = sha256(convert_to(token, 'UTF8')) and ended_at is null;
end"""

_OPEN_ACCOUNT = """
declare made bigint;
begin
  if not gate.scope_may('accounts.write') or not gate.scope_writes() then
    raise insufficient_privilege using message = 'accounts.write';
  end if;
  if not gate.scope_whole() and not exists (
       select from public.directory_employment e
        where e.person_id = of_person and e.union_id in (select gate.unions_in_scope())) then
    raise insufficient_privilege using message = 'accounts.write';
  end if;
  insert into public.accounts_account (person_id, login, salt, verifier, wrong, opened_at)
  values (of_person, as_login, with_salt, with_verifier, 0, now())
  on conflict (login) do nothing returning id into made;
  return made;
end"""

_SET_SECRET = """
declare changed bigint;
begin
  -- One's own, or as one who may.
  update public.accounts_account set salt = with_salt, verifier = with_verifier, wrong = 0,
         locked_until = null
   where login = of_login and gate.scope_person() is not null
     and (person_id in (select gate.same_persons(gate.scope_person()))
          or (gate.scope_may('accounts.write') and gate.scope_whole()))
  returning id into changed;
  if changed is not null then
    update public.accounts_session set ended_at = now()
     where account_id = changed and ended_at is null and id <> (gate.scope()).session_id;
  end if;
  return changed is not null;
end"""

_DISABLE = """
declare changed bigint;
begin
  if not gate.scope_may('accounts.write') or not gate.scope_whole() then
    raise insufficient_privilege using message = 'accounts.write';
  end if;
  update public.accounts_account set disabled_at = now()
   where login = of_login and disabled_at is null returning id into changed;
  update public.accounts_session set ended_at = now()
   where account_id = changed and ended_at is null;
  return changed is not null;
end"""

_FOUND_CITY = """
declare root bigint; founder bigint;
begin
  -- The only way in for the first person. It works once.
  lock table public.directory_union in exclusive mode;
  if exists (select from public.directory_union) then
    raise insufficient_privilege using message = 'the city is founded';
  end if;
  insert into public.directory_union
         (code, name, kind, low, high, credit_code, unit_class, starts_on)
  values (city_code, city_name, 'city', 1, 1, '', '', since) returning id into root;
  insert into public.directory_unionspan (union_id, name, kind, starts_on)
  values (root, city_name, 'city', since);
  insert into public.directory_person (public_id, name, name_folded, name_pinyin, sex)
  values (gen_random_uuid(), founder_name, founder_folded, '', '') returning id into founder;
  insert into public.directory_employment
         (person_id, union_id, name_as_written, category, staff_number, starts_on)
  values (founder, root, founder_name, '', '', since);
  insert into public.directory_postkind (code, name, permissions, writes)
  select k ->> 'code', k ->> 'name', array(select jsonb_array_elements_text(k -> 'permissions')),
         (k ->> 'writes')::boolean from jsonb_array_elements(post_kinds) k;
  insert into public.directory_post (person_id, union_id, kind_id, starts_on)
  values (founder, root, founder_post, since);
  insert into public.accounts_account (person_id, login, salt, verifier, wrong, opened_at)
  values (founder, as_login, with_salt, with_verifier, 0, now());
  return query select root, founder;
end"""

_FOUNDING_TABLES = (
    *("directory_union", "directory_unionspan", "directory_person", "directory_employment"),
    *("directory_postkind", "directory_post", "accounts_account"),
)

FUNCTIONS = [
    DefinerFunction(
        "gate.one_person(person bigint)",
        returns="bigint",
        language="sql",
        volatility="stable",
        body=_ONE_PERSON,
        grants=["select on public.directory_person"],
    ),
    DefinerFunction(
        "gate.same_persons(person bigint)",
        returns="setof bigint",
        language="sql",
        volatility="stable",
        body=_SAME_PERSONS,
        callable_by="",
    ),
    DefinerFunction(
        "gate.reach(person bigint)",
        returns="table (union_id bigint, post_id bigint, delegation_id bigint, writes boolean,"
        " permissions text[])",
        language="sql",
        volatility="stable",
        body=_REACH,
        grants=[
            "select on public.directory_post, public.directory_postkind,"
            " public.directory_delegation"
        ],
        callable_by="",
    ),
    DefinerFunction(
        "gate.enter(token text, at_union bigint default null)",
        returns="table (person_id bigint, post_id bigint, union_id bigint, whole boolean,"
        " writes boolean, permissions text[])",
        body="\n#variable_conflict use_column" + _ENTER,
        grants=["select on public.accounts_session, public.accounts_account"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.enter_self(token text)", returns="bigint", body=_ENTER_SELF, callable_by="web"
    ),
    DefinerFunction(
        "gate.salt_of(of_login text)",
        returns="bytea",
        language="sql",
        volatility="stable",
        body=_SALT,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.new_token()", returns="text", language="sql", body=_NEW_TOKEN, callable_by=""
    ),
    DefinerFunction(
        "gate.open_session(of_login text, stretched bytea, lasting interval)",
        returns="text",
        body=_OPEN_SESSION,
        grants=["insert, update on public.accounts_session, public.accounts_account"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.open_errand(lasting interval)", returns="text", body=_OPEN_ERRAND, callable_by="web"
    ),
    DefinerFunction(
        "gate.close_session(token text)", returns="void", body=_CLOSE_SESSION, callable_by="web"
    ),
    DefinerFunction(
        "gate.open_account(of_person bigint, as_login text, with_salt bytea, with_verifier bytea)",
        returns="bigint",
        body=_OPEN_ACCOUNT,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.set_secret(of_login text, with_salt bytea, with_verifier bytea)",
        returns="boolean",
        body=_SET_SECRET,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.disable_account(of_login text)", returns="boolean", body=_DISABLE, callable_by="web"
    ),
    DefinerFunction(
        "gate.found_city(city_code text, city_name text, since date, founder_name text,"
        " founder_folded text, founder_post text, post_kinds jsonb, as_login text,"
        " with_salt bytea, with_verifier bytea)",
        returns="table (union_id bigint, person_id bigint)",
        body="\n#variable_conflict use_column" + _FOUND_CITY,
        grants=[
            *(f"select, insert on public.{table}" for table in _FOUNDING_TABLES),
            "maintain on public.directory_union",  # to lock it
        ],
        callable_by="web",
    ),
]

ENTRANCES = [
    one for one in FUNCTIONS if one.signature.startswith(("gate.enter(", "gate.enter_self("))
]
"""The ways into a scope; they ask about a page's session what other functions do not."""
