"""Writes an export: every line behind its hash, in the order in which a reader can judge it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from gonghui.ground.audit.canonical import BEGIN, END, FORMAT, line
from gonghui.ground.audit.chain import Block, Head

NAME = "gonghui audit trail"
FILE = "trail.txt"
FILES = "files"
GONE = b"null"
"""Stands for an entry that a block names and that is not there any more."""


@dataclass(slots=True)
class Trail:
    """An export being written. The order of calls is the order in the file."""

    out: BinaryIO
    chain: str
    cluster: int
    at: str
    blocks: int = field(default=0, init=False)
    last: int = field(default=0, init=False)
    heads: int = field(default=0, init=False)
    unsealed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._plain(line(BEGIN, NAME, FORMAT, self.chain, self.at))

    def block(
        self, block: Block, stated: str, digests: bytes, lines: Iterable[bytes | None]
    ) -> None:
        """A block and its entries, with the hashes that were stored when it was sealed.

        They are not made anew: made anew they would agree with whatever stands there now.
        """
        self._behind(stated, block.line())
        for place, entry in enumerate(lines):
            stored = digests[32 * place : 32 * place + 32]
            self._behind(stored.hex() or "0" * 64, GONE if entry is None else entry)
        self.blocks, self.last = self.blocks + 1, block.last

    def head(self, head: Head, stated: str) -> None:
        self._behind(stated, head.line())
        self.heads += 1

    def tail(self, lines: Iterable[bytes]) -> None:
        """Entries that are not sealed yet."""
        for entry in lines:
            self._plain(entry)
            self.unsealed += 1

    def end(self) -> None:
        self._plain(
            line(END, self.cluster, self.blocks, self.last, self.heads, self.unsealed, self.at)
        )

    def _behind(self, stated: str, said: bytes) -> None:
        self.out.write(b"%s %s\n" % (stated.encode(), said))

    def _plain(self, said: bytes) -> None:
        self._behind(hashlib.sha256(said).hexdigest(), said)
