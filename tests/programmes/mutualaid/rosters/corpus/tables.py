"""Rosters whose table is laid out otherwise than it should be."""

from datetime import date

from tests.adapters.spreadsheets.builders import ods, strict, text, xls, xlsx
from tests.programmes.mutualaid.rosters.corpus.people import (
    BORN,
    CITY,
    HEADINGS,
    NAME,
    NUMBER,
    OWN,
    number,
    person,
    roster,
    three,
)


@roster("duplicate-with-other-particulars.xlsx")
def _():
    return xlsx([*three(), person(1, (NAME, "别人"))])


@roster("duplicate-in-15-and-18-digits.xlsx")
def _():
    return xlsx([*three(), person(2, (NUMBER, "990800720304002"), (NAME, "李秀瑛"))])


@roster("row-repeated.xlsx")
def _():
    return xlsx([*three(), person(2, (0, 4))])


@roster("totals.xlsx")
def _():
    return xlsx([*three(), ["合计", None, None, None, None, None, 3, 240]])


@roster("totals-with-people-counted.xls")
def _():
    return xls([*three(), ["总 计", "3人", None, None, None, None, 3, 240]])


@roster("totals-without-a-word.xlsx")
def _():
    return xlsx([*three(), [None] * 6 + [3, 240]])


@roster("totals-do-not-add-up.xlsx")
def _():
    return xlsx([*three(), ["合计：", None, None, None, None, None, 4, 320]])


@roster("subtotals-signatures-and-remarks.xlsx")
def _():
    return xlsx(
        [
            HEADINGS,
            person(1),
            ["小计", None, None, None, None, None, 1, 80],
            HEADINGS,
            person(2),
            ["本页小计", None, None, None, None, None, 1, 80],
            [None, "合计", None, None, None, None, 2, 160],
            [],
            ["填表人：张三", None, "审核：李四", None, "日期：2021年12月1日"],
            ["注：本表一式两份"],
            ["以上人员均为本单位在职职工，请予办理。"],
        ]
    )


@roster("numbered-beforehand.xlsx")
def _():
    return xlsx([*three(), *([n] for n in range(4, 40))])


@roster("titles-above.xlsx")
def _():
    rows = [["示例厂2022年度参加职工名单", *[None] * 7], ["单位（盖章）：示例厂"], [], *three()]
    return xlsx(rows, merged=[(0, 0, 0, 7)])


def _two_rows():
    return [
        ["序号", "姓名", "身份证号", "缴费金额（元）", None],
        [None, None, None, "个人", "单位"],
        [1, "张建国", number("19820304", 1), 60, 20],
        [2, "李秀英", number("19820304", 2), 60, 20],
    ]


@roster("heading-of-two-rows.xlsx")
def _():
    return xlsx(_two_rows(), merged=[(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 0, 4)])


@roster("heading-of-two-rows.csv")
def _():
    return text(_two_rows())


@roster("heading-in-other-words.xlsx")
def _():
    rows = three()
    rows[0] = [
        *("No.", "*职工姓名", "居民身份证号码（18位）", "性 别"),
        *("出生\n年月日", "联系电话", "参加份数", "缴费金额(元)"),
    ]
    return xlsx(rows)


@roster("one-unit-written-once.xlsx")
def _():
    rows = [["单位名称", "姓名", "证件号码"]]
    rows += [["示例厂" if n == 1 else None, f"王小{'一二三'[n - 1]}", number("19820304", n)]
             for n in (1, 2, 3)]  # fmt: skip
    return xlsx(rows, merged=[(1, 0, 3, 0)])


@roster("names-merged.xlsx")
def _():
    rows = three()
    rows[3][NAME] = None
    return xlsx(rows, merged=[(2, NAME, 3, NAME)])


@roster("amounts-merged.xlsx")
def _():
    rows = three()
    rows[2][OWN], rows[3][OWN] = 160, None
    return xlsx(rows, merged=[(2, OWN, 3, OWN)])


@roster("empty-sheet.xlsx")
def _():
    return xlsx([[]])


