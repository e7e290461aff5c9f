"""Phones and cards of a roster: kept for the unit that told them, encrypted like numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.vault.blind import CARD, PHONE, blind_indexes, last_four_indexes
from gonghui.ground.vault.sealing import Column, DataKey, seal_values
from gonghui.ground.vault.services.keys import provider
from gonghui.ground.vault.services.values import seal_for
from gonghui.programmes.mutualaid.rosters.roster import CheckedRoster

COLUMN = Column("directory_personcontact", "cipher")
_PURPOSES = {"phone": PHONE, "card": CARD}

_KINDS = (*("bigint[]",) * 3, "text[]", *("bytea[]",) * 3, "text[]")
_IDS = """
select nextval('public.directory_personcontact_id_seq') from generate_series(1, %s)"""

_INSERT = """
insert into public.directory_personcontact
       (id, person_id, union_id, kind, cipher, blind, last_four, bank, starts_on)
select c.id, c.person, c.place, c.kind, c.cipher, c.blind, c.last_four, c.bank, %s
  from unnest(%s, %s, %s, %s, %s, %s, %s, %s)
       c (id, person, place, kind, cipher, blind, last_four, bank)
 where not exists (
   select from public.directory_personcontact k where k.person_id = c.person
      and k.union_id = c.place and k.kind = c.kind and k.blind = c.blind
      and k.ends_before is null)"""


def keep_contacts(
    roster: CheckedRoster,
    rows: Sequence[int],
    persons: Sequence[int],
    places: Sequence[int],
    keys: Mapping[int, DataKey],
    on: date,
) -> None:
    """Two statements for all. ``keys``: those of people who were new a moment ago."""
    told = [
        (persons[at], places[at], kind, value, roster.values["bank"][row] if kind == "card" else "")
        for kind in _PURPOSES
        for at, row in enumerate(rows)
        if (value := roster.values[kind][row])
    ]
    if not told:
        return
    holder = provider()
    people, units, kinds, values, banks = (list(column) for column in zip(*told, strict=True))
    blinds, last_fours = list[bytes](), list[bytes]()
    for kind, purpose in _PURPOSES.items():
        numbers = [value for one, value in zip(kinds, values, strict=True) if one == kind]
        blinds += blind_indexes(holder, purpose, numbers)
        last_fours += last_four_indexes(holder, purpose, numbers)
    with array_cursor() as cursor:
        cursor.execute(_IDS, [len(told)])
        ids = [row[0] for row in cursor.fetchall()]
        ciphers = _sealed(people, values, ids, keys)
        columns = [ids, people, units, kinds, ciphers, blinds, last_fours, banks]
        cursor.execute(_INSERT, [on, *map(array, _KINDS, columns)])


def _sealed(
    people: Sequence[int], values: Sequence[str], ids: Sequence[int], keys: Mapping[int, DataKey]
) -> list[bytes]:
    """New people's keys are at hand; the others' are fetched together."""
    sealed = list[bytes](b"" for _value in values)
    new = [at for at, person in enumerate(people) if person in keys]
    old = [at for at, person in enumerate(people) if person not in keys]
    if new:
        done = seal_values(
            [keys[people[at]] for at in new],
            [values[at] for at in new],
            COLUMN,
            [ids[at] for at in new],
        )
        for at, cipher in zip(new, done, strict=True):
            sealed[at] = cipher
    if old:
        done = seal_for(
            [people[at] for at in old],
            [values[at] for at in old],
            COLUMN,
            [ids[at] for at in old],
        )
        for at, cipher in zip(old, done, strict=True):
            sealed[at] = cipher
    return sealed
