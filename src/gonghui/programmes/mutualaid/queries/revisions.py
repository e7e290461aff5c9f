"""Revisions: where each stands, what was said of it, what its bodies decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gonghui.core.errors import N_, Refusal
from gonghui.programmes.mutualaid.cityprofile.road import Road, Step, Taken
from gonghui.programmes.mutualaid.models import (
    Comment,
    Consultation,
    Draft,
    Revision,
    RevisionStep,
)


@dataclass(frozen=True)
class Standing:
    """A revision with its newest draft: ``next`` is the step to be taken, None at the end."""

    revision: Revision
    draft: Draft
    road: Road
    taken: tuple[RevisionStep, ...]
    position: int

    @property
    def next(self) -> Step | None:
        steps = self.road.steps
        return steps[self.position] if self.position < len(steps) else None

    @property
    def counting(self) -> tuple[RevisionStep, ...]:
        """The steps that count for the newest draft, in order."""
        return tuple(
            one
            for one in self.taken
            if one.draft_id == self.draft.pk or not self.road.steps[one.position].decides
        )


def revision_of(code: str) -> Revision:
    """A revision by the id of the edition it is to become."""
    scheme, _, name = code.rpartition("/")
    mine = Revision.objects.select_related("scheme")
    found = mine.filter(scheme__code=scheme, name=name).first()
    if found is None:
        raise Refusal(
            N_("There is no revision {revision} here."),
            N_("`gonghui edition list` shows all that are under way."),
            revision=code,
        )
    return found


def draft_of(code: str) -> Draft:
    """The newest draft of a revision."""
    return standing(revision_of(code)).draft


def standing(revision: Revision) -> Standing:
    """Where a revision stands: as PostgreSQL reckons it, too, when a step is recorded."""
    road = Road.of_plain(revision.road)
    drafts = revision.drafts.select_related("revision", "revision__scheme")
    draft = drafts.order_by("-number")[0]
    steps = RevisionStep.objects.filter(revision=revision).select_related("body", "draft")
    taken = tuple(steps.order_by("position", "id"))
    marks = (Taken(one.position, one.draft_id) for one in taken)
    return Standing(revision, draft, road, taken, road.standing(marks, draft.pk))


def revisions_of(scheme: str) -> list[Standing]:
    """All revisions of a scheme, the newest first."""
    mine = Revision.objects.filter(scheme__code=scheme).select_related("scheme")
    return [standing(one) for one in mine.order_by("-id")]


def governance_of(draft: Draft) -> dict[str, Any]:
    """Which bodies took which step on this draft: kept with the published edition."""
    found = standing(draft.revision)
    return {
        "road": [
            {
                "step": one.step,
                "name": found.road.steps[one.position].name,
                "body": one.body.name,
                "on": one.taken_on.isoformat(),
                "number": one.minute_number,
                "evidence": one.evidence,
                "evidence_sha256": (bytes(one.evidence_sha256 or b"")).hex(),
                "draft": one.draft.number,
            }
            for one in found.counting
        ]
    }


def open_consultation(code: str) -> Consultation:
    """The draft of a revision that is out for comments: the last one that went out."""
    scheme, _, name = code.rpartition("/")
    mine = Consultation.objects.select_related("scheme").filter(scheme__code=scheme, name=name)
    found = mine.order_by("-id").first()
    if found is None:
        raise Refusal(
            N_("No draft of {revision} is out for comments."),
            N_("`gonghui edition list` shows all that are under way."),
            revision=code,
        )
    return found


def comments_on(code: str) -> list[Comment]:
    """The comments on a revision that the actor may see, by clause, each with its answer."""
    scheme, _, name = code.rpartition("/")
    mine = Comment.objects.filter(consultation__scheme__code=scheme, consultation__name=name)
    return list(mine.select_related("union", "answer", "consultation").order_by("clause", "id"))
