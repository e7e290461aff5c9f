"""Payment days of a synthetic city: one batch a day, from the draft to the bank's answer.

Four people take part, as in a real office: the clerk drafts, the accountant checks, the head
approves, the cashier seals, hands over and takes the answer. The bank pays everything the same day.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from gonghui.core.money import format_yuan

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.programmes.mutualaid.models import Scheme
    from gonghui.verbs.treasury.queries.payouts import KnownBatch

BANK = "合成银行"
_BEGINS = "99080000"
"""No bank's cards begin with it."""
_LAYOUT = "generic-csv"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who takes a batch from step to step, for one fund of one scheme."""

    clerk: Actor
    accountant: Actor
    head: Actor
    cashier: Actor
    scheme: Scheme
    fund: str

    def pay(self, day: date) -> None:
        """What is due by this day is paid on it; interrupted, it goes on where it was."""
        from gonghui.verbs.treasury.services.payouts import (
            approve_batch,
            check_batch,
            close_batch,
        )
        from gonghui.verbs.treasury.services.releasing import release_batch
        from gonghui.verbs.treasury.services.sealing import seal_batch

        steps = (
            ("drafted", lambda batch: check_batch(self.accountant, batch)),
            ("checked", lambda batch: approve_batch(self.head, batch)),
            ("approved", lambda batch: seal_batch(self.cashier, batch)),
            ("sealed", lambda batch: release_batch(self.cashier, batch)),
            ("released", lambda batch: self._answer(batch, day)),
            ("answered", lambda batch: close_batch(self.cashier, batch)),
        )
        known = next((one for one in self.batches() if one.drafted_on == day), None)
        if known is None:
            batch = self._pick(day)
            if batch is None:
                return
            state = "drafted"
        else:
            batch, state = known.id, known.state
        at = next((at for at, (name, _step) in enumerate(steps) if name == state), len(steps))
        for _name, step in steps[at:]:
            step(batch)

    def batches(self) -> list[KnownBatch]:
        """Every batch of the fund that was not taken back."""
        from gonghui.verbs.treasury.queries.payouts import batches

        found = batches(self.cashier)
        return [one for one in found if one.fund == self.fund and one.state != "cancelled"]

    def _pick(self, day: date) -> int | None:
        from gonghui.programmes.mutualaid.models import Due
        from gonghui.programmes.mutualaid.services.payouts import pick_dues

        with self.clerk.transaction():
            due = Due.objects.filter(scheme=self.scheme, state="open", owed_on__lte=day)
            if not due.exists():
                return None
        picked = pick_dues(
            self.clerk,
            self.scheme,
            self.fund,
            on=day,
            until=day + timedelta(days=1),
            layout=_LAYOUT,
            purpose="互助保障金",
        )
        return picked.batch_id

    def _answer(self, batch: int, day: date) -> None:
        """What the bank would have sent: every payment of the batch is made that day."""
        from gonghui.verbs.treasury.queries.payouts import payments
        from gonghui.verbs.treasury.services.answers import take_answer

        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(("业务参考号", "处理状态", "金额", "处理日期"))
        for one in payments(self.cashier, batch):
            yuan = format_yuan(one.fen).replace(",", "")
            writer.writerow((one.reference, "成功", yuan, day.isoformat()))
        content = text.getvalue().encode("gb18030")
        name = f"answer-{day}.csv"
        take_answer(self.cashier, self.fund, content, name=name, on=day, layout=_LAYOUT)


def card_number(serial: int) -> str:
    """A card that no bank gave out, with the check digit of a real one."""
    body = f"{_BEGINS}{serial:010d}"
    total = 0
    for place, digit in enumerate(map(int, reversed(body))):
        value = digit if place % 2 else 2 * digit
        total += value - 9 if value > 9 else value
    return f"{body}{-total % 10}"
