"""Into the outbox, in the transaction of what is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connections
from django.utils import timezone
from psycopg.types.json import Jsonb

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Person, PersonContact
from gonghui.ground.jobs.arguments import may_be_personal
from gonghui.ground.jobs.errors import outside_a_scope
from gonghui.ground.jobs.faults import fault
from gonghui.ground.jobs.services.orders import order
from gonghui.ground.messages.channels import CHANNELS
from gonghui.ground.messages.models import Message
from gonghui.ground.messages.sealed import ADDRESS, PRIVATE
from gonghui.ground.messages.tasks import deliver
from gonghui.ground.messages.wording import Language, Value, template_named
from gonghui.ground.vault.sealing import Column
from gonghui.ground.vault.services.values import seal_for

MOST_A_JOB = 200
"""So many messages one job delivers, one after the other."""

_INSERT = """
insert into messages_message (union_id, person_id, channel, contact_id, template, language,
                              parameters, key, state, attempts, code, reference, written_at)
select u, p, c, t, m, l, a, k, 'waiting', 0, '', '', %s
  from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[],
              %s::jsonb[], %s::text[]) as told (u, p, c, t, m, l, a, k)
on conflict (union_id, key) do nothing returning id, union_id, key"""

_SEAL = """
update messages_message m set {column} = s.value
  from unnest(%s::bigint[], %s::bytea[]) as s (id, value) where m.id = s.id"""


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is to be told. ``key`` names it within the union: told twice, it goes once.

    It goes to a contact on file, or to an address given here, which is then sealed.
    """

    person_id: int
    template: str
    parameters: Mapping[str, Value] = field(repr=False)
    key: str
    channel: str
    contact_id: int | None = None
    address: str = field(default="", repr=False)
    language: Language = "zh"
    union_id: int | None = None
    """Whose message it is; without one, the union in which the actor acts."""


def tell(actor: Actor, notices: Sequence[Notice]) -> list[int]:
    """The messages' ids, in the order of the notices; those told before are among them.

    Inside the actor's transaction: rolled back, nothing was ever to be told.
    """
    if not notices:
        return []
    with actor.transaction() as scope:
        _check(notices)
        if scope.union_id is None:
            raise outside_a_scope()
        places = [(notice.union_id or scope.union_id, notice.key) for notice in notices]
        rows = [(union, *_row(notice)) for (union, _), notice in zip(places, notices, strict=True)]
        with connections["default"].cursor() as cursor:
            cursor.execute(_INSERT, [timezone.now(), *map(list, zip(*rows, strict=True))])
            new = {(union, key): made for made, union, key in cursor.fetchall()}
        written = {
            new[place]: notice
            for place, notice in zip(places, notices, strict=True)
            if place in new
        }
        _seal(written)
        fault("messages.written")
        ids = sorted(written)
        for start in range(0, len(ids), MOST_A_JOB):
            some = ids[start : start + MOST_A_JOB]
            order(deliver, key=f"{some[0]}-{some[-1]}", messages=some)
        return _ids(places, new)


def _check(notices: Sequence[Notice]) -> None:
    """Everybody told is somebody the actor may see, at a contact of her own."""
    persons = {notice.person_id for notice in notices}
    contacts = {one.contact_id: one.person_id for one in notices if one.contact_id is not None}
    known = dict(PersonContact.objects.filter(pk__in=contacts).values_list("pk", "person_id"))
    if Person.objects.filter(pk__in=persons).count() < len(persons) or known != contacts:
        raise Refusal(
            N_("Somebody among them is not in your unions, or the contact is somebody else's."),
            N_("Choose the people again from the register."),
        )
    for notice in notices:
        if notice.channel not in CHANNELS:
            raise ValueError(f"no channel {notice.channel}")


def _row(notice: Notice) -> tuple[Any, ...]:
    template = template_named(notice.template)
    values = template.checked(notice.parameters)
    public = {name: _as_json(values[name]) for name in template.parameters}
    for name, value in public.items():
        if isinstance(value, str) and may_be_personal(value):
            raise ValueError(f"{notice.template}: {name} holds a number of a person")
    return (
        *(notice.person_id, notice.channel, notice.contact_id, notice.template),
        *(notice.language, Jsonb(public), notice.key),
    )


def _as_json(value: Value) -> str | int:
    return value.isoformat() if isinstance(value, date) else value


def _seal(written: Mapping[int, Notice]) -> None:
    """What names people, under each one's own key."""
    private = {
        made: json.dumps(
            {name: _as_json(notice.parameters[name]) for name in template.private},
            ensure_ascii=False,
        )
        for made, notice in written.items()
        if (template := template_named(notice.template)).private
    }
    addresses = {made: notice.address for made, notice in written.items() if notice.address}
    for column, values in ((PRIVATE, private), (ADDRESS, addresses)):
        _seal_column(column, values, written)


def _seal_column(column: Column, values: Mapping[int, str], written: Mapping[int, Notice]) -> None:
    if not values:
        return
    ids = sorted(values)
    persons = [written[made].person_id for made in ids]
    sealed = seal_for(persons, [values[made] for made in ids], column, ids)
    with connections["default"].cursor() as cursor:
        cursor.execute(_SEAL.format(column=column.column), [ids, sealed])


def _ids(places: Sequence[tuple[int, str]], new: Mapping[tuple[int, str], int]) -> list[int]:
    known = dict(new)
    if before := {key for union, key in places if (union, key) not in new}:
        rows = Message.objects.filter(key__in=before).values_list("union_id", "key", "pk")
        known |= {(union, key): made for union, key, made in rows}
    return [known[place] for place in places]
