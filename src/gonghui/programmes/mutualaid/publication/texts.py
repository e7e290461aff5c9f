"""One edition as it is stored: its files, its canonical bytes, when each change counts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from gonghui.core.periods import FOREVER, date_of
from gonghui.core.rulebook.canonical import canonical_bytes
from gonghui.core.rulebook.compiler.program import ENGINE_VERSION
from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.shelf import Editions, Source
from gonghui.core.rulebook.timeline import counting_from


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def end_of(day: int) -> date | None:
    """The end of a span as stored: None where it is open."""
    return date_of(day) if day < FOREVER else None


@dataclass(frozen=True)
class Text:
    """An edition that was read without a mistake, with the files it was read from."""

    edition: Edition
    source: Source
    changes: tuple[dict[str, str], ...]

    @classmethod
    def read(cls, editions: Editions, identifier: str) -> Text:
        """Raises :class:`Refusal` for every mistake in it or in what it extends."""
        edition = editions.edition(identifier)
        return cls(edition, editions.source(identifier), _changes(editions, edition))

    @property
    def canonical(self) -> bytes:
        return canonical_bytes(self.edition)

    def governance(self) -> dict[str, Any]:
        """Who issued it, on what it rests, why: as the text itself says."""
        said = self.edition.governance
        return {
            "issued_by": list(said.issued_by),
            "document_number": said.document_number,
            "rests_on": list(said.rests_on),
            "reasons": said.reasons,
            "sources": list(said.sources),
        }

    def columns(self) -> dict[str, Any]:
        """The columns that a publication and an edition have in common."""
        edition, source, canonical = self.edition, self.source, self.canonical
        return {
            "name": edition.name,
            "title": edition.title,
            "source": source.book,
            "source_sha256": sha256(source.book),
            "words": source.text,
            "words_sha256": None if source.text is None else sha256(source.text),
            "canonical": canonical,
            "sha256": sha256(canonical),
            "starts_on": date_of(edition.valid_from),
            "ends_before": end_of(edition.valid_until),
            "extends": edition.extends,
            "changes": list(self.changes),
            "governance": self.governance(),
            "engine_version": ENGINE_VERSION,
        }


def _changes(editions: Editions, edition: Edition) -> tuple[dict[str, str], ...]:
    """Each change of a revision: where, with which effect, from which day, on what it rests."""
    since = counting_from(editions, edition)
    return tuple(
        {
            "at": change.at,
            "effect": change.effect,
            "counts_from": date_of(since[change.effect]).isoformat(),
            "clause": change.citation.clause,
            "because": change.citation.because,
            "effect_clause": change.effect_citation.clause,
            "effect_because": change.effect_citation.because,
        }
        for change in edition.changes
    )
