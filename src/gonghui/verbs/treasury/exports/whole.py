"""Exports are of a whole fund, or there are none: a part of a ledger does not balance."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Scope
from gonghui.verbs.treasury.models import Purse
from gonghui.verbs.treasury.permissions import EXPORT
from gonghui.verbs.treasury.queries.funds import KnownFund, fund_named


def whole_fund(scope: Scope, fund: str, form: str) -> KnownFund:
    """The fund, for one who may take its ledger out and sees all of it. The audit knows."""
    scope.require(EXPORT)
    known = fund_named(fund)
    if not Purse.objects.filter(fund_id=known.id).exists():
        raise Refusal(
            N_("You see a part of the fund {fund} only."),
            N_("Ask the union that keeps the fund for its export."),
            fund=fund,
        )
    record(
        "ledger.exported",
        subject="treasury_fund",
        subject_id=known.id,
        union_id=known.union_id,
        details={"fund": fund, "form": form},
    )
    return known
