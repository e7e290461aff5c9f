"""The trail handed out: one file that anybody can judge, and the files its events speak of."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import connections, transaction

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.chain import BLOCK_SIZE
from gonghui.ground.audit.services.reading import (
    STEP,
    Cursor,
    Entries,
    blocks_after,
    heads,
    instant,
    outside_blocks,
    stand,
)
from gonghui.ground.audit.trail import FILE, FILES, Trail


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds."""

    blocks: int
    entries: int
    heads: int
    unsealed: int


def export_trail(folder: Path, files: Iterable[Path] = ()) -> Exported:
    """Writes the whole trail into a new folder, as keeper, as it is at this moment.

    Nothing is made better on the way: what does not agree any more is written as it stands.
    ``files`` are laid beside it under their SHA-256.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(N_("The folder {folder} is not empty."), N_("Name a new one."), folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{FILE}.part"
    with transaction.atomic(using="keeper"), connections["keeper"].cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        with part.open("wb") as out:
            trail = _write(out, cursor)
            out.flush()
            os.fsync(out.fileno())
    for file in files:
        _lay_beside(file, folder / FILES)
    part.rename(folder / FILE)
    return Exported(trail.blocks, trail.last, trail.heads, trail.unsealed)


def _write(out: BinaryIO, cursor: Cursor) -> Trail:
    now = stand(cursor)
    cursor.execute(f"select {instant('now()')}, min(chain) from public.audit_block")
    at, chain = cursor.fetchone()
    trail = Trail(out, chain or "", now.cluster, at)
    entries, known = Entries(cursor), heads(cursor)
    for stored in blocks_after(cursor, 0):
        lines = entries.lines(stored.kinds, stored.entries, stored.block.first)
        trail.block(stored.block, stored.hash, stored.digests, lines)
        if stored.block.number in known:
            trail.head(*known.pop(stored.block.number))
    for head, digest in known.values():  # of blocks that are gone
        trail.head(head, digest)
    rest = list(outside_blocks(cursor))
    for start in range(0, len(rest), STEP * BLOCK_SIZE):
        some = rest[start : start + STEP * BLOCK_SIZE]
        lines = entries.lines("".join(kind for kind, _ in some), [id_ for _, id_ in some])
        trail.tail(line for line in lines if line is not None)
    trail.tail(entries.twice)
    trail.end()
    return trail


def _lay_beside(file: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with file.open("rb") as opened:
        name = hashlib.file_digest(opened, "sha256").hexdigest()
    shutil.copyfile(file, folder / name)
