"""How an edition is published: by two people, once, and then nothing of it is ever changed."""

from __future__ import annotations

from gonghui.ground.borders.protect import (
    Classify,
    DefinerFunction,
    Sql,
    Trigger,
    TriggerFunction,
)

_HERE = (
    "((select gate.scope_whole()) or union_id in (select gate.unions_in_scope()))"
    " and {column} = (select gate.scope_person())"
)


def written_here_by(column: str) -> str:
    """The check of a row: of a union in the scope, and by nobody but who acts."""
    return _HERE.format(column=column)


_STAYS = """
begin
  raise exception using errcode = 'GH001', message = tg_table_name || ' only grows';
end"""


def stays(table: str) -> list[Trigger]:
    """No row of the table is changed or deleted, whoever asks."""
    return [
        Trigger(
            "stays",
            table,
            f"before update or delete on public.{table} for each row",
            "gate.stays()",
        ),
        Trigger(
            "stays_whole",
            table,
            f"before truncate on public.{table} for each statement",
            "gate.stays()",
        ),
    ]


def holds(table: str, column: str, hashed: str) -> Sql:
    """One column is the SHA-256 of another: a wrong hash cannot be stored."""
    name = f"{table.removeprefix('mutualaid_')}_{column}"
    return Sql(
        f"alter table public.{table} add constraint {name}"
        f" check ({column} is not distinct from sha256({hashed}))",
        f"alter table public.{table} drop constraint {name}",
    )


_SPAN_SHRINKS = """
begin
  if tg_op = 'UPDATE' and new.ends_before > new.starts_on
     and (old.ends_before is null or new.ends_before < old.ends_before)
     and (new.id, new.edition_id, new.scheme_id, new.starts_on)
       = (old.id, old.edition_id, old.scheme_id, old.starts_on) then
    return new;
  end if;
  raise exception using errcode = 'GH001', message = 'a span is only cut short';
end"""

_SPANS_MEET = """
begin
  if exists (
    select from (
      select ends_before, lead(starts_on) over (order by starts_on) as next
        from public.mutualaid_editionspan where scheme_id = new.scheme_id) one
     where one.next is not null and one.ends_before is distinct from one.next) then
    raise exception using errcode = 'GH002', message = 'days without an edition in force';
  end if;
  return null;
end"""

_IN_FORCE = """
  select coalesce(jsonb_agg(jsonb_build_array(e.name, s.starts_on, s.ends_before)
                            order by s.starts_on), '[]')
    from public.mutualaid_editionspan s join public.mutualaid_edition e on e.id = s.edition_id
   where s.scheme_id = of_scheme"""

_PUBLISH = """
declare
  p public.mutualaid_publication; said jsonb; is_so jsonb; people bigint[]; made bigint;
  d record; issue jsonb;
begin
  select * into p from public.mutualaid_publication where id = of_publication;
  if not found or not gate.scope_may('edition.publish') or not gate.scope_writes()
     or not gate.in_scope(p.union_id) then
    raise insufficient_privilege using message = 'edition.publish';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('mutualaid_scheme', p.scheme_id));
  if exists (select from public.mutualaid_edition where publication_id = p.id) then
    raise exception using errcode = 'GH003', message = 'published already';
  end if;

  -- What was confirmed speaks of these very bytes, and of the editions still in force.
  said := convert_from(p.statement, 'UTF8')::jsonb;
  is_so := jsonb_build_object(
    'edition', (select code from public.mutualaid_scheme where id = p.scheme_id) || '/' || p.name,
    'title', p.title, 'edition_sha256', encode(p.sha256, 'hex'),
    'source_sha256', encode(p.source_sha256, 'hex'),
    'words_sha256', encode(p.words_sha256, 'hex'), 'starts_on', p.starts_on,
    'ends_before', p.ends_before, 'extends', p.extends, 'changes', p.changes,
    'governance', p.governance, 'engine_version', p.engine_version, 'draft', p.draft_id,
    'in_force', gate.editions_in_force(p.scheme_id));
  if exists (select from jsonb_each(is_so) one where said -> one.key is distinct from one.value)
     or said #>> '{top_ups,sha256}' is distinct from encode(sha256(p.top_ups), 'hex') then
    raise exception using errcode = 'GH004', message = 'the statement is of something else';
  end if;

  select array_agg(one.person order by one.at) into people from (
    select gate.one_person(c.person_id) as person, min(c.confirmed_at) as at
      from public.mutualaid_confirmation c where c.publication_id = p.id group by 1) one;
  if coalesce(cardinality(people), 0) < 2 then
    raise exception using errcode = 'GH005', message = 'two people confirm';
  end if;
  if not gate.scope_person() = any(people) then
    raise insufficient_privilege using message = 'edition.publish';
  end if;

  if p.draft_id is null then
    if exists (select from public.mutualaid_edition e
                 join public.mutualaid_publication q on q.id = e.publication_id
                where e.scheme_id = p.scheme_id and q.draft_id is not null) then
      raise exception using errcode = 'GH006', message = 'not at the end of its road';
    end if;
  else
    select r.id, r.union_id, r.road, t.position into d
      from public.mutualaid_draft t0 join public.mutualaid_revision r on r.id = t0.revision_id,
           lateral (select gate.revision_standing(t0.id) as position) t
     where t0.id = p.draft_id and t0.sha256 = p.sha256 and r.scheme_id = p.scheme_id
       and r.name = p.name and not exists (
         select from public.mutualaid_draft later
          where later.revision_id = r.id and later.number > t0.number);
    if not found or not coalesce((d.road -> d.position ->> 'publishes')::boolean, false) then
      raise exception using errcode = 'GH006', message = 'not at the end of its road';
    end if;
  end if;

  update public.mutualaid_editionspan set ends_before = p.starts_on
   where scheme_id = p.scheme_id and starts_on < p.starts_on
     and (ends_before is null or ends_before > p.starts_on);
  insert into public.mutualaid_edition
         (name, title, source, source_sha256, words, words_sha256, canonical, sha256, starts_on,
          ends_before, extends, changes, governance, engine_version, scheme_id, publication_id,
          top_ups_sha256, first_publisher_id, second_publisher_id)
  values (p.name, p.title, p.source, p.source_sha256, p.words, p.words_sha256, p.canonical,
          p.sha256, p.starts_on, p.ends_before, p.extends, p.changes, p.governance,
          p.engine_version, p.scheme_id, p.id, sha256(p.top_ups), people[1], people[2])
  returning id into made;
  insert into public.mutualaid_editionspan (edition_id, scheme_id, starts_on, ends_before)
  values (made, p.scheme_id, p.starts_on, p.ends_before);
  if p.draft_id is not null then
    issue := p.governance -> 'issue';
    insert into public.mutualaid_revisionstep
           (revision_id, union_id, draft_id, position, step, body_id, taken_on, minute_number,
            evidence, evidence_sha256, recorded_by_id)
    values (d.id, d.union_id, p.draft_id, d.position, d.road -> d.position ->> 'id',
            (issue ->> 'body')::bigint, (issue ->> 'on')::date, issue ->> 'number',
            issue ->> 'evidence', decode(issue ->> 'evidence_sha256', 'hex'), gate.scope_person());
  end if;
  return made;
end"""

