"""The kinds of posts that a new city starts with, read from data."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import yaml

POST_KINDS = Path(__file__).parents[1] / "post_kinds.yaml"


class PostKindRow(TypedDict):
    """One kind as it stands in the file."""

    code: str
    name: str
    permissions: list[str]
    writes: bool


def read_post_kinds() -> list[PostKindRow]:
    """All kinds, in the order of the file."""
    rows: list[PostKindRow] = yaml.safe_load(POST_KINDS.read_text(encoding="utf-8"))
    return rows
