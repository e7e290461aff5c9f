"""A city in which benefits were decided and paid, by the hands they should go through."""

import itertools
from datetime import date

from gonghui.core.periods import day_of
from tests.bank_simulator import HEADINGS
from tests.programmes.mutualaid.enrolling import FUND
from tests.programmes.mutualaid.feeding import filed, insured

DECIDED, PAID = date(2022, 4, 1), date(2022, 4, 20)
SPAN = {"since": date(2022, 1, 1), "until": date(2022, 11, 1)}
CLAIMED = date(2022, 7, 1)
PEOPLE = 6
PAPERS = ("application", "identity", "statement", "invoice", "discharge")
STAY = {
    "event_kind": 1,
    "hospital_level": 3,
    "admitted_on": day_of(date(2022, 6, 1)),
    "discharged_on": day_of(date(2022, 6, 9)),
    "settled_on": day_of(date(2022, 6, 9)),
    "total_cost": 1_500_000,
    "fund_total": 900_000,
    "personal_total": 600_000,
    "own_expense": 100_000,
    "preliminary_selfpay": 50_000,
    "in_scope": 1_350_000,
    "deductible_paid": 80_000,
}


class Audited:
    """Six people of unit A; ``pay()`` pays what is due to each on her own card."""

    def __init__(self, city, connect):
        self.city, self.house, self.scheme = city, city.house, city.scheme
        self.superuser = connect("superuser", autocommit=True)
        self.people = list(city.people.values())
        self.messages = itertools.count(1)

    def rows(self, question, *values):
        return self.superuser.execute(question, values).fetchall()

    def row(self, question, *values):
        (found,) = self.rows(question, *values)
        return found

    def change(self, *statements):
        """Past every border: the owner with triggers off."""
        with self.superuser.transaction():
            self.superuser.execute("set local session_replication_role = replica")
            for statement, *values in statements:
                self.superuser.execute(statement, values)

    def settle(self, *rows):
        """(number, person's place, yuan borne, changes) each: brought and decided."""
        numbers = self.city.numbers
        self.city.take(
            [filed(name, numbers[who], bears=fen, **said) for name, who, fen, said in rows],
            name=f"feed-{rows[0][0]}.csv",
        )
        self.city.decide_all(on=DECIDED)

    def card(self, who, number, since="2021-12-01"):
        from gonghui.ground.vault.blind import CARD, blind_indexes
        from gonghui.ground.vault.services.keys import provider
        from gonghui.ground.vault.services.values import seal_value
        from gonghui.programmes.mutualaid.services.payouts import _CARDS

        (row,) = self.row("select nextval('directory_personcontact_id_seq')")
        person = self.people[who]
        with self.house.clerk.transaction():
            cipher = seal_value(person, number, _CARDS, row)
        self.superuser.execute(
            "insert into directory_personcontact (id, person_id, union_id, kind, cipher, blind,"
            " last_four, bank, starts_on) values (%s, %s, %s, 'card', %s, %s, 'x', '某银行', %s)",
            [row, person, self.house.union["unit_a"], cipher,
             blind_indexes(provider(), CARD, [number])[0], since],
        )  # fmt: skip

    def released(self, batch):
        from gonghui.verbs.treasury.services import payouts, releasing, sealing

        payouts.check_batch(self.house.accountant, batch)
        payouts.approve_batch(self.house.head, batch)
        sealing.seal_batch(self.house.cashier, batch)
        releasing.release_batch(self.house.cashier, batch)
        return self.rows(
            "select reference, fen from treasury_payoutline where batch_id = %s order by place",
            batch,
        )

    def answer(self, lines, word="成功", on=PAID):
        from gonghui.verbs.treasury.services.answers import take_answer

        said = [
            f"{reference},{word},{fen // 100}.{fen % 100:02d},{on}," for reference, fen in lines
        ]
        content = "\n".join([HEADINGS, *said, ""]).encode()
        message = f"m{next(self.messages)}"
        take_answer(self.house.cashier, FUND, content, name="回单.csv", on=on, message=message)

    def pay(self, on=PAID):
        from gonghui.programmes.mutualaid.services.payouts import pick_dues

        batch = pick_dues(
            self.house.clerk, self.scheme, FUND, on=on, until=on.replace(day=28)
        ).batch_id
        self.answer(self.released(batch), on=on)
        return batch

    def claim(self, who, number, invoice):
        """An application at the window with its invoice, confirmed by the unit, granted by the
        head of the office; the case's id."""
        from gonghui.programmes.mutualaid.claims.invoices import invoice_of
        from gonghui.programmes.mutualaid.services.claims import (
            Application,
            apply,
            consent_on_paper,
        )
        from gonghui.verbs.cases.services.moving import accept_many, confirm_many
        from gonghui.verbs.cases.services.papers import Given

        person, unit = self.people[who], self.house.union["unit_a"]
        bill = invoice_of("41060122", invoice)
        consent_on_paper(self.house.clerk, [person])
        papers = tuple(Given(kind, self.document(person, unit)) for kind in PAPERS)
        asked = Application(person, unit, number, STAY, (bill,), papers)
        case = apply(self.house.clerk, asked, how="window", on=CLAIMED).case_id
        moved = [*confirm_many(self.house.officer_a, [case], on=CLAIMED),
                 *accept_many(self.house.head, [(case, None)], on=CLAIMED)]  # fmt: skip
        assert {one.outcome for one in moved} == {"done"}, moved
        return case

    def document(self, person, unit):
        """Of a paper the chain shows its hash only: it needs no pages."""
        at = next(self.messages)
        ((row,),) = self.rows(
            "insert into documents_document (union_id, person_id, kind, format, sha256, size,"
            " pages, original, key, kept_by_id, kept_at)"
            " values (%s, %s, 'paper', 'pdf', sha256(%s), 1, 1,"
            " 'x', 'x', %s, now()) returning id",
            unit, person, f"paper {at}".encode(), self.house.person["clerk"],
        )  # fmt: skip
        return row

    def send_back(self, reference, payee=None, on=PAID):
        """The bank returns a payment; it is issued anew, to the same account unless one is said."""
        from gonghui.verbs.treasury.services.reissuing import reissue

        (fen,) = self.row("select fen from treasury_payoutline where reference = %s", reference)
        self.answer([(reference, fen)], word="退汇", on=on)
        payees = {reference: payee} if payee else None
        batch = reissue(
            self.house.clerk, [reference], on=on, payees=payees, because="卡号更正，申请存档"
        )
        self.answer(self.released(batch), on=on)

    def references(self):
        found = self.rows("select reference from treasury_payoutline order by id")
        return [one for (one,) in found]


def audited(house, folder, connect):
    from gonghui.verbs.treasury.services.journals import Line, post

    found = Audited(insured(house, folder, connect, people=PEOPLE), connect)
    lines = [Line("bank", house.union["city"], 10_000_000),
             Line("contributions", house.union["unit_a"], -10_000_000)]  # fmt: skip
    post(house.accountant, FUND, on=date(2022, 1, 5), kind="contribution", lines=lines)
    found.settle(*((f"S{who}", who, 100_000 + 40_000 * who, {}) for who in range(PEOPLE)))
    for who in range(PEOPLE):
        found.card(who, f"62220000000000{who:05d}")
    found.pay()
    return found
