"""What came back is paid again as a new line, on a person's word, under a reference of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.verbs.treasury.models import PayoutLine
from gonghui.verbs.treasury.permissions import PAYOUT_DRAFT
from gonghui.verbs.treasury.services.payouts import (
    Payee,
    PayoutItem,
    draft_batch,
    payees_of,
)


def reissue(
    actor: Actor,
    references: Sequence[str],
    *,
    on: date,
    payees: Mapping[str, Payee] | None = None,
    layout: str = "",
    because: str = "",
) -> int:
    """A new batch for returned payments of one fund; ``payees`` where the account was wrong, or
    heirs are paid: ``because`` then says why, and which papers show it."""
    new = payees or {}
    why = masked_reason(because)
    if new and not why:
        raise Refusal(
            N_("Why somebody else, or another account, is paid is missing."),
            N_("Name the papers that show it and where they are kept."),
            field="because",
        )
    with actor.transaction() as scope:
        scope.require(PAYOUT_DRAFT)
        lines = list(
            PayoutLine.objects.select_related("batch__fund")
            .filter(reference__in=list(references))
            .order_by("reference")
        )
        missing = set(references) - {line.reference for line in lines}
        if missing or any(line.state != "returned" for line in lines):
            raise Refusal(
                N_("Only payments that came back are issued anew: {which}."),
                N_("A payment of which nothing is known is asked about at the bank first."),
                which=", ".join(
                    sorted(missing | {one.reference for one in lines if one.state != "returned"})
                ),
            )
        if len({line.batch.fund_id for line in lines}) != 1:
            raise Refusal(
                N_("These payments are of several funds."), N_("Issue them fund by fund.")
            )
        before = {line.batch_id: payees_of(line.batch) for line in lines}
        items = [
            PayoutItem(
                line.source,
                line.union_id,
                new.get(line.reference) or before[line.batch_id][line.place - 1],
                line.fen,
                line.account_key,
                line.person_id,
            )
            for line in lines
        ]
        batch = lines[0].batch
        drafted = draft_batch(
            actor,
            batch.fund.code,
            items,
            on=on,
            layout=layout or batch.layout,
            purpose=batch.purpose,
            again=True,
        )
        for line in lines:
            if line.reference in new:
                record(
                    "payout.payee_changed",
                    subject="treasury_payoutline",
                    subject_id=line.pk,
                    union_id=scope.union_id,
                    details={"reference": line.reference, "batch": drafted, "because": why},
                )
        return drafted
