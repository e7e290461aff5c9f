"""How long a city's roster takes from file to checked rows, beside the raw reading of it.

    .venv/bin/python -m tests.programmes.mutualaid.rosters.timing [ROWS [TURNS]]

Everything is measured by turns, each in a process of its own, and the shortest time is taken.
Seconds of the clock, and of the processors: on a machine that others use, too, only these compare.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from tests.programmes.mutualaid.rosters.corpus.people import check_character

PEOPLE = 62_715
UNITS = 423
TURNS = 3
HEADINGS = [
    *("序号", "姓名", "证件类型", "证件号码", "性别", "出生日期", "民族", "手机号", "医保类型"),
    *("人员类别", "份数", "个人缴费", "单位缴费", "首次/续保", "银行", "卡号", "单位", "备注"),
]


def card(n):
    """A card number of nineteen digits whose last fits (Luhn)."""
    digits = f"622202{n:012d}"
    doubled = [2 * int(digit) for digit in digits[::-2]]
    total = sum(map(int, digits[-2::-2])) + sum(two // 10 + two % 10 for two in doubled)
    return f"{digits}{-total % 10}"


def write_city(path, people):
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet("名单")
        page.write_row(0, 0, HEADINGS)
        for n in range(people):
            born = date(1962, 1, 1) + timedelta(days=n % 15_000)
            body = f"990800{born:%Y%m%d}{n // 15_000 * 7 % 1_000:03d}"
            row = [
                *(n + 1, f"张{chr(0x4E00 + n % 20_000)}{chr(0x4E00 + n * 7 % 20_000)}"),
                *("居民身份证", body + check_character(body), "男" if int(body[16]) % 2 else "女"),
                *(born.isoformat(), "汉族", f"138{n:08d}", "职工", "在编", 1, 80, 0, "续保"),
                *("工商银行", card(n), f"示例第{n % UNITS}厂", ""),
            ]
            page.write_row(n + 1, 0, row)


def raw(path):
    import python_calamine

    return lambda: (
        python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    )


def read(path):
    from gonghui.programmes.mutualaid.rosters import read_roster
    from gonghui.programmes.mutualaid.rosters.files import PROVINCE

    return lambda: read_roster(Path(path), limits=PROVINCE)


def check(path):
    from gonghui.programmes.mutualaid.rosters import Expectations, Unit, check_roster

    units = [Unit(n + 1, f"示例第{n}厂") for n in range(UNITS)]
    expected, reading = Expectations(on=date(2021, 12, 20), units=units), read(path)
    return lambda: check_roster(reading(), expected)


def processors():
    """Seconds of the processors, of this process and its children."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured(way, path):
    """In a process of its own: seconds, memory of it and of its greatest child, what it says."""
    command = [sys.executable, "-m", __spec__.name, way, path]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def peak_kib():
    """Of this program only: what getrusage says begins with the peak of whoever started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def one(way, path):
    """After everything is imported, as in a server that runs."""
    work = {"raw": raw, "read": read, "check": check}[way](path)
    began, used = time.perf_counter(), processors()
    result = work()
    said = {"seconds": time.perf_counter() - began, "cpu": processors() - used}
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    said |= {"own": peak_kib() // 1024, "child": child // 1024}
    if way == "check":
        began = time.perf_counter()
        result.content_hash(b"k" * 32)
        said |= {"hashing": time.perf_counter() - began, **result.counts}
    print(json.dumps(said))


def figures(people=PEOPLE, turns=TURNS):
    """The shortest of each: raw reading, reading, reading and checking; memory in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/city.xlsx"
        write_city(path, people)
        runs = [{way: measured(way, path) for way in ("raw", "read", "check")}
                for _turn in range(turns)]  # fmt: skip
    ways = ("raw", "read", "check")
    clock = {way: min(run[way]["seconds"] for run in runs) for way in ways}
    cpu = {f"{way}_cpu": min(run[way]["cpu"] for run in runs) for way in ways}
    checks = [run["check"] for run in runs]
    return {
        **clock,
        "beyond_raw": clock["check"] - clock["raw"],
        **cpu,
        "beyond_cpu": cpu["check_cpu"] - cpu["raw_cpu"],
        "checking_cpu": cpu["check_cpu"] - cpu["read_cpu"],
        "hashing": min(run["hashing"] for run in checks),
        "own_mib": max(run["own"] for run in checks),
        "child_mib": max(run["child"] for run in checks),
        "good": checks[0]["good"],
        "rows_in": checks[0]["rows_in"],
    }


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in ("raw", "read", "check"):
        one(sys.argv[1], sys.argv[2])
    else:
        for name, value in figures(*map(int, sys.argv[1:])).items():
            print(f"{name:12} {value:.2f}" if isinstance(value, float) else f"{name:12} {value}")
