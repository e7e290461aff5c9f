"""Showing a full number: an act with a purpose, on record before anything is shown (P10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections, models

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory import permissions
from gonghui.ground.directory.errors import not_yours
from gonghui.ground.directory.models import PersonContact, PersonNumber
from gonghui.ground.directory.numbers import COLUMN
from gonghui.ground.vault.masking import masked_reason
from gonghui.ground.vault.sealing import Column
from gonghui.ground.vault.services.values import open_for

MOST_AT_ONCE = 500
"""More than these are an export, which two people answer for."""
LONGEST_PURPOSE = 500


@dataclass(frozen=True, slots=True)
class _Kind:
    model: type[models.Model]
    column: Column


KINDS = {
    "number": _Kind(PersonNumber, COLUMN),
    "contact": _Kind(PersonContact, Column("directory_personcontact", "cipher")),
}
"""What can be revealed: an identity document's number; a phone, card or address."""


def reveal(actor: Actor, kind: str, row_id: int, purpose: str) -> str:
    """One full number. The person whose it is reads later who saw it, and what for."""
    return reveal_several(actor, kind, [row_id], purpose)[row_id]


def reveal_several(actor: Actor, kind: str, row_ids: Sequence[int], purpose: str) -> dict[int, str]:
    """Several, all or none: one event each, committed before this returns."""
    if connections["default"].in_atomic_block:
        # Rolled back later, the event would be gone and the number seen.
        raise RuntimeError("reveal in a transaction of its own")
    said = masked_reason(purpose)
    if not said or len(said) > LONGEST_PURPOSE:
        raise Refusal(
            N_("What for is missing, or too long."),
            N_("Say in a few words why the full number is needed."),
            field="purpose",
        )
    if len(row_ids) > MOST_AT_ONCE:
        raise Refusal(
            N_("More than {most} numbers cannot be shown at once."),
            N_("Ask for fewer."),
            most=MOST_AT_ONCE,
        )
    chosen = KINDS[kind]
    wanted = sorted(set(row_ids))
    with actor.transaction() as scope:
        rows = list(
            chosen.model._default_manager.filter(pk__in=wanted)
            .order_by("pk")
            .values_list("pk", "person_id", "cipher", "kind")
        )
        if len(rows) < len(wanted):
            raise not_yours()
        ids, persons, ciphers, kinds = (list(column) for column in zip(*rows, strict=True))
        if any(person != scope.person_id for person in persons):
            scope.require(permissions.REVEAL)
        for row_id, person, of in zip(ids, persons, kinds, strict=True):
            record(
                "person.revealed",
                subject=chosen.column.table,
                subject_id=row_id,
                person_seen=person,
                purpose=said,
                details={"kind": of},
            )
        shown = open_for(persons, ciphers, chosen.column, ids)
    return dict(zip(ids, shown, strict=True))
