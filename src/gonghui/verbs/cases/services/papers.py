"""Papers of a case, and its list of what is complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gonghui.ground.borders.scope import Actor
from gonghui.verbs.cases.services.asking import ask


@dataclass(frozen=True, slots=True)
class Given:
    """A paper: kept as a document, or (without one) seen by whoever files at the window."""

    kind: str
    document_id: int | None = None


def add_paper(actor: Actor, case_id: int, kind: str, document_id: int | None = None) -> None:
    """One more paper, while the case is with her. It takes the place of one sent back."""
    add_papers(actor, [(case_id, Given(kind, document_id))])


def add_papers(actor: Actor, papers: Sequence[tuple[int, Given]]) -> None:
    """Papers of many cases."""
    with actor.transaction():
        store_papers(papers)


def store_papers(papers: Sequence[tuple[int, Given]]) -> None:
    """Inside the caller's transaction."""
    if not papers:
        return
    ask(
        "select gate.add_case_papers(%s::bigint[], %s::text[], %s::bigint[], %s::text[])",
        [
            [case_id for case_id, _ in papers],
            [paper.kind for _, paper in papers],
            [paper.document_id for _, paper in papers],
            ["seen" if paper.document_id is None else "given" for _, paper in papers],
        ],
    )
