"""Rosters to measure imports with: made-up people, each with a valid number of nobody."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

CITY = 62_715
"""People of the real scheme in its first year."""
UNITS = 423
HEADINGS = (
    *("序号", "姓名", "证件类型", "证件号码", "性别", "出生日期", "民族", "手机号", "医保类型"),
    *("人员类别", "单位名称", "备注"),
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文斌红梅志林海波晓东雪春"
_FIRST_DAY = date(1962, 1, 1)
_BIRTHDAYS = 14_000


def unit_name(number: int) -> str:
    """A unit of the benchmark."""
    return f"第{number % UNITS + 1}厂工会"


def people(rows: int) -> Iterator[tuple[str, ...]]:
    """Rows of a roster, always the same ones; everybody once."""
    for place in range(rows):
        turn, birthday = divmod(place, _BIRTHDAYS)
        born = _FIRST_DAY + timedelta(days=birthday)
        body = f"410801{born:%Y%m%d}{turn + 1:03d}"
        total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
        name = (
            _SURNAMES[place % 40]
            + _GIVEN[place * 7 // 40 % 40]
            + _GIVEN[place * 11 % 40] * (place % 3 > 0)
        )
        yield (
            *(str(place + 1), name, "居民身份证", body + "10X98765432"[total % 11]),
            *("男" if (turn + 1) % 2 else "女", born.isoformat(), "汉"),
            *(f"13{place % 10}{place:08d}", "职工医保", "在编", unit_name(place), ""),
        )


def roster_file(folder: Path, rows: int, ending: str) -> Path:
    """The roster as a file, made once."""
    key = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    path = folder / f"roster-{rows}-{key}.{ending}"
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Making {path.name}, once …", file=sys.stderr)
    half = path.with_name(f"half-{path.name}")
    (_write_csv if ending == "csv" else _write_xlsx)(half, rows)
    half.rename(path)
    return path


def _write_csv(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(people(rows))


def _write_xlsx(path: Path, rows: int) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write_row(0, 0, HEADINGS)
        for place, row in enumerate(people(rows), 1):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)
