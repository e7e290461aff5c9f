"""The year's surplus as the ledger has it on a day: received, paid, decided and not paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.ground.borders.scope import Actor


@dataclass(frozen=True, slots=True)
class Surplus:
    """The figures of one year until a day, in fen; ``unreported_fen`` is a person's estimate.

    ``brought_fen`` was owed from earlier years and is none of this year's; ``pending_fen`` is
    recorded by a meeting and not confirmed.
    """

    received_fen: int
    paid_fen: int
    unpaid_fen: int
    brought_fen: int
    pending_fen: int
    unreported_fen: int = 0

    @property
    def fen(self) -> int:
        """What is left; it may be less than nothing."""
        return (
            self.received_fen
            - self.paid_fen
            - self.unpaid_fen
            + self.brought_fen
            - self.pending_fen
            - self.unreported_fen
        )


def year_surplus(
    actor: Actor,
    scheme_id: int,
    fund_id: int,
    *,
    period_from: date,
    on: date,
    unreported_fen: int = 0,
) -> Surplus:
    """Reckoned by the database from the lines of the ledger, as a meeting's row is."""
    with actor.transaction(), connections["default"].cursor() as cursor:
        cursor.execute(
            "select * from gate.year_surplus(%s, %s, %s, %s)", [scheme_id, fund_id, period_from, on]
        )
        received, paid, unpaid, brought, pending = map(int, cursor.fetchone())
        return Surplus(received, paid, unpaid, brought, pending, unreported_fen)
