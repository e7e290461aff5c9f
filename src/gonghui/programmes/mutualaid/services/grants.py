"""Special grants: the gate with its figures, the meeting, what it decided, by two people.

How much is given is the meeting's word. Nothing here reckons it, and asking is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.expressions import fields, value
from gonghui.core.rulebook.model import Gate
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Body, BodyMember, Hardship
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.grant_errors import in_words
from gonghui.programmes.mutualaid.grant_rules import grant_rules
from gonghui.programmes.mutualaid.models import (
    Due,
    Grant,
    GrantCheck,
    GrantMeeting,
    GrantPresence,
    Scheme,
    Settlement,
)
from gonghui.programmes.mutualaid.permissions import GRANT
from gonghui.programmes.mutualaid.queries.editions import edition_on, row_on
from gonghui.programmes.mutualaid.services.grant_cases import decide_case
from gonghui.programmes.mutualaid.terms import terms_on
from gonghui.verbs.cases.services.moving import return_case
from gonghui.verbs.treasury.queries.funds import only_fund
from gonghui.verbs.treasury.services.journals import Line, post


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person found about a family's difficulty, and the registered hardship it rests on."""

    in_difficulty: bool
    words: str
    hardship_id: int | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """Who was at a meeting: ``chair``, ``member`` or ``attending``."""

    person_id: int
    part: str = "member"


def compute_grant(*_: object, **__: object) -> NoReturn:
    """There is no formula. Whoever asks is told who decides."""
    raise Refusal(
        N_("The amount of a grant is never computed: the body decides it, with its reason."),
        N_("Enter the amount that the minute states."),
        field="amount",
    )


def look_at_gate(
    actor: Actor,
    scheme: Scheme,
    person_id: int,
    union_id: int,
    finding: Finding,
    *,
    on: date,
    stated_fen: int | None = None,
    stated_because: str = "",
    case_id: int | None = None,
) -> GrantCheck:
    """The gate of one application: measured from her settlements, or stated from papers.

    Her unit has confirmed the application before; the body that decides is the edition's.
    """
    with actor.transaction() as scope:
        scope.require(GRANT)
        gate = gate_on(scheme, on)
        measured = measured_fen(scheme, gate, person_id, on)
        if not finding.words.strip():
            raise Refusal(
                N_("What was found about the family is missing."),
                N_("Say in words what was looked at and found."),
                field="finding",
            )
        if finding.in_difficulty and finding.hardship_id is None:
            raise Refusal(
                N_("No registered hardship stands behind the finding."),
                N_("Register it with its evidence first, or find otherwise."),
                field="hardship",
            )
        if stated_fen is not None and not stated_because.strip():
            raise Refusal(
                N_("A figure from papers needs to say from which."),
                N_("Name the papers and what they add up to."),
                field="because",
            )
        with in_words():
            check = GrantCheck.objects.create(
                scheme=scheme,
                union_id=union_id,
                person_id=person_id,
                case_id=case_id,
                edition=row_on(scheme.code, on),
                gate=gate.id,
                decided_by=gate.decided_by,
                body_kind=grant_rules().body_kind(gate.decided_by),
                measured_fen=measured if stated_fen is None else stated_fen,
                measured_from="settlements" if stated_fen is None else "papers",
                measured_because=masked_reason(stated_because),
                line_fen=gate.line.plain,
                relation=gate.relation,
                hardship_id=finding.hardship_id,
                in_difficulty=finding.in_difficulty,
                finding=masked_reason(finding.words),
                found_on=on,
                found_by_id=scope.person_id,
            )
        record(
            "grant.gate_seen",
            subject="mutualaid_grantcheck",
            subject_id=check.pk,
            union_id=union_id,
            details={
                "over_the_line": check.over_the_line,
                "in_difficulty": check.in_difficulty,
                "on": on.isoformat(),
            },
        )
        return check


def gate_on(scheme: Scheme, on: date) -> Gate:
    """The edition's gate for discretionary relief; refused where it declares none."""
    edition = edition_on(scheme.code, on)
    if not edition.gates:
        raise Refusal(
            N_("The edition {edition} knows no special grant."),
            N_("Look at the day; another edition may have been in force."),
            edition=edition.id,
        )
    return edition.gates[0]


def measured_fen(scheme: Scheme, gate: Gate, person_id: int, on: date) -> int:
    """What the gate measures of her settlements until a day: over its window, or the largest."""
    names = fields(gate.base)
    period = terms_on(edition_on(scheme.code, on), on)
    first = {"year": date(on.year, 1, 1), "period": period.period_from, "claim": date.min}
    found = [0]
    rows = Settlement.objects.filter(scheme=scheme, person_id=person_id).exclude(
        reversed_on__lte=on
    )
    for facts in rows.values_list("facts", flat=True):
        day = _settled(facts)
        if day is None or not first[gate.window] <= day <= on:
            continue
        found.append(value(gate.base, {name: _amount(facts, name) for name in names}))
    return max(found) if gate.window == "claim" else sum(found)


