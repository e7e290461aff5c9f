"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A draft beside ``path`` that takes its place when the block ends without an exception."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_left_over(path)
    # The ending stays the same, as some writers choose their format by it.
    draft = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def whole_files(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Drafts of several files; none takes its place before all are written."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(whole_file(path)) for path in paths)


def write_private(path: Path, text: str) -> None:
    """A text file, in UTF-8, for its owner only."""
    with whole_file(path) as draft:
        draft.touch(mode=0o600)
        draft.write_text(text, encoding="utf-8")


def _remove_left_over(path: Path) -> None:
    """The drafts of this file by processes that were killed."""
    for draft in path.parent.glob(f".*.{path.name}"):
        process = draft.name.removeprefix(".").removesuffix(f".{path.name}")
        if process.isascii() and process.isdigit() and not Path("/proc", process).exists():
            draft.unlink(missing_ok=True)
