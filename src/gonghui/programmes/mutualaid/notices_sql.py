"""Who sees a public notice, and how it comes down by itself.

The public reads through ``gate.public_notice_lines``, which needs no scope and knows only today: a
line of a notice whose days are over, or which is a draft, is not there for it.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import (
    Classify,
    DefinerFunction,
    Trigger,
    TriggerFunction,
)
from gonghui.programmes.mutualaid.settlement_sql import PLACED, may, only

_SEEN = f"({PLACED} and ((select gate.scope_may('notice.publish'))" + (
    " or (select gate.scope_may('audit.read'))))"
)
_STANDING = (
    "exists (select from public.mutualaid_notice n where n.id = notice_id and (n.state = 'drafted'"
    " or (n.state = 'published' and n.ends_before > (select gate.today()))))"
)

CLASSES = [
    Classify(
        "mutualaid_notice",
        kind="business",
        by="union_id",
        using=_SEEN,
        check=may("notice.publish"),
        verbs="select insert update",
    ),
    only(
        "mutualaid_notice",
        "state, lines_count, total_fen, content_sha256, published_by_id, published_on,"
        " ends_before, taken_down_at, taken_down_because",
    ),
    # Even an officer sees no line that no longer stands; the hash is what remains.
    Classify(
        "mutualaid_noticeline",
        kind="personal",
        by="union_id",
        using=f"{_SEEN} and {_STANDING}",
        check=f"{may('notice.publish')} and {_STANDING}",
        verbs="select insert",
    ),
    Classify(
        "mutualaid_objection",
        kind="personal",
        by="union_id",
        using=_SEEN,
        check=may("notice.publish"),
        verbs="select insert update",
    ),
    only("mutualaid_objection", "answer, answered_on, answered_by_id"),
]

_PUBLIC_NOTICES = """
  select n.id, u.name, n.title, n.published_on, n.ends_before, n.lines_count, n.total_fen
    from public.mutualaid_notice n join public.directory_union u on u.id = n.union_id
   where n.state = 'published' and n.published_on <= gate.today()
     and n.ends_before > gate.today() order by n.id"""

_PUBLIC_LINES = """
  select l.place, l.masked_name, l.unit_name, l.month, l.fen
    from public.mutualaid_noticeline l join public.mutualaid_notice n on n.id = l.notice_id
   where n.id = of_notice and n.state = 'published' and n.published_on <= gate.today()
     and n.ends_before > gate.today() order by l.place"""

_SWEEP = """
declare swept integer;
begin
  if gate.scope_person() is null or not gate.scope_writes()
     or not gate.scope_may('notice.publish') then
    raise insufficient_privilege using message = 'notice.publish';
  end if;
  with over as (
    update public.mutualaid_notice n
       set state = 'taken_down', taken_down_at = clock_timestamp(),
           taken_down_because = '公示期满'
     where n.state = 'published' and n.ends_before <= gate.today() and gate.in_scope(n.union_id)
    returning n.id)
  select count(*) into swept from over;
  update public.mutualaid_noticeline l set masked_name = '', unit_name = ''
    from public.mutualaid_notice n
   where n.id = l.notice_id and n.state = 'taken_down' and l.masked_name <> ''
     and gate.in_scope(n.union_id);
  return swept;
end"""

# For the machine, which has no scope: some at a time, each portion whole or not at all.
_SWEEP_OVER = """
declare swept integer; emptied integer;
begin
  with over as (
    select n.id from public.mutualaid_notice n
     where n.state = 'published' and n.ends_before <= gate.today()
     order by n.ends_before, n.id limit most for update)
  update public.mutualaid_notice n
     set state = 'taken_down', taken_down_at = clock_timestamp(), taken_down_because = '公示期满'
    from over where n.id = over.id;
  get diagnostics swept = row_count;
  update public.mutualaid_noticeline l set masked_name = '', unit_name = ''
    from public.mutualaid_notice n
   where n.id = l.notice_id and n.state = 'taken_down' and l.masked_name <> '';
  get diagnostics emptied = row_count;
  if swept > 0 or emptied > 0 then
    perform gate.record_machine_event('notice.swept', 'mutualaid_notice', null,
      json_build_object('notices', swept, 'lines', emptied)::text);
  end if;
  return swept;
