"""What the database answers, in words."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal

_WHY: dict[str, tuple[str, str]] = {
    "not_yours": (
        N_("There is no such case among those you handle."),
        N_("Check the number; for another unit's cases ask that unit or the office."),
    ),
    "changed": (
        N_("Somebody has done something in this case meanwhile."),
        N_("Look at it again, then decide."),
    ),
    "state": (
        N_("The case is not where this can be done."),
        N_("Look at where it stands."),
    ),
    "own": (
        N_("This is your own case."),
        N_("Have somebody else handle it."),
    ),
    "relative": (
        N_("This is a relative's case."),
        N_("Have somebody else handle it."),
    ),
    "filer": (
        N_("You filed this case yourself."),
        N_("Have somebody else check and decide it."),
    ),
    "capacity": (
        N_("You have had another part in this case already."),
        N_("Each part is for another person: ask a colleague."),
    ),
    "consent": (
        N_("A consent of the person concerned is missing."),
        N_("Have her agree to it first, with the wording in force."),
    ),
    "incomplete": (
        N_("Papers are missing or must be brought again."),
        N_("Add them; the list of the case says which."),
    ),
    "step": (
        N_("A step of the review has not been passed yet, or is not next."),
        N_("Have the steps passed in order, then decide."),
    ),
    "level": (
        N_("This step of the review is not done at your level."),
        N_("Leave it to the union whose step it is."),
    ),
    "amount": (
        N_("More would be granted than was asked for."),
        N_("Grant at most what was asked for."),
    ),
    "reason": (N_("A reason is missing."), N_("Say why.")),
    "clause": (
        N_("The clause is missing."),
        N_("Name the clause of the rules on which this rests."),
    ),
    "late": (
        N_("A review can no longer be asked for, or was asked for already."),
        N_("Look at the days given with the decision."),
    ),
    "two": (
        N_("You have proposed this; another person must decide it, too."),
        N_("Ask a colleague to decide the same."),
    ),
    "other": (
        N_("The same request was sent before with another content."),
        N_("Open the case that was made then, or send a new request."),
    ),
}


def refusal(why: str) -> Refusal:
    """What is in the way, and what to do about it."""
    what, todo = _WHY[why]
    return Refusal(what, todo)


def not_yours() -> Refusal:
    """What does not exist and what lies elsewhere are told alike."""
    return refusal("not_yours")


def said(why: str) -> tuple[str, str]:
    """The same as two templates, for lists."""
    return _WHY[why]
