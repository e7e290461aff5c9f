"""What a city would bring along in mid-year: three people of two units, three payouts."""

from tests.programmes.mutualaid.rosters.corpus.people import number

ACCOUNTS = (
    ("bank", "1002", "银行存款"),
    ("contributions", "4001", "互助金收入"),
    ("benefits", "5001", "互助保障金支出"),
    ("benefits_payable", "2211", "应付互助保障金"),
)
WANG, LI, SUN = number("19820304", 1), number("19750607", 2), number("19900102", 3)
PEOPLE = [
    ["姓名", "证件号码", "单位编号", "单位名称", "已享受次数", "已给付金额"],
    ["王建国", WANG, "A", "甲接续厂", 2, "1400.00"],
    ["李秀英", LI, "A", "甲接续厂", 0, "100"],
    ["孙丽娜", SUN, "B", "乙接续矿", "", ""],
    ["合计", "", "", "", 2, 1500],
]
UNITS = [
    ["单位编号", "单位名称", "上级编号", "组织层级", "职工人数"],
    ["A", "甲接续厂", "", "基层工会", 100],
    ["B", "乙接续矿", "", "基层工会", 50],
]
PAYOUTS = [
    ["姓名", "证件号码", "给付日期", "给付金额", "计次数", "结算编号"],
    ["王建国", WANG, "2022-03-25", "1000.00", "是", ""],
    ["王建国", WANG, "2022-05-10", 400, "是", ""],
    ["李秀英", LI, "2022-06-10", "100", "否", ""],
]
BALANCES = [
    ["科目", "借方余额", "贷方余额"],
    ["银行存款", "238740.00", ""],
    ["互助金收入", "", "240240.00"],
    ["互助保障金支出", "1500.00", ""],
]


def changed(table, row, column, value):
    rows = [list(cells) for cells in table]
    rows[row][column] = value
    return rows
