"""Statements of an insurer, and the files they come in, for tests."""

import csv

import polars as pl
import xlsxwriter

from gonghui.adapters.medical_insurance import ingest, read_feed
from gonghui.core.adjudication.store import Order, Store

ZHANG = "990800197005060016"
LI = "990800198212120020"
WANG = "990800196912310037"
"""The last was born on 31 December 1969, day -1."""

MONEY = {
    "total_cost": "MEDFEE_SUMAMT",
    "own_expense": "FULAMT_OWNPAY_AMT",
    "over_limit": "OVERLMT_SELFPAY",
    "preliminary_selfpay": "PRESELFPAY_AMT",
    "in_scope": "INSCP_AMT",
    "deductible_paid": "ACT_PAY_DEDC",
    "pool_pay": "HIFP_PAY",
    "civil_servant_pay": "CVLSERV_PAY",
    "supplementary_pay": "HIFES_PAY",
    "resident_critical_pay": "HIFMI_PAY",
    "employee_large_pay": "HIFOB_PAY",
    "disabled_veteran_pay": "HIFDM_PAY",
    "fund_total": "FUND_PAY_SUMAMT",
    "personal_total": "PSN_PART_AMT",
    "account_pay": "ACCT_PAY",
    "cash_pay": "CASH_PAYAMT",
}


def yuan(fen):
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def amounts(total=2_845_411, own=200_000, preliminary=60_000, deductible=60_000, **funds):
    """Amounts of a statement, in fen by fact, on which all identities hold."""
    in_scope = total - own - preliminary
    funds = funds or {"pool_pay": (in_scope - deductible) * 8 // 10}
    personal = total - sum(funds.values())
    return dict.fromkeys(MONEY, 0) | funds | {
        "total_cost": total,
        "own_expense": own,
        "preliminary_selfpay": preliminary,
        "in_scope": in_scope,
        "deductible_paid": deductible,
        "fund_total": sum(funds.values()),
        "personal_total": personal,
        "account_pay": personal // 3,
        "cash_pay": personal - personal // 3,
    }  # fmt: skip


def statement(number="S1", person=ZHANG, *, sign=1, money=None, **changes):
    """One row by national headings."""
    row = {
        "SETL_ID": number,
        "INIT_SETL_ID": "",
        "MDTRT_ID": f"V{number}",
        "CERTNO": person,
        "MED_TYPE": "21",
        "HOSP_LV": "02",
        "BEGNDATE": "2022-03-01",
        "ENDDATE": "2022-03-09",
        "SETL_TIME": "2022-03-10 09:30:00",
        "REFD_SETL_FLAG": "0",
        "VALI_FLAG": "1",
        "MID_SETL_FLAG": "0",
        "received_on": "2022-03-12",
    }
    for fact, fen in (money or amounts()).items():
        row[MONEY[fact]] = yuan(sign * fen)
    return row | changes


def reversal(number, original, person=ZHANG, **changes):
    changes = {"REFD_SETL_FLAG": "1", "INIT_SETL_ID": original} | changes
    return statement(number, person, sign=-1, **changes)


def write_csv(path, rows, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path, rows, numeric=()):
    """``numeric``: headings whose cells are numbers, as a spreadsheet would have them."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for column, heading in enumerate(rows[0]):
            sheet.write_string(0, column, heading)
            for row, cells in enumerate(rows, start=1):
                if heading in numeric:
                    sheet.write_number(row, column, float(cells[heading]))
                else:
                    sheet.write_string(row, column, cells[heading])
    return path


def write_parquet(path, rows):
    pl.DataFrame(rows).write_parquet(path)
    return path


def faults(feed):
    return [
        (row, field, value, code)
        for row, field, value, code in feed.rejected.select(
            "row", "field", "value", "code"
        ).iter_rows()
    ]


def read_one(folder, *rows, **options):
    return read_feed(write_csv(folder / "feed.csv", list(rows)), **options)


PERSONS = [
    {"证件号码": ZHANG, "姓名": "张三", "单位编号": "U1", "单位名称": "九里山矿", "困难职工": "是"},
    {"证件号码": LI, "姓名": "李四", "单位编号": "U2", "单位名称": "第二中学", "困难职工": "否"},
    {"证件号码": WANG, "姓名": "王五", "单位编号": "U2", "单位名称": "第二中学", "困难职工": "否"},
]
COVERS = [
    {"证件号码": person, "互助保障开始": "2022-01-01", "互助保障结束": "2023-01-01", "份数": "1"}
    for person in (ZHANG, LI, WANG)
]


class Desk:
    """A clerk's folder: lists of persons and covers, a store, and feeds taken in one by one."""

    def __init__(self, folder, persons=None, covers=None):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.persons = write_csv(folder / "persons.csv", PERSONS if persons is None else persons)
        self.covers = write_csv(folder / "covers.csv", COVERS if covers is None else covers)
        self.rejects = folder / "rejects.csv"
        self.batches = 0

    def take(self, *batch, **options):
        """Take rows in as one batch, each argument a file of its own."""
        paths = []
        for rows in batch:
            self.batches += 1
            paths.append(write_csv(self.folder / f"feed-{self.batches}.csv", rows))
        return self.ingest(paths, **options)

    def ingest(self, paths, **options):
        options = {"order": Order("settled_on", "settlement_number"), "partitions": 2} | options
        return ingest(
            paths,
            persons=self.persons,
            covers=self.covers,
            store=self.folder / "store",
            rejects=self.rejects,
            **options,
        )

    @property
    def store(self):
        return Store.open(self.folder / "store")

    def events(self, *columns):
        """All settlements of the store by their ids: one value each, or a tuple of several."""
        store = self.store
        ids = dict(store.settlements().select("settlement", "settlement_id").iter_rows())
        found = {}
        for part in range(store.manifest.partitions):
            frame = store.frame(part, ["settlement", *columns])
            for number, *values in frame.select("settlement", *columns).iter_rows():
                found[ids[number]] = values[0] if len(values) == 1 else tuple(values)
        return found
