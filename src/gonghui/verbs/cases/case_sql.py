"""Who sees cases, and the functions that open them and add to them: web changes no row itself."""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction, Sql, Statements
from gonghui.verbs.cases.permissions import CONFIRM, DECIDE, FILE, READ, REVIEW
from gonghui.verbs.cases.transitions import TRANSITIONS

_REFUSED = "raise insufficient_privilege using message = 'cases'"
_OWN = "(select gate.own_persons())"
_PLACE = "((select gate.scope_whole()) or union_id in (select gate.unions_in_scope()))"
_MAY = "(select gate.scope_may('{}'))"
_OFFICE = " or ".join(_MAY.format(one) for one in (READ, REVIEW, DECIDE))
_UNIT = " or ".join(_MAY.format(one) for one in (CONFIRM, FILE))
_OF_CASE = "exists (select from public.cases_case c where c.id = case_id)"

CLASSES = [
    *(
        Classify(f"cases_{name}", kind="structure")
        for name in ("kind", "kindstep", "kindpaper", "kindconsent", "transition")
    ),
    # Her own; the office's; her unit's where the unit has a part in it.
    Classify(
        "cases_case",
        kind="personal",
        by="union_id",
        using=f"subject_id in {_OWN} or applicant_id in {_OWN} or filed_by_id in {_OWN}"
        f" or {_PLACE} and (({_OFFICE}) or unit_sees and ({_UNIT}))",
    ),
    Classify("cases_confidential", kind="gate"),
    Classify("cases_paper", kind="personal", using=_OF_CASE),
    Classify("cases_step", kind="personal", using=_OF_CASE),
    # The unit reads that a case was decided, not why.
    Classify(
        "cases_decision",
        kind="personal",
        using="exists (select from public.cases_case c where c.id = case_id and ("
        f"c.subject_id in {_OWN} or c.applicant_id in {_OWN} or c.filed_by_id in {_OWN}"
        f" and c.filed_how = 'proxy' or {_OFFICE}))",
    ),
    Classify("cases_review", kind="personal", using=_OF_CASE),
    Classify(
        "cases_consent",
        kind="personal",
        by="person_id",
        using=f"person_id in {_OWN} or given_to_id in {_OWN} or (({_OFFICE} or {_UNIT}) and exists"
        " (select from public.directory_person p where p.id = cases_consent.person_id))",
    ),
    Classify(
        "cases_kinship",
        kind="personal",
        by="person_id",
        using=f"person_id in {_OWN} or relative_id in {_OWN} or (({_OFFICE}) and exists"
        " (select from public.directory_person p where p.id in (person_id, relative_id)))",
    ),
]

_ROWS = ", ".join("('{}', '{}', '{}', '{}')".format(*row) for row in TRANSITIONS)
TRANSITION_ROWS = Statements(
    [
        "set local role gate",
        "insert into public.cases_transition (deed, from_state, to_state, whose)"
        f" select * from (values {_ROWS}) t",
        "reset role",
    ],
    ["truncate public.cases_transition"],  # as the owner: gate's rights are taken back before
)

_PLACE_KIND = """
declare k jsonb := said::jsonb;
begin
  insert into public.cases_kind (code, name, unit_confirms, decide_permission, decide_level,
    two_from_fen, review_way, review_days)
  values (k ->> 'code', k ->> 'name', (k ->> 'unit_confirms')::boolean, k ->> 'decide_permission',
    k ->> 'decide_level', (k ->> 'two_from_fen')::bigint, k ->> 'review_way',
    (k ->> 'review_days')::integer)
  on conflict (code) do update set name = excluded.name, unit_confirms = excluded.unit_confirms,
    decide_permission = excluded.decide_permission, decide_level = excluded.decide_level,
    two_from_fen = excluded.two_from_fen, review_way = excluded.review_way,
    review_days = excluded.review_days;
  delete from public.cases_kindstep s where s.kind_id = k ->> 'code';
  delete from public.cases_kindpaper s where s.kind_id = k ->> 'code';
  delete from public.cases_kindconsent s where s.kind_id = k ->> 'code';
  insert into public.cases_kindstep (kind_id, ordinal, code, permission, level, two_people,
    from_fen)
  select k ->> 'code', s.n, s.one ->> 'code', s.one ->> 'permission', s.one ->> 'level',
         (s.one ->> 'two_people')::boolean, (s.one ->> 'from_fen')::bigint
    from jsonb_array_elements(k -> 'steps') with ordinality s (one, n);
  insert into public.cases_kindpaper (kind_id, code, name, required)
  select k ->> 'code', p ->> 'code', p ->> 'name', (p ->> 'required')::boolean
    from jsonb_array_elements(k -> 'papers') p;
  insert into public.cases_kindconsent (kind_id, purpose)
  select k ->> 'code', p from jsonb_array_elements_text(k -> 'consents') p;
end"""

