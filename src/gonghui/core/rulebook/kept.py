"""Editions kept as bytes, such as the rows of a database hold them."""

from __future__ import annotations

from collections.abc import Mapping

from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.shelf import Editions, Source

Span = tuple[int, int]
"""Days, half-open."""


class KeptEditions(Editions):
    """Editions given by id. ``spans`` says when one is in force, where a later one cut it short:
    the edition itself stays as it was written, and so does its hash."""

    def __init__(
        self, sources: Mapping[str, Source], spans: Mapping[str, Span] | None = None
    ) -> None:
        super().__init__()
        self._sources, self._spans = dict(sources), dict(spans or {})

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(self._sources))

    def source(self, identifier: str) -> Source:
        self._check_known(identifier)
        return self._sources[identifier]

    def span(self, edition: Edition) -> Span:
        return self._spans.get(edition.id) or super().span(edition)
