"""The bytes that are hashed: one line of JSON for each thing on record.

docs/reference/audit-export.md describes them byte by byte; a program that knows only that page
must find the same bytes. Whatever changes here changes every hash: it needs a new format number.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence

Value = str | int | None

FORMAT = 1
EVENT = "e"
CHANGE = "c"
BLOCK = "b"
HEAD = "h"
BEGIN = "g"
END = "t"

FIELDS = {
    EVENT: (
        *("id", "xid", "at", "actor", "authority", "post", "session", "action"),
        *("subject", "subject_id", "union", "person_seen", "purpose"),
        *("before", "after", "request", "details"),
    ),
    CHANGE: ("id", "xid", "at", "actor", "table", "verb", "rows", "before", "after"),
}
"""What follows kind and number in the line of an event or of a change, in this order."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_encode_details = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True
).encode

_IDENTITY_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{6}(?:18|19|20)\d{9}[\dXx](?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def line(*values: Value) -> bytes:
    """A JSON array without spaces, text as UTF-8 and not escaped where JSON does not demand it."""
    return _encode(values).encode()


def entry_line(kind: str, number: int | None, values: Sequence[Value]) -> bytes:
    """The line of an event or a change; ``number`` is None while it is not sealed."""
    if len(values) != len(FIELDS[kind]):
        raise ValueError(f"{len(values)} values for {len(FIELDS[kind])} fields")
    return _encode((kind, number, *values)).encode()


def details_text(details: Mapping[str, object]) -> str:
    """What is kept of an event's details, and hashed as it stands.

    A JSON object: keys sorted, no spaces, text in NFC. A float, or the identity number of
    somebody, is a fault of the caller: the trail is read by people who may not see such numbers.
    """
    text = _encode_details(_plain(details))
    for match in _IDENTITY_NUMBER.finditer(text):
        if _is_identity_number(match[0]):
            raise ValueError("the details of an event hold an identity number")
    return text


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    raise TypeError(f"the details of an event cannot hold a {type(value).__name__}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key of an event's details is a {type(key).__name__}")
    return unicodedata.normalize("NFC", key)


def _is_identity_number(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()
