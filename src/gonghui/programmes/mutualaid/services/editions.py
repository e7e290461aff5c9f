"""Publishing an edition: prepared, confirmed by two people, published; or loaded as it was issued
before there was this system."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of, day_of
from gonghui.core.rulebook.shelf import Shelf, Source
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.programmes.mutualaid.errors import in_words
from gonghui.programmes.mutualaid.models import Confirmation, Draft, Edition, Publication, Scheme
from gonghui.programmes.mutualaid.permissions import DRAFT, PUBLISH
from gonghui.programmes.mutualaid.publication.decided import DecidedAmounts
from gonghui.programmes.mutualaid.publication.statement import read_statement, statement
from gonghui.programmes.mutualaid.publication.succession import Succession, succeed
from gonghui.programmes.mutualaid.publication.texts import sha256
from gonghui.programmes.mutualaid.publication.top_ups import TopUpList
from gonghui.programmes.mutualaid.queries.editions import in_force, shelf
from gonghui.programmes.mutualaid.queries.revisions import draft_of, governance_of
from gonghui.programmes.mutualaid.queries.schemes import scheme_of


@dataclass(frozen=True)
class Issue:
    """How a revision is issued: by which body, on which day, under which number, on which paper."""

    body_id: int
    on: date
    number: str
    evidence: str
    evidence_sha256: bytes


def prepare_revision(
    actor: Actor,
    revision: str,
    issue: Issue,
    *,
    on: date,
    decided: DecidedAmounts | None = None,
) -> Publication:
    """A revision at the end of its road, ready for two people. ``revision``: the edition's id."""
    with actor.transaction() as scope:
        scope.require(DRAFT)
        draft = draft_of(revision)
        source = Source(
            bytes(draft.source), None if draft.words is None else bytes(draft.words), revision
        )
        found = succeed(shelf(draft.revision.scheme.code), revision, source)
        columns = found.text.columns()
        columns["governance"] |= governance_of(draft) | {
            "issue": {
                "body": issue.body_id,
                "on": issue.on.isoformat(),
                "number": issue.number,
                "evidence": issue.evidence,
                "evidence_sha256": issue.evidence_sha256.hex(),
            }
        }
        top_ups = list_top_ups(found, on, decided)
        return _prepare(scope, draft.revision.scheme, columns, draft, top_ups)


def list_top_ups(found: Succession, on: date, decided: DecidedAmounts | None) -> TopUpList | None:
    """What the edition pays in addition for days up to ``on``; None if it changes none of them.

    Refused when a decided amount would fall, or when nobody said what has been decided.
    """
    days = found.changes_before(day_of(on) + 1)
    if not days:
        return None
    if decided is None:
        raise Refusal(
            N_("{edition} changes the rules of days that are past, from {day} on."),
            N_("Name the store of what has been decided (--decided), so that every top-up can be"
               " listed."),
            edition=found.text.edition.id,
            day=date_of(days[0][0]),
        )  # fmt: skip
    return decided.list_top_ups(found.before, found.after)


def confirm(actor: Actor, publication_id: int, digest: bytes) -> Confirmation:
    """The actor confirms a prepared edition, by the digest she was shown."""
    with actor.transaction() as scope:
        scope.require(PUBLISH)
        prepared = prepared_publication(publication_id)
        if bytes(prepared.digest) != digest:
            raise Refusal(
                N_("What you confirm is not what was prepared."),
                N_("Look at it again: its digest is {digest}."),
                digest=bytes(prepared.digest).hex(),
            )
        given, made = Confirmation.objects.get_or_create(
            publication=prepared,
            person_id=scope.person_id,
            defaults={"union_id": prepared.union_id, "digest": digest, "post_id": scope.post_id},
        )
        if made:
            _note("edition.confirmed", prepared, digest=digest.hex())
        return given


def publish(actor: Actor, publication_id: int, *, decided: DecidedAmounts | None = None) -> Edition:
    """Publishes what two people confirmed; the actor is one of them."""
    with actor.transaction() as scope:
        scope.require(PUBLISH)
        prepared = prepared_publication(publication_id)
        if not prepared.confirmations.filter(person_id=scope.person_id).exists():
            raise Refusal(
                N_("Who publishes an edition has confirmed it."),
                N_("Confirm it first, by the digest you were shown."),
            )
        if prepared.confirmations.values("person_id").distinct().count() < 2:
            raise Refusal(
                N_("Two different people confirm an edition before it is published."),
                N_("Have a second person confirm it: gonghui edition confirm {number}"),
                number=prepared.pk,
            )
        _refuse_decided_since(prepared, decided)
        with in_words(), connections["default"].cursor() as cursor:
            cursor.execute("select gate.publish_edition(%s)", [prepared.pk])
            made = cursor.fetchone()[0]
            cursor.execute("set constraints spans_meet immediate")  # a hole is refused in words
        edition = Edition.objects.select_related("scheme").get(id=made)
        _note("edition.published", prepared, sha256=bytes(edition.sha256).hex())
        return edition


