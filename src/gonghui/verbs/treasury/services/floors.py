"""The floor of a fund (资金底线): what must stay in it, whatever is paid."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.verbs.treasury.errors import in_words
from gonghui.verbs.treasury.models import Purse
from gonghui.verbs.treasury.permissions import OPEN, READ
from gonghui.verbs.treasury.queries.funds import fund_named


@dataclass(frozen=True, slots=True)
class Floor:
    """In fen: money at hand by the ledger, and what must stay; ``None`` where nothing was set."""

    held_fen: int
    floor_fen: int | None


def floor_of(actor: Actor, fund: str) -> Floor:
    """What is held, and what must stay."""
    with actor.transaction() as scope:
        scope.require(READ)
        purse = Purse.objects.get(fund_id=fund_named(fund).id)
        return Floor(purse.held_fen, purse.floor_fen)


def set_floor(actor: Actor, fund: str, fen: int | None, *, because: str) -> Floor:
    """Sets or lifts the floor: a body's decision, so ``because`` names its minute. A floor above
    what the fund holds is refused."""
    said = masked_reason(because)
    if not said or (fen is not None and fen < 0):
        raise Refusal(
            N_("A floor is 0 yuan or more, and rests on a decision."),
            N_("Name the minute that decided it."),
            field="because",
        )
    with actor.transaction() as scope:
        scope.require(OPEN)
        known = fund_named(fund)
        with in_words(), connections["default"].cursor() as cursor:
            cursor.execute("select gate.set_fund_floor(%s, %s)", [fund, fen])
            (before,) = cursor.fetchone()
        record(
            "fund.floor_set",
            subject="treasury_fund",
            subject_id=known.id,
            union_id=known.union_id,
            details={"before_fen": before, "floor_fen": fen, "because": said},
        )
        return Floor(Purse.objects.get(fund_id=known.id).held_fen, fen)
