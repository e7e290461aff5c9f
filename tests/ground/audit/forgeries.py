"""The twelve kinds of forgery, each at a random place of an export.

``mending`` says how well the forger covers it: 0 leaves all hashes as they were, 1 makes the
hashes of the entries anew, 2 also that of the block, 3 all that follows, heads included.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ground.audit.trails import City, a_city, time_of

Line = list[Any]
"""The stated hash, and the values of the JSON array."""


def written(values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Export:
    """An export in a forger's hands."""

    folder: Path
    draw: random.Random
    mending: int

    def __post_init__(self) -> None:
        self.path = self.folder / "trail.txt"
        self.lines: list[Line] = [
            [raw[:64].decode(), json.loads(raw[65:])] for raw in self.path.read_bytes().splitlines()
        ]

    def places(self, *kinds: str) -> list[int]:
        return [place for place, (_, said) in enumerate(self.lines) if said[0] in kinds]

    def sealed(self) -> list[int]:
        return [place for place in self.places("e", "c") if self.lines[place][1][1] is not None]

    def an_entry(self, kinds: str = "ec") -> int:
        return self.draw.choice([at for at in self.sealed() if self.lines[at][1][0] in kinds])

    def write(self, *, renumber: bool = False) -> None:
        if renumber:
            self._renumber()
        self._mend()
        self._count()
        self.path.write_bytes(
            b"".join(stated.encode() + b" " + written(said) + b"\n" for stated, said in self.lines)
        )

    def _renumber(self) -> None:
        """Makes entries, blocks and heads count again, as a careful forger does."""
        number, block = 0, None
        for _, said in self.lines:
            if said[0] == "b":
                block, said[4] = said, number + 1
                said[5] = number
            elif said[0] in ("e", "c") and said[1] is not None and block is not None:
                number += 1
                said[1] = block[5] = number
            elif said[0] == "h" and block is not None:
                said[4] = block[5]

    def _mend(self) -> None:
        if not self.mending:
            return
        previous, head, block, digests = "0" * 64, "0" * 64, None, b""

        def close() -> None:
            nonlocal previous
            if block is not None and self.mending >= 2:
                block[0] = sha256(written(block[1]) + b"\n" + digests)
            previous = block[0] if block is not None else previous

        for line in self.lines:
            kind = line[1][0]
            if kind in "bht":
                close()
            if kind == "b":
                block, digests = line, b""
                if self.mending >= 3:
                    line[1][7:9] = previous, head
            elif kind in "ec":
                line[0] = sha256(written(line[1]))
                if line[1][1] is not None:
                    digests += bytes.fromhex(line[0])
            elif kind == "h":
                if self.mending >= 3 and block is not None:
                    line[1][2], line[1][5], line[1][6] = block[1][2], block[0], block[1][6]
                    line[0] = sha256(written(line[1]))
                head = line[0]

    def _count(self) -> None:
        blocks, heads = self.places("b"), self.places("h")
        waiting = len(self.places("e", "c")) - len(self.sealed())
        end = self.lines[-1]
        last = self.lines[blocks[-1]][1][5] if blocks else 0
        end[1][2:6] = len(blocks), last, len(heads), waiting
        end[0] = sha256(written(end[1]))


def change(export: Export) -> None:
    at = export.an_entry()
    said = export.lines[at][1]
    field = export.draw.choice([6, 8] if said[0] == "c" else [9, 10, 11, 14, 18])
    said[field] = said[field] + 1 if isinstance(said[field], int) else f"{said[field]}。"
    export.write()


def delete(export: Export) -> None:
    del export.lines[export.an_entry()]
    export.write(renumber=export.draw.random() < 0.5)


def insert(export: Export) -> None:
    at = export.an_entry()
    stated, said = export.lines[at]
    if export.draw.random() < 0.3:  # in the database, into no block
        said = [said[0], None, *said[2:]]
        said[3] -= 100
        export.lines.insert(len(export.lines) - 1, [sha256(written(said)), said])
    else:
        export.lines.insert(at, [stated, [*said[:2], said[2] + 10_000, *said[3:]]])
    export.write(renumber=export.draw.random() < 0.5)


