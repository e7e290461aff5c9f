"""A stranger's document in, fresh JPEGs out; what it does to its reader, it does to a child."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gonghui.adapters.pictures.errors import Judged, PictureRefused
from gonghui.adapters.pictures.judging import judge
from gonghui.adapters.pictures.limits import LIMITS, Limits
from gonghui.adapters.spreadsheets.children import (
    BROKEN,
    OWN_FAULT,
    ChildFailed,
    in_memory,
    run_limited,
    write,
)

_CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True, slots=True)
class Page:
    """A JPEG that we wrote ourselves."""

    width: int
    height: int
    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """``format`` is what came; ``isolated``: the child had no network."""

    format: str
    isolated: bool
    pages: tuple[Page, ...]


def render(content: bytes, name: str, limits: Limits = LIMITS) -> Rendered:
    """All pages of a document as JPEGs, or ``PictureRefused``."""
    if not content:
        raise PictureRefused("empty", name)
    if len(content) > limits.file_bytes:
        raise PictureRefused("too_big", name, value=len(content))
    try:
        judge(content)  # saves a process; the child judges for itself
    except Judged as judged:
        raise PictureRefused(judged.code, name, value=judged.value) from None
    head, _, body = _answer_of_child(content, name, limits).partition(b"\n")
    said = json.loads(head)
    if "refused" in said:
        raise PictureRefused(said["refused"], name, value=said["value"])
    pages, at = [], 0
    for width, height, length in said["pages"]:
        pages.append(Page(width, height, body[at : at + length]))
        at += length
    return Rendered(said["format"], said["isolated"], tuple(pages))


def _answer_of_child(content: bytes, name: str, limits: Limits) -> bytes:
    with in_memory() as file:
        write(file, content)
        try:
            return run_limited(
                _CHILD, "render", file, json.dumps(asdict(limits)), limits.wall_seconds
            )
        except subprocess.TimeoutExpired as error:
            value = f"> {limits.wall_seconds} s"
            raise PictureRefused("too_large", name, value=value) from error
        except ChildFailed as cause:
            code = "broken" if cause.status in (OWN_FAULT, BROKEN) else "too_large"
            raise PictureRefused(code, name, value=cause.status) from cause
