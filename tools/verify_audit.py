#!/usr/bin/env python3
"""Judges an export of Gonghui's audit trail. Python 3.9 or newer, nothing else.

    python3 verify_audit.py EXPORT --head FILE

It trusts neither Gonghui nor its database: all it goes by is the export, and a head that was kept
outside. It was written from docs/reference/audit-export.md alone and shares no line with Gonghui.
It does not check signatures: that needs more than Python brings along.

Ends with 0: 可信 · 1: 不可信 · 2: cannot be read · 3: nothing speaks against it, but no head was
given, so that a cut tail or a trail written anew from some place on could not show.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

FORMAT = 1
NOTHING = "0" * 64
LARGEST_BLOCK = 1000
LONGEST_LINE = 1 << 22
HEAD_LINE = re.compile(rb'^[ \t]*([0-9a-f]{64}) (\["h",[^\r\n]*\])[ \t]*\r?$', re.MULTILINE)


class Bad(Exception):
    """The first bad place, and what is wrong there, in Chinese and English."""

    def __init__(self, where: str, said: str) -> None:
        super().__init__(where, said)
        self.where, self.said = where, said


class Unreadable(Exception):
    """What was named on the command line cannot be used at all."""


# hashes


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _rotated(word: int, by: int) -> int:
    by %= 32
    return (word << by | word >> (32 - by)) & 0xFFFFFFFF


_SM3_BEGIN = (
    *(0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600),
    *(0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E),
)
_SM3_CONSTANTS = [_rotated(0x79CC4519 if j < 16 else 0x7A879D8A, j) for j in range(64)]


def own_sm3(data: bytes) -> bytes:
    """SM3 as GB/T 32905-2016 has it."""
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    state: Sequence[int] = _SM3_BEGIN
    for at in range(0, len(padded), 64):
        state = _sm3_step(state, padded[at : at + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


def _sm3_step(state: Sequence[int], chunk: bytes) -> Sequence[int]:
    words = [int.from_bytes(chunk[at : at + 4], "big") for at in range(0, 64, 4)]
    for j in range(16, 68):
        mixed = words[j - 16] ^ words[j - 9] ^ _rotated(words[j - 3], 15)
        mixed ^= _rotated(mixed, 15) ^ _rotated(mixed, 23)
        words.append(mixed ^ _rotated(words[j - 13], 7) ^ words[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        twelve = _rotated(a, 12)
        one = _rotated((twelve + e + _SM3_CONSTANTS[j]) & 0xFFFFFFFF, 7)
        if j < 16:
            left, right = a ^ b ^ c, e ^ f ^ g
        else:
            left, right = a & b | a & c | b & c, e & f | ~e & g & 0xFFFFFFFF
        two = (left + d + (one ^ twelve) + (words[j] ^ words[j + 4])) & 0xFFFFFFFF
        three = (right + h + one + words[j]) & 0xFFFFFFFF
        d, c, b, a = c, _rotated(b, 9), a, two
        h, g, f, e = g, _rotated(f, 19), e, three ^ _rotated(three, 9) ^ _rotated(three, 17)
    after = (a, b, c, d, e, f, g, h)
    return [state[place] ^ after[place] for place in range(8)]


def sm3(data: bytes) -> bytes:
    """Python's own where its OpenSSL has SM3: several hundred times as fast."""
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:
        return own_sm3(data)


DIGESTS = {"sha256": sha256, "sm3": sm3}


# reading


