"""The functions of schema ``gate`` that hold and check the scope of a transaction.

The scope is one transaction-local setting, ``gonghui.scope``. A session may write any setting, so
it carries a keyed hash over the backend, the start of the transaction and what was granted: made
up by hand, or kept from an earlier transaction, it counts for nothing. The key stands in
``gate.secret``, which ``web`` cannot read.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import DefinerFunction, Statements

SECRET = Statements(
    [
        "create table gate.secret (key bytea not null)",
        "insert into gate.secret values"
        " (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))",
        "revoke all on gate.secret from public, web",
        "grant select on gate.secret to gate",
        "create type gate.scope_facts as (session_id bigint, person_id bigint, post_id bigint,"
        " authority text, union_id bigint, whole boolean, writes boolean, self_id bigint,"
        " permissions text[])",
        "grant usage on type gate.scope_facts to gate, web",
        "comment on table gate.secret is 'class=gate'",
    ],
    ["drop type gate.scope_facts", "drop table gate.secret"],
)

_MARK = """
declare secret bytea; said bytea;
begin
  select key into secret from gate.secret;
  said := convert_to(pg_backend_pid() || '|' || extract(epoch from transaction_timestamp())
                     || '|' || facts, 'UTF8');
  return encode(sha256(secret || sha256(secret || said)), 'hex');
end"""

_GRANT = """
declare facts text := jsonb_build_object('session_id', granted.session_id,
  'person_id', granted.person_id, 'post_id', granted.post_id, 'authority', granted.authority,
  'union_id', granted.union_id, 'whole', granted.whole, 'writes', granted.writes,
  'self_id', granted.self_id, 'permissions', granted.permissions)::text;
begin
  perform set_config('gonghui.scope', gate.mark(facts) || facts, true);
end"""

_SCOPE = """
declare said text := nullif(current_setting('gonghui.scope', true), ''); facts text;
begin
  if said is null then return null; end if;
  facts := substr(said, 65);
  if left(said, 64) is distinct from gate.mark(facts) then return null; end if;
  return jsonb_populate_record(null::gate.scope_facts, facts::jsonb);
end"""

_UNIONS = """
  select u.id from public.directory_union u, public.directory_union top
   where top.id = (gate.scope()).union_id and u.low between top.low and top.high"""

_IN_SCOPE = """
  select coalesce((gate.scope()).whole, false)
      or place in (select gate.unions_in_scope())"""

_TODAY = "select (now() at time zone 'Asia/Shanghai')::date"


def _fact(name: str, returns: str, expression: str) -> DefinerFunction:
    return DefinerFunction(
        f"gate.{name}()",
        returns=returns,
        language="sql",
        volatility="stable",
        body=f"select {expression}",
    )


BEFORE_DIRECTORY = [
    SECRET,
    DefinerFunction(
        "gate.mark(facts text)", returns="text", body=_MARK, volatility="stable", callable_by=""
    ),
    DefinerFunction(
        "gate.grant_scope(granted gate.scope_facts)", returns="void", body=_GRANT, callable_by=""
    ),
    DefinerFunction(
        "gate.scope()",
        returns="gate.scope_facts",
        body=_SCOPE,
        volatility="stable",
        callable_by="web",
    ),
    _fact("scope_person", "bigint", "(gate.scope()).person_id"),
    _fact("scope_post", "bigint", "(gate.scope()).post_id"),
    _fact("scope_union", "bigint", "(gate.scope()).union_id"),
    _fact("scope_self", "bigint", "(gate.scope()).self_id"),
    _fact("scope_whole", "boolean", "coalesce((gate.scope()).whole, false)"),
    _fact("scope_writes", "boolean", "coalesce((gate.scope()).writes, false)"),
    DefinerFunction(
        "gate.scope_may(permission text)",
        returns="boolean",
        language="sql",
        volatility="stable",
        body="select coalesce(permission = any((gate.scope()).permissions), false)",
    ),
    DefinerFunction(
        "gate.today()", returns="date", language="sql", volatility="stable", body=_TODAY
    ),
    # Replaced by the audit room, once it has a table for what it notes.
    DefinerFunction(
        "gate.note_change()",
        returns="trigger",
        body="\nbegin\n  return null;\nend",
        callable_by="owner",
    ),
]
"""Functions that need no table of another room."""

AFTER_DIRECTORY = [
    DefinerFunction(
        "gate.unions_in_scope()",
        returns="setof bigint",
        language="sql",
        volatility="stable",
        body=_UNIONS,
        grants=["select on public.directory_union"],
    ),
    DefinerFunction(
        "gate.in_scope(place bigint)",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_IN_SCOPE,
    ),
]
"""Functions over the union tree; the directory's first migration makes them."""
