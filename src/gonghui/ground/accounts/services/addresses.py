"""Wrong secrets by where they come from: guessing at many accounts from one place is slowed down.

An office shares one address, so a place at rest still lets browsers in that signed in before.
"""

from __future__ import annotations

from django.db import connections


def address_rests(digest: bytes) -> bool:
    """Whether too many wrong secrets came from here lately."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.address_rests(%s)", [digest])
        return bool(cursor.fetchone()[0])


def count_wrong(digest: bytes) -> None:
    """One more wrong secret from here."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.count_wrong_at(%s)", [digest])
