"""The bill (交费通知): what a unit pays, for how many, until when, and to which account."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.programmes.mutualaid.models import Bill, Enrolment
from gonghui.programmes.mutualaid.papers import page
from gonghui.programmes.mutualaid.queries.profiles import city_profile


def bill_paper(actor: Actor, number: str) -> bytes:
    """The bill of a number, as a PDF. Whoever may see the bill may print it."""
    with actor.transaction():
        bill = Bill.objects.select_related("union", "scheme").filter(number=number).first()
        if bill is None:
            raise Refusal(
                N_("There is no bill {number} here."),
                N_("`gonghui contribution open` lists the bills."),
                number=number,
            )
        made = page.paper("bill", bill_data(city_profile(), bill))
        record(
            "contribution.bill_printed",
            subject="mutualaid_bill",
            subject_id=bill.pk,
            union_id=bill.union_id,
            after=page.fingerprint(made),
        )
        return made


def bill_data(profile: Profile, bill: Bill) -> dict[str, Any]:
    """All the paper says."""
    return page.frame(profile, "bill", "office") | {
        "number": bill.number,
        "payer": bill.union.name,
        "scheme": bill.scheme.name,
        "period": page.span(bill.period_from, bill.period_until),
        "rows": _by_fee(profile, bill),
        "heads": f"{bill.heads:,}",
        "total": page.amount(profile, bill.total_fen),
        "received": format_yuan(bill.received_fen) if bill.received_fen else "",
        "left": page.amount(profile, bill.total_fen - bill.received_fen),
        "due": page.day(bill.due_on),
        "issued": page.day(bill.issued_on),
        "cancelled": page.day(bill.cancelled_on) if bill.cancelled_on else "",
        "accounts": _accounts(profile),
    }


def _by_fee(profile: Profile, bill: Bill) -> list[list[str]]:
    """Heads by what they pay. Who was withdrawn before paying is on the bill no longer."""
    asked = Enrolment.objects.filter(bill=bill).filter(
        Q(withdrawn_on__isnull=True) | Q(paid_on__isnull=False)
    )
    groups = (
        asked.values("fee_class", "shares", "fee_fen")
        .annotate(heads=Count("id"), sum=Sum("fee_fen"))
        .order_by("fee_class", "shares", "fee_fen")
    )
    return [
        [
            one["fee_class"] or bill.union.unit_class or profile.word("participant"),
            *(f"{one['shares']}", format_yuan(one["fee_fen"])),
            *(f"{one['heads']:,}", format_yuan(one["sum"])),
        ]
        for one in groups
    ]


def _accounts(profile: Profile) -> list[dict[str, str]]:
    """Where the money goes to, fund by fund."""
    funds = [path.split(".")[1] for path in profile.entries if path.startswith("funds.")]
    return [
        {
            "fund": page.said(profile, f"funds.{fund}"),
            **{
                part: page.said(profile, f"bank_accounts.{fund}.{part}")
                for part in ("holder", "bank", "number")
            },
        }
        for fund in funds
    ]
