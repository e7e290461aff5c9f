"""What the bank says the account holds at the end of a day, held against the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array_cursor
from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.errors import in_words
from gonghui.verbs.treasury.permissions import PAYOUT_ANSWER
from gonghui.verbs.treasury.queries.funds import fund_named


@dataclass(frozen=True, slots=True)
class Compared:
    """An assertion with what it was held against."""

    day: date
    stated_fen: int
    ledger_fen: int

    @property
    def difference_fen(self) -> int:
        return self.stated_fen - self.ledger_fen


def state_balance(actor: Actor, fund: str, day: date, stated_fen: int) -> Compared:
    """Keeps what the bank states for the end of a day, and what the ledger said at that moment."""
    with actor.transaction() as scope:
        scope.require(PAYOUT_ANSWER)
        known = fund_named(fund)
        with in_words(), array_cursor() as cursor:
            cursor.execute(
                "select gate.state_bank_balance(%s, %s, %s)", [known.id, day, stated_fen]
            )
            compared = Compared(day, stated_fen, int(cursor.fetchone()[0]))
        record(
            "payout.balance_stated",
            subject="treasury_fund",
            subject_id=known.id,
            union_id=known.union_id,
            details={"day": day.isoformat(), "difference_fen": compared.difference_fen},
        )
        return compared
