"""Numbers of persons for papers: masked; never whole without a reveal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gonghui.ground.directory.document_kinds import DOCUMENT_KINDS
from gonghui.ground.directory.identity import mask_number
from gonghui.ground.directory.models import PersonNumber
from gonghui.ground.directory.numbers import COLUMN
from gonghui.ground.vault.services.values import open_what_is_there


@dataclass(frozen=True, slots=True)
class Masked:
    """A person's number in force: the row it stands in, its kind in Chinese, what may be shown."""

    row_id: int
    kind: str
    shown: str


def masked_numbers(person_ids: Sequence[int]) -> dict[int, Masked]:
    """One a person, the earliest entered of those in force. Whose key is destroyed has none."""
    rows = list(
        PersonNumber.objects.filter(person_id__in=person_ids, ends_before__isnull=True)
        .order_by("-pk")
        .values_list("pk", "person_id", "cipher", "kind")
    )
    if not rows:
        return {}
    ids, persons, ciphers, kinds = (list(column) for column in zip(*rows, strict=True))
    opened = open_what_is_there(persons, [bytes(one) for one in ciphers], COLUMN, ids)
    return {
        person: Masked(row_id, DOCUMENT_KINDS[kind].words[0], mask_number(number))
        for row_id, person, kind, number in zip(ids, persons, kinds, opened, strict=True)
        if number is not None
    }
