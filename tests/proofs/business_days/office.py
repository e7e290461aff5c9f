"""A small office of four people and a bank, driven from day to day by a seed.

Every deed is written down, so that a failing seed shows what was done; each may come twice, be cut,
or lose its connection before its end.
"""

import contextlib
from datetime import date, timedelta

from gonghui.core.errors import Refusal
from tests.bank_simulator import HEADINGS
from tests.programmes.mutualaid.enrolling import FUND
from tests.programmes.mutualaid.feeding import filed, taken_back
from tests.proofs.business_days.model import Model, Settlement

FIRST = date(2022, 4, 1)
MONEY = 100_000_000


class Office:
    def __init__(self, city, chance):
        self.city, self.chance, self.model = city, chance, Model()
        self.on, self.done, self.serial, self.rows, self.files = FIRST, [], 0, [], []
        self._cards()
        self._money()

    def _cards(self):
        from gonghui.ground.vault.services.values import seal_value
        from gonghui.programmes.mutualaid.services.payouts import _CARDS

        owner = self.city.connect("superuser", autocommit=True)
        for row, person in enumerate(self.city.people.values(), 9000):
            with self.city.house.clerk.transaction():
                cipher = seal_value(person, f"62220000{row:08d}", _CARDS, row)
            owner.execute(
                "insert into directory_personcontact (id, person_id, union_id, kind, cipher,"
                " blind, last_four, bank, starts_on) values (%s, %s, %s, 'card', %s, %s, 'x',"
                " '某银行', '2022-01-01')",
                [row, person, self.city.house.union["unit_a"], cipher, f"{row}".encode()],
            )

    def _money(self):
        from gonghui.verbs.treasury.services.journals import Line, post

        union = self.city.house.union["unit_a"]
        lines = [Line("bank", union, MONEY), Line("contributions", union, -MONEY)]
        post(
            self.city.house.accountant, FUND, on=date(2022, 1, 5), kind="receipt", lines=lines,
            source="business days",
        )  # fmt: skip

    def day(self):
        """A day's business: a few deeds by chance, then the night."""
        deeds = (
            self.feed, self.feed, self.decide, self.draft, self.carry_on, self.carry_on,
            self.answer, self.answer, self.reissue, self.cancel,
        )  # fmt: skip
        for _ in range(self.chance.randint(2, 5)):
            deed = self.chance.choice(deeds)
            if self.chance.random() < 0.15:
                self._interrupted(deed)
            else:
                deed()
            if self.chance.random() < 0.1 and deed in (self.decide, self.answer):
                deed()
        self.on += timedelta(days=1)

    def drain(self):
        """Everything that can be decided and paid is, and the bank answers for all of it."""
        for _ in range(6):
            self.decide(whole=True)
            self.draft()
            for _ in range(6):
                self.carry_on(whole=True)
            self.answer(whole=True)
            self.reissue()

    # What somebody does.

    def feed(self):
        """A file of the day: new settlements, some sent before, some taken back."""
        rows = []
        for _ in range(self.chance.randint(1, 4)):
            self.serial += 1
            who = self.chance.choice(self.city.numbers)
            one = Settlement(f"S{self.serial}", who, self.chance.randrange(120_000, 900_000, 200))
            day = date(2022, 1, 10) + timedelta(days=self.serial % 60)
            rows.append((one, self._row(one, day)))
        repeated = self.chance.sample(self.rows, min(len(self.rows), self.chance.randint(0, 2)))
        gone = []
        standing = self.model.standing()
        if standing and self.chance.random() < 0.5:
            gone = [self.chance.choice(standing)]
        lines = [row for _one, row in rows] + repeated
        self.chance.shuffle(lines)
        lines += [taken_back(f"{one.number}R", one.number, one.who, one.bears) for one in gone]
        self._note("feed", [one.number for one, _row in rows], [one.number for one in gone])
        self.city.take(lines, name=f"{self.on}-{self.serial}.csv", on=self.on)
        if self.chance.random() < 0.2:
            self.city.take(lines, name="again.csv", on=self.on)
        for one, row in rows:
            self.model.settle(one)
            self.rows.append(row)
        for one in gone:
            self.model.take_back(one.number)

    def _row(self, one, day):
        # Days of a settlement's own, so that the order is the same for everybody.
        self.model.said.setdefault(one.who, [])
        at = date(2022, 1, 10) + timedelta(days=self.serial)
        return filed(
            one.number, one.who, bears=one.bears, SETL_TIME=f"{at} 09:30:00",
            BEGNDATE="2022-01-02", ENDDATE="2022-01-08",
        )  # fmt: skip

    def decide(self, whole=False):
        self._note("decide")
        if whole or self.chance.random() < 0.7:
            self.city.decide_all(on=self.on)
        else:
            self.city.decide(self.chance.randrange(len(self.city.numbers)), on=self.on)

    def draft(self):
        from gonghui.programmes.mutualaid.services.payouts import pick_dues

        self._note("draft")
        with contextlib.suppress(Refusal):  # nothing is due
            pick_dues(
                self.city.house.clerk, self.city.scheme, FUND, on=self.on,
                until=self.on + timedelta(days=1),
            )  # fmt: skip

    def carry_on(self, whole=False):
        """Batches go a step further."""
        from gonghui.verbs.treasury.services import payouts, releasing, sealing

        house = self.city.house
        steps = {
            "drafted": lambda batch: payouts.check_batch(house.accountant, batch),
            "checked": lambda batch: payouts.approve_batch(house.head, batch),
            "approved": lambda batch: sealing.seal_batch(house.cashier, batch),
            "sealed": lambda batch: releasing.release_batch(house.cashier, batch),
            "answered": lambda batch: payouts.close_batch(house.cashier, batch),
        }
        for batch, state in self.batches():
            if state in steps and (whole or self.chance.random() < 0.7):
                self._note(state, batch)
                steps[state](batch)

    def answer(self, whole=False):
        """The bank's file of the day: some paid, some sent back, some not heard of yet."""
        from gonghui.verbs.treasury.services.answers import take_answer

        under_way = self.city.rows(
            "select l.reference, l.fen from treasury_payoutline l join treasury_payoutbatch b"
            " on b.id = l.batch_id where b.state in ('released', 'answered')"
            " and l.state in ('ready', 'sent', 'unknown') order by l.id"
        )
        rows, told = [], {}
        for reference, fen in under_way:
            luck = self.chance.random()
            if not whole and luck < 0.3:
                continue
            word = "退汇" if not whole and luck < 0.45 else "成功"
            told[reference] = fen if word == "成功" else 0
            rows.append(f"{reference},{word},{fen // 100}.{fen % 100:02d},{self.on},")
        if not rows:
            return
        self.chance.shuffle(rows)
        self._note("answer", told)
        content = "\n".join([HEADINGS, *rows, ""]).encode()
        self.files.append(content)
        late = [content, self.chance.choice(self.files)]  # an older file comes again
        for one in late[: self.chance.randint(1, 2)]:
            take_answer(self.city.house.cashier, FUND, one, name="answer.csv", on=self.on)
        self.model.bank |= told

    def reissue(self):
        from gonghui.verbs.treasury.services.reissuing import reissue

        back = [one for (one,) in self.city.rows(
            "select reference from treasury_payoutline l where state = 'returned' and not exists"
            " (select from treasury_payoutline n where n.source = l.source"
            " and n.attempt > l.attempt and n.state <> 'cancelled') order by id"
        )]  # fmt: skip
        if back:
            self._note("reissue", back)
            reissue(self.city.house.clerk, back, on=self.on)

    def cancel(self):
        from gonghui.verbs.treasury.services.payouts import cancel_batch

        open_ = [one for one, state in self.batches() if state in ("drafted", "checked")]
        if open_ and self.chance.random() < 0.3:
            batch = self.chance.choice(open_)
            self._note("cancel", batch)
            cancel_batch(self.city.house.clerk, batch, because="drafted too early")

    def batches(self):
        return self.city.rows(
            "select id, state from treasury_payoutbatch where state not in"
            " ('closed', 'cancelled') order by id"
        )

    def _interrupted(self, deed):
        """The connection is cut before the deed is committed: it is as if it never was."""
        from copy import deepcopy

        from django.db import connections, transaction

        model, rows, files = deepcopy(self.model), list(self.rows), list(self.files)
        self._note("cut:", deed.__name__)
        with contextlib.suppress(Exception), transaction.atomic():
            deed()
            with connections["default"].cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                (pid,) = cursor.fetchone()
            self.city.connect("superuser", autocommit=True).execute(
                "select pg_terminate_backend(%s)", [pid]
            )
        connections["default"].close()
        self.model, self.rows, self.files = model, rows, files

    def _note(self, *said):
        self.done.append((f"{self.on}", *said))
