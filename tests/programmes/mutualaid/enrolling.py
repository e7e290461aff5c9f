"""A federation that takes rosters and money: editions of the scheme, a fund, made-up people."""

import csv
from datetime import date
from itertools import count

from tests.programmes.mutualaid.federation import SCHEME, furnish_scheme, load

ON = date(2021, 12, 20)
PERIOD = date(2022, 6, 1)
FUND = "mutual-aid"
HEADINGS = ("姓名", "证件号码", "单位", "手机号")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_serial = count(1)


def open_for_rosters(house, folder, changes=None):
    """Profile, scheme, editions in force (with changes to the plain one), and the fund's books."""
    from gonghui.verbs.treasury.charts import SHIPPED, read_chart
    from gonghui.verbs.treasury.services.funds import open_fund, open_period
    from tests.core.rulebook.books import book

    scheme = furnish_scheme(house)
    load(house, folder / "books", book(changes))
    open_fund(
        house.head,
        code=FUND,
        name="职工医疗互助金",
        purpose="职工医疗互助",
        union_id=house.union["city"],
        accounts=read_chart(SHIPPED / "mutual-aid.yaml"),
    )
    open_period(house.head, FUND, date(2021, 12, 1), date(2022, 1, 1))
    open_period(house.head, FUND, date(2022, 1, 1), date(2023, 1, 1))
    return scheme


def identity_number(serial, born="19800101"):
    """A valid number of nobody: the region is no province's… but one the check knows."""
    body = f"410801{born}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def person(unit, serial=None, name=None):
    """One row of a roster."""
    serial = next(_serial) if serial is None else serial
    born = f"{1960 + serial // 900 % 40}0{1 + serial % 9}1{serial % 10}"
    return (
        name
        or f"王{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}{'一二三四五六七八九十'[serial // 10 % 10]}",
        identity_number(serial, born),
        unit,
        f"138{serial:08d}",
    )


def roster(folder, rows, name="roster.csv", headings=HEADINGS):
    """The rows as a CSV file that an officer might send."""
    path = folder / name
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
    return path


def enrol(actor, path, on=ON, period_on=PERIOD):
    """Checked and booked."""
    from gonghui.programmes.mutualaid.services.rosters import book_roster, check_roster

    return book_roster(
        actor, check_roster(actor, path, scheme=SCHEME, period_on=period_on, on=on), on=on
    )
