"""Keeping a paper, and showing a page of it: only what we drew ourselves leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from os import urandom
from typing import Any

from django.db import DatabaseError, connections, transaction

from gonghui.adapters.pictures import Rendered, render
from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import INSUFFICIENT_PRIVILEGE, Actor, Scope
from gonghui.ground.documents.errors import not_to_keep, not_yours
from gonghui.ground.documents.models import Document, Page
from gonghui.ground.vault.ciphers import ALGORITHMS
from gonghui.ground.vault.errors import data_key_gone
from gonghui.ground.vault.masking import masked_reason
from gonghui.ground.vault.sealing import (
    Column,
    NamedCipher,
    new_data_keys,
    open_data_keys,
    seal_values,
)
from gonghui.ground.vault.services import files
from gonghui.ground.vault.services.keys import provider
from gonghui.ground.vault.services.values import open_value

KEY = Column("documents_document", "key")
UNION_KEY = Column("documents_document", "union_key")
ORIGINAL = 0
"""The place of the original; pages count from 1."""
_ONLY_KEY = 1
_LONGEST_KIND = 60


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that is kept, now or before."""

    document_id: int
    sha256: bytes
    pages: int


def keep_document(
    actor: Actor, content: bytes, name: str, *, kind: str, person_id: int | None, union_id: int
) -> Kept:
    """Judged, drawn anew and sealed; the same bytes for the same person and kind are kept once.

    ``name`` serves refusals only and is not stored.
    """
    if not kind or len(kind) > _LONGEST_KIND:
        raise Refusal(N_("What the document is, is missing."), N_("Choose what it is."))
    digest = hashlib.sha256(content).digest()
    place = (person_id, union_id, kind, digest)
    with actor.transaction():  # who may not keep it makes us decode nothing
        before = _kept(place)
    if before:
        return before
    drawn = render(content, name)  # outside a transaction of ours: it takes seconds
    with actor.transaction() as scope:
        document_id = _keep(place, content, drawn)
        if document_id is None:  # somebody kept it this moment
            found = _kept(place)
            assert found is not None  # the unique constraint has just said so
            return found
        record(
            "document.kept",
            subject="documents_document",
            subject_id=document_id,
            union_id=_where(scope, union_id),
            after=digest,
            details={"kind": kind, "format": drawn.format, "pages": len(drawn.pages)},
        )
    return Kept(document_id, digest, len(drawn.pages))


def rendition(actor: Actor, document_id: int, page: int, *, purpose: str) -> bytes:
    """One page as JPEG; the event is committed before it is shown."""
    if connections["default"].in_atomic_block:
        # Rolled back later, the event would be gone and the page seen.
        raise RuntimeError("show a page in a transaction of its own")
    said = masked_reason(purpose)
    if not said:
        raise Refusal(
            N_("What for is missing."), N_("Say in a few words why you must read it."),
            field="purpose",
        )  # fmt: skip
    with actor.transaction() as scope:
        document = Document.objects.filter(pk=document_id).defer("original").first()
        shown = Page.objects.filter(document_id=document_id, number=page).first()
        if document is None or shown is None:
            raise not_yours()
        jpeg = _cipher_of(document).open(bytes(shown.sealed), _place(document_id, page))
        record(
            "document.revealed",
            subject="documents_document",
            subject_id=document_id,
            union_id=_where(scope, document.union_id),
            person_seen=document.person_id,
            purpose=said,
            details={"kind": document.kind, "page": page},
        )
    return jpeg


def _where(scope: Scope, union_id: int) -> int | None:
    """A worker by herself stands in no union; her events stand by her name."""
    return union_id if scope.union_id is not None else None


def _kept(place: tuple[int | None, int, str, bytes]) -> Kept | None:
    person, union, kind, digest = place
    rows = _ask(
        "select id, pages from gate.kept_document(%s::bigint, %s::bigint, %s, %s)",
        [person, union, kind, digest],
    )
    return Kept(rows[0][0], digest, rows[0][1]) if rows else None


def _keep(place: tuple[int | None, int, str, bytes], content: bytes, drawn: Rendered) -> int | None:
    person, union, kind, digest = place
    ((document_id,),) = _ask("select nextval('public.documents_document_id_seq')", [])
    algorithm = provider().profile.algorithm
    secret = urandom(algorithm.key_bytes)
    said = bytes([algorithm.number]) + secret
    key = union_key = None
    if person is None:
        union_key = files.seal_file(union, said, UNION_KEY, digest)
    else:
        key = _sealed_key(person, union, said, document_id)
    cipher = NamedCipher(algorithm, _ONLY_KEY, secret)
    contents = [content, *(page.jpeg for page in drawn.pages)]
    original, *pages = cipher.seal(
        contents, [_place(document_id, number) for number in range(len(contents))]
    )
    ((new,),) = _ask(
        "select gate.keep_document(%s::bigint, %s::bigint, %s::bigint, %s, %s, %s, %s::integer, %s,"
        " %s::bytea, %s::bytea, %s::bytea[])",
        [
            *(document_id, person, union, kind, drawn.format, digest, len(content)),
            *(original, key, union_key, pages),
        ],
    )
    return int(document_id) if new else None


def _sealed_key(person: int, union: int, said: bytes, row: int) -> bytes:
    holder = provider()
    _, (wrap,) = new_data_keys(holder, [person])
    rows = _ask(
        "select generation, wrapped from gate.use_key_for_document(%s::bigint, %s::bigint, %s, %s)",
        [person, union, wrap, holder.current_key_id],
    )
    if not rows:
        raise data_key_gone()
    ((generation, wrapped),) = rows
    keys = open_data_keys(holder, [person], [generation], [bytes(wrapped)])
    return seal_values(keys, [said.hex()], KEY, [row])[0]


def _cipher_of(document: Document) -> NamedCipher:
    if document.person_id is None:
        said = files.open_file(bytes(document.union_key or b""), UNION_KEY, bytes(document.sha256))
    else:
        opened = open_value(document.person_id, bytes(document.key or b""), KEY, document.pk)
        said = bytes.fromhex(opened)
    return NamedCipher(ALGORITHMS[said[0]], _ONLY_KEY, said[1:])


def _place(document_id: int, page: int) -> bytes:
    """A page moved to another document, or shown as another page, does not open."""
    return b"document\0%d\0%d" % (document_id, page)


def _ask(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    try:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(statement, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != INSUFFICIENT_PRIVILEGE:
            raise
        raise not_to_keep() from None