# Herself, another with her consent, her unit, the window: each may ask only for whom she may.
_OPEN = f"""
#variable_conflict use_column
declare
  one record; me bigint := gate.scope_person(); self bigint := gate.scope_self(); granted text[];
  known public.cases_case; named public.cases_kind;
begin
  if me is null then {_REFUSED}; end if;
  select * into named from public.cases_kind k where k.code = of_kind;
  if not found then
    raise check_violation using message = 'no such kind', constraint = 'case_kind_known';
  end if;
  granted := gate.permissions_now();
  for one in
    select * from unnest(applicants, subjects, unions, asked, plains, keys, hashes)
      with ordinality a (applicant, subject, place, fen, plain, request, hash, n) order by a.n
  loop
    ordinal := one.n; case_id := null; number := null; outcome := 'not_yours';
    if not exists (select from public.directory_employment e where e.union_id = one.place
         and e.person_id in (select gate.same_persons(one.subject))) then
      return next; continue;
    end if;
    if how = 'self' and gate.one_person(one.subject) = self
       or how = 'proxy' and self is not null and exists (
         select from public.cases_consent s where s.purpose = 'proxy' and s.withdrawn_at is null
            and gate.one_person(s.person_id) = gate.one_person(one.subject)
            and gate.one_person(s.given_to_id) = self)
       or how in ('unit', 'window') and '{FILE}' = any(granted) and gate.in_scope(one.place) then
      outcome := 'done';
    else
      return next; continue;
    end if;
    if one.request is not null then
      -- Two sendings of one asking, at the same time: the second waits for the first.
      perform pg_advisory_xact_lock(hashtextextended('case ' || me || ' ' || one.request, 0));
      select * into known from public.cases_case c
       where c.filed_by_id = me and c.request_key = one.request;
      if found then
        case_id := known.id; number := known.number;
        outcome := case when known.request_sha256 = one.hash then 'repeated' else 'other' end;
        return next; continue;
      end if;
    end if;
    insert into public.cases_case (number, kind_id, applicant_id, subject_id, union_id, filed_by_id,
      filed_how, unit_sees, state, asked_fen, plain, request_key, request_sha256, opened_at, turn,
      version)
    values (to_char(on_day, 'YYYY') || '-' || lpad(nextval('gate.case_number')::text, 6, '0'),
      of_kind, one.applicant, one.subject, one.place, me, how, named.unit_confirms, 'draft',
      one.fen, one.plain::jsonb, one.request, one.hash, clock_timestamp(), 0, 1)
    returning id, cases_case.number into case_id, number;
    return next;
  end loop;
end"""

_MINE = f"""
  select count(*) = cardinality(ids) from public.cases_case c
   where c.id = any(ids) and c.state = any(states) and (gate.case_author(c)
     or c.filed_how in ('unit', 'window') and '{FILE}' = any(gate.permissions_now())
        and gate.in_scope(c.union_id))"""

_SEAL = f"""
begin
  if not gate.cases_open_to_me(array(select distinct i from unnest(cases) i),
       case of_part when 'grounds' then array['accepted', 'refused']
                    else array['draft', 'returned'] end) then
    {_REFUSED};
  end if;
  insert into public.cases_confidential (id, case_id, person_id, part, cipher)
  select a.id, c.id, c.subject_id, of_part, a.cipher
    from unnest(ids, cases, ciphers) a (id, case_id, cipher)
    join public.cases_case c on c.id = a.case_id;
end"""

_ADD_PAPERS = f"""
begin
  if not gate.cases_open_to_me(array(select distinct i from unnest(cases) i),
       array['draft', 'returned']) then
    {_REFUSED};
  end if;
  -- A paper seen at the window is vouched for by who saw it, not by the applicant.
  if 'seen' = any(states) and not '{FILE}' = any(gate.permissions_now()) then {_REFUSED}; end if;
  update public.cases_paper p set state = 'replaced'
    from unnest(cases, kinds) a (case_id, kind)
   where p.case_id = a.case_id and p.kind = a.kind and p.state = 'lacking';
  insert into public.cases_paper (case_id, kind, document_id, state)
  select a.case_id, a.kind, a.document, a.state
    from unnest(cases, kinds, documents, states) a (case_id, kind, document, state);
end"""

