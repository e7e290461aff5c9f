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
TOLD_BY = {"sms": "told_by_sms"}
"""By channel: the consent without which nothing of an application goes over it."""
ANY_EVENT = 0
"""What happened is not known yet: the papers that every event asks for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One number or list of the book. ``because``: why it was assumed; "" where a text states it.

    ``what`` and ``value`` are in the book's own words, to be shown.
    """

    path: str
    value: str
    because: str

    @property
    def assumed(self) -> bool:
        return bool(self.because)


@dataclass(frozen=True, slots=True)
class Rules:
    """``needed`` and ``due_papers`` by kind of event; ``consents``: (version, text) by purpose.

    ``arrives``: working days from the decision to the day the money is there, as told.
    """

    kind: CaseKind
    needed: Mapping[str, tuple[str, ...]]
    due_papers: Mapping[str, tuple[str, ...]]
    consents: Mapping[str, tuple[str, str]]
    arrives: int
    said: tuple[Rule, ...]

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

    def papers_of(self, event_kind: int) -> tuple[str, ...]:
        """The papers due for such an event, those of every event where none is known."""
        word = EVENT_KINDS.identifier(event_kind) or ""
        if word in self.due_papers:
            return self.due_papers[word]
        first, *others = self.due_papers.values()
        return tuple(one for one in first if all(one in other for other in others))

    def paper_name(self, code: str) -> str:
        return next((one.name for one in self.kind.papers if one.code == code), code)

    def due(self) -> list[tuple[int, str]]:
        """(kind of event, paper) each, as the database keeps them."""
        kinds = [ANY_EVENT, *(EVENT_KINDS.code(word) or 0 for word in self.due_papers)]
        return [(kind, paper) for kind in kinds for paper in self.papers_of(kind)]


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
        deadlines={name: one["is"] for name, one in said["deadlines"].items()},
        consents=(HEALTH,),
        two_from_fen=said["two_people_from_yuan"]["is"] * 100,
        review_way=said["review_way"],
        review_days=said["review_days"]["is"],
    )
    return Rules(
        kind,
        {word: tuple(event["needed"]) for word, event in events.items()},
        {word: tuple(event["papers"]) for word, event in events.items()},
        {purpose: (one["version"], one["text"]) for purpose, one in said["consents"].items()},
        said["arrives"]["is"],
        tuple(_stated(said)),
    )


def _stated(said: Mapping[str, Any]) -> list[Rule]:
    """Every number and list on which an application depends, with its mark."""
    found = [
        Rule(name, str(said[name]["is"]), _because(name, said[name]))
        for name in ("two_people_from_yuan", "review_days", "arrives")
    ]
    found += [
        Rule(f"deadlines.{name}", str(one["is"]), _because(name, one))
        for name, one in said["deadlines"].items()
    ]
    found += [
        Rule(f"steps.{one['code']}.from_yuan", str(one["from_yuan"]), _because("steps", one))
        for one in said["steps"]
    ]
    lists = _because("paper_lists", said["paper_lists"])
    found += [
        Rule(
            f"events.{word}.papers",
            "、".join(said["papers"][one] for one in event["papers"]),
            lists,
        )
        for word, event in said["events"].items()
    ]
    return found


def _because(name: str, one: Mapping[str, Any]) -> str:
    """Assumed with a reason, or a clause that states it: one of the two."""
    because = str(one.get("because", "")) if one.get("assumed") else ""
    if bool(because) == bool(one.get("clause")):
        raise ValueError(f"claims.yaml, {name}: either assumed with a reason, or a clause")
    return because
