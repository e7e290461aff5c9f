"""The statement of a publication: the bytes that two people confirm by their SHA-256.

It names everything that publishing makes true: the text by its hashes, its days, the effect of each
change, the bodies that decided, the editions in force when it was prepared, and what a back-dated
effect pays to whom. If one of these is another by the time of publishing, the two confirm anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from gonghui.programmes.mutualaid.publication.top_ups import TopUpList

FORMAT = "publication/1"

InForce = Sequence[Sequence[str | None]]
"""Name, first day and day after the last of each edition in force, by its start."""


def statement(
    scheme: str,
    columns: Mapping[str, Any],
    *,
    draft: int | None,
    in_force: InForce,
    top_ups: TopUpList | None,
) -> bytes:
    """Canonical JSON: UTF-8, keys sorted, no spaces. ``columns``: what will be stored."""
    said: dict[str, Any] = {
        "format": FORMAT,
        "edition": f"{scheme}/{columns['name']}",
        "draft": draft,
        "edition_sha256": columns["sha256"].hex(),
        "source_sha256": columns["source_sha256"].hex(),
        "words_sha256": None if columns["words"] is None else columns["words_sha256"].hex(),
        "in_force": [list(one) for one in in_force],
        "top_ups": None if top_ups is None else top_ups.summary(),
    }
    for key in ("title", "extends", "changes", "governance", "engine_version"):
        said[key] = columns[key]
    for key in ("starts_on", "ends_before"):
        day: date | None = columns[key]
        said[key] = day.isoformat() if day else None
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_statement(data: bytes) -> dict[str, Any]:
    """What a stored statement says."""
    said: dict[str, Any] = json.loads(bytes(data))
    return said
