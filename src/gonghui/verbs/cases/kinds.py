"""Kinds of case: what a programme says of one, and what it does when one is decided.

``register`` when the programme's app is ready; ``placed`` is the migration operation that gives
the database the same chain, so that it holds whoever writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.protect import Statements
from gonghui.ground.borders.scope import Actor
from gonghui.verbs.cases.permissions import DECIDE, REVIEW


@dataclass(frozen=True, slots=True)
class StepKind:
    """A step of the review; it applies to cases that ask, or are given, at least ``from_fen``.

    ``level`` is where it is done: unit, county or city.
    """

    code: str
    permission: str = REVIEW
    level: str = "county"
    two_people: bool = False
    from_fen: int = 0


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A paper of the completeness list."""

    code: str
    name: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Decided:
    """A case as it was decided. ``instance`` is 1, or 2 after a review."""

    case_id: int
    subject_id: int
    union_id: int
    asked_fen: int | None
    amount_fen: int | None
    decision_id: int
    instance: int
    outcome: str
    plain: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Returned:
    """A case as it was sent back. ``lacking``: kinds of papers; ``version`` names this sending."""

    case_id: int
    subject_id: int
    number: str
    version: int
    reason: str
    lacking: tuple[str, ...]


Handler = Callable[[Actor, Sequence[Decided], date], None]
"""Called once for all cases of one kind that one call decided, in the same transaction."""
ReturnHandler = Callable[[Actor, Sequence[Returned], date], None]
"""The same for cases that one call sent back."""
Bar = Callable[[Actor, str, Sequence[int]], Mapping[int, Refusal]]
"""What a programme has against a deed (confirm, accept, change), case by case."""
Amounts = Callable[[Actor, Sequence[int], date], Mapping[int, int | Refusal]]
"""What a programme's rules give, in fen, where whoever decides names no amount of her own."""


@dataclass(frozen=True, slots=True)
class CaseKind:
    """Everything the room must know of a kind; what the case is about it never learns.

    ``deadlines``: working days by the state in which a case waits. ``consents``: purposes to
    which the person concerned has agreed before filing. ``two_from_fen``: from this amount on two
    people decide (0: always). Without ``unit_confirms`` her unit does not see the case.
    ``barred`` and ``amounts`` are asked before a deed; the others are told after it.
    """

    code: str
    name: str
    steps: tuple[StepKind, ...] = ()
    papers: tuple[PaperKind, ...] = ()
    deadlines: Mapping[str, int] = field(default_factory=dict)
    consents: tuple[str, ...] = ()
    unit_confirms: bool = True
    decide_permission: str = DECIDE
    decide_level: str = "city"
    two_from_fen: int | None = None
    review_way: str = ""
    review_days: int | None = None
    barred: Bar | None = None
    amounts: Amounts | None = None
    accepted: Handler | None = None
    refused: Handler | None = None
    returned: ReturnHandler | None = None


_registered: dict[str, CaseKind] = {}


def register(kind: CaseKind) -> None:
    """Makes a kind known to this process."""
    _registered[kind.code] = kind


def kind_named(code: str) -> CaseKind:
    """A kind by its code."""
    if code not in _registered:
        raise Refusal(
            N_("There is no kind of case {kind}."), N_("Known are: {known}."),
            kind=code, known=", ".join(sorted(_registered)),
        )  # fmt: skip
    return _registered[code]


def registered() -> dict[str, CaseKind]:
    """All kinds by code."""
    return dict(_registered)


def placed(kind: CaseKind) -> Statements:
    """The migration operation that writes the kind's rows; a later one replaces an earlier."""
    return Statements(
        [f"select gate.place_case_kind($kind${_said(kind)}$kind$)"],
        [],
    )


def _said(kind: CaseKind) -> str:
    own = ("code", "name", "unit_confirms", "decide_permission", "decide_level")
    return json.dumps(
        {
            **{name: getattr(kind, name) for name in own},
            "two_from_fen": kind.two_from_fen,
            "review_way": kind.review_way,
            "review_days": kind.review_days,
            "consents": list(kind.consents),
            "steps": [
                {
                    "code": one.code,
                    "permission": one.permission,
                    "level": one.level,
                    "two_people": one.two_people,
                    "from_fen": one.from_fen,
                }
                for one in kind.steps
            ],
            "papers": [
                {"code": one.code, "name": one.name, "required": one.required}
                for one in kind.papers
            ],
        },
        ensure_ascii=False,
        sort_keys=True,
    )
