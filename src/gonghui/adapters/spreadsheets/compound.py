"""The container of old Office files (compound file, MS-CFB): its directory and one stream.

Excel puts two things into it: an xls workbook, and an xlsx workbook that has a password.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gonghui.adapters.spreadsheets.errors import Judged

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
"""Greater numbers mean something else than a sector."""
_ENTRY = 128
_MINI_CUTOFF = 4096
_MINI = 64


class CompoundFile:
    """Reads with every step bounded by the file's size; refuses what leads out of the file."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(SIGNATURE):
            raise Judged("broken")
        self._data = data
        (shift,) = struct.unpack_from("<H", data, 30)
        if shift not in (9, 12):
            raise Judged("broken")
        self._size = 1 << shift
        self._table = self._sector_table()
        directory = self._chain(struct.unpack_from("<I", data, 48)[0])
        self._entries = dict(self._named(directory))

    @property
    def names(self) -> frozenset[str]:
        """The names of all storages and streams, whatever their place in the tree."""
        return frozenset(self._entries)

    def stream(self, name: str) -> bytes:
        """A stream's bytes."""
        start, size = self._entries[name]
        if size >= _MINI_CUTOFF:
            return self._chain(start)[:size]
        root_start, root_size = self._entries["Root Entry"]
        small = self._chain(root_start)[:root_size]
        first = struct.unpack_from("<I", self._data, 60)[0]
        table = self._unpacked(self._chain(first)) if first <= _LAST_SECTOR else ()
        parts = []
        for sector in self._walk(start, table):
            parts.append(small[sector * _MINI : (sector + 1) * _MINI])
        return b"".join(parts)[:size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        part = self._data[start : start + self._size]
        if not part:
            raise Judged("broken")
        return part

    @staticmethod
    def _unpacked(data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def _sector_table(self) -> tuple[int, ...]:
        """Which sector follows which."""
        wanted = [n for n in struct.unpack_from("<109I", self._data, 76) if n <= _LAST_SECTOR]
        more, most = struct.unpack_from("<I", self._data, 68)[0], len(self._data) // self._size
        while more <= _LAST_SECTOR:
            numbers = self._unpacked(self._sector(more))
            wanted += [n for n in numbers[:-1] if n <= _LAST_SECTOR]
            more = numbers[-1]
            if len(wanted) > most:
                raise Judged("broken")
        return tuple(n for sector in wanted for n in self._unpacked(self._sector(sector)))

    def _walk(self, start: int, table: tuple[int, ...]) -> Iterator[int]:
        for _ in range(len(table) + 1):
            if start > _LAST_SECTOR:
                return
            yield start
            if start >= len(table):
                raise Judged("broken")
            start = table[start]
        raise Judged("broken")  # a ring

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, self._walk(start, self._table)))

    def _named(self, directory: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            (length,) = struct.unpack_from("<H", directory, at + 64)
            if 2 <= length <= 64:
                name = directory[at : at + length - 2].decode("utf-16-le", "replace")
                yield name, struct.unpack_from("<II", directory, at + 116)
