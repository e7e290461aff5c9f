"""Phones and cards of a roster: kept for the unit that told them, encrypted like numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

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


@dataclass(slots=True)
class Contacts:
    """Phones and cards of a roster, row by row; ``ats`` are places among the rows booked."""

    ats: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    banks: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    ciphers: list[bytes] = field(default_factory=list)

    def seal(self, keys: Mapping[int, DataKey], first: int, end: int) -> None:
        """Those of the new people from ``first`` to ``end``; ``keys`` by place."""
        start, stop = bisect_left(self.ats, first), bisect_left(self.ats, end)
        places = [one for one in range(start, stop) if self.ats[one] in keys]
        sealed = seal_values(
            [keys[self.ats[one]] for one in places],
            [self.values[one] for one in places],
            COLUMN,
            [self.ids[one] for one in places],
        )
        for one, cipher in zip(places, sealed, strict=True):
            self.ciphers[one] = cipher


def told_contacts(roster: CheckedRoster, rows: Sequence[int]) -> Contacts:
    """What the rows tell, with ids to be sealed under."""
    found = Contacts()
    phones, cards, banks = (roster.values[name] for name in ("phone", "card", "bank"))
    for at, row in enumerate(rows):
        for kind, value in (("phone", phones[row]), ("card", cards[row])):
            if value:
                found.ats.append(at)
                found.kinds.append(kind)
                found.values.append(value)
                found.banks.append(banks[row] if kind == "card" else "")
    if found.ats:
        with array_cursor() as cursor:
            cursor.execute(_IDS, [len(found.ats)])
            found.ids = [one for (one,) in cursor.fetchall()]
    found.ciphers = [b""] * len(found.ats)
    return found


def keep_contacts(told: Contacts, persons: Sequence[int], places: Sequence[int], on: date) -> None:
    """Writes them all by one statement. Whoever was known before has a key that is fetched."""
    if not told.ats:
        return
    people = [persons[at] for at in told.ats]
    old = [one for one, cipher in enumerate(told.ciphers) if not cipher]
    if old:
        done = seal_for(
            [people[one] for one in old],
            [told.values[one] for one in old],
            COLUMN,
            [told.ids[one] for one in old],
        )
        for one, cipher in zip(old, done, strict=True):
            told.ciphers[one] = cipher
    blinds, last_fours = [b""] * len(people), [b""] * len(people)
    for kind, purpose in _PURPOSES.items():
        mine = [one for one, known in enumerate(told.kinds) if known == kind]
        numbers = [told.values[one] for one in mine]
        found = blind_indexes(provider(), purpose, numbers)
        ends = last_four_indexes(provider(), purpose, numbers)
        for one, blind, end in zip(mine, found, ends, strict=True):
            blinds[one], last_fours[one] = blind, end
    units = [places[at] for at in told.ats]
    columns: list[Sequence[Any]] = [
        told.ids,
        people,
        units,
        told.kinds,
        told.ciphers,
        blinds,
        last_fours,
        told.banks,
    ]
    with array_cursor() as cursor:
        cursor.execute(_INSERT, [on, *map(array, _KINDS, columns)])