def swap(export: Export) -> None:
    one, other = export.draw.sample(export.sealed(), 2)
    lines = export.lines
    lines[one], lines[other] = lines[other], lines[one]
    if export.draw.random() < 0.5:  # what happened changes places, the numbers stay
        lines[one][1][1], lines[other][1][1] = lines[other][1][1], lines[one][1][1]
    export.write()


def cut_the_tail(export: Export) -> None:
    behind_heads = [at for at in export.places("b") if export.lines[at - 1][1][0] == "h"]
    del export.lines[export.draw.choice(behind_heads) : -1]
    export.mending = 0
    export.write()


def rewrite_from(export: Export) -> None:
    export.mending = 3
    change(export)


def change_a_head(export: Export) -> None:
    said = export.lines[export.draw.choice(export.places("h"))]
    field = export.draw.choice(range(1, 10))
    old = said[1][field]
    said[1][field] = old + 1 if isinstance(old, int) else _other_text(old, export.draw)
    if export.mending:
        said[0] = sha256(written(said[1]))
    export.mending = 0
    export.write()


def change_time(export: Export) -> None:
    if export.draw.random() < 0.3:
        said = export.lines[export.draw.choice(export.places("b"))][1]
        said[6] = _other_time(said[6], export.draw)
    else:
        said = export.lines[export.an_entry()][1]
        said[4] = _other_time(said[4], export.draw)
    export.write()


def re_point_a_person(export: Export) -> None:
    said = export.lines[export.an_entry("e")][1]
    said[export.draw.choice([5, 13])] = 9_999
    export.write()


def replace_a_file(export: Export) -> None:
    name = export.draw.choice(sorted(path.name for path in (export.folder / "files").iterdir()))
    new = b"another roster %d" % export.draw.randrange(1 << 30)
    target = export.folder / "files" / name
    target.write_bytes(new)
    if export.draw.random() < 0.5:
        target.rename(target.with_name(sha256(new)))
        if export.draw.random() < 0.5:  # and its event says so
            for _, said in export.lines:
                if said[0] == "e" and said[16] == name:
                    said[16] = sha256(new)
            export.write()


def restore_an_old_backup(export: Export) -> None:
    old = a_city()
    kept = export.draw.randrange(1, 6)
    del old.sealed[kept:]
    old.heads = {number: head for number, head in old.heads.items() if number <= kept}
    old.waiting, old.draw = [], random.Random(export.draw.randrange(1 << 30))
    for _ in range(export.draw.randrange(0, 9)):  # and the city went on from there
        old.seal(export.draw.randrange(0, 30))
    _put(old, export)


def swap_two_cities(export: Export) -> None:
    other = a_city(chain="77aa", seed=2)
    way = export.draw.randrange(3)
    if way == 0:
        _put(other, export)
        return
    if way == 1:  # under this city's name
        other.chain = "3f0c"
        _put(other, export)
        return
    _put(other, spare := Export(_copy(export), export.draw, export.mending))
    theirs = Export(spare.folder, export.draw, 0)
    at = export.draw.choice(export.places("b"))
    there = theirs.places("b")[export.places("b").index(at)]
    size = export.lines[at][1][5] - export.lines[at][1][4] + 2
    export.lines[at : at + size] = theirs.lines[there : there + size]
    export.write()


KINDS: dict[str, Callable[[Export], None]] = {
    "change": change,
    "delete": delete,
    "insert": insert,
    "swap": swap,
    "cut the tail": cut_the_tail,
    "rewrite all from some place": rewrite_from,
    "change a head": change_a_head,
    "change time": change_time,
    "re-point a person": re_point_a_person,
    "replace a file": replace_a_file,
    "restore an old backup": restore_an_old_backup,
    "swap two cities": swap_two_cities,
}


def _other_text(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text))
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def _other_time(text: str, draw: random.Random) -> str:
    other = time_of(draw.randrange(1 << 20))
    return other if other != text else time_of(1 << 21)


def _copy(export: Export) -> Path:
    copy = export.folder.with_name(f"{export.folder.name} of another")
    shutil.copytree(export.folder, copy)
    return copy


def _put(city: City, export: Export) -> None:
    shutil.rmtree(export.folder)
    city.export(export.folder)
