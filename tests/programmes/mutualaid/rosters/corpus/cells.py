"""Rosters with one faulty cell, or a few."""

from datetime import date

from tests.adapters.spreadsheets.builders import Error, Formula, changed, ods, text, xls, xlsx
from tests.programmes.mutualaid.rosters.corpus.people import (
    BORN,
    HEADINGS,
    NAME,
    NUMBER,
    OWN,
    PHONE,
    SEX,
    SHARES,
    ending_in_000,
    ending_in_x,
    number,
    person,
    roster,
    three,
    wrong_check,
)

SHEET = "xl/worksheets/sheet1.xml"
GOOD = person(2)[NUMBER]


def simple(name, *changes, make=xlsx):
    """A roster of three whose second person has these changes."""
    roster(name)(lambda: make(three(*changes)))


# numbers
simple("check-digit.xlsx", (NUMBER, wrong_check(GOOD)))
simple("check-digit.xls", (NUMBER, wrong_check(GOOD)), make=xls)
simple("check-digit.ods", (NUMBER, wrong_check(GOOD)), make=ods)
simple("check-digit.csv", (NUMBER, wrong_check(GOOD)), make=text)
simple("seventeen-characters.xlsx", (NUMBER, GOOD[:17]))
simple("letter-inside.xlsx", (NUMBER, GOOD[:8] + "O" + GOOD[9:]))
simple("thirtieth-of-february.xlsx", (NUMBER, number("19720230", 2)), (BORN, None))
simple("no-such-province.xlsx", (NUMBER, number("19720304", 2, "070101")))
simple("number-missing.xlsx", (NUMBER, None))
simple("power-of-ten.csv", (NUMBER, "9.90801E+17"), make=text)
simple("number-as-float.xlsx", (NUMBER, int(GOOD.replace("X", "0"))))
simple("number-as-float.xls", (NUMBER, int(GOOD.replace("X", "0"))), make=xls)
simple("number-as-float.ods", (NUMBER, int(GOOD.replace("X", "0"))), make=ods)
simple("last-digits-rounded.csv", (NUMBER, "990800197203042000"), make=text)
simple("ends-in-000.xlsx", (NUMBER, ending_in_000()), (BORN, None), (SEX, None))
simple("fifteen-digits.xlsx", (NUMBER, "990800720304002"))
simple("fifteen-digits-as-number.xlsx", (NUMBER, 990800720304002))
simple("date-instead-of-number.xlsx", (NUMBER, date(1972, 3, 4)))
simple("child.xlsx", (NUMBER, number("20150304", 2)), (BORN, None))
simple("born-tomorrow.xlsx", (NUMBER, number("20300304", 2)), (BORN, None))
simple("born-1905.xlsx", (NUMBER, number("19050304", 2)), (BORN, None))
simple("spaces-in-number.xlsx", (NUMBER, f" {GOOD[:6]} {GOOD[6:14]} {GOOD[14:]} "))
simple("zero-width.xlsx", (NUMBER, f"\u200b{GOOD}\ufeff"), (NAME, "欧阳\u200d晓"))
simple("full-width.xlsx", (NUMBER, "".join(chr(ord(c) + 0xFEE0) for c in GOOD)))
simple(
    "quotes-and-small-x.csv", (NUMBER, f"'{ending_in_x().lower()}"), (NAME, '="欧阳晓"'), make=text
)


@roster("rounded-and-one-that-looks-right.csv")
def _():
    rows = three((NUMBER, "990800197203042000"))
    rows[3][NUMBER], rows[3][BORN], rows[3][SEX] = ending_in_000(), None, None
    return text(rows)


# names
simple("name-missing.xlsx", (NAME, "  "))
simple("name-with-digits.xlsx", (NAME, "李秀英1"))
simple("name-with-question-marks.csv", (NAME, "李??"), make=text)
simple("name-garbled.csv", (NAME, "张三".encode().decode("gb18030")), make=text)
simple("name-with-brackets.xlsx", (NAME, "李秀英（大）"))
simple("name-of-one-character.xlsx", (NAME, "李"))
simple("name-of-an-essay.xlsx", (NAME, "李" * 61))
simple("formula-as-name.csv", (NAME, '=HYPERLINK("x","李")'), make=text)
simple("command-as-name.xlsx", (NAME, "=cmd|'/c calc'!A"))
simple("private-character.xlsx", (NAME, "李\ue863"))
simple("unknown-private-character.xlsx", (NAME, "李\uf123"))


@roster("dots-in-names.xlsx")
def _():
    rows = [HEADINGS]
    rows += [person(n, (NAME, f"阿依古丽{dot}买买提")) for n, dot in enumerate("·•‧・･", 1)]
    return xlsx(rows)


