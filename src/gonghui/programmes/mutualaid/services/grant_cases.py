"""Applications for a special grant: 本人申请, 单位审核; the body's word decides the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.grant_rules import DATA, KIND, grant_rules
from gonghui.programmes.mutualaid.models import Edition, Grant
from gonghui.programmes.mutualaid.queries.editions import edition_on
from gonghui.verbs.cases.kinds import Decided
from gonghui.verbs.cases.models import Case, State
from gonghui.verbs.cases.services.consents import PROXY, give_consent
from gonghui.verbs.cases.services.moving import accept, decide_review, refuse
from gonghui.verbs.cases.services.opening import Asked, Opened, file_many
from gonghui.verbs.cases.services.papers import Given

WAYS = ("self", "proxy", "unit")


def agree(
    actor: Actor, person_id: int, *, to_person: int | None = None, on_paper: bool = False
) -> None:
    """Her consent to the wording in force; with ``to_person``, that this person asks for her."""
    for purpose, named in ((DATA, None), *(((PROXY, to_person),) if to_person else ())):
        version, text = grant_rules().consents[purpose]
        give_consent(
            actor,
            person_id,
            purpose,
            wording_version=version,
            text=text,
            to_person=named,
            on_paper=on_paper,
        )


def file_grant(
    actor: Actor,
    person_id: int,
    union_id: int,
    circumstances: str,
    *,
    how: str,
    on: date,
    papers: Sequence[Given] = (),
    request_key: str | None = None,
) -> Opened:
    """One application, handed in. ``how``: self, proxy (whom she named), unit. It names no amount:
    how much is the body's word. What she says of her family is sealed."""
    if how not in WAYS:
        raise Refusal(
            N_("A special grant is asked for by herself, by whom she named, or by her unit."),
            N_("Choose one of: {known}."),
            field="how",
            known=", ".join(WAYS),
        )
    if not circumstances.strip():
        raise Refusal(
            N_("What happened to the family is missing."),
            N_("Say it in her words."),
            field="circumstances",
        )
    asked = Asked(
        person_id,
        union_id,
        confidential={"circumstances": masked_reason(circumstances)},
        papers=tuple(papers),
        request_key=request_key,
    )
    with actor.transaction() as scope:
        (opened,) = file_many(actor, KIND, [asked], how=how, on=on)
        record(
            "grant.filed",
            subject="cases_case",
            subject_id=opened.case_id,
            union_id=scope.union_id,
            details={"how": how},
        )
        return opened


def decide_case(actor: Actor, grant: Grant, *, on: date) -> None:
    """The case as the confirmed grant has it. A reconsideration decides the review she asked for;
    what came after that is told by the grant alone."""
    if grant.case_id is None:
        return
    if grant.reconsiders is None:
        if grant.outcome == "granted":
            accept(actor, grant.case_id, grant.fen, reason=grant.reason, on=on)
        else:
            refuse(actor, grant.case_id, grant.reason, clause_of(grant), on=on)
        return
    state = Case.objects.filter(pk=grant.case_id).values_list("state", flat=True).first()
    if state != State.REVIEW_ASKED:
        return
    upheld = (grant.outcome, grant.fen) == (grant.reconsiders.outcome, grant.reconsiders.fen)
    decide_review(
        actor,
        grant.case_id,
        grant.reason,
        clause=clause_of(grant),
        amount_fen=None if upheld else grant.fen,
        upheld=upheld,
        on=on,
    )


def clause_of(grant: Grant) -> str:
    """On what the decision rests: the edition and its gate."""
    check = grant.gate_check
    title = Edition.objects.filter(pk=check.edition_id).values_list("title", flat=True).first()
    gates = edition_on(grant.scheme.code, check.found_on).gates
    label = next((one.label for one in gates if one.id == check.gate), check.gate)
    return f"《{title}》{label}"


def on_decided(actor: Actor, decided: Sequence[Decided], on: date) -> None:
    """A case of this kind is decided by a confirmed minute and by nothing else. (The database
    holds it as well, whoever writes.)"""
    grants = Grant.objects.filter(case_id__in=[one.case_id for one in decided], state="confirmed")
    said = {(one.case_id, one.reconsiders_id is None, one.outcome, one.fen) for one in grants}
    for one in decided:
        granted = one.outcome == "accepted"
        wanted = one.case_id, one.instance == 1, "granted" if granted else "refused"
        if (*wanted, one.amount_fen if granted else 0) not in said:
            raise Refusal(
                N_("The body decides on a special grant, and its minute says what."),
                N_("Write the meeting and its decision down: gonghui grant meeting, grant record"),
            )
