"""Published editions, read from their rows: what adjudication decides by.

Every reading checks that the row is what was published: each hash is reckoned anew, and the text is
read again and must give the canonical bytes that were confirmed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import FOREVER, date_of, day_of
from gonghui.core.rulebook.canonical import canonical_bytes
from gonghui.core.rulebook.compiler.program import ENGINE_VERSION, Program, compile_segments
from gonghui.core.rulebook.kept import KeptEditions, Span
from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.shelf import Source
from gonghui.core.rulebook.timeline import Segment, timeline
from gonghui.programmes.mutualaid.models import Edition as EditionRow
from gonghui.programmes.mutualaid.models import EditionSpan, Scheme
from gonghui.programmes.mutualaid.publication.texts import sha256
from gonghui.programmes.mutualaid.queries.schemes import scheme_of


@dataclass(frozen=True)
class Stored:
    """What reading needs of one row."""

    code: str
    source: bytes
    source_sha256: bytes
    words: bytes | None
    words_sha256: bytes | None
    canonical: bytes
    sha256: bytes
    engine_version: int
    span: Span

    @classmethod
    def of_row(cls, scheme: str, span: EditionSpan) -> Stored:
        row = span.edition
        ends = FOREVER if span.ends_before is None else day_of(span.ends_before)
        return cls(
            f"{scheme}/{row.name}",
            bytes(row.source),
            bytes(row.source_sha256),
            None if row.words is None else bytes(row.words),
            None if row.words_sha256 is None else bytes(row.words_sha256),
            bytes(row.canonical),
            bytes(row.sha256),
            row.engine_version,
            (day_of(span.starts_on), ends),
        )

    def check(self) -> None:
        """Refuses bytes that are not those their hashes were made of."""
        parts = {
            "source": (self.source, self.source_sha256),
            "words": (self.words, self.words_sha256),
            "canonical": (self.canonical, self.sha256),
        }
        for part, (data, digest) in parts.items():
            if (None if data is None else sha256(data)) != digest:
                raise Refusal(
                    N_("The stored edition {edition} is not what was published: a hash differs."),
                    N_("Decide nothing with it; restore the database from a backup."),
                    field=part,
                    edition=self.code,
                )


def shelf(scheme: str) -> KeptEditions:
    """The published editions of a scheme, for ``timeline`` and the compiler; each is checked."""
    return kept(tuple(_stored(scheme_of(scheme))))


def segments(scheme: str) -> tuple[Segment, ...]:
    """Which rules count on which days; nothing before the first edition is published."""
    books = shelf(scheme)
    return timeline(books, scheme) if books.ids else ()


def program(scheme: str) -> Program:
    """The scheme ready to decide, from its rows."""
    return compile_segments(timeline(shelf(scheme), scheme))


def edition_on(scheme: str, day: date) -> Edition:
    """The rules that count on a day. Refuses a day without an edition in force."""
    number = day_of(day)
    for one in segments(scheme):
        if one.since <= number < one.until:
            return one.edition
    raise Refusal(
        N_("No edition of {scheme} is in force on {day}."),
        N_("Publish one for that day, or look at the day again."),
        scheme=scheme,
        day=day,
    )


def row_on(scheme: str, day: date) -> EditionRow:
    """The row of the edition in force on a day: what enrolments and decisions point to."""
    found = (
        EditionSpan.objects.filter(scheme__code=scheme, starts_on__lte=day)
        .exclude(ends_before__lte=day)
        .select_related("edition")
        .first()
    )
    if found is None:
        raise Refusal(
            N_("No edition of {scheme} is in force on {day}."),
            N_("Publish one for that day, or look at the day again."),
            scheme=scheme,
            day=day,
        )
    return found.edition


def editions_of(scheme: str) -> list[EditionSpan]:
    """The rows of a scheme in the order of their days, each with its edition and publishers."""
    return list(
        EditionSpan.objects.filter(scheme=scheme_of(scheme))
        .select_related("edition", "edition__scheme")
        .order_by("starts_on")
    )


def in_force(scheme: Scheme) -> list[list[str | None]]:
    """Name and span of each edition, as a statement says it and as publishing checks it."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.editions_in_force(%s)::text", [scheme.pk])
        found: list[list[str | None]] = json.loads(cursor.fetchone()[0])
        return found


def _stored(scheme: Scheme) -> list[Stored]:
    spans = EditionSpan.objects.filter(scheme=scheme).select_related("edition")
    return [Stored.of_row(scheme.code, span) for span in spans.order_by("starts_on")]


@lru_cache(maxsize=16)
def kept(rows: Sequence[Stored]) -> KeptEditions:
    """Read once for the same bytes: whoever changes one byte in the database is read anew."""
    for row in rows:
        row.check()
    books = KeptEditions(
        {row.code: Source(row.source, row.words, f"{row.code}.yaml", f"{row.code}.md")
         for row in rows},
        {row.code: row.span for row in rows},
    )  # fmt: skip
    for row in rows:
        edition = books.edition(row.code)
        if canonical_bytes(edition) != row.canonical:
            raise Refusal(
                N_("{edition} is read otherwise now than when it was published (engine {then},"
                   " now {now})."),
                N_("Decide with the version that published it until the difference is explained."),
                edition=row.code,
                then=row.engine_version,
                now=ENGINE_VERSION,
            )  # fmt: skip
    return books


def shown_span(span: EditionSpan) -> str:
    """``2022-01-01 … 2022-12-31``; an open end has no last day."""
    last = "" if span.ends_before is None else date_of(day_of(span.ends_before) - 1).isoformat()
    return f"{span.starts_on} … {last}".rstrip()
