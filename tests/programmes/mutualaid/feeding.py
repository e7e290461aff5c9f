"""A city whose people take part and have paid; what the insurer sends of them."""

import csv
import io
from dataclasses import dataclass
from datetime import date

from tests.adapters.medical_insurance.statements import amounts, reversal, statement
from tests.core.rulebook.books import CAP, COUNTED
from tests.programmes.mutualaid.enrolling import enrol, open_for_rosters, person, roster

ON = date(2022, 4, 1)
LIMITED = COUNTED | {"limits.caps": f"[{CAP.replace('30000', '3000')}]"}
"""Two uses a period and 3,000 yuan a year, of half of what one bears."""
UNITS = {"unit_a": "甲厂工会", "unit_b": "丙矿工会"}


@dataclass
class Insured:
    """Some people who are covered for 2022, by certificate number."""

    house: object
    scheme: object
    connect: object
    people: dict

    @property
    def numbers(self):
        return list(self.people)

    def rows(self, question, *values):
        return self.connect("superuser").execute(question, values).fetchall()

    def row(self, question, *values):
        (found,) = self.rows(question, *values)
        return found

    def take(self, rows, name="feed.csv", actor=None, on=ON):
        """Kept and applied."""
        from gonghui.programmes.mutualaid.services.feeds import apply_feed, take_feed

        content = rows if isinstance(rows, bytes) else as_csv(rows)
        actor = actor or self.house.clerk
        return apply_feed(actor, take_feed(actor, content, name, scheme=self.scheme, on=on), on=on)

    def decide(self, number=0, actor=None, on=ON):
        from gonghui.programmes.mutualaid.services.decisions import decide_person

        who = self.people[self.numbers[number]]
        return decide_person(actor or self.house.clerk, self.scheme.pk, who, on=on)

    def decide_all(self, on=ON, **options):
        from gonghui.programmes.mutualaid.services.decisions import decide_waiting

        return decide_waiting(self.house.clerk, self.scheme.pk, on=on, **options)

    def standing(self):
        """Settlement id → (amount, reason) of the decision that stands."""
        return {
            settlement: (fen, reason)
            for settlement, fen, reason in self.rows(
                "select s.settlement_id, d.amount_fen, d.reason from mutualaid_decision d"
                " join mutualaid_settlement s on s.id = d.settlement_id where not exists (select"
                " from mutualaid_decision l where l.supersedes_id = d.id)"
            )
        }

    def balance(self, account):
        (fen,) = self.row(
            "select coalesce(sum(l.fen), 0)::bigint from treasury_line l"
            " join treasury_account a on a.id = l.account_id where a.key = %s",
            account,
        )
        return fen


def insured(house, folder, connect, people=2, changes=None):
    """``people`` of unit_a enrolled, with their contributions there since the first day."""
    scheme = open_for_rosters(house, folder, LIMITED if changes is None else changes)
    listed = [person(UNITS["unit_a"]) for _ in range(people)]
    enrol(house.clerk, roster(folder, listed))
    superuser = connect("superuser")
    superuser.execute("update mutualaid_enrolment set paid_on = '2021-12-30'")
    found = superuser.execute("select person_id from mutualaid_enrolment order by row_number")
    ids = [one for (one,) in found.fetchall()]
    superuser.commit()
    numbers = [number for _name, number, *_ in listed]
    return Insured(house, scheme, connect, dict(zip(numbers, ids, strict=True)))


def filed(number, who, **changes):
    """A settlement that is applied for; the worker bears 8,000 yuan unless it is said."""
    bears = changes.pop("bears", 800_000)
    money = amounts(
        total=bears + 500_000, own=50_000, preliminary=20_000, deductible=30_000, pool_pay=500_000
    )
    return statement(number, who, money=money, 申请日期="2022-03-20", **changes)


def taken_back(number, original, who, bears=800_000, **changes):
    money = amounts(
        total=bears + 500_000, own=50_000, preliminary=20_000, deductible=30_000, pool_pay=500_000
    )
    return reversal(number, original, who, money=money, 申请日期="", **changes)


def as_csv(rows):
    """Amounts last, so that a file cut anywhere breaks an identity."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, sorted(rows[0], key=lambda name: name == "CASH_PAYAMT"))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