end"""

_NOTICE_CHANGES = """
begin
  if not ((old.state = 'drafted' and new.state in ('drafted', 'published'))
          or (old.state = 'published' and new.state = 'taken_down')) then
    raise check_violation using message = 'a notice goes one way',
      constraint = 'notice_transition';
  end if;
  if old.state = 'drafted' and new.state = 'published' then
    new.published_by_id := gate.scope_person();
    if gate.one_person(new.published_by_id) = gate.one_person(old.drafted_by_id) then
      raise check_violation using message = 'two people', constraint = 'notice_by_two';
    end if;
    select count(*), coalesce(sum(l.fen), 0) into new.lines_count, new.total_fen
      from public.mutualaid_noticeline l where l.notice_id = new.id;
    if new.lines_count = 0 then
      raise check_violation using message = 'an empty notice', constraint = 'notice_says_something';
    end if;
  elsif (old.published_on, old.ends_before, old.content_sha256, old.lines_count, old.total_fen,
         old.published_by_id)
        is distinct from (new.published_on, new.ends_before, new.content_sha256, new.lines_count,
                          new.total_fen, new.published_by_id) then
    raise check_violation using message = 'what was published is not changed',
      constraint = 'notice_transition';
  end if;
  return new;
end"""

_LINES_ARRIVE = """
begin
  if exists (select from public.mutualaid_notice n
              where n.id = new.notice_id and n.state <> 'drafted') then
    raise check_violation using message = 'lines come before publishing',
      constraint = 'notice_transition';
  end if;
  return new;
end"""

_OBJECTION_ARRIVES = """
begin
  new.received_by_id := gate.scope_person();
  new.received_at := clock_timestamp();
  if not exists (select from public.mutualaid_notice n
                  where n.id = new.notice_id and n.union_id = new.union_id
                    and n.state in ('published', 'taken_down')
                    and new.raised_on >= n.published_on and new.raised_on < n.ends_before) then
    raise check_violation using message = 'while it stands', constraint = 'objection_in_time';
  end if;
  return new;
end"""

FUNCTIONS = [
    DefinerFunction(
        "gate.public_notices()",
        returns="table (id bigint, issuer text, title text, published_on date, ends_before date,"
        " lines_count integer, total_fen bigint)",
        language="sql",
        volatility="stable",
        body=_PUBLIC_NOTICES,
        grants=["select on public.mutualaid_notice, public.directory_union"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.public_notice_lines(of_notice bigint)",
        returns="table (place integer, masked_name text, unit_name text, month text, fen bigint)",
        language="sql",
        volatility="stable",
        body=_PUBLIC_LINES,
        grants=["select on public.mutualaid_noticeline"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.sweep_notices()",
        returns="integer",
        body=_SWEEP,
        grants=["update on public.mutualaid_notice, public.mutualaid_noticeline"],
        callable_by="web",
    ),
    TriggerFunction("gate.notice_changes()", body=_NOTICE_CHANGES),
    TriggerFunction("gate.noticeline_arrives()", body=_LINES_ARRIVE),
    TriggerFunction("gate.objection_arrives()", body=_OBJECTION_ARRIVES),
]

TRIGGERS = [
    Trigger(
        "notice_changes",
        "mutualaid_notice",
        "before update on public.mutualaid_notice for each row",
        "gate.notice_changes()",
    ),
    Trigger(
        "noticeline_arrives",
        "mutualaid_noticeline",
        "before insert on public.mutualaid_noticeline for each row",
        "gate.noticeline_arrives()",
    ),
    Trigger(
        "objection_arrives",
        "mutualaid_objection",
        "before insert on public.mutualaid_objection for each row",
        "gate.objection_arrives()",
    ),
]

MACHINE = [
    DefinerFunction(
        "gate.sweep_notices_over(most integer)",
        returns="integer",
        body=_SWEEP_OVER,
        callable_by="keeper",
    )
]
"""Made by a later migration."""