def _settled(facts: Mapping[str, int]) -> date | None:
    from gonghui.core.periods import date_of
    from gonghui.core.rulebook.fields import NONE

    day = facts.get("settled_on", NONE)
    return None if day == NONE else date_of(day)


def _amount(facts: Mapping[str, int], name: str) -> int:
    """An amount that the settlement does not state counts as none: never in her favour by a guess,
    and papers may state it."""
    return max(0, int(facts.get(name, 0)))


def open_meeting(
    actor: Actor,
    scheme: Scheme,
    present: Sequence[Present],
    *,
    held_on: date,
    minute: bytes,
    minute_number: str,
    unreported_fen: int,
    unreported_because: str,
    body_kind: str = "",
    fund: str = "",
) -> GrantMeeting:
    """The meeting with its minute's hash, who was there, and the year's surplus that day.

    It is of the body that the edition of that day names.
    """
    with actor.transaction() as scope:
        scope.require(GRANT)
        if not minute or not minute_number.strip() or not present:
            raise Refusal(
                N_("A meeting has a minute with its number, and people who were present."),
                N_("Give the file of the minute, its number, and who was there."),
                field="minute",
            )
        if unreported_fen < 0 or not unreported_because.strip():
            raise Refusal(
                N_("What is still to be reported is a person's estimate, with a reason."),
                N_("State the amount, 0 if nothing, and why."),
                field="unreported",
            )
        decides = gate_on(scheme, held_on).decided_by
        wanted = grant_rules().body_kind(decides)
        if body_kind and body_kind != wanted:
            raise Refusal(
                N_("The edition has {body} decide, not this body."),
                N_("Write down a meeting of that one."),
                field="body",
                body=decides,
            )
        body = _standing(scheme, wanted, held_on)
        if body is None:
            raise Refusal(
                N_("There was no such body on that day."), N_("Look at the bodies and their terms.")
            )
        terms = terms_on(edition_on(scheme.code, held_on), held_on)
        seated = members_on(body.pk, held_on)
        with in_words():
            meeting = GrantMeeting.objects.create(
                scheme=scheme,
                union_id=scheme.union_id,
                fund_id=only_fund(fund).id,
                body=body,
                held_on=held_on,
                period_from=terms.period_from,
                period_until=terms.period_until,
                unreported_fen=unreported_fen,
                unreported_because=masked_reason(unreported_because),
                minute_number=minute_number.strip(),
                minute_sha256=hashlib.sha256(minute).digest(),
                quorum=grant_rules().quorum.of(seated) if seated else None,
                seated=seated or None,
                recorded_by_id=scope.person_id,
            )
            _write_present(meeting, present)
        meeting.refresh_from_db()
        record(
            "grant.meeting_recorded",
            subject="mutualaid_grantmeeting",
            subject_id=meeting.pk,
            union_id=meeting.union_id,
            details={"surplus_fen": meeting.surplus_fen, "present": len(present)},
        )
        return meeting


def members_on(body_id: int, on: date) -> int:
    """How many members of a body are on record; 0 where the city has recorded none."""
    seated = BodyMember.objects.filter(body_id=body_id, starts_on__lte=on)
    return seated.exclude(ends_before__lte=on).count()


def seats(scheme: Scheme, body_kind: str, on: date) -> int:
    """The same for the body of a kind that stood in the scheme's union on a day."""
    body = _standing(scheme, body_kind, on)
    return members_on(body.pk, on) if body else 0


def _standing(scheme: Scheme, body_kind: str, on: date) -> Body | None:
    bodies = Body.objects.filter(union_id=scheme.union_id, kind=body_kind, starts_on__lte=on)
    return bodies.exclude(ends_before__lte=on).first()


def add_present(actor: Actor, meeting_id: int, present: Sequence[Present]) -> None:
    """Somebody was forgotten: until a second person has confirmed what the minute says."""
    with actor.transaction() as scope:
        scope.require(GRANT)
        meeting = GrantMeeting.objects.filter(pk=meeting_id).first()
        if meeting is None:
            raise _no_meeting()
        with in_words():
            _write_present(meeting, present)
        record(
            "grant.presence_added",
            subject="mutualaid_grantmeeting",
            subject_id=meeting.pk,
            union_id=meeting.union_id,
            details={"present": len(present)},
        )


def _write_present(meeting: GrantMeeting, present: Sequence[Present]) -> None:
    GrantPresence.objects.bulk_create(
        GrantPresence(
            meeting=meeting, union_id=meeting.union_id, person_id=one.person_id, part=one.part
        )
        for one in present
    )


def _no_meeting() -> Refusal:
    return Refusal(
        N_("There is no such meeting or application here."), N_("`gonghui grant list` shows both.")
    )


