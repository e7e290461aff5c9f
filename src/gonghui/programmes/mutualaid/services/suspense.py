"""Money in suspense (待查款): somebody says what it was for."""

from __future__ import annotations

from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.models import Bill, Refund, Suspense
from gonghui.programmes.mutualaid.permissions import MATCH, REFUND
from gonghui.programmes.mutualaid.queries.profiles import city_profile
from gonghui.programmes.mutualaid.services.numbers import next_numbers
from gonghui.programmes.mutualaid.services.payments import Part, pay_bills
from gonghui.verbs.treasury.services.journals import Line, post


def apply_to_bill(
    actor: Actor, suspense_id: int, bill_number: str, *, on: date, because: str
) -> int:
    """The money was for a bill: as much as the bill still asks for. What was applied, in fen."""
    because = masked_reason(because)
    with actor.transaction() as scope:
        scope.require(MATCH)
        waiting = _open(suspense_id)
        bill = (
            Bill.objects.select_for_update()
            .filter(number=bill_number, cancelled_on=None, paid_on=None)
            .first()
        )
        if bill is None:
            raise Refusal(
                N_("There is no open bill {number}."),
                N_("Look at the list of bills; a paid one takes no more money."),
                number=bill_number,
            )
        fen = min(waiting.left_fen, bill.total_fen - bill.received_fen)
        journal = post(
            actor,
            waiting.statementline.statementfile.fund,
            on=on,
            kind="contribution",
            lines=[
                Line("suspense", waiting.union_id, fen=fen),
                Line("contributions", bill.union_id, fen=-fen),
            ],
            source=f"mutualaid_suspense:{waiting.pk}:{bill.pk}",
            memo=because,
        )
        part = Part(waiting.statementline_id, bill.pk, bill.union_id, fen, on)
        (number,) = next_numbers(city_profile(), "receipt", on.year, 1)
        pay_bills(scope, [part], {part.line_id: journal}, [number])
        _settle(waiting, fen, on)
        record(
            "contribution.suspense_applied",
            subject="mutualaid_suspense",
            subject_id=waiting.pk,
            union_id=bill.union_id,
            details={"bill": bill.number, "fen": fen, "because": because},
        )
        return fen


def give_back(actor: Actor, suspense_id: int, *, on: date, because: str) -> int:
    """The money was not meant for us: it is owed back. Refused to whoever is alone with it.

    Who took the statement may not be the one who gives its money back.
    """
    because = masked_reason(because)
    with actor.transaction() as scope:
        scope.require(REFUND)
        waiting = _open(suspense_id)
        taker = waiting.statementline.statementfile.read_by_id
        if taker == scope.person_id:
            raise Refusal(
                N_("You took this statement: somebody else gives its money back."),
                N_("Ask a colleague who may."),
            )
        fen = waiting.left_fen
        journal = post(
            actor,
            waiting.statementline.statementfile.fund,
            on=on,
            kind="refund",
            lines=[
                Line("suspense", waiting.union_id, fen=fen),
                Line("refunds_payable", waiting.union_id, fen=-fen),
            ],
            source=f"mutualaid_suspense:{waiting.pk}:back",
            memo=because,
        )
        refund = Refund.objects.create(
            suspense=waiting,
            union_id=waiting.union_id,
            fen=fen,
            because=because,
            clause="",
            journal_id=journal,
            asked_by_id=taker,
            confirmed_by_id=scope.person_id,
            decided_on=on,
        )
        _settle(waiting, fen, on)
        record(
            "contribution.suspense_given_back",
            subject="mutualaid_suspense",
            subject_id=waiting.pk,
            union_id=waiting.union_id,
            details={"fen": fen, "because": because},
        )
        return refund.pk


def _open(suspense_id: int) -> Suspense:
    waiting = (
        Suspense.objects.select_for_update(of=("self",))
        .select_related("statementline__statementfile")
        .filter(pk=suspense_id, settled_on=None)
        .first()
    )
    if waiting is None:
        raise Refusal(
            N_("There is no such money in suspense."), N_("Look at the list of what is open.")
        )
    return waiting


def _settle(waiting: Suspense, fen: int, on: date) -> None:
    waiting.left_fen -= fen
    waiting.settled_on = on if waiting.left_fen == 0 else None
    waiting.save(update_fields=["left_fen", "settled_on"])
