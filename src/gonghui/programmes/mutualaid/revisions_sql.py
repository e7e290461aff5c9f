"""The road of a revision, held by PostgreSQL: no step is skipped or taken by the wrong body."""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction, Trigger, TriggerFunction
from gonghui.programmes.mutualaid.editions_sql import stays, written_here_by

_STANDING = """
  select coalesce(
    (select min(place) from generate_series(0, jsonb_array_length(r.road) - 1) place
      where not exists (
        select from public.mutualaid_revisionstep s
         where s.revision_id = r.id and s.position = place
           and (s.draft_id = d.id or not (r.road -> place ->> 'decides')::boolean))),
    jsonb_array_length(r.road))
    from public.mutualaid_draft d join public.mutualaid_revision r on r.id = d.revision_id
   where d.id = of_draft"""

_CHECK_STEP = """
declare
  r public.mutualaid_revision; d public.mutualaid_draft; step jsonb; needs jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended('mutualaid_revision', new.revision_id));
  select * into r from public.mutualaid_revision where id = new.revision_id;
  select * into d from public.mutualaid_draft
   where id = new.draft_id and revision_id = new.revision_id;
  if d.id is null or new.union_id is distinct from r.union_id or exists (
       select from public.mutualaid_draft later
        where later.revision_id = r.id and later.number > d.number) then
    raise exception using errcode = 'GH010', message = 'not the draft that is under way';
  end if;
  step := r.road -> new.position;
  if new.position is distinct from gate.revision_standing(d.id)
     or new.step is distinct from step ->> 'id' then
    raise exception using errcode = 'GH011', message = 'not the step that is next';
  end if;
  if not exists (
       select from public.directory_body b
        where b.id = new.body_id and b.union_id = r.union_id and b.kind = step ->> 'body'
          and b.starts_on <= new.taken_on
          and (b.ends_before is null or b.ends_before > new.taken_on)) then
    raise exception using errcode = 'GH012', message = 'not the body that takes this step';
  end if;
  if new.taken_on > gate.today() or exists (
       select from public.mutualaid_revisionstep s
        where s.revision_id = r.id and s.position < new.position and s.taken_on > new.taken_on
          and (s.draft_id = d.id or not (r.road -> s.position ->> 'decides')::boolean)) then
    raise exception using errcode = 'GH013', message = 'not on this day';
  end if;
  needs := step -> 'needs';
  if (needs ? 'minute' and new.minute_number = '')
     or (needs ? 'evidence' and new.evidence_sha256 is null)
     or (needs ? 'redline' and d.redline = '')
     or (needs ? 'replay' and not exists (
           select from public.mutualaid_attachment a
            where a.draft_id = d.id and a.kind = 'replay')) then
    raise exception using errcode = 'GH014', message = 'something the step needs is missing';
  end if;
  if (step ->> 'consults')::boolean and (
       not exists (select from public.mutualaid_consultation c where c.revision_id = r.id)
       or exists (select from public.mutualaid_consultation c
                   where c.revision_id = r.id and c.closes_before > new.taken_on)
       or exists (select from public.mutualaid_comment m
                    join public.mutualaid_consultation c on c.id = m.consultation_id
                   where c.revision_id = r.id and not exists (
                     select from public.mutualaid_answer a where a.comment_id = m.id))) then
    raise exception using errcode = 'GH015', message = 'comments wait for their answers';
  end if;
  if (step ->> 'publishes')::boolean and not exists (
       select from public.mutualaid_edition e
         join public.mutualaid_publication p on p.id = e.publication_id
        where p.draft_id = d.id) then
    raise exception using errcode = 'GH016', message = 'two people publish';
  end if;
  return new;
end"""

_CHECK_DRAFT = """
declare r public.mutualaid_revision;
begin
  perform pg_advisory_xact_lock(hashtextextended('mutualaid_revision', new.revision_id));
  select * into r from public.mutualaid_revision where id = new.revision_id;
  if new.union_id is distinct from r.union_id
     or new.number is distinct from (
       select count(*) + 1 from public.mutualaid_draft where revision_id = new.revision_id)
     or exists (select from public.mutualaid_edition e
                 where e.scheme_id = r.scheme_id and e.name = r.name) then
    raise exception using errcode = 'GH010', message = 'not the draft that is next';
  end if;
  return new;
end"""

