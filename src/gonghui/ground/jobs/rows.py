"""Calling the functions of schema ``gate`` that keep runs."""

from __future__ import annotations

from typing import Any

from django.db import connections


def called(statement: str, *arguments: Any) -> Any:  # noqa: ANN401  (whatever the function gives)
    """The one row of a statement, or None."""
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, list(arguments))
        return cursor.fetchone()