FUNCTIONS = [
    TriggerFunction("gate.stays()", body=_STAYS),
    TriggerFunction("gate.span_shrinks()", body=_SPAN_SHRINKS),
    TriggerFunction(
        "gate.spans_meet()", body=_SPANS_MEET, grants=["select on public.mutualaid_editionspan"]
    ),
    DefinerFunction(
        "gate.editions_in_force(of_scheme bigint)",
        returns="jsonb",
        language="sql",
        volatility="stable",
        body=_IN_FORCE,
        grants=["select on public.mutualaid_edition"],
        callable_by="web",
    ),
]

PUBLISHING = DefinerFunction(
    "gate.publish_edition(of_publication bigint)",
    returns="bigint",
    body=_PUBLISH,
    grants=[
        "select on public.mutualaid_scheme, public.mutualaid_publication,"
        " public.mutualaid_confirmation, public.mutualaid_draft, public.mutualaid_revision",
        "insert on public.mutualaid_edition, public.mutualaid_revisionstep",
        "insert, update on public.mutualaid_editionspan",
    ],
    callable_by="web",
)

HASHES = [
    *(
        holds(f"mutualaid_{table}", *columns)
        for table in ("publication", "edition")
        for columns in (
            ("sha256", "canonical"),
            ("source_sha256", "source"),
            ("words_sha256", "words"),
        )
    ),
    holds("mutualaid_publication", "digest", "statement"),
    holds("mutualaid_draft", "sha256", "canonical"),
    holds("mutualaid_cityprofile", "sha256", "source"),
    Sql(
        "alter table public.mutualaid_publication add constraint publication_confirmable"
        " unique (id, digest)",
        "alter table public.mutualaid_publication drop constraint publication_confirmable",
    ),
    Sql(
        "alter table public.mutualaid_confirmation add constraint confirmation_of_digest"
        " foreign key (publication_id, digest)"
        " references public.mutualaid_publication (id, digest)",
        "alter table public.mutualaid_confirmation drop constraint confirmation_of_digest",
    ),
]

TRIGGERS = [
    *(
        trigger
        for table in ("publication", "confirmation", "edition", "cityprofile", "scheme")
        for trigger in stays(f"mutualaid_{table}")
    ),
    Trigger(
        "span_shrinks",
        "mutualaid_editionspan",
        "before update or delete on public.mutualaid_editionspan for each row",
        "gate.span_shrinks()",
    ),
    Trigger(
        "stays_whole",
        "mutualaid_editionspan",
        "before truncate on public.mutualaid_editionspan for each statement",
        "gate.stays()",
    ),
    Trigger(
        "spans_meet",
        "mutualaid_editionspan",
        "after insert or update on public.mutualaid_editionspan"
        " deferrable initially deferred for each row",
        "gate.spans_meet()",
    ),
]

CLASSES = [
    Classify(
        "mutualaid_scheme",
        kind="structure",
        verbs="select insert",
        writes="profile.write",
        check="(select gate.scope_whole()) or union_id in (select gate.unions_in_scope())",
    ),
    Classify(
        "mutualaid_publication",
        kind="business",
        by="union_id",
        verbs="select insert",
        check=f"{written_here_by('prepared_by_id')} and ((select gate.scope_may('edition.draft'))"
        " or (select gate.scope_may('edition.publish')))",
    ),
    Classify(
        "mutualaid_confirmation",
        kind="business",
        by="union_id",
        verbs="select insert",
        writes="edition.publish",
        check=f"{written_here_by('person_id')}"
        " and post_id is not distinct from (select gate.scope_post())",
    ),
    # Made by gate.publish_edition alone.
    Classify("mutualaid_edition", kind="structure"),
    Classify("mutualaid_editionspan", kind="structure"),
    Classify(
        "mutualaid_cityprofile",
        kind="structure",
        verbs="select insert",
        writes="profile.write",
        check=written_here_by("set_by_id"),
    ),
]
