"""What somebody has to look at: invoices that were reversed, parts of one stay."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.claims.invoices import Invoice
from gonghui.programmes.mutualaid.models import ClaimFlag, ClaimInvoice
from gonghui.programmes.mutualaid.services.claim_refusals import claimed_once


def reverse_invoice(actor: Actor, reversal: Invoice, *, of_code: str, of_number: str) -> None:
    """冲红: the invoice that another one takes back. A claim it was shown with goes to the work
    list; one that comes later is turned away."""
    with actor.transaction() as scope, claimed_once():
        assert scope.union_id is not None  # whoever enters something stands somewhere
        ClaimInvoice.objects.create(
            code=reversal.code,
            number=reversal.number,
            kind="reversal",
            reverses_code=of_code,
            reverses_number=of_number,
            union_id=scope.union_id,
            live=True,
            entered_by_id=scope.person_id,
        )
        record(
            "claim.invoice_reversed",
            subject="mutualaid_claiminvoice",
            subject_id=None,
            union_id=scope.union_id,
            details={},
        )


def work_list(actor: Actor) -> list[ClaimFlag]:
    """Claims that somebody has to look at, oldest first."""
    with actor.transaction():
        rows = ClaimFlag.objects.select_related("claim").filter(state="open")
        return list(rows.order_by("noted_at", "pk"))


def clear_flag(actor: Actor, flag_id: int, note: str) -> None:
    """Somebody looked at it who neither entered the claim nor put it on the list; ``note`` says
    what came of it."""
    said = masked_reason(note)
    if not said:
        raise Refusal(N_("What came of it is not said."), N_("Say in a few words what you found."))
    with actor.transaction() as scope, claimed_once():
        scope.require("case.decide")
        cleared = ClaimFlag.objects.filter(pk=flag_id, state="open").update(state="done", note=said)
        if not cleared:
            raise Refusal(
                N_("There is nothing open under number {flag}."),
                N_("`gonghui claim list` shows what is open."),
                flag=flag_id,
            )
        record(
            "claim.flag_cleared",
            subject="mutualaid_claimflag",
            subject_id=flag_id,
            union_id=scope.union_id,
            details={},
        )
