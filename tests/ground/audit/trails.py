"""Invented trails, made with the program's own parts but without a database."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gonghui.ground.audit.canonical import CHANGE, EVENT, Value, details_text, entry_line
from gonghui.ground.audit.chain import NOTHING, Block, Head, digests_of
from gonghui.ground.audit.signing import Ed25519Signer, signed
from gonghui.ground.audit.trail import FILE, FILES, Trail

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
ACTIONS = ("roster.booked", "number.shown", "receipt.matched", "edition.published")
CLUSTER = 7_300_000_000_000_000_001


def time_of(step: int) -> str:
    at = START + timedelta(seconds=step, microseconds=step * 37 % 1_000_000)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass
class City:
    """A city's trail, growing block by block; ``sealed`` holds what an export shows."""

    chain: str
    seed: int
    algorithm: str = "sha256"
    signer: Ed25519Signer = field(default_factory=lambda: Ed25519Signer(KEY))
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.sealed: list[tuple[Block, str, bytes, list[bytes]]] = []
        self.heads: dict[int, Head] = {}
        self.waiting: list[bytes] = []
        self.ids = 0

    def happen(self) -> tuple[str, list[Value]]:
        """One event or change, as the database would have it."""
        self.ids += 1
        id_, draw = self.ids, self.draw
        xid = 700 + id_ // 3
        if draw.random() < 0.3:
            rows = draw.randrange(1, 500)
            hashes = [hashlib.sha256(b"%d %d" % (id_, place)).hexdigest() for place in (0, 1)]
            change: list[Value] = [id_, xid, time_of(id_), 11, "directory_employment", "insert"]
            return CHANGE, [*change, rows, None, hashes[1]]
        after = None
        if draw.random() < 0.2:
            content = b"roster %d of %s" % (id_, self.chain.encode())
            after = hashlib.sha256(content).hexdigest()
            self.files[after] = content
        details = details_text({"rows": draw.randrange(500), "note": "补录\n李·买买提 𬱖"})
        who: list[Value] = [draw.randrange(10, 40), "本人", 5, 17]
        what: list[Value] = [draw.choice(ACTIONS), "mutualaid_rosterfile", id_, 3]
        seen = draw.randrange(100, 999) if draw.random() < 0.4 else None
        purpose = "核对领款人" if seen else ""
        rest: list[Value] = [seen, purpose, None, after, f"req-{id_}", details]
        return EVENT, [id_, xid, time_of(id_), *who, *what, *rest]

    def seal(self, entries: int, *, head: bool = True) -> None:
        """One block of what happened last."""
        first = self.sealed[-1][0].last + 1 if self.sealed else 1
        happened = [self.happen() for _ in range(entries)]
        lines = [
            entry_line(kind, first + place, values) for place, (kind, values) in enumerate(happened)
        ]
        digests = digests_of(lines, self.algorithm)
        block = Block(
            chain=self.chain,
            number=len(self.sealed) + 1,
            algorithm=self.algorithm,
            first=first,
            last=first + entries - 1,
            at=time_of(self.ids),
            previous=self.sealed[-1][1] if self.sealed else NOTHING,
            head=self.heads[max(self.heads)].digest() if self.heads else NOTHING,
            cluster=CLUSTER,
            before=700 + (self.ids + 1) // 3,
        )
        self.sealed.append((block, block.hash(digests), digests, lines))
        if head:
            self.heads[block.number] = self.head_of(block)

    def head_of(self, block: Block) -> Head:
        hash_ = self.sealed[block.number - 1][1]
        said = (self.chain, block.number, self.algorithm, block.last, hash_, block.at)
        return signed(Head(*said, scheme="", key=""), self.signer)

    def wait(self, entries: int) -> None:
        """Entries that the sealer has not come to yet."""
        self.waiting += [entry_line(kind, None, values) for kind, values in self.happened(entries)]

    def happened(self, entries: int) -> list[tuple[str, list[Value]]]:
        return [self.happen() for _ in range(entries)]

    def export(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        with (folder / FILE).open("wb") as out:
            trail = Trail(out, self.chain, CLUSTER, time_of(self.ids))
            for block, stated, digests, lines in self.sealed:
                trail.block(block, stated, digests, lines)
                if head := self.heads.get(block.number):
                    trail.head(head, head.digest())
            trail.tail(self.waiting)
            trail.end()
        if self.files:
            (folder / FILES).mkdir()
        named = b"".join(line for *_, lines in self.sealed for line in lines)
        for name, content in self.files.items():
            if name.encode() in named:
                (folder / FILES / name).write_bytes(content)
        return folder

    def keep_head(self, path: Path) -> Path:
        """The newest head, as it is kept outside: among other words."""
        head = self.heads[max(self.heads)]
        path.write_text(f"请妥善保存\n\n{head.digest()} {head.line().decode()}\n", "utf-8")
        return path


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def a_city(chain: str = "3f0c", seed: int = 1, algorithm: str = "sha256") -> City:
    """Six blocks of different sizes, one of them empty, five heads, and three entries unsealed."""
    city = City(chain, seed, algorithm)
    for entries, head in ((40, True), (25, False), (1, True), (0, True), (30, True), (17, True)):
        city.seal(entries, head=head)
    city.wait(3)
    return city
