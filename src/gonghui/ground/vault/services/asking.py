"""One statement to the gate; its refusal in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, connections, transaction

from gonghui.core.errors import N_, Refusal

INSUFFICIENT_PRIVILEGE = "42501"


def ask(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows. Persons of another unit and persons who are not there are told alike."""
    try:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(statement, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != INSUFFICIENT_PRIVILEGE:
            raise
        raise Refusal(
            N_("The keys of these persons' data are not yours to change."),
            N_("Ask their unit, or the office."),
        ) from None