_CHECK_CONSULTATION = """
declare r public.mutualaid_revision; place integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('mutualaid_revision', new.revision_id));
  select * into r from public.mutualaid_revision where id = new.revision_id;
  place := gate.revision_standing(new.draft_id);
  if (new.union_id, new.scheme_id, new.name) is distinct from (r.union_id, r.scheme_id, r.name)
     or not exists (select from public.mutualaid_draft d
                     where d.id = new.draft_id and d.revision_id = r.id)
     or not coalesce((r.road -> place ->> 'consults')::boolean, false) then
    raise exception using errcode = 'GH011', message = 'not the step that is next';
  end if;
  return new;
end"""

_CHECK_COMMENT = """
declare c public.mutualaid_consultation; r public.mutualaid_revision;
begin
  select * into c from public.mutualaid_consultation where id = new.consultation_id;
  perform pg_advisory_xact_lock(hashtextextended('mutualaid_revision', c.revision_id));
  select * into r from public.mutualaid_revision where id = c.revision_id;
  if exists (select from public.mutualaid_revisionstep s
              where s.revision_id = r.id and (r.road -> s.position ->> 'consults')::boolean) then
    raise exception using errcode = 'GH017', message = 'comments are closed';
  end if;
  if not exists (select from jsonb_array_elements(c.clauses) one
                  where one ->> 'id' = new.clause) then
    raise exception using errcode = 'GH018', message = 'no such clause';
  end if;
  return new;
end"""

_CHECK_ANSWER = """
begin
  if not exists (select from public.mutualaid_comment m
                  where m.id = new.comment_id and m.union_id = new.union_id) then
    raise exception using errcode = 'GH010', message = 'not the union that commented';
  end if;
  return new;
end"""

_TABLES = (
    *("revision", "draft", "revisionstep", "attachment", "consultation", "comment", "answer"),
)
_READ = ", ".join(f"public.mutualaid_{table}" for table in _TABLES)


def _before_insert(table: str, name: str) -> Trigger:
    return Trigger(
        name,
        f"mutualaid_{table}",
        f"before insert on public.mutualaid_{table} for each row",
        f"gate.{name}()",
    )


FUNCTIONS = [
    DefinerFunction(
        "gate.revision_standing(of_draft bigint)",
        returns="integer",
        language="sql",
        volatility="stable",
        body=_STANDING,
        grants=[f"select on {_READ}"],
        callable_by="",
    ),
    TriggerFunction(
        "gate.check_step()",
        body=_CHECK_STEP,
        grants=["select on public.directory_body"],
    ),
    TriggerFunction("gate.check_draft()", body=_CHECK_DRAFT),
    TriggerFunction("gate.check_consultation()", body=_CHECK_CONSULTATION),
    TriggerFunction("gate.check_comment()", body=_CHECK_COMMENT),
    TriggerFunction("gate.check_answer()", body=_CHECK_ANSWER),
]

TRIGGERS = [
    _before_insert("revisionstep", "check_step"),
    _before_insert("draft", "check_draft"),
    _before_insert("consultation", "check_consultation"),
    _before_insert("comment", "check_comment"),
    _before_insert("answer", "check_answer"),
    *(trigger for table in _TABLES for trigger in stays(f"mutualaid_{table}")),
]


def _drafting(table: str, by_whom: str) -> Classify:
    """What only those see who draft: rows of the union that runs the scheme."""
    return Classify(
        f"mutualaid_{table}",
        kind="business",
        by="union_id",
        verbs="select insert",
        writes="edition.draft",
        check=written_here_by(by_whom),
    )


CLASSES = [
    _drafting("revision", "opened_by_id"),
    _drafting("draft", "made_by_id"),
    _drafting("revisionstep", "recorded_by_id"),
    _drafting("attachment", "attached_by_id"),
    # Everybody may read a draft that is out for comments.
    Classify(
        "mutualaid_consultation",
        kind="structure",
        verbs="select insert",
        writes="edition.draft",
        check=written_here_by("opened_by_id"),
    ),
    Classify(
        "mutualaid_comment",
        kind="business",
        by="union_id",
        verbs="select insert",
        check=written_here_by("person_id"),
    ),
    _drafting("answer", "person_id"),
]
