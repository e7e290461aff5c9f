"""The receipt (收据): a payment that came for a bill, with those before it and what is left."""

from __future__ import annotations

from typing import Any

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.programmes.mutualaid.models import Receipt, StatementLine
from gonghui.programmes.mutualaid.papers import page
from gonghui.programmes.mutualaid.queries.profiles import city_profile


def receipt_paper(actor: Actor, number: str) -> bytes:
    """The receipt of a number, as a PDF. Whoever may see the receipt may print it."""
    with actor.transaction():
        receipts = Receipt.objects.select_related("union", "bill", "bill__scheme")
        receipt = receipts.filter(number=number).first()
        if receipt is None:
            raise Refusal(
                N_("There is no receipt {number} here."),
                N_("`gonghui contribution receipts BILL` lists those of a bill."),
                number=number,
            )
        made = page.paper("receipt", receipt_data(city_profile(), receipt))
        record(
            "contribution.receipt_printed",
            subject="mutualaid_receipt",
            subject_id=receipt.pk,
            union_id=receipt.union_id,
            after=page.fingerprint(made),
        )
        return made


def receipt_data(profile: Profile, receipt: Receipt) -> dict[str, Any]:
    """All the paper says: as it stood when this payment came, whatever came afterwards."""
    bill = receipt.bill
    until_now = list(Receipt.objects.filter(bill=bill, pk__lte=receipt.pk).order_by("pk"))
    received = sum(one.fen for one in until_now)
    # The statement is the office's: a unit prints its receipt without the name at the bank.
    line = StatementLine.objects.filter(pk=receipt.statementline_id).first()
    return page.frame(profile, "receipt", "finance") | {
        "number": receipt.number,
        "payer": receipt.union.name,
        "payer_at_bank": line.payer if line is not None else "",
        "scheme": bill.scheme.name,
        "period": page.span(bill.period_from, bill.period_until),
        "bill": bill.number,
        "heads": f"{bill.heads:,}",
        "amount": page.amount(profile, receipt.fen),
        "on": page.day(receipt.received_on),
        "total": format_yuan(bill.total_fen),
        "received": format_yuan(received),
        "left": format_yuan(bill.total_fen - received),
        "in_full": received == bill.total_fen,
        "parts": [
            [one.number, page.day(one.received_on), format_yuan(one.fen)] for one in until_now
        ],
    }
