"""Columns of many rows as parameters of one statement, in PostgreSQL's own binary form.

The driver would write every value of an array as quoted text into the statement: of a city's
roster, seconds and a gigabyte. Here an array costs about its own size.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
from django.db import connections
from psycopg import pq
from psycopg.abc import Buffer
from psycopg.adapt import Dumper

_HEAD = struct.Struct(">iIIii")
_LENGTH = struct.Struct(">i").pack
_NULL = _LENGTH(-1)
_LENGTHS = [_LENGTH(length) for length in range(256)]
_DAY_0 = date(2000, 1, 1).toordinal()


def _fixed(layout: str, size: int) -> Callable[[Sequence[Any]], Iterator[bytes]]:
    pack = struct.Struct(f">i{layout}").pack
    return lambda values: (_NULL if one is None else pack(size, one) for one in values)


def _days(values: Sequence[date | None]) -> Iterator[bytes]:
    pack, known = struct.Struct(">ii").pack, dict[date | None, bytes]({None: _NULL})
    for one in values:
        if one not in known:
            assert one is not None
            known[one] = pack(4, one.toordinal() - _DAY_0)
        yield known[one]


def _bytes(values: Sequence[bytes | None]) -> Iterator[bytes]:
    for one in values:
        if one is None:
            yield _NULL
        else:
            length = len(one)
            yield _LENGTHS[length] if length < 256 else _LENGTH(length)
            yield one


def _texts(values: Sequence[str | None]) -> Iterator[bytes]:
    return _bytes([None if one is None else one.encode() for one in values])


# Of each kind: its type's number, that of its array, and how its elements are written.
_KINDS: dict[str, tuple[int, int, Callable[[Sequence[Any]], Iterator[bytes]]]] = {
    "bigint[]": (20, 1016, _fixed("q", 8)),
    "integer[]": (23, 1007, _fixed("i", 4)),
    "text[]": (25, 1009, _texts),
    "bytea[]": (17, 1001, _bytes),
    "date[]": (1082, 1182, _days),
}


class Array:
    """An array that is ready to be sent; each kind is a class, by which the driver knows it."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data


_CLASSES: dict[str, type[Array]] = {
    kind: type(f"Array of {kind}", (Array,), {"__slots__": ()}) for kind in _KINDS
}


def array(kind: str, values: Sequence[Any]) -> Array:
    """``array("bigint[]", ids)``: the values as one parameter."""
    element, _oid, written = _KINDS[kind]
    if not values:
        return _CLASSES[kind](struct.pack(">iII", 0, 0, element))
    head = _HEAD.pack(1, int(None in values), element, len(values), 1)
    if values.count(values[0]) == len(values):  # every column of a roster that says one thing
        return _CLASSES[kind](head + b"".join(written(values[:1])) * len(values))
    return _CLASSES[kind](head + b"".join(written(values)))


class _ArrayDumper(Dumper):
    format = pq.Format.BINARY

    def dump(self, obj: Array) -> Buffer | None:
        return obj.data


def _dumper(kind: str) -> type[Dumper]:
    return type(f"Dumper of {kind}", (_ArrayDumper,), {"oid": _KINDS[kind][1]})


_DUMPERS = {kind: _dumper(kind) for kind in _KINDS}


@contextmanager
def array_cursor() -> Iterator[Any]:
    """A cursor of the web's connection that takes arrays: parameters go beside the statement.

    To type checkers it is anything: Django's types know neither such parameters nor such a cursor.
    """
    connection: Any = connections["default"]
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as raw:
        for kind, dumper in _DUMPERS.items():
            raw.adapters.register_dumper(_CLASSES[kind], dumper)
        yield connection.make_cursor(raw)
