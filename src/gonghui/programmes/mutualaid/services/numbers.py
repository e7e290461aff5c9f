"""Numbers of documents, as the city's profile writes them."""

from __future__ import annotations

from django.db import connections

from gonghui.programmes.mutualaid.cityprofile.model import Profile


def next_numbers(profile: Profile, kind: str, year: int, count: int) -> list[str]:
    """The next ``count`` numbers of a kind of document. Only within a transaction of an actor."""
    if count == 0:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.next_numbers(%s, %s, %s)", [kind, year, count])
        first = cursor.fetchone()[0]
    return [profile.document_number(kind, year, first + place) for place in range(count)]
