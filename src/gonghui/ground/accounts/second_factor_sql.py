"""Definer functions over page sessions and second factors (one-time codes by time, RFC 6238).

A session is one of pages once ``gate.session_of`` was asked about it: from then on it rests after
30 idle minutes, and enters no scope before the second factor of its account, if there is one.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import DefinerFunction

IDLE = "30 minutes"

ALIVE = f"""(s.seen_at is null or (s.seen_at > now() - interval '{IDLE}'
         and (s.second_at is not null or not exists (
           select from public.accounts_secondfactor f
            where f.account_id = s.account_id and f.confirmed_at is not null))))"""
"""Of a session ``s``: what ``gate.enter`` asks beside its end."""

_SESSION_OF = f"""
declare found_session record;
begin
  select s.id, s.account_id, s.seen_at, s.second_at, s.expires_at, a.login, a.person_id
    into found_session
    from public.accounts_session s join public.accounts_account a on a.id = s.account_id
   where s.token_hash = sha256(convert_to(token, 'UTF8')) and s.ended_at is null
     and s.kind = 'session' and s.expires_at > now() and a.disabled_at is null
     and (s.seen_at is null or s.seen_at > now() - interval '{IDLE}');
  if not found then return; end if;
  -- Once a minute is often enough, and pages that only read stay without a write.
  if coalesce(found_session.seen_at < now() - interval '1 minute', true) then
    update public.accounts_session set seen_at = now(),
           browser = case when seen_at is null then left(by_browser, 200) else browser end
     where id = found_session.id;
  end if;
  return query
  select found_session.id, gate.one_person(found_session.person_id), p.name,
         found_session.login, found_session.expires_at, found_session.second_at,
         exists (select from public.accounts_secondfactor f
                  where f.account_id = found_session.account_id and f.confirmed_at is not null)
    from public.directory_person p where p.id = gate.one_person(found_session.person_id);
end"""

_MY_SESSIONS = """
  select s.id, s.browser, s.opened_at, s.seen_at, s.id = (gate.scope()).session_id
    from public.accounts_session s join public.accounts_account a on a.id = s.account_id
   where a.person_id in (select gate.same_persons(gate.scope_person()))
     and s.kind = 'session' and s.ended_at is null and s.expires_at > now()
   order by s.opened_at desc limit 50"""

_END_SESSION = """
declare ended bigint;
begin
  update public.accounts_session s set ended_at = now() from public.accounts_account a
   where s.id = of_session and a.id = s.account_id and s.ended_at is null
     and a.person_id in (select gate.same_persons(gate.scope_person()))
  returning s.id into ended;
  return ended is not null;
end"""

_NEW_ROW = "select nextval(pg_get_serial_sequence('public.accounts_secondfactor', 'id'))"

_BEGIN = """
declare found_account bigint; made bigint;
begin
  select s.account_id into found_account from public.accounts_session s
   where s.id = (gate.scope()).session_id;
  if not found then raise insufficient_privilege using message = 'no scope'; end if;
  delete from public.accounts_secondfactor
   where account_id = found_account and confirmed_at is null;
  insert into public.accounts_secondfactor (id, account_id, person_id, cipher, last_step, made_at)
  values (row_id, found_account, gate.scope_person(), sealed, 0, now())
  on conflict (account_id) do nothing returning id into made;
  return made is not null;
end"""

_OF_SESSION = """
  select f.id, f.person_id, f.cipher, f.last_step, f.confirmed_at is not null, k.generation,
         k.wrapped
    from public.accounts_session s
    join public.accounts_account a on a.id = s.account_id
    join public.accounts_secondfactor f on f.account_id = a.id
    join lateral (
      select generation, wrapped from public.vault_datakey where person_id = f.person_id
      union all
      select generation, wrapped from public.vault_earlierkey where person_id = f.person_id) k
      on k.wrapped is not null
   where s.token_hash = sha256(convert_to(token, 'UTF8')) and s.ended_at is null
     and s.expires_at > now() and a.disabled_at is null
     and not coalesce(a.locked_until > now(), false)"""

_PASS = """
declare found_session record; used bigint;
begin
  select s.id, s.account_id into found_session from public.accounts_session s
   where s.token_hash = sha256(convert_to(token, 'UTF8')) and s.ended_at is null
     and s.expires_at > now() for update;
  if not found then return false; end if;
  if step is null then  -- a wrong code counts as a wrong secret does
    update public.accounts_account set wrong = wrong + 1,
      locked_until = case when wrong + 1 >= 10 then now() + interval '15 minutes' end
     where id = found_session.account_id;
    return false;
  end if;
  -- A code serves once: the next must be of a later time.
  update public.accounts_secondfactor set last_step = step,
         confirmed_at = coalesce(confirmed_at, now())
   where account_id = found_session.account_id and last_step < step returning id into used;
  if used is null then return false; end if;
  update public.accounts_session set second_at = now() where id = found_session.id;
  update public.accounts_account set wrong = 0, locked_until = null
   where id = found_session.account_id and wrong > 0;
  return true;
end"""

_DROP = """
declare dropped bigint;
begin
  if not gate.scope_may('accounts.write') or not gate.scope_whole() then
    raise insufficient_privilege using message = 'accounts.write';
  end if;
  delete from public.accounts_secondfactor f using public.accounts_account a
   where a.login = of_login and f.account_id = a.id returning f.id into dropped;
  update public.accounts_session s set ended_at = now() from public.accounts_account a
   where a.login = of_login and s.account_id = a.id and s.ended_at is null
     and dropped is not null;
  return dropped is not null;
end"""

_CITY = "select u.name from public.directory_union u where u.parent_id is null limit 1"

_SECOND = "select, insert, update, delete on public.accounts_secondfactor"

FUNCTIONS = [
    DefinerFunction(
        "gate.session_of(token text, by_browser text)",
        returns="table (session_id bigint, person_id bigint, name text, login text,"
        " expires_at timestamptz, second_at timestamptz, has_second boolean)",
        body="\n#variable_conflict use_column" + _SESSION_OF,
        grants=[_SECOND, "usage on sequence public.accounts_secondfactor_id_seq"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.my_sessions()",
        returns="table (session_id bigint, browser text, opened_at timestamptz,"
        " seen_at timestamptz, this_one boolean)",
        language="sql",
        volatility="stable",
        body=_MY_SESSIONS,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.end_session(of_session bigint)",
        returns="boolean",
        body=_END_SESSION,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.new_second_factor()",
        returns="bigint",
        language="sql",
        body=_NEW_ROW,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.begin_second_factor(row_id bigint, sealed bytea)",
        returns="boolean",
        body=_BEGIN,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.second_factor_of(token text)",
        returns="table (row_id bigint, person_id bigint, cipher bytea, last_step bigint,"
        " confirmed boolean, generation integer, wrapped bytea)",
        language="sql",
        volatility="stable",
        body=_OF_SESSION,
        grants=["select on public.vault_datakey, public.vault_earlierkey"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.pass_second_factor(token text, step bigint)",
        returns="boolean",
        body=_PASS,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.drop_second_factor(of_login text)", returns="boolean", body=_DROP, callable_by="web"
    ),
    DefinerFunction(
        "gate.city_name()",
        returns="text",
        language="sql",
        volatility="stable",
        body=_CITY,
        callable_by="web",
    ),
]
