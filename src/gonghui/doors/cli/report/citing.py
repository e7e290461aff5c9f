"""Which clause or assumption an entry of an edition rests on, in words."""

from __future__ import annotations

from gonghui.core.rulebook.model import Edition, Parameter
from gonghui.core.rulebook.reasons import Reason
from gonghui.doors.cli.language import spoken
from gonghui.doors.cli.report.words import said

_PATHS = {
    Reason.NO_EDITION: "valid",
    Reason.DATE_MISSING: "answers.deciding_date",
    Reason.REVERSED: "answers.reversal",
    Reason.NOT_COVERED: "cover.starts",
    Reason.WAITING: "cover.waiting",
    Reason.NOT_FILED: "answers.claims",
    Reason.DECLINED: "answers.slot_choice",
    Reason.NOT_BEST: "answers.slot_choice",
}
_BELOW_THE_BENEFIT = {
    Reason.EVENT_NOT_COVERED: "events",
    Reason.FILED_LATE: "deadline",
    Reason.DISEASE_ALREADY_PAID: "once_per_disease",
    Reason.NOTHING_TO_BEAR: "base",
    Reason.NOTHING_MISSING: "to",
    Reason.BELOW_FLOOR: "floor",
    Reason.NOTHING_MORE: "basis",
    Reason.BELOW_MINIMUM: "minimum",
}


def parameter_at(edition: Edition, path: str) -> Parameter | None:
    """The parameter of an entry: at its path, or the first below it, or the nearest above."""
    exact = next((one for one in edition.parameters if one.path == path), None)
    below = (one for one in edition.parameters if one.path.startswith(f"{path}."))
    return exact or next(below, None) or edition.parameter(path)


def path_of_reason(edition: Edition, reason: Reason, detail: int, kind: str) -> str:
    """The entry of the edition that a reason comes from; "" where it comes from the data."""
    match reason:
        case Reason.NOT_ELIGIBLE:
            return edition.eligibility[detail].path
        case Reason.COUNT_USED_UP:
            return edition.counts[detail].path
        case Reason.CUT | Reason.CAP_USED_UP:
            return (
                edition.caps[detail].path if detail < len(edition.caps) else "limits.loss_ceiling"
            )
    benefit = next((one for one in edition.benefits if one.id == kind), edition.benefits[0])
    match reason:
        case Reason.PAID:
            return f"{benefit.path}.formula"
        case Reason.CONDITION_FAILED:
            return benefit.when[detail].path
    if reason in _BELOW_THE_BENEFIT:
        return f"{benefit.path}.{_BELOW_THE_BENEFIT[reason]}"
    return _PATHS.get(reason, "")


def cited_of_reason(edition: Edition, reason: Reason, detail: int, kind: str) -> str:
    """What a reason rests on, in short: ``条文 uses 享受次数``, or 【假定】."""
    path = path_of_reason(edition, reason, detail, kind)
    parameter = parameter_at(edition, path) if path else None
    return cited(edition, parameter) if parameter else ""


def cited(edition: Edition, parameter: Parameter) -> str:
    """A parameter's source in short."""
    if parameter.citation.assumed:
        return said("assumed")
    clause = edition.clause(parameter.citation.clause)
    title = f" {clause.title}" if clause else ""
    return f"{said('clause')} {parameter.citation.clause}{title}"


def quoted(edition: Edition, parameter: Parameter) -> str:
    """A parameter's source in full: the clause's words, or why it is assumed."""
    if parameter.citation.assumed:
        gap = "" if spoken() == "zh" else " "
        return f"{said('assumed')}{gap}{parameter.citation.because}"
    clause = edition.clause(parameter.citation.clause)
    words = " ".join(clause.words.split()) if clause else ""
    return f"{cited(edition, parameter)}{said('colon')}{words}"
