"""Four workers of two units, whose payouts can be reckoned by hand, as an office would send them.

Under the edition of 2022, on the base of each stay:

| who | stay | base | gives |
|---|---|---|---|
| LI, in hardship | tertiary, paid in March | 6,000 | 5,000 × 40 % + 1,000 × 45 % = 2,450 |
| | tertiary, paid in November | 1,000 | × 40 % = 400 |
| | tertiary, applied for | 2,000 | nothing: both uses are spent |
| WANG | secondary, paid in May | 1,001 | × 45 % = 450.45, rounded to 450 |
| FORMULA | primary, applied for | 200 | nothing: the threshold is 300 |
| NAMESAKE | tertiary, never applied for | 1,000 | 400 if it had been |

Under the revision: 3,050 + 500 + 1,000, 550 and 500.
"""

import csv
import os
from pathlib import Path

from gonghui.doors.cli import main

LI, WANG, FORMULA, NAMESAKE = (
    "990800197005060016",
    "990800198212120020",
    "990800196912310037",
    "990800196612040012",
)
PERSONS = (
    (LI, "李梅", "HC1", "焦煤集团九里山矿", "是"),
    (WANG, "王伟", "HC2", "解放区纺织厂", "否"),
    (FORMULA, "=1+1", "HC2", "解放区纺织厂", "否"),
    (NAMESAKE, "王伟", "HC1", "焦煤集团九里山矿", "否"),
)
# id, person, level, base in yuan, discharged, filed, paid
STAYS = (
    ("S1", LI, "三级", 6_000, "2022-02-20", "2022-03-01", "2022-03-25"),
    ("S2", LI, "三级", 1_000, "2022-06-20", "2022-10-20", "2022-11-10"),
    ("S3", LI, "三级", 2_000, "2022-08-20", "2022-09-01", ""),
    ("S4", WANG, "二级", 1_001, "2022-04-20", "2022-05-01", "2022-05-10"),
    ("S5", FORMULA, "一级", 200, "2022-05-20", "2022-06-01", ""),
    ("S6", NAMESAKE, "三级", 1_000, "2022-07-20", "", ""),
)
FEED_HEADS = (
    *("SETL_ID", "CERTNO", "MED_TYPE", "HOSP_LV", "BEGNDATE", "ENDDATE", "SETL_TIME"),
    *("MEDFEE_SUMAMT", "FULAMT_OWNPAY_AMT", "PRESELFPAY_AMT", "INSCP_AMT", "ACT_PAY_DEDC"),
    *("HIFP_PAY", "FUND_PAY_SUMAMT", "PSN_PART_AMT", "ACCT_PAY", "CASH_PAYAMT", "PSN_TYPE"),
    *("收到日期", "申请日期", "给付日期", "备注"),
)


def feed_row(number, person, level, base, discharged, filed, paid):
    """A statement on which all identities hold; 100 each of the base: deductible, preliminary."""
    fund, own = 4 * base, 50
    total = fund + base + own
    return (
        *(number, person, "住院", level, discharged[:8] + "01", discharged, discharged),
        *(total, own, 100, total - own - 100, 100, fund, fund, base + own, 0, base + own, "11"),
        *(discharged, filed, paid, "合成数据"),
    )


def write(path: Path, heads, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)


def write_city(folder: Path, rows=None):
    """The city's files; other feed rows if given."""
    folder.mkdir(parents=True, exist_ok=True)
    heads = ("证件号码", "姓名", "单位编号", "单位名称", "困难职工", "备注")
    write(folder / "persons.csv", heads, [(*person, "合成数据") for person in PERSONS])
    heads = ("证件号码", "单位编号", "单位名称", "互助保障开始", "互助保障结束")
    covers = [
        (person, unit, name, "2022-01-01", "2023-01-01") for person, _, unit, name, _ in PERSONS
    ]
    write(folder / "covers.csv", heads, covers)
    write(folder / "feed.csv", FEED_HEADS, rows or [feed_row(*stay) for stay in STAYS])
    return folder


def gonghui(*arguments, home: Path):
    """One command as at the command line; its exit code."""
    before = os.environ.get("GONGHUI_HOME")
    os.environ["GONGHUI_HOME"] = str(home)
    try:
        return main.run([str(argument) for argument in arguments])
    finally:
        if before is None:
            del os.environ["GONGHUI_HOME"]
        else:
            os.environ["GONGHUI_HOME"] = before


def take_in(folder: Path, store: Path, home: Path):
    lists = ("--persons", folder / "persons.csv", "--covers", folder / "covers.csv")
    return gonghui("ingest", store, folder / "feed.csv", *lists, home=home)
