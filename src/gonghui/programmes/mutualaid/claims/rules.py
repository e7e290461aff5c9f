"""What ``books/claims.yaml`` says of applications: facts, papers, steps, days, wordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gonghui import books
from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.fields import EVENT_KINDS, FIELDS
from gonghui.verbs.cases.kinds import CaseKind, PaperKind, StepKind

KIND = "claim"
HEALTH = "claim_health_data"
"""The consent without which nobody's application is taken."""


@dataclass(frozen=True, slots=True)
class Rules:
    """``needed`` and ``due_papers`` by kind of event; ``consents``: (version, text) by purpose."""

    kind: CaseKind
    needed: Mapping[str, tuple[str, ...]]
    due_papers: Mapping[str, tuple[str, ...]]
    consents: Mapping[str, tuple[str, str]]

    def needed_of(self, event_kind: int) -> tuple[str, ...]:
        """The facts that an application for such an event states."""
        word = EVENT_KINDS.identifier(event_kind) or ""
        if word not in self.needed:
            raise Refusal(
                N_("Nobody has written down what an application for “{event}” states."),
                N_("Choose another kind of event, or have it added to books/claims.yaml."),
                event=EVENT_KINDS.label(event_kind) or str(event_kind),
            )
        return self.needed[word]


@cache
def rules() -> Rules:
    """The rules as the book states them."""
    said = yaml.safe_load(Path(books.__file__).with_name("claims.yaml").read_text("utf-8"))
    names = said["papers"]
    events: dict[str, Any] = said["events"]
    for word, event in events.items():
        unknown = {*event["needed"]} - FIELDS.keys() | {*event["papers"]} - names.keys()
        if unknown or EVENT_KINDS.code(word) is None:
            raise ValueError(f"claims.yaml, {word}: unknown {sorted(unknown)}")
    kind = CaseKind(
        code=KIND,
        name=said["name"],
        steps=tuple(
            StepKind(one["code"], level=one["level"], from_fen=one["from_yuan"] * 100)
            for one in said["steps"]
        ),
        papers=tuple(PaperKind(code, name, required=False) for code, name in names.items()),
        deadlines={name: days for name, days in said["deadlines"].items() if type(days) is int},
        consents=(HEALTH,),
        two_from_fen=said["two_people_from_yuan"] * 100,
        review_way=said["review_way"],
        review_days=said["review_days"],
    )
    return Rules(
        kind,
        {word: tuple(event["needed"]) for word, event in events.items()},
        {word: tuple(event["papers"]) for word, event in events.items()},
        {purpose: (one["version"], one["text"]) for purpose, one in said["consents"].items()},
    )