def values_of(said: bytes, kinds: str, where: str) -> list[Any]:
    """The JSON array of a line; ``kinds`` has one letter a value: i integer, s text."""
    try:
        values = json.loads(said.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Bad(where, "这一行读不懂 / the line cannot be read") from None
    wanted = [{"i": int, "s": str}[kind] for kind in kinds]
    if type(values) is not list or [type(value) for value in values] != wanted:
        raise Bad(where, "这一行的栏目不对 / the line has other fields than it must")
    return values


class Head:
    """What a head says; ``line`` is all of it, behind its hash."""

    def __init__(self, stated: bytes, said: bytes, where: str) -> None:
        values = values_of(said, "ssisisssss", where)
        self.chain, self.block, self.algorithm, self.last, self.hash, self.at = values[1:7]
        self.stated, self.line = stated, stated + b" " + said
        digest = DIGESTS.get(self.algorithm)
        if digest is None or digest(said).hex().encode() != stated:
            raise Bad(where, "链头与其散列不符 / the head does not agree with its hash")

    def agrees(self, made: tuple[int, str, int, str, str]) -> bool:
        """Whether it speaks of this block: number, algorithm, last entry, hash, time."""
        return made == (self.block, self.algorithm, self.last, self.hash, self.at)


class TypedHead:
    """A head read off paper: the block's number and its hash."""

    chain, line = "", b""

    def __init__(self, block: int | None, typed: str) -> None:
        self.block, self.hash = block or 0, re.sub(r"[\s-]", "", typed).lower()
        if self.block < 1 or not re.fullmatch("[0-9a-f]{64}", self.hash):
            raise Unreadable("--block, --hash: 区块号和64位十六进制 / a number and 64 hex digits")

    def agrees(self, made: tuple[int, str, int, str, str]) -> bool:
        return made[3] == self.hash


def heads_in(path: str) -> list[Head]:
    """All heads in a file of text, whatever else it says."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
    found = HEAD_LINE.findall(text)
    if not found:
        raise Unreadable(f"{path}: 里面没有链头 / there is no head in it")
    try:
        return [Head(stated, said, path) for stated, said in found]
    except Bad as bad:
        raise Unreadable(f"{bad.where}: {bad.said}") from None


class Lines:
    """Line after line of an export: its hash, and what it says."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.number = file, 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> tuple[bytes, bytes]:
        raw = self.file.readline(LONGEST_LINE)
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) < 67 or raw[64:65] != b" " or raw[-1:] != b"\n":
            raise Bad(self.where(), "这一行残缺 / the line is damaged")
        return raw[:64], raw[65:-1]

    def where(self, chinese: str = "", english: str = "") -> str:
        return f"{chinese}文件第{self.number}行 / {english}line {self.number}"


# judging


