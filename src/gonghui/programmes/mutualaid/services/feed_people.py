"""Whose the rows of a feed are: found by number, all at once; or as somebody said before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.directory.document_kinds import DOCUMENT_KINDS, RESIDENT
from gonghui.ground.directory.identity import check_document, check_documents
from gonghui.ground.directory.numbers import found_by
from gonghui.ground.vault.services.keys import provider

# A number in force counts before one that was replaced.
_FIND = """
select distinct on (n.blind) n.blind, coalesce(p.merged_into_id, p.id)
  from public.directory_personnumber n join public.directory_person p on p.id = n.person_id
 where n.blind = any(%s) order by n.blind, n.ends_before is not null, n.id desc"""
_SAID = """
select distinct on (r.blind) r.blind, coalesce(p.merged_into_id, p.id)
  from public.mutualaid_feedrow r join public.directory_person p on p.id = r.person_id
 where r.blind = any(%s) and r.state = 'done' order by r.blind, r.id desc"""


def find_people(numbers: Iterable[str]) -> dict[str, tuple[bytes, int | None]]:
    """For each certificate number: what finds it, and the person it is found to be.

    A feed says the number only, not of what it is: a number that fits several kinds is looked for
    under each.
    """
    wanted = sorted(set(numbers))
    kinds, plain, owners = _candidates(wanted)
    blinds = found_by(provider(), kinds, plain).blind
    people = _asked(_FIND, blinds)
    missing = [blind for blind in blinds if blind not in people]
    people |= _asked(_SAID, missing) if missing else {}
    found: dict[str, tuple[bytes, int | None]] = {}
    for owner, blind in zip(owners, blinds, strict=True):
        first, person = found.get(owner, (blind, None))
        found[owner] = first, person if person is not None else people.get(blind)
    return found


def _candidates(wanted: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Kinds and normal forms to look for, and the number of the feed each belongs to."""
    kinds, plain, owners = list[str](), list[str](), list[str]()
    checked = check_documents(RESIDENT, wanted)
    for at, number in enumerate(wanted):
        problems = checked.problems.get(at, ())
        if not any(problem.refuses for problem in problems):
            kinds.append(checked.kinds[at])
            plain.append(checked.numbers[at])
            owners.append(number)
            continue
        for kind in DOCUMENT_KINDS:
            other = check_document(kind, number)
            if other.number and (kind == RESIDENT or other.accepted):
                kinds.append(kind)
                plain.append(other.number)
                owners.append(number)
    return kinds, plain, owners


def _asked(question: str, blinds: Sequence[bytes]) -> dict[bytes, int]:
    with array_cursor() as cursor:
        cursor.execute(question, [array("bytea[]", blinds)])
        return {bytes(blind): person for blind, person in cursor.fetchall()}
