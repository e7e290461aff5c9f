"""Goes through the trail in the database as `gonghui verify` does, and yields what is wrong.

It finds what somebody changed who could not change everything. Who trusts neither the programme
nor its database lets ``tools/verify_audit.py`` judge an export instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gonghui.core.errors import N_
from gonghui.ground.audit.chain import DIGESTS, NOTHING, digests_of
from gonghui.ground.audit.services.reading import (
    Entries,
    Stored,
    blocks_after,
    heads,
    put_in_later,
    stand,
)
from gonghui.ground.borders.checks import Finding


def check_trail(connection: Any) -> Iterator[Finding]:  # noqa: ANN401  (a psycopg connection)
    """Every block from the first, every head, and whatever stands outside the blocks."""
    with connection.cursor() as cursor:
        entries, known = Entries(cursor), heads(cursor)
        newest: Stored | None = None
        head, signed = NOTHING, False
        for stored in blocks_after(cursor, 0):
            wrong = _wrong_with(stored, newest, head, entries)
            if wrong:
                yield wrong
                return  # what follows hangs on it
            signed = stored.block.number in known
            if signed:
                said, digest = known.pop(stored.block.number)
                made = (stored.block.last, stored.hash, stored.block.at, stored.block.chain)
                if (said.last, said.hash, said.at, said.chain) != made or said.digest() != digest:
                    place = f"audit_head {stored.block.number}"
                    yield Finding(place, N_("The head does not agree with its block."))
                    return
                head = digest
            newest = stored
        if newest is not None and not signed:
            place = f"audit_block {newest.block.number}"
            yield Finding(place, N_("The newest block has no head."))
        for number in known:
            yield Finding(f"audit_head {number}", N_("The block of this head is missing."))
        if newest is not None:
            for kind, id_ in put_in_later(cursor, newest, stand(cursor)):
                table = {"e": "audit_event", "c": "audit_change"}[kind]
                yield Finding(f"{table} {id_}", N_("This entry was put in later."))


def _wrong_with(
    stored: Stored, before: Stored | None, head: str, entries: Entries
) -> Finding | None:
    block, place = stored.block, f"audit_block {stored.block.number}"
    number, last, hash_, chain = 0, 0, NOTHING, block.chain
    if before:
        number, last, hash_ = before.block.number, before.block.last, before.hash
        chain = before.block.chain
    said = (block.number, block.first, block.previous, block.head, block.chain)
    if said != (number + 1, last + 1, hash_, head, chain) or block.algorithm not in DIGESTS:
        return Finding(place, N_("The block does not follow from the one before."))
    lines = entries.lines(stored.kinds, stored.entries, block.first)
    for at, line in enumerate(lines):
        digest = stored.digests[32 * at : 32 * at + 32]
        if line is None or digests_of([line], block.algorithm) != digest:
            table = {"e": "audit_event", "c": "audit_change"}.get(stored.kinds[at], "?")
            where = f"{table} {stored.entries[at]}"
            return Finding(where, N_("This entry was changed or taken away after it was sealed."))
    if len(lines) != block.last - block.first + 1 or entries.twice:
        return Finding(place, N_("The block has more or fewer entries than it must."))
    if block.hash(stored.digests) != stored.hash:
        return Finding(place, N_("The block does not agree with its hash."))
    return None