def record_grant(
    actor: Actor,
    meeting_id: int,
    check_id: int,
    fen: int | None,
    *,
    reason: str,
    refused: bool = False,
    recused: Sequence[int] = (),
    reconsiders: int | None = None,
    new_facts: str = "",
) -> Grant:
    """What the meeting decided, as the minute has it; nobody is owed anything until a second
    person confirms it. 0 fen only with ``refused``."""
    with actor.transaction() as scope:
        scope.require(GRANT)
        if fen is None and not refused:
            compute_grant()
        fen = 0 if refused else fen or 0
        if not refused and fen <= 0:
            raise Refusal(
                N_("A grant is more than nothing."),
                N_("State the amount of the minute, or that it was refused."),
                field="amount",
            )
        if not reason.strip():
            raise Refusal(
                N_("The reason of the meeting is missing."),
                N_("Enter it as the minute has it."),
                field="reason",
            )
        if (reconsiders is None) != (not new_facts.strip()):
            raise Refusal(
                N_("Reconsidering rests on new facts, and new facts on an earlier decision."),
                N_("Name both."),
                field="new_facts",
            )
        check = GrantCheck.objects.filter(pk=check_id).first()
        if check is None or not GrantMeeting.objects.filter(pk=meeting_id).exists():
            raise _no_meeting()
        there = GrantPresence.objects.filter(meeting_id=meeting_id, person_id__in=recused).count()
        if there < len(set(recused)):
            raise Refusal(
                N_("Somebody kept out was not at the meeting."),
                N_("Name only who was present."),
                field="recused",
            )
        with in_words():
            grant = Grant.objects.create(
                meeting_id=meeting_id,
                gate_check=check,
                scheme_id=check.scheme_id,
                union_id=check.union_id,
                person_id=check.person_id,
                case_id=check.case_id,
                outcome="refused" if refused else "granted",
                fen=fen,
                reason=masked_reason(reason),
                reconsiders_id=reconsiders,
                new_facts=masked_reason(new_facts),
                recused=list(recused),
                recorded_by_id=scope.person_id,
            )
        grant.refresh_from_db()
        _say(
            "grant.recorded", grant, outcome=grant.outcome, fen=fen, difference=grant.difference_fen
        )
        return grant


def confirm_grant(actor: Actor, grant_id: int, *, on: date) -> Grant:
    """A second person confirms: the difference is posted and becomes due, and the case is decided
    as the meeting decided, in the same transaction."""
    with actor.transaction() as scope:
        scope.require(GRANT)
        grant = _held(grant_id)
        fund = grant.meeting.fund.code
        with in_words():
            journal = None
            if grant.difference_fen > 0:
                journal = post(
                    actor,
                    fund,
                    on=on,
                    kind="grant",
                    lines=[
                        Line("grants", grant.union_id, grant.difference_fen),
                        Line("grants_payable", grant.union_id, -grant.difference_fen),
                    ],
                    source=f"mutualaid.grant:{grant.pk}",
                )
                Due.objects.create(
                    scheme_id=grant.scheme_id,
                    grant_id=grant.pk,
                    person_id=grant.person_id,
                    union_id=grant.union_id,
                    fen=grant.difference_fen,
                    owed_on=on,
                    account_key="grants_payable",
                    kind="grant",
                    state="open",
                    source=f"mutualaid.due:grant:{grant.pk}",
                )
            Grant.objects.filter(pk=grant.pk).update(
                state="confirmed",
                confirmed_by=scope.person_id,
                confirmed_on=on,
                journal_id=journal,
            )
        grant.refresh_from_db()
        decide_case(actor, grant, on=on)
        _say("grant.confirmed", grant, difference=grant.difference_fen, journal=journal)
        return grant


def strike_grant(actor: Actor, grant_id: int, *, because: str, back_on: date | None = None) -> None:
    """Takes back what was recorded by mistake, before anybody confirmed it. The application waits
    for a meeting again; with ``back_on`` it goes back to her on that day, with the same reason."""
    with actor.transaction() as scope:
        scope.require(GRANT)
        if not because.strip():
            raise Refusal(N_("Why it is struck is missing."), N_("Say it."), field="because")
        grant = _held(grant_id)
        with in_words():
            Grant.objects.filter(pk=grant.pk).update(
                state="struck", struck_by=scope.person_id, struck_because=masked_reason(because)
            )
        if back_on is not None and grant.case_id is not None:
            return_case(actor, grant.case_id, because, on=back_on)
        _say("grant.struck", grant, sent_back=back_on is not None)


def hardship_of(person_id: int, on: date) -> Hardship | None:
    """The registered hardship of a person on a day."""
    return (
        Hardship.objects.filter(person_id=person_id, starts_on__lte=on)
        .exclude(ends_before__lte=on)
        .order_by("-starts_on")
        .first()
    )


def _held(grant_id: int) -> Grant:
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("meeting__fund")
        .filter(pk=grant_id)
        .first()
    )
    if grant is None:
        raise Refusal(N_("There is no such grant here."), N_("`gonghui grant list` shows them."))
    return grant


def _say(verb: str, grant: Grant, **details: object) -> None:
    record(
        verb,
        subject="mutualaid_grant",
        subject_id=grant.pk,
        union_id=grant.union_id,
        details={"meeting": grant.meeting_id, **details},
    )
