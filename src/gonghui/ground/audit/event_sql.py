"""The functions that write the trail, who may read it, and that nobody may change it."""

from __future__ import annotations

from gonghui.ground.audit.permissions import READ
from gonghui.ground.borders.protect import (
    Classify,
    DefinerFunction,
    Statements,
    Trigger,
    TriggerFunction,
)
from gonghui.ground.borders.scope_sql import BEFORE_DIRECTORY

_TABLES = ("audit_event", "audit_change", "audit_block", "audit_head")

SEQUENCE = Statements(
    [
        # One for both tables: a block names its entries by id alone.
        "create sequence public.audit_entry_id",
        *(
            f"alter table public.{table} alter id set default nextval('public.audit_entry_id')"
            for table in ("audit_event", "audit_change")
        ),
    ],
    [
        *(
            f"alter table public.{table} alter id drop default"
            for table in ("audit_event", "audit_change")
        ),
        "drop sequence public.audit_entry_id",
    ],
)

SHAPES = Statements(
    [
        "alter table public.audit_event"
        " add constraint event_action check (action ~ '^[a-z_]+([.][a-z_]+)+$'),"
        " add constraint event_details check (octet_length(details) <= 65536"
        "  and details is json object with unique keys),"
        " add constraint event_request check (octet_length(request) <= 200),"
        " add constraint event_purpose check (octet_length(purpose) <= 2000),"
        " add constraint event_hashes check (octet_length(before_hash) = 32"
        "  and octet_length(after_hash) = 32)"
    ],
    [
        f"alter table public.audit_event drop constraint event_{name}"
        for name in ("action", "details", "request", "purpose", "hashes")
    ],
)

_RECORD = """
declare facts gate.scope_facts := gate.scope(); made bigint;
begin
  if facts.person_id is null then
    raise insufficient_privilege using message = 'no scope';
  end if;
  if at_union is not null and not gate.in_scope(at_union) then
    raise insufficient_privilege using message = 'not in scope';
  end if;
  insert into public.audit_event (xid, at, actor_id, authority, post_id, session_id, action,
    subject, subject_id, union_id, person_seen, purpose, before_hash, after_hash, request, details)
  values (pg_current_xact_id(), clock_timestamp(), facts.person_id,
    coalesce(facts.authority, 'self'), facts.post_id, facts.session_id, what,
    coalesce(about, ''), about_id, coalesce(at_union, facts.union_id), seen,
    coalesce(because, ''), before, after, coalesce(of_request, ''), coalesce(said, '{}'))
  returning id into made;
  return made;
end"""

_RECORD_MACHINE = """
declare made bigint;
begin
  insert into public.audit_event (xid, at, authority, action, subject, subject_id, purpose,
    request, details)
  values (pg_current_xact_id(), clock_timestamp(), 'machine', what, coalesce(about, ''), about_id,
    '', '', coalesce(said, '{}'))
  returning id into made;
  return made;
end"""

_NOTE = """
declare touched bigint; was bytea; became bytea; deed text := lower(tg_op);
begin
  -- Each row's binary form is hashed, then the sorted hashes: the same for the same rows in any
  -- order and under any setting of dates and numbers.
  if deed <> 'insert' then
    select count(*), sha256(string_agg(h, ''::bytea order by h)) into touched, was
      from (select sha256(record_send(o)) as h from old_rows o) hashed;
  end if;
  if deed <> 'delete' then
    select count(*), sha256(string_agg(h, ''::bytea order by h)) into touched, became
      from (select sha256(record_send(n)) as h from new_rows n) hashed;
  end if;
  if touched > 0 then
    insert into public.audit_change (xid, at, actor_id, table_name, verb, rows, before_hash,
      after_hash)
    values (pg_current_xact_id(), clock_timestamp(), (gate.scope()).person_id, tg_table_name,
      deed, touched, was, became);
  end if;
  return null;
end"""

_NEWEST_HEAD = """
  select block || ' ' || encode(hash, 'hex') from public.audit_head order by block desc limit 1"""

_REFUSE = """
begin
  raise insufficient_privilege using message = 'the audit trail is only added to';
end"""

_OWN_PERSONS = """
begin
  return query select gate.same_persons(gate.scope_person())
   where gate.scope_person() is not null;
end"""

_note_change = TriggerFunction(
    "gate.note_change()",
    body=_NOTE,
    grants=[
        "insert on public.audit_event, public.audit_change",
        "select on public.audit_event, public.audit_change",
        "usage on sequence public.audit_entry_id",
    ],
)

FUNCTIONS = [
    DefinerFunction(
        # Who, in which post and when is not said by the caller.
        "gate.record_event(what text, about text, about_id bigint, at_union bigint, seen bigint,"
        " because text, before bytea, after bytea, of_request text, said text)",
        returns="bigint",
        body=_RECORD,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.record_machine_event(what text, about text, about_id bigint, said text)",
        returns="bigint",
        body=_RECORD_MACHINE,
        callable_by="keeper",
    ),
    DefinerFunction(
        "gate.own_persons()", returns="setof bigint", volatility="stable", body=_OWN_PERSONS
    ),
    # Going back, the function of the borders that notes nothing: the triggers hang on it.
    Statements(
        _note_change.statements,
        next(
            operation.statements
            for operation in BEFORE_DIRECTORY
            if getattr(operation, "signature", "") == _note_change.signature
        ),
    ),
    TriggerFunction("gate.refuse_change()", body=_REFUSE),
    DefinerFunction(
        # For other definer functions: a closing of the books says how far the trail was sealed.
        "gate.newest_audit_head()",
        returns="text",
        language="sql",
        volatility="stable",
        body=_NEWEST_HEAD,
        grants=["select on public.audit_head"],
        callable_by="keeper",
    ),
]

_OWN = "(select gate.own_persons())"
_READS = f"(select gate.scope_may('{READ}'))"
_WHOLE = "(select gate.scope_whole())"

CLASSES = [
    # What happened in one's unions. That somebody was shown somebody's number is told to that
    # person, to whoever was shown it, and to those who may read the trail.
    Classify(
        "audit_event",
        kind="business",
        by="union_id",
        using=f"person_seen in {_OWN}"
        f" or (({_WHOLE} or union_id in (select gate.unions_in_scope()))"
        f" and (person_seen is null or actor_id in {_OWN} or {_READS}))",
        audited=False,
    ),
    Classify("audit_change", kind="business", using=f"{_WHOLE} and {_READS}", audited=False),
    Classify("audit_block", kind="business", using=_READS, audited=False),
    Classify("audit_head", kind="business", using=_READS, audited=False),
]

SEALER = Statements(
    [
        "grant insert, select on public.audit_block, public.audit_head to keeper",
        "grant select on public.audit_event, public.audit_change to keeper",
        # To lock it: an advisory lock could be held by any session of web for as long as it likes.
        "grant maintain on public.audit_block to keeper",
    ],
    [
        "revoke all on public.audit_block, public.audit_head from keeper",
        # The functions they call go next.
        *(f"drop policy {table}_select on public.{table}" for table in _TABLES),
    ],
)

FAST = [
    Trigger(
        f"{table}_is_only_added_to",
        table,
        f"before update or delete or truncate on public.{table} for each statement",
        "gate.refuse_change()",
    )
    for table in _TABLES
]
