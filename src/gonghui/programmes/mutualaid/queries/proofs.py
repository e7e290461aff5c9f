"""What `gonghui verify` finds out about editions: each is what two people confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from gonghui.core.errors import N_
from gonghui.ground.borders.checks import Finding
from gonghui.programmes.mutualaid.publication.statement import read_statement

_EDITIONS = """
  select s.code || '/' || e.name, e.source, e.words, e.canonical, e.sha256, e.title,
         e.starts_on::text, e.ends_before::text, e.extends, e.changes, e.governance,
         e.engine_version, p.statement, p.digest, p.draft_id,
         array[gate.one_person(e.first_publisher_id), gate.one_person(e.second_publisher_id)],
         (select array_agg(gate.one_person(c.person_id))
            from mutualaid_confirmation c where c.publication_id = p.id and c.digest = p.digest)
    from mutualaid_edition e join mutualaid_publication p on p.id = e.publication_id
    join mutualaid_scheme s on s.id = e.scheme_id order by s.code, e.starts_on"""

_SPANS = """
  select s.code || '/' || e.name, s.id, v.starts_on, v.ends_before
    from mutualaid_edition e join mutualaid_scheme s on s.id = e.scheme_id
    left join mutualaid_editionspan v on v.edition_id = e.id order by s.code, v.starts_on"""


def prove_editions(connection: Any) -> Iterator[Finding]:  # noqa: ANN401  (any driver's)
    """Takes keeper's connection; reckons every hash itself."""
    for row in connection.execute(_EDITIONS).fetchall():
        yield from _one(*row)
    yield from _gaps(connection.execute(_SPANS).fetchall())


def _one(
    code: str,
    source: bytes,
    words: bytes | None,
    canonical: bytes,
    sha256: bytes,
    title: str,
    starts_on: str,
    ends_before: str | None,
    extends: str,
    changes: object,
    governance: object,
    engine_version: int,
    statement: bytes,
    digest: bytes,
    draft: int | None,
    publishers: list[int],
    confirmers: list[int] | None,
) -> Iterator[Finding]:
    is_so = {
        "edition": code,
        "title": title,
        "edition_sha256": _hash(canonical),
        "source_sha256": _hash(source),
        "words_sha256": None if words is None else _hash(words),
        "starts_on": starts_on,
        "ends_before": ends_before,
        "extends": extends,
        "changes": changes,
        "governance": governance,
        "engine_version": engine_version,
        "draft": draft,
    }
    said = read_statement(statement)
    for key, value in is_so.items():
        if said.get(key) != value:
            yield Finding(f"{code} {key}", N_("The edition is not what two people confirmed."))
    if _hash(canonical) != bytes(sha256).hex() or _hash(statement) != bytes(digest).hex():
        yield Finding(code, N_("A hash of the edition is not of its bytes."))
    if len(set(publishers)) != 2 or not set(publishers) <= set(confirmers or ()):
        yield Finding(code, N_("The edition was not confirmed by two people."))


def _gaps(rows: Iterable[tuple[str, int, object, object]]) -> Iterator[Finding]:
    rows = list(rows)
    for code, _, starts_on, _ in rows:
        if starts_on is None:
            yield Finding(code, N_("The edition is published but never in force."))
    spans = [row for row in rows if row[2] is not None]
    for (_, scheme, _, ends), (code, other, starts, _) in pairwise(spans):
        if scheme == other and ends != starts:
            yield Finding(code, N_("Before the edition some days have none, or two."))


def _hash(data: bytes) -> str:
    return hashlib.sha256(bytes(data)).hexdigest()