def publish_together(
    first: Actor,
    second: Actor,
    prepared: Publication,
    *,
    decided: DecidedAmounts | None = None,
) -> Edition:
    """Both confirm, the second publishes. One person under two names is refused at once."""
    refuse_one_person(first, second)
    digest = bytes(prepared.digest)
    confirm(first, prepared.pk, digest)
    with second.transaction():
        confirm(second, prepared.pk, digest)
        return publish(second, prepared.pk, decided=decided)


def load_packaged(
    first: Actor,
    second: Actor,
    scheme: str,
    *,
    books: Shelf | None = None,
    editions: Iterable[str] = (),
    on: date,
    decided: DecidedAmounts | None = None,
) -> list[Edition]:
    """The editions of a scheme as they were issued before there was this system.

    ``editions`` are names; all of the shelf's if none. What is there already is left alone, if it
    is the same. Refused once a revision of the scheme went its road: from then on all do.
    """
    refuse_one_person(first, second)
    books = books or Shelf.packaged()
    chosen = [one for one in books.scheme(scheme) if not editions or one.name in set(editions)]
    loaded = []
    for one in chosen:
        with first.transaction() as scope:
            scope.require(PUBLISH)
            row = scheme_of(scheme)
            known = Edition.objects.filter(scheme=row, name=one.name).first()
            if known is None:
                found = succeed(shelf(scheme), one.id, books.source(one.id))
                top_ups = list_top_ups(found, on, decided)
                prepared = _prepare(scope, row, found.text.columns(), None, top_ups)
            else:
                _refuse_other(known, books, one.id)
        if known is not None:
            continue
        loaded.append(publish_together(first, second, prepared, decided=decided))
    return loaded


def refuse_one_person(first: Actor, second: Actor) -> None:
    """Two accounts of one person are one person."""
    with first.transaction() as scope:
        person = scope.person_id
    with second.transaction() as scope:
        if scope.person_id == person:
            raise Refusal(
                N_("Two different people publish an edition."),
                N_("Ask somebody else who may publish to confirm it, too."),
            )


def prepared_publication(publication_id: int) -> Publication:
    """A prepared edition of the actor's part of the tree."""
    found = Publication.objects.select_related("scheme").filter(id=publication_id).first()
    if found is None:
        raise Refusal(
            N_("Here is no prepared edition {number}."),
            N_("Look at the number again: gonghui edition list"),
            number=publication_id,
        )
    return found


def _prepare(
    scope: Scope,
    scheme: Scheme,
    columns: dict[str, Any],
    draft: Draft | None,
    top_ups: TopUpList | None,
) -> Publication:
    """Stores what the two will confirm. Prepared again with nothing changed, it is the same row."""
    said = statement(
        scheme.code,
        columns,
        draft=draft.pk if draft else None,
        in_force=in_force(scheme),
        top_ups=top_ups,
    )
    prepared, made = Publication.objects.get_or_create(
        digest=sha256(said),
        defaults={
            **columns,
            "scheme": scheme,
            "union_id": scheme.union_id,
            "draft": draft,
            "statement": said,
            "top_ups": top_ups.content() if top_ups else None,
            "prepared_by_id": scope.person_id,
        },
    )
    if made:
        _note("edition.prepared", prepared, digest=bytes(prepared.digest).hex())
    return prepared


def _refuse_decided_since(prepared: Publication, decided: DecidedAmounts | None) -> None:
    """The list was confirmed; it must still be the list."""
    listed = read_statement(bytes(prepared.statement))["top_ups"]
    if listed is None:
        return
    if decided is None or decided.sha256 != listed["decided_sha256"]:
        raise Refusal(
            N_("The top-ups were listed for decided amounts in another state."),
            N_("Name the same store (--decided); if more has been decided since, prepare the"
               " edition again, and both confirm the new list."),
        )  # fmt: skip


def _refuse_other(known: Edition, books: Shelf, identifier: str) -> None:
    """An edition once published is not loaded again with other words."""
    source = books.source(identifier)
    if bytes(known.source_sha256) != sha256(source.book):
        raise Refusal(
            N_("{edition} is published already, with other words."),
            N_("A published edition is never changed: revise it."),
            edition=identifier,
        )


def _note(event: str, prepared: Publication, **details: object) -> None:
    record(
        event,
        subject="mutualaid_publication",
        subject_id=prepared.pk,
        union_id=prepared.union_id,
        details={"edition": f"{prepared.scheme.code}/{prepared.name}", **details},
    )