# By herself; or on paper, entered by who may file for her.
_GIVE = f"""
declare made bigint[]; self bigint := gate.scope_person();
begin
  if self is null then {_REFUSED}; end if;
  if exists (select from unnest(persons) p (id) where gate.one_person(p.id) <> self)
     and not (paper and '{FILE}' = any(gate.permissions_now()) and gate.all_known(persons)) then
    {_REFUSED};
  end if;
  with given as (
    insert into public.cases_consent (person_id, case_id, purpose, wording_version, text_sha256,
      given_to_id, given_by_id, on_paper, document_id, given_at)
    select p.id, p.case_id, for_purpose, wording, sha256, to_person, self, paper, document,
           clock_timestamp()
      from unnest(persons, cases) p (id, case_id)
     where not exists (
       select from public.cases_consent s where s.person_id = p.id and s.purpose = for_purpose
          and s.wording_version = wording and s.text_sha256 = sha256 and s.withdrawn_at is null
          and s.case_id is not distinct from p.case_id
          and s.given_to_id is not distinct from to_person)
    returning id)
  select array_agg(id order by id) into made from given;
  return coalesce(made, '{{}}');
end"""

# She takes it back herself, at any time; for one on paper, whoever may enter it may.
_TAKE_BACK = f"""
declare s public.cases_consent; me bigint := gate.scope_person();
begin
  select * into s from public.cases_consent x where x.id = of_consent for update;
  if not found or me is null or not (gate.one_person(s.person_id) = me
       or s.on_paper and '{FILE}' = any(gate.permissions_now())
          and gate.all_known(array[s.person_id])) then
    {_REFUSED};
  end if;
  update public.cases_consent x set withdrawn_at = clock_timestamp()
   where x.id = of_consent and x.withdrawn_at is null;
  return found;
end"""

# The bytes leave with an event that names the person; the unit only with her consent.
_READ = f"""
#variable_conflict use_column
declare c public.cases_case; me bigint := gate.scope_person();
begin
  if me is null or btrim(because) = '' then {_REFUSED}; end if;
  for c in select * from public.cases_case x where x.id = any(cases) order by x.id loop
    if not (gate.one_person(c.subject_id) = me or gate.one_person(c.applicant_id) = me
       or gate.scope_self() is null and gate.in_scope(c.union_id) and (
         gate.scope_may('{READ}') or gate.scope_may('{REVIEW}') or gate.scope_may('{DECIDE}')
         or gate.scope_may('{FILE}') and gate.one_person(c.filed_by_id) = me
            and c.state in ('draft', 'returned')
         or c.unit_sees and gate.scope_may('{CONFIRM}') and exists (
           select from public.cases_consent s
            where gate.one_person(s.person_id) = gate.one_person(c.subject_id)
              and s.purpose = 'unit_reads' and s.withdrawn_at is null
              and (s.case_id is null or s.case_id = c.id)))) then
      {_REFUSED};
    end if;
    if gate.one_person(c.subject_id) <> me
       and gate.case_conflict(c.id, me, 'return') = 'relative' then
      {_REFUSED};
    end if;
    perform gate.record_event('case.revealed', 'cases_case', c.id,
      case when gate.in_scope(c.union_id) then c.union_id end, c.subject_id, because, null, null,
      '', json_build_object('kind', c.kind_id)::text);
    return query select distinct on (x.part) x.id, x.case_id, x.person_id, x.part, x.cipher
      from public.cases_confidential x where x.case_id = c.id order by x.part, x.id desc;
  end loop;
end"""

# A worker has no post, so the vault's own function refuses her; here she writes for herself, and
# for whom she acts with consent.
_FOR_HERSELF = """
  select gate.scope_self() is not null and not exists (
    select from unnest(persons) p (id) where gate.one_person(p.id) <> gate.scope_self()
       and not exists (select from public.cases_consent s
         where s.purpose = 'proxy' and s.withdrawn_at is null
           and gate.one_person(s.person_id) = gate.one_person(p.id)
           and gate.one_person(s.given_to_id) = gate.scope_self()))"""

