"""What ``books/grants.yaml`` says of special grants: the kind of case, the body, the quorum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from gonghui import books
from gonghui.core.errors import N_, Refusal
from gonghui.verbs.cases.kinds import CaseKind, PaperKind

KIND = "grant"
DATA = "grant_data"
"""The consent without which nobody's application is taken."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many of a body's members must be there; ``because`` says why, if it is assumed."""

    share: tuple[int, int]
    more_than: bool
    assumed: bool
    because: str

    def of(self, seated: int) -> int:
        """So many of the members on record."""
        part, whole = self.share
        if self.more_than:
            return seated * part // whole + 1
        return -(-seated * part // whole)


@dataclass(frozen=True, slots=True)
class GrantRules:
    """``bodies``: by kind of body, the endings of the words that mean it. ``consents``: (version,
    text) by purpose."""

    kind: CaseKind
    quorum: Quorum
    bodies: Mapping[str, tuple[str, ...]]
    consents: Mapping[str, tuple[str, str]]

    def body_kind(self, decided_by: str) -> str:
        """The kind of body that an edition's words mean."""
        for kind, endings in self.bodies.items():
            if decided_by.strip().endswith(endings):
                return kind
        raise Refusal(
            N_("Nobody has written down which body “{body}” is."),
            N_("Have it added to books/grants.yaml."),
            body=decided_by,
        )


@cache
def grant_rules() -> GrantRules:
    """The rules as the book states them."""
    said = yaml.safe_load(Path(books.__file__).with_name("grants.yaml").read_text("utf-8"))
    quorum = said["quorum"]
    part, whole = quorum["share"]
    return GrantRules(
        CaseKind(
            code=KIND,
            name=said["name"],
            papers=tuple(
                PaperKind(code, name, required=False) for code, name in said["papers"].items()
            ),
            deadlines={name: days for name, days in said["deadlines"].items() if type(days) is int},
            consents=(DATA,),
            review_way=said["review_way"],
        ),
        Quorum((part, whole), quorum["more_than"], quorum["assumed"], quorum["because"]),
        {kind: tuple(endings) for kind, endings in said["bodies"].items()},
        {purpose: (one["version"], one["text"]) for purpose, one in said["consents"].items()},
    )
