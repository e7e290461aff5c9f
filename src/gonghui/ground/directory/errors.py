"""What the database refuses, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import Error, transaction

from gonghui.core.errors import N_, Refusal

INSUFFICIENT_PRIVILEGE = "42501"


def not_yours() -> Refusal:
    """What does not exist and what lies elsewhere are told alike."""
    return Refusal(
        N_("There is no such entry in your part of the directory."),
        N_("Check the number; for another unit's entries ask that unit or the office."),
    )


def union_is_not_there() -> Refusal:
    """Nothing begins in a union before its own beginning or after its end."""
    return Refusal(
        N_("The union does not exist on that day."),
        N_("Choose a union that exists on that day, or another day."),
    )


@contextmanager
def in_words(by_constraint: Mapping[str, Refusal] | None = None) -> Iterator[None]:
    """Turns a broken constraint, named here, and a refused right into refusals.

    A savepoint lies around it, so that the caller's transaction goes on if she catches one.
    """
    try:
        with transaction.atomic():
            yield
    except Error as error:
        cause = error.__cause__
        name = getattr(getattr(cause, "diag", None), "constraint_name", None)
        known = (by_constraint or {}).get(name or "")
        if known is not None:
            raise known from None
        if getattr(cause, "sqlstate", "") == INSUFFICIENT_PRIVILEGE:
            raise not_yours() from None
        raise
