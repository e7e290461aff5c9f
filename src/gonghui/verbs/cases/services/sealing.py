"""Confidential parts of cases: sealed under the person's data key, read for a purpose on record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.errors import data_key_gone
from gonghui.ground.vault.masking import masked_reason
from gonghui.ground.vault.sealing import Column, new_data_keys, open_data_keys, seal_values
from gonghui.ground.vault.services.keys import provider
from gonghui.ground.vault.services.values import open_for, seal_for
from gonghui.verbs.cases.errors import not_yours
from gonghui.verbs.cases.models import Case
from gonghui.verbs.cases.services.asking import ask

COLUMN = Column("cases_confidential", "cipher")


def seal_parts(
    parts: Sequence[tuple[int, int, Mapping[str, object]]], part: str, *, herself: bool
) -> None:
    """(case, person concerned, what she says) each, inside the caller's transaction."""
    if not parts:
        return
    cases, persons = [one[0] for one in parts], [one[1] for one in parts]
    texts = [json.dumps(dict(one[2]), ensure_ascii=False, sort_keys=True) for one in parts]
    ids = [
        row[0]
        for row in ask(
            "select nextval('public.cases_confidential_id_seq') from generate_series(1, %s)",
            [len(parts)],
        )
    ]
    if herself:
        ciphers = [
            _sealed_by_herself(person, text, row)
            for person, text, row in zip(persons, texts, ids, strict=True)
        ]
    else:
        ciphers = seal_for(persons, texts, COLUMN, ids)
    ask(
        "select gate.seal_cases(%s, %s::bigint[], %s::bigint[], %s::bytea[])",
        [part, ids, cases, ciphers],
    )


def read_confidential(actor: Actor, case_id: int, purpose: str) -> dict[str, Any]:
    """The newest of each part, by its name. She reads later who saw it, and what for."""
    return read_confidential_many(actor, [case_id], purpose)[case_id]


def read_confidential_many(
    actor: Actor, case_ids: Sequence[int], purpose: str
) -> dict[int, dict[str, Any]]:
    """Several, all or none: an event each, committed before this returns."""
    if connections["default"].in_atomic_block:
        # Rolled back later, the event would be gone and the content seen.
        raise RuntimeError("read in a transaction of its own")
    said = masked_reason(purpose)
    if not said:
        raise Refusal(
            N_("What for is missing."), N_("Say in a few words why you must read it."),
            field="purpose",
        )  # fmt: skip
    wanted = sorted(set(case_ids))
    found: dict[int, dict[str, Any]] = {one: {} for one in wanted}
    with actor.transaction():
        found_cases(wanted)
        rows = ask(
            "select id, case_id, person_id, part, cipher"
            " from gate.read_confidential(%s::bigint[], %s)",
            [wanted, said],
        )
        ids, persons, ciphers = ([row[at] for row in rows] for at in (0, 2, 4))
        opened = open_for(persons, [bytes(one) for one in ciphers], COLUMN, ids)
    for (_, case_id, _, part, _), text in zip(rows, opened, strict=True):
        found[case_id][part] = json.loads(text)
    return found


def found_cases(case_ids: Sequence[int]) -> None:
    """Refuses when one is not there, or not hers to see."""
    if Case.objects.filter(pk__in=case_ids).count() < len(set(case_ids)):
        raise not_yours()


def _sealed_by_herself(person: int, text: str, row: int) -> bytes:
    """A worker has no post; the gate counts the use of her key, or makes her first one."""
    holder = provider()
    _, (wrap,) = new_data_keys(holder, [person])
    ((generation, wrapped),) = ask(
        "select generation, wrapped from gate.use_own_data_key(%s, %s, %s)",
        [person, wrap, holder.current_key_id],
    )
    if wrapped is None:
        raise data_key_gone()
    keys = open_data_keys(holder, [person], [generation], [bytes(wrapped)])
    return seal_values(keys, [text], COLUMN, [row])[0]
