"""People who do not exist, and the collection that every bad roster is put into.

Numbers begin with 990800, a region that no police office has.
"""

HEADINGS = ["序号", "姓名", "证件号码", "性别", "出生日期", "手机号", "份数", "个人缴费"]
NAME, NUMBER, SEX, BORN, PHONE, SHARES, OWN = range(1, 8)
CITY = ["姓名", "证件号码", "单位名称", "统一社会信用代码"]
"""Headings of a list of several units."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_NAMES = ["张建国", "李秀英", "欧阳晓", "王芳", "赵铁柱", "孙丽娜", "周伟", "吴桂兰"]

MAKERS = {}


def roster(name):
    """Puts a maker of bytes into the collection, under the name of its file."""

    def kept(make):
        assert name not in MAKERS, name
        MAKERS[name] = make
        return make

    return kept


def check_character(body):
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def number(born="19820304", serial=1, region="990800"):
    """An identity number; an odd serial is a man's."""
    body = f"{region}{born}{serial:03d}"
    return body + check_character(body)


def ending_in_000():
    """A number that rightly ends in 000, as one in eleven hundred does. No police office has the
    region 110000 either; of numbers with 990800 it is known that they are made up."""
    for day in range(1, 29):
        for serial in range(100, 1000, 100):
            found = number(f"198203{day:02d}", serial, "110000")
            if found.endswith("000"):
                return found
    raise AssertionError("none found")


def ending_in_x():
    """The number of a woman born on 4 March 1972, with an X at its end."""
    return next(found for n in range(2, 1000, 2) if (found := number("19720304", n))[17] == "X")


def person(serial, *changes):
    """A row; ``changes``: (column, value)."""
    year = 1970 + serial
    row = [
        serial,
        _NAMES[serial % len(_NAMES)],
        number(f"{year}0304", serial),
        "男" if serial % 2 else "女",
        f"{year}-03-04",
        f"1380000{serial:04d}",
        1,
        80,
    ]
    for column, value in changes:
        row[column] = value
    return row


def three(*changes):
    """A heading and three people, of whom the second, in row 3, has the faults."""
    return [HEADINGS, person(1), person(2, *changes), person(3)]


def wrong_check(given):
    """The same number with another check character."""
    return given[:17] + ("1" if given[17] != "1" else "2")
