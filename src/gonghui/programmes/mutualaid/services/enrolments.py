"""Withdrawals: who leaves, from when, and what she is given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor, Scope, current
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.models import Bill, Enrolment, Refund
from gonghui.programmes.mutualaid.permissions import BILL, MATCH, REFUND, TRANSFER
from gonghui.programmes.mutualaid.queries.editions import edition_on
from gonghui.programmes.mutualaid.terms import Terms, terms_on
from gonghui.verbs.treasury.services.journals import Line, post


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a withdrawal did. ``refund_fen`` is None where the edition leaves it to people."""

    enrolment_id: int
    covered_until: date | None
    refund_fen: int | None


def withdraw(actor: Actor, enrolment_id: int, *, on: date, because: str, fund: str) -> Withdrawn:
    """Ends somebody's cover on a day; before it began or was paid for, as if it had never been."""
    because = masked_reason(because)
    with actor.transaction() as scope:
        scope.require(TRANSFER)
        enrolment = _of(enrolment_id)
        before_start, paid = on <= enrolment.starts_on, enrolment.paid_on is not None
        if on >= enrolment.ends_before:
            raise Refusal(
                N_("The cover ends on its own before {day}."),
                N_("Choose an earlier day, or leave it."),
                day=enrolment.ends_before.isoformat(),
            )
        terms = terms_on(
            edition_on(enrolment.scheme.code, enrolment.period_from), enrolment.period_from
        )
        refund = terms.refund_fen(enrolment.fee_fen, before_start=before_start) if paid else 0
        _refuse_without_the_office(scope, enrolment, refund)
        if enrolment.bill is not None and not paid:
            _take_off(enrolment.bill, enrolment.fee_fen)
            enrolment.bill = None
        enrolment.withdrawn_on, enrolment.withdrawn_because = on, because
        never_covered = before_start or not paid
        if never_covered:
            enrolment.cancelled = True
        else:
            enrolment.ends_before = on
        enrolment.save(
            update_fields=["bill", "withdrawn_on", "withdrawn_because", "cancelled", "ends_before"]
        )
        if refund:
            _refund_by_clause(actor, enrolment, terms, refund, before_start, fund, on, because)
        record(
            "enrolment.withdrawn",
            subject="mutualaid_enrolment",
            subject_id=enrolment.pk,
            union_id=enrolment.union_id,
            details={"on": on.isoformat(), "refund_fen": refund},
        )
        return Withdrawn(enrolment.pk, None if never_covered else on, refund)


def ask_refund(actor: Actor, enrolment_id: int, fen: int, *, on: date, because: str) -> int:
    """Asks for a refund that no clause gives. It is owed once somebody else confirms it."""
    because = masked_reason(because)
    with actor.transaction() as scope:
        scope.require(REFUND)
        enrolment = _of(enrolment_id, withdrawn=True)
        if not 0 < fen <= enrolment.fee_fen or enrolment.paid_on is None:
            raise Refusal(
                N_("At most what was paid can be given back: {fee} fen."),
                N_("Correct the amount."),
                fee=enrolment.fee_fen if enrolment.paid_on else 0,
            )
        refund, made = Refund.objects.get_or_create(
            enrolment=enrolment,
            defaults={
                **{"union_id": enrolment.union_id, "fen": fen, "because": because, "clause": ""},
                **{"asked_by_id": scope.person_id, "decided_on": on},
            },
        )
        if not made:
            raise Refusal(
                N_("A refund of this contribution was asked for before."), N_("Look at that one.")
            )
        record(
            "contribution.refund_asked",
            subject="mutualaid_refund",
            subject_id=refund.pk,
            union_id=refund.union_id,
            details={"fen": fen, "because": because},
        )
        return refund.pk


def confirm_refund(actor: Actor, refund_id: int, *, on: date, fund: str) -> int:
    """Confirms a refund that somebody else asked for; its journal."""
    with actor.transaction() as scope:
        scope.require(REFUND)
        refund = Refund.objects.select_for_update().filter(pk=refund_id, journal_id=None).first()
        if refund is None:
            raise Refusal(N_("There is no such refund to confirm."), N_("Look at the list."))
        if refund.asked_by_id == scope.person_id:
            raise Refusal(
                N_("You asked for this refund: somebody else confirms it."),
                N_("Ask a colleague who may."),
            )
        refund.journal_id = _post(actor, fund, refund, on)
        refund.confirmed_by_id = scope.person_id
        refund.save(update_fields=["journal_id", "confirmed_by"])
        record(
            "contribution.refund_confirmed",
            subject="mutualaid_refund",
            subject_id=refund.pk,
            union_id=refund.union_id,
            details={"fen": refund.fen},
        )
        return refund.journal_id


def _of(enrolment_id: int, *, withdrawn: bool = False) -> Enrolment:
    """The enrolment, locked; her bill first, as whoever books a payment locks them."""
    wanted = Enrolment.objects.filter(pk=enrolment_id, withdrawn_on__isnull=not withdrawn)
    bill_id = wanted.values_list("bill_id", flat=True).first()
    if bill_id is not None:
        Bill.objects.select_for_update().filter(pk=bill_id).first()
    found = wanted.select_for_update(of=("self",)).select_related("scheme", "bill").first()
    if found is None:
        raise Refusal(
            N_("There is no such enrolment here."),
            N_("Look at the unit's list of who takes part."),
        )
    return found


def _refuse_without_the_office(scope: Scope, enrolment: Enrolment, refund: int | None) -> None:
    """A unit withdraws people by itself as long as no money is moved by it."""
    billed = enrolment.bill is not None and enrolment.paid_on is None
    if (billed and not (scope.may(BILL) or scope.may(MATCH))) or (refund and not scope.may(REFUND)):
        raise Refusal(
            N_("A bill or a payment changes by this withdrawal: the mutual-aid office does it."),
            N_("Send the office the name and the day."),
        )


def _take_off(bill: Bill, fee_fen: int) -> None:
    """A bill not yet paid asks for one person less; with her it is taken back."""
    changed = Bill.objects.filter(pk=bill.pk, received_fen=0, cancelled_on=None)
    if changed.filter(heads__gt=1).update(heads=F("heads") - 1, total_fen=F("total_fen") - fee_fen):
        return
    raise Refusal(
        N_("The unit's bill {number} is partly paid, or has nobody else on it."),
        N_("Wait until it is paid, or take the bill back first."),
        number=bill.number,
    )


def _refund_by_clause(
    actor: Actor,
    enrolment: Enrolment,
    terms: Terms,
    fen: int,
    before_start: bool,
    fund: str,
    on: date,
    because: str,
) -> None:
    path = "refunds.before_start" if before_start else "refunds.after_start"
    parameter = terms.edition.parameter(path)
    assert parameter is not None
    refund = Refund(
        enrolment=enrolment,
        union_id=enrolment.union_id,
        fen=fen,
        because=because,
        clause=parameter.citation.clause or path,
        asked_by_id=current().person_id,
        decided_on=on,
    )
    refund.save()
    refund.journal_id = _post(actor, fund, refund, on)
    refund.save(update_fields=["journal_id"])


def _post(actor: Actor, fund: str, refund: Refund, on: date) -> int:
    return post(
        actor,
        fund,
        on=on,
        kind="refund",
        lines=[
            Line("contributions", refund.union_id, fen=refund.fen),
            Line("refunds_payable", refund.union_id, fen=-refund.fen),
        ],
        source=f"mutualaid_refund:{refund.pk}",
        memo=refund.because,
    )
