"""What `gonghui verify` asks of the vault: does every key and every encrypted value still open.

A value that was changed, or swapped with another row's, shows here; so does a lost master key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

import psycopg
from psycopg import sql

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.checks import Finding
from gonghui.ground.vault.errors import KeyLost, SealBroken
from gonghui.ground.vault.providers import KeyProvider
from gonghui.ground.vault.sealing import Column, open_data_keys, open_file_key, open_values
from gonghui.ground.vault.services.keys import provider

COLUMNS = (
    Column("directory_personnumber", "cipher"),
    Column("directory_personcontact", "cipher"),
    Column("documents_document", "key"),
    Column("cases_confidential", "cipher"),
    Column("accounts_secondfactor", "cipher"),
)
"""Columns of values under persons' keys; each table has `id` and `person_id`."""

BATCH = 5000
MOST_FINDINGS = 20

_LOST = N_("A key that this was encrypted under is lost.")
_BROKEN = N_("It was changed, or belongs to another row.")
_NO_KEY = N_("There is no key for it, and none was destroyed on purpose.")

_KEYS = """
select person_id, generation, wrapped from vault_datakey where wrapped is not null
union all select person_id, generation, wrapped from vault_earlierkey order by 1, 2"""

_FILES = "select id, wrapped from vault_filekey order by id"

# The generation stands in the value: bytes 2 to 5.
_VALUES = """
select v.id, v.person_id, v.{column},
       ('x' || encode(substr(v.{column}, 2, 4), 'hex'))::bit(32)::bigint as generation, k.wrapped,
       d.destroyed_at is not null
  from {table} v left join vault_datakey d on d.person_id = v.person_id
  left join (select person_id, generation, wrapped from vault_datakey
             union all select person_id, generation, wrapped from vault_earlierkey) k
    on k.person_id = v.person_id
   and k.generation = ('x' || encode(substr(v.{column}, 2, 4), 'hex'))::bit(32)::bigint
 where v.{column} is not null order by v.id"""


def check_secrets(keeper: psycopg.Connection) -> Iterator[Finding]:
    """Every data key, every file's key, every value of a person; the first bad places."""
    try:
        holder = provider()
    except Refusal as refusal:
        yield Finding("", refusal.words())
        return
    yield from islice(_all(keeper, holder), MOST_FINDINGS)


def _all(keeper: psycopg.Connection, holder: KeyProvider) -> Iterator[Finding]:
    for rows in _batches(keeper, sql.SQL(_KEYS)):
        yield from _bad("vault_datakey", rows, partial(_open_keys, holder))
    for rows in _batches(keeper, sql.SQL(_FILES)):
        yield from _bad("vault_filekey", rows, partial(_open_files, holder))
    for column in COLUMNS:
        query = sql.SQL(_VALUES).format(
            table=sql.Identifier(column.table), column=sql.Identifier(column.column)
        )
        for rows in _batches(keeper, query):
            yield from (
                Finding(f"{column.table} {row[0]}", _NO_KEY)
                for row in rows
                if row[4] is None and not row[5]
            )
            there = [row for row in rows if row[4] is not None]
            yield from _bad(column.table, there, partial(_open_values, holder, column))


def _open_keys(holder: KeyProvider, rows: Sequence[Any]) -> None:
    persons, generations, wraps = (list(one) for one in zip(*rows, strict=True))
    open_data_keys(holder, persons, generations, wraps)


def _open_files(holder: KeyProvider, rows: Sequence[Any]) -> None:
    for file_key_id, wrapped in rows:
        open_file_key(holder, file_key_id, wrapped)


def _open_values(holder: KeyProvider, column: Column, rows: Sequence[Any]) -> None:
    ids, persons, values, generations, wraps, _ = (list(one) for one in zip(*rows, strict=True))
    keys = open_data_keys(holder, persons, generations, wraps)
    open_values(keys, values, column, ids)


def _bad(
    table: str, rows: Sequence[Any], check: Callable[[Sequence[Any]], None]
) -> Iterator[Finding]:
    """The rows that do not open: all at once, and one by one only where something is wrong."""
    if not rows:
        return
    try:
        check(rows)
    except (KeyLost, SealBroken):
        for row in rows:
            try:
                check([row])
            except KeyLost:
                yield Finding(f"{table} {row[0]}", _LOST)
            except SealBroken:
                yield Finding(f"{table} {row[0]}", _BROKEN)


def _batches(keeper: psycopg.Connection, query: sql.SQL | sql.Composed) -> Iterator[list[Any]]:
    with keeper.cursor("vault_check") as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(BATCH):
            yield rows
