"""Blocks of lines, each holding the hash of the one before, and the heads that attest to them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes

from gonghui.ground.audit.canonical import BLOCK, HEAD, line

BLOCK_SIZE = 1_000
NOTHING = "0" * 64
"""Stands for the hash of a block before the first, or of a head before there was one."""


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return made.finalize()


DIGESTS: dict[str, Callable[[bytes], bytes]] = {"sha256": _sha256, "sm3": _sm3}
"""Hashes by the name that stands in every block. All give 32 bytes."""


def digests_of(lines: Iterable[bytes], algorithm: str) -> bytes:
    """The hashes of lines, one behind the other: what a block is made of."""
    digest = DIGESTS[algorithm]
    return b"".join([digest(one) for one in lines])


@dataclass(frozen=True, slots=True)
class Block:
    """What a block says of itself. ``last`` is ``first - 1`` where nothing had happened."""

    chain: str
    number: int
    algorithm: str
    first: int
    last: int
    at: str
    previous: str  # hash of the block before
    head: str  # hash of the newest head when this block was made
    cluster: int  # PostgreSQL's own number of the cluster that gave the transaction ids
    before: int  # by now, everything of a transaction with a smaller id is sealed

    def line(self) -> bytes:
        return line(
            *(BLOCK, self.chain, self.number, self.algorithm, self.first, self.last, self.at),
            *(self.previous, self.head, self.cluster, self.before),
        )

    def hash(self, digests: bytes) -> str:
        """Over what the block says, a line feed, and the hashes of its lines in order."""
        return DIGESTS[self.algorithm](self.line() + b"\n" + digests).hex()


@dataclass(frozen=True, slots=True)
class Head:
    """A signed statement: up to this block, the chain is this and nothing else."""

    chain: str
    block: int
    algorithm: str
    last: int
    hash: str
    at: str
    scheme: str
    key: str
    signature: str = ""

    def signed(self) -> bytes:
        """What the signature stands under: the head's line without the signature."""
        return line(
            *(HEAD, self.chain, self.block, self.algorithm, self.last, self.hash, self.at),
            *(self.scheme, self.key),
        )

    def line(self) -> bytes:
        return self.signed()[:-1] + b"," + line(self.signature)[1:]

    def digest(self) -> str:
        return DIGESTS[self.algorithm](self.line()).hex()