@roster("heading-only.xlsx")
def _():
    return xlsx([HEADINGS])


@roster("heading-and-totals-only.xlsx")
def _():
    return xlsx([HEADINGS, ["合计", None, None, None, None, None, 0, 0]])


@roster("two-lists.xlsx")
def _():
    return xlsx(three(), [HEADINGS, person(5)], names=["一车间", "二车间"])


@roster("another-sheet.xlsx")
def _():
    return xlsx([["通知", "内容"], ["一", "二"]], three(), names=["通知", "名单"])


@roster("wrong-headings.xlsx")
def _():
    return xlsx([["甲", "乙", "丙"], *[row[1:4] for row in three()[1:]]])


@roster("no-headings.xlsx")
def _():
    return xlsx(three()[1:])


@roster("no-headings-but-few-columns.xlsx")
def _():
    return xlsx([[row[NAME], row[OWN]] for row in three()[1:]])


@roster("no-column-of-numbers.xlsx")
def _():
    return xlsx([[*row[:NUMBER], *row[NUMBER + 1 :]] for row in three()])


@roster("no-column-of-names.xlsx")
def _():
    return xlsx([[row[0], *row[NUMBER:]] for row in three()])


@roster("two-columns-of-numbers.xlsx")
def _():
    return xlsx([[*row, "身份证号" if row is HEADINGS else row[NUMBER]] for row in three()])


@roster("two-columns-of-phones.xlsx")
def _():
    return xlsx([[*row, "联系电话" if row is HEADINGS else row[5]] for row in three()])


@roster("columns-nobody-asked-for.xlsx")
def _():
    return xlsx([[*row, "家庭住址" if row is HEADINGS else "示例路1号", None if row is HEADINGS else
                  "x"] for row in three()])  # fmt: skip


@roster("hidden-rows.xlsx")
def _():
    return xlsx(three(), hidden_rows=[2])


@roster("hidden-rows.ods")
def _():
    return ods(three(), hidden_rows=[2])


@roster("hidden-columns.xlsx")
def _():
    return xlsx(three(), hidden_columns=[NUMBER, BORN])


@roster("rows-slipped.xlsx")
def _():
    """Sorted by name, but the column of numbers was left out of it."""
    rows = three()
    numbers = [row[NUMBER] for row in rows[1:]]
    for row, slipped in zip(rows[1:], [numbers[1], numbers[2], numbers[0]], strict=True):
        row[NUMBER] = slipped
    return xlsx(rows)


@roster("days-from-1904.xlsx")
def _():
    rows = three()
    for row in rows[1:]:
        row[BORN] = date.fromisoformat(row[BORN])
    rows[2][BORN] = 26362 - 1462
    return xlsx(rows, from_1904=True)


@roster("day-number-of-another-calendar.xlsx")
def _():
    return xlsx(three((BORN, 26362 - 1462)))


@roster("strict.xlsx")
def _():
    return strict(xlsx(three()))


@roster("far-blanks.xlsx")
def _():
    return xlsx([*three(), *([[None]] * 3_000), [None, "李晚来", number("19800101", 7)]])


# Lists of several units.


def city(*rows):
    return xlsx([CITY, *rows])


def _of(serial, unit, code=None):
    return [f"王小{'一二三四五六'[serial - 1]}", number("19820304", serial), unit, code]


@roster("city-units-unknown.xlsx")
def _():
    return city(
        _of(1, "示例第一机械厂"),
        _of(2, "示例第三机械厂"),
        _of(3, None),
        _of(4, "同名厂"),
        _of(5, "示例第一机械厂 "),
    )


@roster("city-code-of-one-unit-wrong.xlsx")
def _():
    return city(
        _of(1, "示例第一机械厂", "91990800MA0000001L"),
        _of(2, "示例第一机械厂", "91990800MA0000002P"),
        _of(3, "示例第二机械厂", "91990800MA00000021"),
        _of(4, "同名厂", "000777"),
    )


@roster("city-without-units.xlsx")
def _():
    return xlsx(three())
