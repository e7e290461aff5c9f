"""Who keeps and sees documents, as PostgreSQL judges it."""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction, Sql
from gonghui.ground.documents.permissions import KEEP, READ

_POSTS = " or ".join(f"gate.scope_may('{one}')" for one in KEEP)

# Medical papers: a post in the unit alone shows nothing that another brought.
_SEEN = f"""(documents_document.person_id = (select gate.scope_person())
  or (select gate.scope_self()) is null
     and ((select gate.scope_whole())
          or documents_document.union_id in (select gate.unions_in_scope()))
     and ((select gate.scope_may('{READ}'))
          or documents_document.kept_by_id = (select gate.scope_person())))"""

_MAY = f"""
  select case when gate.scope_self() is not null then
    person is not null and person = gate.scope_self() and exists (
      select from public.directory_employment e
       where e.person_id = person and e.union_id = at_union)
  else coalesce(gate.scope_writes() and gate.in_scope(at_union) and ({_POSTS}), false)
    and (person is null or gate.scope_whole() or exists (
      select from public.directory_employment e
       where e.person_id = person and gate.in_scope(e.union_id)))
  end"""

_REFUSED = "raise exception 'not allowed' using errcode = '42501'"

# A worker has no post, so the vault's own function refuses her; here she keeps her own papers.
_USE_KEY = f"""
#variable_conflict use_column
begin
  if not coalesce(gate.may_keep_document(person, at_union), false) then {_REFUSED}; end if;
  insert into public.vault_datakey (person_id, wrapped, key_id)
  values (person, first_wrap, with_key) on conflict (person_id) do nothing;
  return query update public.vault_datakey k set uses = k.uses + 1
   where k.person_id = person and k.wrapped is not null returning k.generation, k.wrapped;
end"""

_KEPT = f"""
#variable_conflict use_column
begin
  if not coalesce(gate.may_keep_document(person, at_union), false) then {_REFUSED}; end if;
  return query select d.id, d.pages from public.documents_document d
   where d.union_id = at_union and d.person_id is not distinct from person
     and d.kind = of_kind and d.sha256 = digest;
end"""

_KEEP = f"""
#variable_conflict use_column
declare done bigint;
begin
  if not coalesce(gate.may_keep_document(person, at_union), false) then {_REFUSED}; end if;
  insert into public.documents_document (id, union_id, person_id, kind, format, sha256, size, pages,
    original, key, union_key, kept_by_id, kept_at)
  values (new_id, at_union, person, of_kind, of_format, digest, bytes, cardinality(sealed_pages),
    sealed, person_key, of_union_key, gate.scope_person(), now())
  on conflict (union_id, person_id, kind, sha256) do nothing returning id into done;
  if done is null then return false; end if;
  insert into public.documents_page (document_id, number, sealed)
  select new_id, p.n, p.jpeg from unnest(sealed_pages) with ordinality p (jpeg, n);
  return true;
end"""

DOCUMENTS = [
    Classify("documents_document", kind="personal", using=_SEEN),
    Classify(
        "documents_page",
        kind="personal",
        using="exists (select from public.documents_document d where d.id = document_id)",
    ),
    Sql("grant usage on sequence public.documents_document_id_seq to web"),
    DefinerFunction(
        "gate.may_keep_document(person bigint, at_union bigint)",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_MAY,
        grants=["select on public.directory_employment"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.use_key_for_document(person bigint, at_union bigint, first_wrap bytea,"
        " with_key integer)",
        returns="table (generation integer, wrapped bytea)",
        body=_USE_KEY,
        grants=["select, insert, update on public.vault_datakey"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.kept_document(person bigint, at_union bigint, of_kind text, digest bytea)",
        returns="table (id bigint, pages integer)",
        body=_KEPT,
        grants=["select, insert on public.documents_document"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.keep_document(new_id bigint, person bigint, at_union bigint, of_kind text,"
        " of_format text, digest bytea, bytes integer, sealed bytea, person_key bytea,"
        " of_union_key bytea, sealed_pages bytea[])",
        returns="boolean",
        body=_KEEP,
        grants=[
            "select, insert on public.documents_page",
            "usage on sequence public.documents_page_id_seq",
        ],
        callable_by="web",
    ),
]
