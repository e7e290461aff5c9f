"""Bills of two units, and a bank that says what came in for them."""

from dataclasses import dataclass
from datetime import date

from gonghui.core.calendar import WorkingDays
from tests.adapters.bank.statement_files import GENERIC, as_csv
from tests.programmes.mutualaid.enrolling import FUND, enrol, person, roster

BILLED, DUE = date(2021, 12, 22), date(2022, 1, 20)
CAME = date(2021, 12, 28)
PERIOD_FROM = date(2022, 1, 1)
UNITS = {"unit_a": "甲厂工会", "unit_b": "丙矿工会"}
FEE = 80_00
SLIPPED, KEPT = "本人电话  138 0000 1234", "本人电话 *******1234"
"""A reason that holds a phone number, and what may be kept of it."""


@dataclass(frozen=True)
class Billed:
    """Two people of unit_a owe 160 yuan, one of unit_b owes 80."""

    house: object
    scheme: object
    connect: object

    def rows(self, question, *values):
        return self.connect("superuser").execute(question, values).fetchall()

    def row(self, question, *values):
        (found,) = self.rows(question, *values)
        return found

    def bill(self, unit="unit_a"):
        """(id, number, total, received, paid on) of the unit's newest bill."""
        return self.rows(
            "select id, number, total_fen, received_fen, paid_on from mutualaid_bill"
            " where union_id = %s order by id desc",
            self.house.union[unit],
        )[0]

    def number(self, unit="unit_a"):
        return self.bill(unit)[1]

    def people(self, unit="unit_a"):
        """Ids of enrolments."""
        found = self.rows(
            "select id from mutualaid_enrolment where union_id = %s order by id",
            self.house.union[unit],
        )
        return [one for (one,) in found]

    def balance(self, account):
        """What the ledger says, in fen: debits less credits."""
        (fen,) = self.row(
            "select coalesce(sum(l.fen), 0)::bigint from treasury_line l"
            " join treasury_account a on a.id = l.account_id where a.key = %s",
            account,
        )
        return fen

    def take(self, *lines, actor=None, name="流水.csv", owner_id=None):
        """Takes a statement of (yuan, memo, serial) or (yuan, memo, serial, direction) lines."""
        from gonghui.adapters.bank.statements import read_statement
        from gonghui.programmes.mutualaid.services.receipts import take_statement

        said = [(*line, "收")[:4] for line in lines]
        rows = [
            [CAME.isoformat(), yuan, direction, "某单位", memo, serial]
            for yuan, memo, serial, direction in said
        ]
        content = as_csv([GENERIC, *rows])
        return take_statement(
            actor or self.house.clerk,
            read_statement(content, name, on=CAME),
            content,
            fund=FUND,
            name=name,
            on=CAME,
            working_days=WorkingDays.load(),
            owner_id=owner_id,
        )

    def suspense(self):
        """Ids of what is open, with why and how much is left."""
        return self.rows(
            "select id, why, left_fen from mutualaid_suspense where settled_on is null order by id"
        )


def billed(house, scheme, folder, connect):
    """Enrolled and billed; nothing has come in."""
    rows = [person(UNITS["unit_a"]), person(UNITS["unit_a"]), person(UNITS["unit_b"])]
    enrol(house.clerk, roster(folder, rows))
    issue(house.clerk, scheme)
    return Billed(house, scheme, connect)


def issue(actor, scheme, **options):
    from gonghui.programmes.mutualaid.services.bills import issue_bills

    return issue_bills(actor, scheme, PERIOD_FROM, on=BILLED, due_on=DUE, **options)


def reasons_kept(connect):
    """All reasons on the audit trail, oldest first."""
    question = (
        "select details::jsonb ->> 'because' from audit_event"
        " where details like '%because%' order by id"
    )
    return [one for (one,) in connect("superuser").execute(question).fetchall()]
