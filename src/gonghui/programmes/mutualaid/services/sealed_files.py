"""Files as they came, sealed: they hold people's numbers, and settle any dispute."""

from __future__ import annotations

from gonghui.ground.vault.services.keys import provider


def seal_file(content: bytes, table: str, digest: bytes) -> bytes:
    """A file under the master key in force, bound to its table and its own hash."""
    (sealed,) = provider().wrap([content], [_place(table, digest)])
    return sealed


def open_file(sealed: bytes, table: str, digest: bytes) -> bytes:
    """The file again, to the byte."""
    (content,) = provider().unwrap([bytes(sealed)], [_place(table, bytes(digest))])
    return content


def _place(table: str, digest: bytes) -> bytes:
    return b"file\0%s\0%s" % (table.encode(), digest)