_USE_KEY = f"""
#variable_conflict use_column
begin
  if not gate.acts_for_herself(array[person]) then {_REFUSED}; end if;
  if first_wrap is not null then
    insert into public.vault_datakey (person_id, wrapped, key_id)
    values (person, first_wrap, with_key) on conflict (person_id) do nothing;
  end if;
  update public.vault_datakey k set uses = k.uses + 1
   where k.person_id = person and k.wrapped is not null;
  return query select k.generation, k.wrapped from public.vault_datakey k
   where k.person_id = person;
end"""

_STATE_KINSHIP = f"""
declare made bigint; me bigint := gate.scope_person();
begin
  if me is null or not (me in (gate.one_person(person), gate.one_person(relative))
       or '{REVIEW}' = any(gate.permissions_now()) or '{DECIDE}' = any(gate.permissions_now())) then
    {_REFUSED};
  end if;
  insert into public.cases_kinship (person_id, relative_id, kind, stated_by_id, starts_on)
  values (least(person, relative), greatest(person, relative), of_kind, me, since)
  on conflict do nothing returning id into made;
  return made;
end"""

# Neither of the two, nor who stated it, makes it go away.
_END_KINSHIP = f"""
declare k public.cases_kinship; me bigint := gate.scope_person();
begin
  select * into k from public.cases_kinship x where x.id = of_kinship for update;
  if not found or not '{DECIDE}' = any(gate.permissions_now()) or not gate.scope_whole()
     or me in (gate.one_person(k.person_id), gate.one_person(k.relative_id),
               gate.one_person(k.stated_by_id)) then
    {_REFUSED};
  end if;
  update public.cases_kinship x set ends_before = greatest(since, k.starts_on), ended_by_id = me
   where x.id = of_kinship and x.ends_before is null;
  return found;
end"""


def _inner(signature: str, returns: str, body: str, language: str = "sql") -> DefinerFunction:
    return DefinerFunction(signature, returns=returns, body=body, language=language, callable_by="")


def _called(signature: str, returns: str, body: str) -> DefinerFunction:
    return DefinerFunction(signature, returns=returns, body=body, callable_by="web")


FUNCTIONS = [
    Sql("create sequence gate.case_number owned by none", "drop sequence gate.case_number"),
    Sql("grant usage on sequence gate.case_number to gate"),
    Sql("grant usage on sequence public.cases_confidential_id_seq to web"),
    DefinerFunction(
        "gate.place_case_kind(said text)", returns="void", body=_PLACE_KIND, callable_by="owner"
    ),
    _inner("gate.cases_open_to_me(ids bigint[], states text[])", "boolean", _MINE),
    _called(
        "gate.open_cases(of_kind text, how text, on_day date, applicants bigint[],"
        " subjects bigint[], unions bigint[], asked bigint[], plains text[], keys text[],"
        " hashes bytea[])",
        "table (ordinal integer, case_id bigint, number text, outcome text)",
        _OPEN,
    ),
    _called(
        "gate.seal_cases(of_part text, ids bigint[], cases bigint[], ciphers bytea[])",
        "void",
        _SEAL,
    ),
    _called(
        "gate.add_case_papers(cases bigint[], kinds text[], documents bigint[], states text[])",
        "void",
        _ADD_PAPERS,
    ),
    _called(
        "gate.give_consents(persons bigint[], cases bigint[], for_purpose text, wording text,"
        " sha256 bytea, to_person bigint, paper boolean, document bigint)",
        "bigint[]",
        _GIVE,
    ),
    _called("gate.withdraw_consent(of_consent bigint)", "boolean", _TAKE_BACK),
    _called(
        "gate.read_confidential(cases bigint[], because text)",
        "table (id bigint, case_id bigint, person_id bigint, part text, cipher bytea)",
        _READ,
    ),
    _inner("gate.acts_for_herself(persons bigint[])", "boolean", _FOR_HERSELF),
    _called(
        "gate.use_own_data_key(person bigint, first_wrap bytea, with_key integer)",
        "table (generation integer, wrapped bytea)",
        _USE_KEY,
    ),
    _called(
        "gate.state_kinship(person bigint, relative bigint, of_kind text, since date)",
        "bigint",
        _STATE_KINSHIP,
    ),
    _called("gate.end_kinship(of_kinship bigint, since date)", "boolean", _END_KINSHIP),
]
