"""A readable document put out: as Markdown, or set by typst as a page."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from gonghui.core.rulebook.readable import Block, Document, markdown
from gonghui.doors.cli.language import _, spoken

TEMPLATE = "rulebook.typ"


def put_out(document: Document, pdf: Path | None) -> None:
    """Markdown to standard output, or a PDF to a file."""
    if pdf is None:
        print(markdown(document), end="")
        return
    made = typeset(document)
    half = pdf.with_name(f".{pdf.name}.{os.getpid()}")
    try:
        half.write_bytes(made)
        half.replace(pdf)
    finally:
        half.unlink(missing_ok=True)
    print(_("Written: {file}").format(file=pdf))


def typeset(document: Document) -> bytes:
    """The document as a PDF, in the fonts of the extra and no others."""
    from gonghui.adapters.pages.setting import set_pages

    template = Path(str(files(__package__) / "templates" / TEMPLATE))
    said = {"document": json.dumps(_plain(document)), "language": spoken()}
    return set_pages(template, said)


def _plain(document: Document) -> dict[str, Any]:
    """The document as JSON; every block says what it is."""
    return asdict(document) | {"blocks": [_block(block) for block in document.blocks]}


def _block(block: Block) -> dict[str, Any]:
    return {"is": type(block).__name__, **asdict(block)}
