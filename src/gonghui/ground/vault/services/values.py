"""Encrypted values of persons, inside the caller's transaction and scope.

PostgreSQL decides whose keys may be had: here nobody is asked again. Everything takes lists; a
person may stand in them more than once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gonghui.ground.vault.errors import data_key_gone
from gonghui.ground.vault.keys_sql import MOST_USES
from gonghui.ground.vault.models import DataKey as KeyRow
from gonghui.ground.vault.models import EarlierKey
from gonghui.ground.vault.sealing import (
    Column,
    DataKey,
    key_id_of,
    new_data_keys,
    open_data_keys,
    open_values,
    seal_values,
)
from gonghui.ground.vault.services.asking import ask
from gonghui.ground.vault.services.keys import provider


@dataclass(frozen=True, slots=True)
class _Row:
    """A wrapped key as the database gave it."""

    person_id: int
    generation: int
    wrapped: bytes | None
    uses: int


def make_data_keys(person_ids: Sequence[int]) -> None:
    """A key for everybody here who has none; who has one, or had one destroyed, stays as it is."""
    persons, holder = sorted(set(person_ids)), provider()
    _, wrapped = new_data_keys(holder, persons)
    ask(
        "select gate.add_data_keys(%s::bigint[], %s::bytea[], %s)",
        [persons, wrapped, holder.current_key_id],
    )


def seal_for(
    person_ids: Sequence[int], values: Sequence[str], column: Column, rows: Sequence[int]
) -> list[bytes]:
    """Each value under its person's key, bound to the row it will stand in. Keys are made for who
    has none; each use is counted before it happens."""
    keys = _keys_to_write(Counter(person_ids))
    return seal_values([keys[person] for person in person_ids], values, column, rows)


def open_for(
    person_ids: Sequence[int], sealed: Sequence[bytes], column: Column, rows: Sequence[int]
) -> list[str]:
    """What was sealed. Whoever shows it to somebody records that: ``directory`` reveals."""
    opened = open_what_is_there(person_ids, sealed, column, rows)
    found = [value for value in opened if value is not None]
    if len(found) < len(opened):
        raise data_key_gone()
    return found


def open_what_is_there(
    person_ids: Sequence[int], sealed: Sequence[bytes], column: Column, rows: Sequence[int]
) -> list[str | None]:
    """The same for searches and lists: None where the person's key is destroyed, or out of sight.

    A value that was changed, or whose master key is lost, is refused here, too.
    """
    values = [bytes(one) for one in sealed]
    wanted = list(zip(person_ids, map(key_id_of, values), strict=True))
    keys = _keys_to_read(wanted)
    there = [at for at, one in enumerate(wanted) if one in keys]
    opened: list[str | None] = [None] * len(values)
    found = open_values(
        [keys[wanted[at]] for at in there],
        [values[at] for at in there],
        column,
        [rows[at] for at in there],
    )
    for at, value in zip(there, found, strict=True):
        opened[at] = value
    return opened


def seal_value(person_id: int, value: str, column: Column, row: int) -> bytes:
    """One value."""
    return seal_for([person_id], [value], column, [row])[0]


def open_value(person_id: int, sealed: bytes, column: Column, row: int) -> str:
    """One value."""
    return open_for([person_id], [sealed], column, [row])[0]


def _keys_to_write(times: Mapping[int, int]) -> dict[int, DataKey]:
    rows = _use(times)
    missing = [person for person in times if person not in rows]
    if missing:
        make_data_keys(missing)
        rows |= _use({person: times[person] for person in missing})
    for row in [one for one in rows.values() if one.uses > MOST_USES]:
        _renew(row)
        rows |= _use({row.person_id: times[row.person_id]})
    return {
        key.person_id: key
        for key in _opened([(one.person_id, one.generation, one.wrapped) for one in rows.values()])
    }


def _use(times: Mapping[int, int]) -> dict[int, _Row]:
    found = ask(
        "select person_id, generation, wrapped, uses"
        " from gate.use_data_keys(%s::bigint[], %s::bigint[])",
        [list(times), list(times.values())],
    )
    return {row[0]: _Row(*row) for row in found}


def _renew(row: _Row) -> None:
    """The next key of a person; somebody else may have made it this moment, which is as good."""
    holder = provider()
    (_,), (wrapped,) = new_data_keys(holder, [row.person_id], [row.generation + 1])
    ask(
        "select gate.renew_data_key(%s, %s, %s, %s)",
        [row.person_id, row.generation, wrapped, holder.current_key_id],
    )


def _keys_to_read(wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], DataKey]:
    """The keys by person and generation, as far as they are there."""
    persons = sorted({person for person, _ in wanted})
    columns = ("person_id", "generation", "wrapped")
    rows = list(
        KeyRow.objects.filter(person_id__in=persons, wrapped__isnull=False).values_list(*columns)
    )
    if not {row[:2] for row in rows} >= set(wanted):
        rows += EarlierKey.objects.filter(person_id__in=persons).values_list(*columns)
    return {(key.person_id, key.generation): key for key in _opened(rows)}


def _opened(rows: Sequence[tuple[int, int, bytes | memoryview | None]]) -> list[DataKey]:
    persons, generations, wraps = [], [], []
    for person, generation, wrapped in rows:
        if wrapped is None:
            raise data_key_gone()
        persons.append(person)
        generations.append(generation)
        wraps.append(bytes(wrapped))
    return open_data_keys(provider(), persons, generations, wraps)