class Judge:
    """Goes through an export once, in order, and raises at the first bad place."""

    def __init__(
        self, file: BinaryIO, kept: Iterable[Head | TypedHead], files: Iterable[str] = ()
    ) -> None:
        self.lines, self.kept = Lines(file), list(kept)
        self.files, self.named = sorted(files), set()  # type: ignore[var-annotated]
        self.chain, self.block, self.last, self.heads, self.unsealed = "", 0, 0, 0, 0
        self.hash, self.newest_head = NOTHING, NOTHING
        self.made = (0, "", 0, NOTHING, "")
        self.cluster, self.before = 0, 0
        self.oldest: tuple[int, str] | None = None
        self.signed, self.attested = 0, 0

    def run(self) -> None:
        self._begin()
        ended = False
        for stated, said in self.lines:
            kind = said[:4]
            if ended:
                raise Bad(self.lines.where(), "结尾之后还有内容 / something follows the end")
            if kind == b'["b"' and not self.unsealed:
                self._block(stated, said)
            elif kind == b'["h"' and not self.unsealed:
                self._head(stated, said)
            elif kind in (b'["e"', b'["c"'):
                self._outside_blocks(stated, said)
            elif kind == b'["t"':
                self._end(stated, said)
                ended = True
            else:
                raise Bad(self.lines.where(), "这一行不该在这里 / this line has no place here")
        if not ended:
            raise Bad(self.lines.where(), "没有结尾，文件被截断 / no end: the file is cut off")
        if self.signed != self.block:
            wrong = "最后的区块没有链头 / the last block has no head"
            raise Bad(f"第{self.block}区块 / block {self.block}", wrong)
        self._kept_heads_were_reached()

    def _begin(self) -> None:
        stated, said = next(self.lines, (b"", b"null"))
        where = "文件第1行 / line 1"
        if said[:26] != b'["g","gonghui audit trail"':
            raise Bad(where, "这不是审计导出文件 / this is no export of an audit trail")
        self._agree(stated, said)
        format_, self.chain = values_of(said, "ssiss", where)[2:4]
        if format_ != FORMAT:
            raise Bad(where, f"格式{format_}未知 / format {format_} is not known here")
        for head in self.kept:
            if head.line and head.chain != self.chain:
                wrong = "外存链头属于另一条链（另一城市） / the kept head is of another trail"
                raise Bad(where, f"{wrong}: {head.chain}")

    def _agree(self, stated: bytes, said: bytes) -> None:
        if sha256(said).hex().encode() != stated:
            raise Bad(self.lines.where(), "内容与其散列不符 / it does not agree with its hash")

    def _block(self, stated: bytes, said: bytes) -> None:
        place = self.lines.where(f"第{self.block + 1}区块，", f"block {self.block + 1}, ")
        values = values_of(said, "ssisiisssii", place)
        _, chain, number, algorithm, first, last, at, previous, head, cluster, before = values
        for good, wrong in (
            (chain == self.chain, "属于另一条链 / it is of another trail"),
            (number == self.block + 1, f"编号是{number} / its number is {number}"),
            (algorithm in DIGESTS, "散列算法未知 / its hash is not known here"),
            (first == self.last + 1, f"从第{first}条开始 / it begins with entry {first}"),
            (0 <= last - first + 1 <= LARGEST_BLOCK, "条数不对 / no block has so many entries"),
            (previous == self.hash, "与前一区块不衔接 / it does not follow from the block before"),
            (
                head == self.newest_head,
                "与前一链头不衔接 / it does not follow from the newest head",
            ),
        ):
            if not good:
                raise Bad(place, wrong)
        digests = self._entries(algorithm, first, last)
        made = DIGESTS[algorithm](said + b"\n" + digests).hex()
        if made.encode() != stated:
            wrong = "区块与其散列不符 / the block does not agree with its hash"
            raise Bad(place, f"{wrong} ({first}–{last})")
        self.block, self.last, self.hash = number, last, made
        self.cluster, self.before = cluster, before
        self.made = (number, algorithm, last, made, at)
        for kept in self.kept:
            if kept.block == number:
                if not kept.agrees(self.made):
                    wrong = "与外存链头不符：到此为止的某处被整体重写"
                    wrong += " / not what the kept head says: written anew somewhere up to here"
                    raise Bad(place, wrong)
                self.attested = max(self.attested, last)

    def _entries(self, algorithm: str, first: int, last: int) -> bytes:
        """The hashes of a block's entries, each compared with the one that was stored."""
        digest, digests = DIGESTS[algorithm], []
        for number in range(first, last + 1):
            stated, said = next(self.lines, (b"", b""))
            made = digest(said)
            if not said.startswith((b'["e",%d,' % number, b'["c",%d,' % number)):
                raise Bad(self._entry(number), _out_of_place(said))
            if made.hex().encode() != stated:
                wrong = "封存后被改动 / it was changed after it was sealed"
                raise Bad(self._entry(number), wrong)
            digests.append(made)
            if self.files and said[2:3] == b"e":
                self._name_file(number, said)
        return b"".join(digests)

    def _entry(self, number: int) -> str:
        return self.lines.where(f"第{number}条记录，", f"entry {number}, ")

    def _name_file(self, number: int, said: bytes) -> None:
        """Remembers the hash of what an event left behind."""
        try:
            self.named.add(json.loads(said.decode("utf-8"))[16])
        except (ValueError, RecursionError, TypeError, IndexError):
            raise Bad(self._entry(number), "这一行读不懂 / the line cannot be read") from None

    def _head(self, stated: bytes, said: bytes) -> None:
        place = self.lines.where("链头，", "head, ")
        head = Head(stated, said, place)
        if head.chain != self.chain or not head.agrees(self.made):
            raise Bad(place, "链头与其区块不符 / the head does not agree with its block")
        for kept in self.kept:
            if kept.line and kept.block == self.block and kept.line != head.line:
                raise Bad(place, "与外存链头不同 / it differs from the kept head")
        self.newest_head, self.heads, self.signed = stated.decode(), self.heads + 1, self.block

    def _outside_blocks(self, stated: bytes, said: bytes) -> None:
        self._agree(stated, said)
        where = self.lines.where()
        try:
            _, number, id_, xid, *_rest = json.loads(said.decode("utf-8"))
        except (ValueError, RecursionError):
            raise Bad(where, "这一行读不懂 / the line cannot be read") from None
        if number is not None or type(id_) is not int or type(xid) is not int:
            raise Bad(where, "区块之外的记录 / an entry outside every block")
        self.unsealed += 1
        if self.oldest is None or xid < self.oldest[0]:
            self.oldest = (xid, where)

    def _end(self, stated: bytes, said: bytes) -> None:
        self._agree(stated, said)
        where = self.lines.where()
        _, cluster, *counted, _at = values_of(said, "siiiiis", where)
        if counted != [self.block, self.last, self.heads, self.unsealed]:
            raise Bad(where, "结尾的计数与内容不符 / the counts at the end are not what is here")
        if self.oldest and cluster == self.cluster and self.oldest[0] < self.before:
            wrong = "事后插入：比已封存的还早，却未封存"
            wrong += " / put in later: older than what is sealed, and not sealed"
            raise Bad(self.oldest[1], wrong)

    def _kept_heads_were_reached(self) -> None:
        for head in self.kept:
            if head.block > self.block:
                place = f"第{self.block}区块第{self.last}条之后"
                place += f" / after block {self.block}, entry {self.last}"
                wrong = f"外存链头是第{head.block}区块：尾部被截，或恢复了旧备份"
                wrong += f" / the kept head is of block {head.block}: cut off, or an old backup"
                raise Bad(place, wrong)

    def files_are_named(self, folder: str) -> None:
        """Every file beside the trail is one that a sealed event left behind."""
        for name in self.files:
            made = hashlib.sha256()
            with open(os.path.join(folder, name), "rb") as file:
                for part in iter(lambda: file.read(1 << 20), b""):
                    made.update(part)
            if made.hexdigest() != name:
                raise Bad(f"files/{name}", "文件被替换 / the file is another")
            if name not in self.named:
                raise Bad(f"files/{name}", "没有记录提到这个文件 / no entry speaks of this file")


