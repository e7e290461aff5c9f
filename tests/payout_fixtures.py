"""A fund with money in it, and batches on their way out."""

from datetime import date

import pytest

from tests.bank_simulator import HEADINGS, BankSimulator
from tests.ledger_fixtures import books, proved
from tests.vault_fixtures import keys

__all__ = ["bank", "books", "keys", "proved", "till"]

DAY = date(2022, 10, 20)


class Till:
    """``till.batch("released", 3)``: a batch of three lines in that state."""

    def __init__(self, books):
        self.books, self.house, self.serial = books, books.house, 0
        books.contribution("unit_a", 100_000_000)
        books.post(("benefits", "unit_a", 5_000_000), ("benefits_payable", "unit_a", -5_000_000))

    def draft(self, lines=3, fen=10_000, sources=None, actor=None, **said):
        from gonghui.verbs.treasury.services.payouts import Payee, PayoutItem, draft_batch

        self.serial += 1
        named = sources or [f"test:{self.serial}.{at}" for at in range(lines)]
        items = [
            PayoutItem(
                source,
                self.house.union["unit_a"],
                Payee(f"职工{at}", f"62220000000000{at:05d}", "某银行"),
                fen + at,
                "benefits_payable",
                self.house.person["worker_a"],
            )
            for at, source in enumerate(named)
        ]
        actor = actor or self.house.clerk
        return draft_batch(actor, "mutualaid", items, on=DAY, **said)

    def batch(self, state="released", lines=3, **said):
        from gonghui.verbs.treasury.services import payouts, releasing, sealing

        batch = self.draft(lines, **said)
        steps = {
            "checked": lambda: payouts.check_batch(self.house.accountant, batch),
            "approved": lambda: payouts.approve_batch(self.house.head, batch),
            "sealed": lambda: sealing.seal_batch(self.house.cashier, batch),
            "released": lambda: releasing.release_batch(self.house.cashier, batch),
        }
        for name, step in steps.items():
            if state == "drafted":
                break
            step()
            if name == state:
                break
        return batch

    def lines(self, batch):
        from gonghui.verbs.treasury.queries.payouts import payments

        return payments(self.house.accountant, batch)

    def states(self, batch):
        return {one.state for one in self.lines(batch)}

    def state(self, batch):
        from gonghui.verbs.treasury.queries.payouts import batches

        return next(one.state for one in batches(self.house.accountant) if one.id == batch)

    def answer(self, rows, message="", on=DAY):
        """``rows``: (reference, word, fen, day)."""
        from gonghui.verbs.treasury.services.answers import take_answer

        lines = [f"{ref},{word},{fen / 100:.2f},{day}," for ref, word, fen, day in rows]
        content = "\n".join([HEADINGS, *lines, ""]).encode()
        return take_answer(
            self.house.cashier, "mutualaid", content, name="answer.csv", on=on, message=message
        )

    def paid(self, batch, word="成功", day="2022-10-20"):
        return self.answer([(one.reference, word, one.fen, day) for one in self.lines(batch)])


@pytest.fixture
def till(books, keys):
    return Till(books)


@pytest.fixture
def bank(monkeypatch):
    simulator = BankSimulator()
    monkeypatch.setenv("GONGHUI_BANK_GATEWAY", simulator.url)
    yield simulator
    simulator.close()
