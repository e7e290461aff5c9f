"""Files as they came, sealed: they hold people's numbers, and settle any dispute."""

from __future__ import annotations

from gonghui.ground.borders.scope import current
from gonghui.ground.vault.sealing import Column
from gonghui.ground.vault.services import files


def seal_file(content: bytes, table: str, digest: bytes) -> bytes:
    """A file for its column ``sealed``, bound to its own hash; inside the sender's scope."""
    union_id = current().union_id
    assert union_id is not None  # who sends a file stands somewhere
    return files.seal_file(union_id, content, Column(table, "sealed"), digest)


def open_file(sealed: bytes, table: str, digest: bytes) -> bytes:
    """The file again, to the byte."""
    return files.open_file(sealed, Column(table, "sealed"), digest)