def _out_of_place(said: bytes) -> str:
    if said.startswith((b'["e",', b'["c",')):
        return "不是这一条：被插入、删除或调换 / not this entry: put in, taken out or swapped"
    return "缺失 / it is missing"


def judge(export: str, kept: Iterable[Head | TypedHead] = ()) -> Judge:
    """Goes through an export (a file, or a folder with it and ``files``); raises ``Bad``."""
    trail, folder = export, ""
    if os.path.isdir(export):
        trail, folder = os.path.join(export, "trail.txt"), os.path.join(export, "files")
    try:
        files = os.listdir(folder) if folder and os.path.isdir(folder) else []
        with open(trail, "rb") as file:
            judged = Judge(file, kept, files)
            judged.run()
        judged.files_are_named(folder)
    except OSError as error:
        raise Unreadable(f"{error.filename}: {error.strerror}") from None
    return judged


def main(arguments: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    parser = argparse.ArgumentParser(description="核对审计导出 / judge an export of an audit trail")
    parser.add_argument("export", help="导出的文件或文件夹 / the export: a file or a folder")
    parser.add_argument(
        "--head", action="append", default=[], help="外存链头的文件 / a file with a kept head"
    )
    parser.add_argument("--block", type=int, help="纸上的区块号 / the number of a block, off paper")
    parser.add_argument("--hash", default="", help="纸上的散列值 / its hash, off paper")
    asked = parser.parse_args(arguments)
    try:
        kept: list[Head | TypedHead] = [head for path in asked.head for head in heads_in(path)]
        if asked.hash or asked.block is not None:
            kept.append(TypedHead(asked.block, asked.hash))
        judged = judge(asked.export, kept)
    except Unreadable as unreadable:
        print(f"无法核对 / cannot be judged: {unreadable}", file=sys.stderr)
        return 2
    except Bad as bad:
        print("不可信 / trusted: no")
        print(f"第一处 / first bad place: {bad.where}")
        print(f"  {bad.said}")
        return 1
    print("可信 / trusted: yes" if kept else "未定 / trusted: undecided")
    print(f"区块 / blocks: {judged.block}")
    print(f"记录 / entries: {judged.last}")
    print(f"链头 / heads: {judged.heads}")
    print(f"尚未封存 / not sealed yet: {judged.unsealed}")
    if kept:
        print(f"外存链头证明到第几条 / kept heads attest to entries up to: {judged.attested}")
        return 0
    print("内部前后一致；没有外存链头（--head），看不出截尾和整体重写")
    print("It agrees with itself; without a kept head a cut tail or a rewriting cannot show.")
    return 3


if __name__ == "__main__":
    sys.exit(main())
