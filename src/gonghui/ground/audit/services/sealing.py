"""The sealer: numbers what happened without a gap, chains it in blocks, signs a head.

It comes after the business transactions, never inside them: a hash taken there from "the newest"
forks as soon as two write at once, or makes all wait for one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import OperationalError, connections, transaction

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.chain import BLOCK_SIZE, NOTHING, Block, Head, digests_of
from gonghui.ground.audit.services.reading import (
    STEP,
    Cursor,
    Entries,
    Stand,
    Stored,
    instant,
    newest_block,
    newest_head,
    ready,
    stand,
)
from gonghui.ground.audit.signing import Signer, signed

LOCK_NOT_AVAILABLE = "55P03"

_INSERT_BLOCK = """
insert into public.audit_block (chain, number, algorithm, first, last, at, previous, head, cluster,
  before, hash, kinds, entries, digests)
values (%s, %s, %s, %s, %s, %s::timestamptz, decode(%s, 'hex'), decode(%s, 'hex'), %s, %s::xid8,
  decode(%s, 'hex'), %s, %s::bigint[], %s)"""

_INSERT_HEAD = """
insert into public.audit_head (chain, block, algorithm, last, hash, at, scheme, key, signature,
  digest)
values (%s, %s, %s, %s, decode(%s, 'hex'), %s::timestamptz, %s, %s, decode(%s, 'hex'),
  decode(%s, 'hex'))"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one run of the sealer did."""

    blocks: int
    entries: int
    head: Head | None


def seal(signer: Signer, *, algorithm: str = "", anyway: bool = False) -> Sealed:
    """Seals what is over and not sealed yet, in one transaction of keeper.

    ``algorithm``: sha256 or sm3; else as before. ``anyway`` makes an empty block where nothing
    happened, so that a head bears witness to this hour.
    """
    with transaction.atomic(using="keeper"), connections["keeper"].cursor() as cursor:
        _be_the_only_one(cursor)
        newest, head, now = newest_block(cursor), newest_head(cursor), stand(cursor)
        found = ready(cursor, newest, now)
        if not found and not anyway:
            return Sealed(0, 0, None)
        cursor.execute(f"select {instant('clock_timestamp()')}")
        sealer = _Sealer(
            cursor,
            algorithm or (newest.block.algorithm if newest else "sha256"),
            cursor.fetchone()[0],
            now,
            newest,
            head[1] if head else NOTHING,
        )
        for part in _parts(found):
            sealer.add(part)
        return Sealed(sealer.blocks, len(found), sealer.sign(signer))


def _be_the_only_one(cursor: Cursor) -> None:
    """A table lock, not an advisory one, which any session of ``web`` could hold for ever."""
    try:
        cursor.execute("lock table public.audit_block in share row exclusive mode")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise Refusal(
            N_("The audit trail is being sealed already."), N_("Try again in a minute.")
        ) from None


def _parts(found: list[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    """Some blocks' worth at a time; one empty part where there is nothing."""
    step = STEP * BLOCK_SIZE
    for at in range(0, len(found) or 1, step):
        yield found[at : at + step]


class _Sealer:
    def __init__(
        self,
        cursor: Cursor,
        algorithm: str,
        at: str,
        now: Stand,
        newest: Stored | None,
        head: str,
    ) -> None:
        self._cursor, self._entries = cursor, Entries(cursor)
        self._algorithm, self._at, self._now, self._head = algorithm, at, now, head
        self._chain = newest.block.chain if newest else str(uuid.uuid4())
        self._number = newest.block.number if newest else 0
        self._last = newest.block.last if newest else 0
        self._hash = newest.hash if newest else NOTHING
        self.blocks = 0

    def add(self, part: list[tuple[str, int]]) -> None:
        """Seals these entries in blocks."""
        kinds, ids = "".join(kind for kind, _ in part), [id_ for _, id_ in part]
        lines = self._entries.lines(kinds, ids, self._last + 1)
        there = [line for line in lines if line is not None]
        assert len(there) == len(ids)  # the tables are only added to
        for at in range(0, len(ids) or 1, BLOCK_SIZE):
            piece = slice(at, at + BLOCK_SIZE)
            self._put(kinds[piece], ids[piece], digests_of(there[piece], self._algorithm))

    def _put(self, kinds: str, ids: list[int], digests: bytes) -> None:
        block = Block(
            chain=self._chain,
            number=self._number + 1,
            algorithm=self._algorithm,
            first=self._last + 1,
            last=self._last + len(ids),
            at=self._at,
            previous=self._hash,
            head=self._head,
            cluster=self._now.cluster,
            before=self._now.horizon,
        )
        self._hash = block.hash(digests)
        self._number, self._last = block.number, block.last
        self._cursor.execute(
            _INSERT_BLOCK,
            [
                *(block.chain, block.number, block.algorithm, block.first, block.last, block.at),
                *(block.previous, block.head, block.cluster, str(block.before)),
                *(self._hash, kinds, ids, digests),
            ],
        )
        self.blocks += 1

    def sign(self, signer: Signer) -> Head:
        """The head of the newest block."""
        said = (self._chain, self._number, self._algorithm, self._last, self._hash, self._at)
        head = signed(Head(*said, scheme="", key=""), signer)
        self._cursor.execute(
            _INSERT_HEAD,
            [*said[:5], head.at, head.scheme, head.key, head.signature, head.digest()],
        )
        return head
