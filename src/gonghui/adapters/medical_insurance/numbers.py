"""The number of a settlement: the same in every road by which it may come."""

from __future__ import annotations

import hashlib


def settlement_number(settlement_id: str) -> int:
    """63 bits of the id's SHA-256: it depends on nothing but the id."""
    return int.from_bytes(hashlib.sha256(settlement_id.encode()).digest()[:8]) >> 1
