"""An edition takes its place among those in force: whose days it cuts short, what changes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gonghui.core.rulebook.kept import KeptEditions, Span
from gonghui.core.rulebook.shelf import Source
from gonghui.core.rulebook.timeline import Segment, timeline
from gonghui.programmes.mutualaid.publication.texts import Text
from gonghui.programmes.mutualaid.publication.top_ups import changed_days


@dataclass(frozen=True)
class Succession:
    """``text`` read beside the editions in force; ``after`` is what they would be with it."""

    text: Text
    before: Sequence[Segment]
    after: Sequence[Segment]

    def changes_before(self, day: int) -> tuple[Span, ...]:
        """The days already past on which other rules would count than did."""
        return changed_days(self.before, self.after, day)


def succeed(books: KeptEditions, identifier: str, source: Source) -> Succession:
    """Raises :class:`Refusal` for a mistake in the text, for an overlap and for a hole."""
    scheme = identifier.rpartition("/")[0]
    sources = {one: books.source(one) for one in books.ids}
    text = Text.read(KeptEditions(sources | {identifier: source}), identifier)
    start = text.edition.valid_from
    spans: dict[str, Span] = {}
    for one in books.ids:
        since, until = books.span(books.edition(one))
        spans[one] = (since, start) if since < start < until else (since, until)
    after = KeptEditions(sources | {identifier: source}, spans)
    return Succession(
        text,
        timeline(books, scheme) if books.ids else (),
        timeline(after, scheme),
    )
