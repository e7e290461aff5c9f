"""Definer functions over the one-time keys of forms."""

from __future__ import annotations

from gonghui.ground.borders.protect import DefinerFunction

_CLAIM = """
declare found_answer public.web_answer;
begin
  if gate.scope_person() is null then
    raise insufficient_privilege using message = 'no scope';
  end if;
  -- Whoever comes second waits here until the first is done.
  insert into public.web_answer (key, person_id, fingerprint, made_at)
  values (of_key, gate.scope_person(), print, now()) on conflict (key) do nothing;
  if found then return query select 'new'::text, null::smallint, ''::text; return; end if;
  select * into found_answer from public.web_answer where key = of_key;
  return query select
    case when found_answer.person_id = gate.scope_person() and found_answer.fingerprint = print
      then 'same' else 'other' end,
    found_answer.status, found_answer.location;
end"""

_KEEP = """
  update public.web_answer set status = with_status, location = at_location
   where key = of_key and person_id = gate.scope_person() and status is null"""

_PRUNE = """
declare gone bigint;
begin
  delete from public.web_answer where made_at < now() - interval '7 days';
  get diagnostics gone = row_count;
  return gone;
end"""

FUNCTIONS = [
    DefinerFunction(
        "gate.claim_form(of_key uuid, print bytea)",
        returns="table (state text, status smallint, location text)",
        body="\n#variable_conflict use_column" + _CLAIM,
        grants=["select, insert, update, delete on public.web_answer"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.keep_answer(of_key uuid, with_status smallint, at_location text)",
        returns="void",
        language="sql",
        body=_KEEP,
        callable_by="web",
    ),
    DefinerFunction("gate.prune_answers()", returns="bigint", body=_PRUNE, callable_by="keeper"),
]
