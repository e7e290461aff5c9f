"""Cases as whoever asks may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from gonghui.ground.borders.scope import Actor
from gonghui.verbs.cases.errors import not_yours
from gonghui.verbs.cases.models import Case, KindPaper, Paper

MOST = 1000
"""Rows of a list."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A case in a list, or with its ``deeds``: (day, deed, step, reason) each."""

    case_id: int
    number: str
    kind: str
    state: str
    asked_fen: int | None
    due_on: date | None
    deeds: tuple[tuple[date, str, str, str], ...] = ()


def cases_seen(actor: Actor, state: str = "") -> list[Seen]:
    """Those due first; those without a day last."""
    with actor.transaction():
        rows = Case.objects.select_related("kind").order_by(F("due_on").asc(nulls_last=True), "pk")
        if state:
            rows = rows.filter(state=state)
        return [_seen(case) for case in rows[:MOST]]


def case_seen(actor: Actor, case_id: int) -> Seen:
    """One, with what was done in it. Where the unit is told less, it is told less here."""
    with actor.transaction():
        case = Case.objects.select_related("kind").filter(pk=case_id).first()
        if case is None:
            raise not_yours()
        steps = case.steps.order_by("version")
        done = list(steps.values_list("done_on", "deed", "step", "reason"))
        decided = case.decisions.order_by("instance")
        done += [(one.decided_on, one.outcome, one.clause, one.reason) for one in decided]
        return _seen(case, tuple(done))


def still_lacking(actor: Actor, case_id: int) -> list[str]:
    """The names of the papers that the case needs and does not have."""
    with actor.transaction():
        case = Case.objects.filter(pk=case_id).first()
        if case is None:
            raise not_yours()
        papers = Paper.objects.filter(case=case)
        there = set(papers.filter(state__in=("given", "seen")).values_list("kind", flat=True))
        lacking = set(papers.filter(state="lacking").values_list("kind", flat=True))
        kinds = KindPaper.objects.filter(kind_id=case.kind_id).order_by("pk")
        return [
            one.name
            for one in kinds
            if one.code in lacking or (one.required and one.code not in there)
        ]


def _seen(case: Case, deeds: tuple[tuple[date, str, str, str], ...] = ()) -> Seen:
    return Seen(
        case.pk, case.number, case.kind.name, case.state, case.asked_fen, case.due_on, deeds
    )
