"""Whole files sealed, each under a key of its own: rosters and statements as they came.

Inside the caller's transaction. The key belongs to a union; whoever sees that union's files opens.
"""

from __future__ import annotations

from gonghui.ground.vault.errors import data_key_gone
from gonghui.ground.vault.models import FileKey
from gonghui.ground.vault.sealing import Column, key_id_of, new_file_key, open_file_key
from gonghui.ground.vault.services.asking import ask
from gonghui.ground.vault.services.keys import provider


def seal_file(union_id: int, content: bytes, column: Column, digest: bytes) -> bytes:
    """The file's bytes for this column, bound to it and to the file's own hash."""
    ((file_key_id,),) = ask("select nextval('public.vault_filekey_id_seq')", [])
    holder = provider()
    cipher, wrapped = new_file_key(holder, file_key_id)
    FileKey.objects.bulk_create(
        [FileKey(pk=file_key_id, union_id=union_id, wrapped=wrapped, key_id=holder.current_key_id)]
    )
    return cipher.seal([content], [_place(column, digest)])[0]


def open_file(sealed: bytes, column: Column, digest: bytes) -> bytes:
    """The file again, to the byte."""
    value = bytes(sealed)
    file_key_id = key_id_of(value)
    wrapped = FileKey.objects.filter(pk=file_key_id).values_list("wrapped", flat=True).first()
    if wrapped is None:
        raise data_key_gone()
    cipher = open_file_key(provider(), file_key_id, bytes(wrapped))
    return cipher.open(value, _place(column, bytes(digest)))


def _place(column: Column, digest: bytes) -> bytes:
    return column.place() + digest
