"""What a back-dated revision pays in addition, to whom, for what: a list that has a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from gonghui.core.adjudication.backdating import TopUp
from gonghui.core.rulebook.canonical import canonical_bytes
from gonghui.core.rulebook.model import Governance
from gonghui.core.rulebook.timeline import Segment

_SAYS_NOTHING: dict[str, Any] = {
    "name": "",
    "title": "",
    "valid_from": 0,
    "valid_until": 0,
    "extends": "",
    "governance": Governance((), "", (), "", ()),
    "changes": (),
    "parameters": (),
    "clauses": (),
}

HEAD = "person,settlement,kind,before_fen,now_fen,difference_fen"


@dataclass(frozen=True)
class TopUpList:
    """Every top-up. Persons are named by the surrogate number that the decided amounts use;
    ``decided`` says which amounts those were, ``decided_sha256`` in which state."""

    top_ups: tuple[TopUp, ...]
    decided: str
    decided_sha256: str

    def content(self) -> bytes:
        """The list as CSV, in one order whoever made it."""
        rows = sorted(
            (int(one.person), one.difference.settlement, one.difference.kind, one.difference)
            for one in self.top_ups
        )
        lines = [
            f"{person},{settlement},{kind},{change.before_fen},{change.now_fen},"
            f"{change.difference_fen}"
            for person, settlement, kind, change in rows
        ]
        return "\n".join([HEAD, *lines, ""]).encode()

    @property
    def total_fen(self) -> int:
        return sum(one.difference.difference_fen for one in self.top_ups)

    def summary(self) -> dict[str, Any]:
        """What the statement says of the list."""
        return {
            "sha256": hashlib.sha256(self.content()).hexdigest(),
            "people": len({one.person for one in self.top_ups}),
            "count": len(self.top_ups),
            "total_fen": self.total_fen,
            "decided": self.decided,
            "decided_sha256": self.decided_sha256,
        }


def changed_days(
    before: Sequence[Segment], after: Sequence[Segment], until: int
) -> tuple[tuple[int, int], ...]:
    """The spans of days before ``until`` that were under rules and come under other ones.

    Days without an edition before are no change: nothing was decided on them.
    """
    turns = {day for one in (*before, *after) for day in (one.since, one.until)} | {until}
    spans: list[tuple[int, int]] = []
    for since, end in pairwise(sorted(day for day in turns if day <= until)):
        was, is_now = _rules_on(before, since), _rules_on(after, since)
        if was is None or was == is_now:
            continue
        joins = bool(spans) and spans[-1][1] == since
        spans.append((spans.pop()[0] if joins else since, end))
    return tuple(spans)


def _rules_on(segments: Iterable[Segment], day: int) -> bytes | None:
    """What decides on a day: the edition without its title, its days and the words of its text."""
    for one in segments:
        if one.since <= day < one.until:
            return canonical_bytes(replace(one.edition, **_SAYS_NOTHING))
    return None
