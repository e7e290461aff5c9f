"""The canonical bytes of an edition and their hash.

Two files that say the same, formatted or spelt otherwise (order of keys, ``80 yuan`` or
``80.00元``, ``二级`` or ``secondary``), have the same bytes: UTF-8 JSON of the read edition, keys
sorted, no spaces, text in Unicode NFC, without the places in the files.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import fields, is_dataclass

from gonghui.core.errors import Place
from gonghui.core.rulebook.model import Edition


def canonical_bytes(edition: Edition) -> bytes:
    """The bytes that are hashed and stored with a decision."""
    return json.dumps(
        _plain(edition), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def edition_hash(edition: Edition) -> str:
    """SHA-256 of the canonical bytes, hexadecimal."""
    return hashlib.sha256(canonical_bytes(edition)).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        kept: dict[str, object] = {"is": type(value).__name__}
        for field in fields(value):
            item = getattr(value, field.name)
            if isinstance(item, Place):
                continue
            if field.name == "parameters":
                item = tuple(sorted(item, key=lambda parameter: parameter.path))
            kept[field.name] = _plain(item)
        return kept
    return value
