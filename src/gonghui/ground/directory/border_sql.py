"""Who sees and changes the directory's rows, and the numbering of the tree."""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, Trigger, TriggerFunction

_UNIONS = "(select gate.unions_in_scope())"
_WHOLE = "(select gate.scope_whole())"
_SELF = "(select gate.scope_self())"

_KNOWN = """exists (select from public.directory_employment known
  where known.person_id = {person})"""
_EMPLOYED = """exists (select from public.directory_employment known
  where known.person_id = {person} and known.starts_on <= (select gate.today())
    and (known.ends_before is null or known.ends_before > (select gate.today())))"""

_NUMBER = """
declare
begin
  perform pg_advisory_xact_lock(hashtext('gonghui.union_tree'));
  with recursive tree as (
    select id, array[code] as path, array[id] as above from public.directory_union
     where parent_id is null
    union all
    select u.id, t.path || u.code, t.above || u.id
      from tree t join public.directory_union u on u.parent_id = t.id
     where not u.id = any(t.above)),
  numbered as (select id, above, row_number() over (order by path) as low from tree),
  sizes as (select a.id, count(*) as size from tree, unnest(tree.above) a(id) group by a.id)
  update public.directory_union u set low = n.low, high = n.low + s.size - 1
    from numbered n join sizes s on s.id = n.id
   where u.id = n.id and (u.low, u.high) is distinct from (n.low, n.low + s.size - 1);
  return null;
end"""

NUMBERING = [
    TriggerFunction(
        "gate.number_unions()",
        body=_NUMBER,
        grants=["select, update on public.directory_union"],
    ),
    Trigger(
        "number_unions_added",
        "directory_union",
        "after insert on public.directory_union for each statement",
        "gate.number_unions()",
    ),
    Trigger(
        "number_unions_moved",
        "directory_union",
        "after update of parent_id, code on public.directory_union for each statement",
        "gate.number_unions()",
    ),
]


def _whole_or(condition: str) -> str:
    return f"{_WHOLE} or {condition}"


CLASSES = [
    Classify(
        "directory_union",
        kind="structure",
        verbs="select insert update",
        writes="directory.write",
        check=_whole_or(f"parent_id in {_UNIONS}"),
    ),
    Classify(
        "directory_unionspan",
        kind="structure",
        verbs="select insert update",
        writes="directory.write",
        check=_whole_or(f"union_id in {_UNIONS}"),
    ),
    Classify(
        "directory_body",
        kind="structure",
        verbs="select insert update",
        writes="directory.write",
        check=_whole_or(f"union_id in {_UNIONS}"),
    ),
    Classify(
        "directory_bodymember",
        kind="personal",
        by="union_id",
        verbs="select insert update",
        writes="directory.write",
        check=f"({_whole_or(f'union_id in {_UNIONS}')})"
        " and exists (select from public.directory_person p where p.id = person_id)",
    ),
    # Made by definer functions, which see whether somebody is there already.
    Classify(
        "directory_person",
        kind="personal",
        by="id",
        using=_whole_or(f"id = {_SELF} or {_KNOWN.format(person='directory_person.id')}"),
        check=_whole_or(_EMPLOYED.format(person="directory_person.id")),
        verbs="select update",
        writes="person.correct",
    ),
    Classify(
        "directory_personnumber",
        kind="personal",
        by="person_id",
        using=_whole_or(
            f"person_id = {_SELF} or {_EMPLOYED.format(person='directory_personnumber.person_id')}"
        ),
        verbs="select",
    ),
    Classify(
        "directory_personcontact",
        kind="personal",
        by="union_id",
        using=_whole_or(f"union_id in {_UNIONS} or person_id = {_SELF}"),
        check=f"({_whole_or(f'union_id in {_UNIONS}')})"
        f" and {_EMPLOYED.format(person='directory_personcontact.person_id')}",
        verbs="select insert update",
        writes="person.contact",
    ),
    Classify(
        "directory_employment",
        kind="personal",
        by="union_id",
        using=_whole_or(f"union_id in {_UNIONS} or person_id = {_SELF}"),
        verbs="select",
    ),
    Classify(
        "directory_postkind",
        kind="structure",
        verbs="select insert update",
        writes="accounts.write",
        check=_WHOLE,
    ),
    # Below the whole nobody gives a post that may more than she may herself.
    Classify(
        "directory_post",
        kind="business",
        by="union_id",
        verbs="select insert update",
        writes="directory.appoint",
        check=f"({_whole_or(f'union_id in {_UNIONS}')})"
        " and exists (select from public.directory_person p where p.id = person_id)"
        f" and ({_WHOLE} or (select k.permissions from public.directory_postkind k"
        " where k.code = kind_id) <@ (select (gate.scope()).permissions))",
    ),
    Classify(
        "directory_delegation",
        kind="business",
        by="union_id",
        verbs="select insert update",
        check=f"({_whole_or(f'union_id in {_UNIONS}')})"
        " and exists (select from public.directory_person p where p.id = person_id)"
        " and (post_id = (select gate.scope_post())"
        " or (select gate.scope_may('directory.appoint')))"
        f" and ({_WHOLE} or permissions <@ (select (gate.scope()).permissions))",
    ),
    Classify(
        "directory_hardship",
        kind="personal",
        by="union_id",
        using=_whole_or(f"union_id in {_UNIONS} or person_id = {_SELF}"),
        check=f"({_whole_or(f'union_id in {_UNIONS}')})"
        f" and {_EMPLOYED.format(person='directory_hardship.person_id')}",
        verbs="select insert update",
        writes="hardship.write",
    ),
]
