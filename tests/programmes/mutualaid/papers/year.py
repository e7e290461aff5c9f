"""A unit with three people whose bill is paid in two parts; what papers say, for tests."""

from dataclasses import dataclass
from datetime import date

from gonghui.core.calendar import WorkingDays
from tests.adapters.bank.statement_files import as_csv
from tests.programmes.mutualaid.enrolling import FUND, ON, enrol, person, roster

BILLED = date(2021, 12, 22)
DUE = date(2022, 1, 20)
PERIOD = (date(2022, 1, 1), date(2023, 1, 1))
PAID = ("2021-12-28", "2022-01-05")
NAMES = ("王小燕", "李·卡德尔", "张䶮")
HEADINGS = ["日期", "金额", "收支", "对方户名", "附言", "流水号"]


@dataclass(frozen=True)
class Year:
    scheme: object
    bill: str
    numbers: tuple[str, ...]
    people: dict[str, int]


def enrolled(house, scheme, tmp_path, unit="甲厂工会"):
    """Enrolled and billed."""
    from gonghui.programmes.mutualaid.models import Bill, Enrolment
    from gonghui.programmes.mutualaid.services.bills import issue_bills

    rows = [person(unit, name=name) for name in NAMES]
    enrol(house.officer_a, roster(tmp_path, rows))
    issue_bills(house.clerk, scheme, PERIOD[0], on=BILLED, due_on=DUE)
    with house.clerk.transaction():
        bill = Bill.objects.get().number
        people = dict(Enrolment.objects.values_list("person__name", "person_id"))
    return Year(scheme, bill, tuple(row[1] for row in rows), people)


def pay(house, bill, yuan, on, serial):
    """Money comes for a bill; the number of its receipt."""
    from gonghui.adapters.bank.statements import read_statement
    from gonghui.programmes.mutualaid.models import Receipt
    from gonghui.programmes.mutualaid.services.receipts import take_statement

    rows = [HEADINGS, [on, yuan, "收", "甲厂工会委员会", bill, serial]]
    content = as_csv(rows)
    day = date.fromisoformat(on)
    take_statement(
        house.clerk,
        read_statement(content, "流水.csv", on=day),
        content,
        fund=FUND,
        name="流水.csv",
        on=day,
        working_days=WorkingDays.load(),
    )
    with house.clerk.transaction():
        return Receipt.objects.order_by("-pk").first().number


__all__ = ["BILLED", "DUE", "NAMES", "ON", "PAID", "PERIOD", "Year", "enrolled", "pay"]
