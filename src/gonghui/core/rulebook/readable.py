"""A readable document, block by block: one source for every rendering.

Markdown is rendered here; a door may set the same blocks as a page. Nothing is parsed back out of
text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` counts from 1; the document's title is none of them."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a provision comes from: a clause by its title with its words, or why it is assumed.

    ``words`` is "" when they stand further up. ``about`` says of what in the provision it speaks,
    in brackets, when not of all.
    """

    clause: str = ""
    words: str = ""
    because: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their head; columns from the ``first_number``-th on hold numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_number: int = 1


@dataclass(frozen=True, slots=True)
class Provision:
    """One thing an edition orders: what it is called, what it says, where from."""

    label: str
    text: str
    sources: tuple[Source, ...]
    table: Table | None = None


Block = Heading | Paragraph | Provision | Table


@dataclass(frozen=True, slots=True)
class Document:
    """``facts`` and ``ending`` are lines of name and value. ``assumed`` stands before a reason."""

    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    ending: tuple[tuple[str, str], ...]
    assumed: str
    colon: str


def markdown(document: Document) -> str:
    """The document as Markdown."""
    parts = [f"# {document.title}", _listed(document.facts, document.colon)]
    parts += ["\n".join(_block(block, document)) for block in document.blocks]
    parts += ["---", _listed(document.ending, document.colon)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _listed(facts: Sequence[tuple[str, str]], colon: str) -> str:
    return "\n".join(f"- {name}{colon}{value}" for name, value in facts)


def _block(block: Block, document: Document) -> Iterator[str]:
    match block:
        case Heading(level, text):
            yield f"{'#' * (level + 1)} {text}"
        case Paragraph(text):
            yield text
        case Table():
            yield from _table(block)
        case Provision(label, text, sources, table):
            colon = document.colon if text and not label.endswith(("？", "?")) else " "
            yield f"- **{label}**{colon}{text}".rstrip()
            if table:
                yield ""
                yield from (f"  {line}" for line in _table(table))
            for source in sources:
                yield ""
                yield from (f"  > {line}" for line in source_lines(source, document.assumed))


def source_lines(source: Source, assumed: str) -> Iterator[str]:
    """A source as lines: 〔clause〕 its words; the mark of assumptions, the reason."""
    if source.because:
        yield f"{assumed}{source.about}{source.because}"
        return
    first, *more = source.words.split("\n")
    yield f"〔{source.clause}〕{source.about}{first}".rstrip()
    yield from (line for line in more if line)


def _table(table: Table) -> Iterator[str]:
    yield _row(table.head)
    yield _row(
        tuple("---:" if place >= table.first_number else "---" for place in range(len(table.head)))
    )
    for row in table.rows:
        yield _row(row)


def _row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