@roster("rare-characters.xlsx")
def _():
    names = ["𠮷田", "䶮㛃", "王𬭚", "李𰻝", "赵喆堃"]
    return xlsx([HEADINGS, *(person(n, (NAME, name)) for n, name in enumerate(names, 1))])


# error values and formulas
simple("ref-error.xlsx", (NUMBER, Error("#REF!")))
simple("ref-error.xls", (NUMBER, Error("#REF!")), make=xls)
simple("ref-error.ods", (NUMBER, Error("#REF!")), make=ods)
simple("ref-error.csv", (NUMBER, "#REF!"), (NAME, "#N/A"), make=text)
simple("name-error-in-name.xlsx", (NAME, Error("#NAME?")))
simple("formula-in-amount.xlsx", (OWN, Formula("=3+4")))


@roster("formula-not-computed.xlsx")
def _():
    rows = three((NUMBER, Formula("=VLOOKUP(B3,Z:Z,1,0)")))
    return changed(xlsx(rows), {SHEET: lambda data: data.replace(b"</f><v>7</v>", b"</f>")})


simple("five-thousand-characters.xlsx", (NAME, "李" * 5000))

# what else the row says
simple("sex-contradicts.xlsx", (SEX, "男"))
simple("birth-contradicts.xlsx", (BORN, "1972-03-05"))
simple("birth-unclear.xlsx", (BORN, "七二年三月"))
simple("birth-without-day.xlsx", (BORN, "1972年3月"))
simple("birth-as-day-number.xlsx", (BORN, 26362))
simple("sex-unknown.xlsx", (SEX, "M/F"))
simple("phone-of-ten-digits.xlsx", (PHONE, "1380000123"))
simple("phone-abroad.xlsx", (PHONE, "+1 555 0100"))
simple("no-shares.xlsx", (SHARES, 0))
simple("ninety-nine-shares.xlsx", (SHARES, 99))
simple("shares-in-words.xlsx", (SHARES, "一份"))
simple("one-and-a-half-shares.xlsx", (SHARES, "1.5"))
simple("amount-in-words.xlsx", (OWN, "八十元整"))
simple("amount-with-unit.xlsx", (OWN, "￥80.00元"))
simple("amount-below-zero.xlsx", (OWN, -80))
simple("amount-differs.xlsx", (OWN, 100))


def with_column(name, heading, values, make=xlsx):
    """Three good people with one more column."""

    @roster(name)
    def _():
        rows = [[*row, value] for row, value in zip(three(), [heading, *values], strict=True)]
        return make(rows)


with_column("kind-unknown.xlsx", "证件类型", ["居民身份证", "健康证", "身份证"])
with_column("kind-differs.xlsx", "证件类型", ["身份证", "港澳居民居住证", None])
simple("hongkong-resident-as-citizen.xlsx", (NUMBER, number("19720304", 2, "810000")))
with_column("ethnicity-unknown.xlsx", "民族", ["汉", "火星族", "维吾尔族"])
with_column("category-unknown.xlsx", "用工形式", ["在编", "临时帮忙", "劳务派遣"])
with_column("renewal-unknown.xlsx", "首次/续保", ["首次", "不清楚", "续保"])
with_column("standing.xlsx", "困难/劳模标志", ["困难", "市级劳模、低保", "看情况"])
with_column("staff-number-secret.xlsx", "工号", ["007", number("19720304", 2), "0815"])
with_column("card-ruined.xlsx", "银行卡号", ["6222021702000000000", 6222021702000000018, None])
with_column("card-mistyped.xlsx", "银行卡号", ["6222021702000000000", "6222021702000000005", None])
with_column("card-shared.xlsx", "银行卡号", ["6222021702000000000"] * 2 + [None])


@roster("other-documents.xlsx")
def _():
    heading = ["姓名", "证件类型", "证件号码", "出生日期", "性别"]
    return xlsx(
        [
            heading,
            ["SMITH JOHN", "护照", "E12345678", "1980-01-31", "男"],
            ["陈大文", "港澳居民来往内地通行证", "H12345678", "1975/2/1", "男"],
            ["林小明", "台胞证", "12345678", "1990.3.5", "女"],
            ["MÜLLER-LÜDENSCHEIDT ANNA", "外国人永久居留证", "CAN110180010112", None, "女"],
            ["金铁男", "军官证", "南字第1234567号", "19850101", "男"],
        ]
    )


@roster("other-documents-wrong.xlsx")
def _():
    heading = ["姓名", "证件类型", "证件号码", "出生日期"]
    return xlsx(
        [
            heading,
            ["SMITH JOHN", "护照", "!!", "1980-01-31"],
            ["陈大文", "回乡证", "X12345678", "七五年"],
            ["林小明", None, "E12345678", "1990-03-05"],
            ["王小二", "护照", "E87654321", "2015-03-05"],
            ["李小三", "护照", "E87654322", "2051-03-05"],
        ]
    )
