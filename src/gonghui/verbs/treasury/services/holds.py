"""The hold on payouts after a restore: compared with the bank by one, lifted by another."""

from __future__ import annotations

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.verbs.treasury.errors import in_words
from gonghui.verbs.treasury.models import PayoutHold
from gonghui.verbs.treasury.permissions import PAYOUT_ANSWER, PAYOUT_APPROVE


def open_holds(actor: Actor) -> list[PayoutHold]:
    """Holds that nobody lifted yet, the oldest first."""
    with actor.transaction():
        return list(
            PayoutHold.objects.filter(lifted_at=None).select_related("compared_by").order_by("pk")
        )


def refuse_while_held() -> None:
    """Inside a scope: refuses while payouts are held."""
    if PayoutHold.objects.filter(lifted_at=None).exists():
        raise held()


def compare_hold(actor: Actor, hold_id: int, *, because: str) -> None:
    """Says that the bank's statements from the backup to now were compared, and what they show
    marked; ``because`` names the statements."""
    why = masked_reason(because)
    if not why:
        raise Refusal(
            N_("Which statements were compared is not said."),
            N_("Name the account and the days."),
        )
    with actor.transaction() as scope:
        scope.require(PAYOUT_ANSWER)
        _do(hold_id, "select gate.payout_hold_compared(%s, %s)", [hold_id, why])
        record(
            "payout.hold_compared",
            subject="treasury_payouthold",
            subject_id=hold_id,
            details={"because": why},
        )


def lift_hold(actor: Actor, hold_id: int) -> None:
    """Lets payouts leave again. Refused to whoever compared."""
    with actor.transaction() as scope:
        scope.require(PAYOUT_APPROVE)
        _do(hold_id, "select gate.lift_payout_hold(%s)", [hold_id])
        record("payout.hold_lifted", subject="treasury_payouthold", subject_id=hold_id)


def held() -> Refusal:
    """Nothing leaves before two people have compared with the bank."""
    return Refusal(
        N_("The database was restored from a backup; what was paid after it, it does not know."),
        N_("Compare with the bank, mark what was paid, then lift the hold: gonghui payout holds"),
    )


def _do(hold_id: int, question: str, parameters: list[int | str]) -> None:
    with in_words(), connections["default"].cursor() as cursor:
        cursor.execute(question, parameters)
        if not cursor.fetchone()[0]:
            raise Refusal(
                N_("There is no open hold {id}."), N_("Look: gonghui payout holds"), id=hold_id
            )
