"""Statements as banks export them, written for tests: rows of texts into CSV or xlsx."""

import csv
import io

import xlsxwriter

from gonghui.adapters.spreadsheets import Kind, Sheet

CCB = ["交易时间", "借方发生额（支取）", "贷方发生额（收入）", "余额", "币种", "对方户名"]
CCB += ["对方账号", "摘要", "备注", "账户明细编号-交易流水号"]
ICBC = ["交易日期", "交易时间戳", "凭证号", "借方发生额", "贷方发生额", "余额", "对方账号"]
ICBC += ["对方单位名称", "用途", "摘要"]
GENERIC = ["日期", "金额", "收支", "对方户名", "附言", "流水号"]

ABOVE = [["账号：", "41050100000000001234", "户名：示例市总工会"], []]
GOOD = [
    # day and time, out, in, balance, …, serial
    ["2026-03-02 09:30:00", "", "8,000.00", "108,000.00", "人民币", "甲厂工会委员会"],
    ["2026-03-02 10:01:15", "0.00", "16,240.50", "124,240.50", "人民币", "乙厂工会委员会"],
    ["2026-03-03 16:20:00", "500.00", "", "123,740.50", "人民币", "示例印刷厂"],
    ["2026-03-04 08:00:00", "", "8,000.00", "131,740.50", "人民币", "甲厂工会委员会"],
]
ENDS = [
    ["41050199999900001111", "转账", "互助金", "S001"],
    ["41050199999900002222", "转账", "互助金100人", "S002"],
    ["41050199999900003333", "转账", "印刷费", "S003"],
    ["41050199999900001111", "转账", "互助金", "S004"],
]
TOTAL = ["合计", "500.00", "32,240.50", "", "", "", "", "", "", ""]


def ccb_rows():
    """A small statement that is right; every call gives fresh lists."""
    payments = [[*row, *end] for row, end in zip(GOOD, ENDS, strict=True)]
    return [*map(list, ABOVE), list(CCB), *payments, list(TOTAL)]


FIRST = 3
"""The index of the first payment in ``ccb_rows()``; its row in a spreadsheet is one more."""


def as_csv(rows, encoding="gb18030"):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows, **sheets):
    """Texts stay texts, numbers become cells that hold a number."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name, content in ({"明细": rows} | sheets).items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(content):
                for column, cell in enumerate(row):
                    if isinstance(cell, str) and not cell.startswith("="):
                        sheet.write_string(number, column, cell)
                    elif cell is not None:
                        sheet.write(number, column, cell)
    return stream.getvalue()


def as_sheets(rows, name="明细"):
    """The same as ``read_spreadsheet`` would give it, without a child process."""
    width = max(map(len, rows))
    cells = [[*row, *[""] * (width - len(row))] for row in rows]
    kinds = [["".join(map(kind_of, column))] for column in zip(*cells, strict=True)]
    columns = tuple(list(map(str, column)) for column in zip(*cells, strict=True))
    return (Sheet(name, columns, tuple(kind for (kind,) in kinds)),)


def kind_of(cell):
    if isinstance(cell, str):
        return Kind.TEXT if cell else Kind.EMPTY
    return Kind.NUMBER
