"""No full name, number, card or phone appears in a notice; its window counts announced days."""

import random
import re
from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core.calendar import ANNOUNCED, WorkingDays
from gonghui.programmes.mutualaid.notice_names import LONGEST, masked_name, shown_unit
from tests.programmes.mutualaid.enrolling import identity_number, open_for_rosters
from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.raw_rows import rows
from tests.vault_fixtures import SOAK

MONTH, ON = date(2022, 11, 1), date(2022, 11, 4)
LETTERS = "王李张欧阳娜小伟䶮\U00020087\U000e0100⿰·•. 　'-AbZé0１4甲厂"
COMMON = LETTERS.replace("⿰", "")  # ⿰甲娜 is one character, and not 甲娜
NAMES = st.text(LETTERS, min_size=1, max_size=20)
NUMBERS = st.sampled_from(
    [
        *(identity_number(serial) for serial in (1, 2, 3)),
        "13800001234", "138-0000-1234", "138 0000 1234", "１３８００００１２３４",
        "6222021705001234567", "6222 0217 0500 1234 567", "E12345678", "0391-3939393",
    ]
)  # fmt: skip
DIGITS = re.compile(r"\d{6,}")


def bare(text):
    return re.sub(r"[\s\-]", "", text)


@given(NAMES)
def test_no_masked_name_is_the_name_or_has_a_digit(name):
    from gonghui.ground.directory.names import written_name

    shown = masked_name(name)
    assert "*" in shown and len(shown) <= LONGEST and not re.search(r"\d", shown)
    assert shown == "*" or shown != written_name(name)
    letters, told = (sum(map(str.isalpha, said)) for said in (written_name(name), shown))
    assert told < letters or letters == 0


@given(st.lists(NAMES, min_size=1, max_size=4), NUMBERS, st.data())
def test_a_units_name_says_no_number_and_nobodys_name(names, number, data):
    from gonghui.ground.directory.names import written_name

    known = {one for name in names if len(one := written_name(name)) > 1}
    inside = data.draw(st.sampled_from(sorted(known) or ["甲"]))
    shown = shown_unit(f"{inside}工作室{number}", sorted(known, key=len, reverse=True))
    assert bare(number) not in bare(shown) and not DIGITS.search(shown)
    assert inside not in shown or inside not in known


@pytest.fixture
def crowd(house, tmp_path, connect):
    """Many people with awkward names, in units named after some of them and after numbers."""
    scheme = open_for_rosters(house, tmp_path)
    superuser = connect("superuser", autocommit=True)
    chance = random.Random(7)
    secrets, dues = [], []
    for serial in range(400 if SOAK else 80):
        name = "".join(chance.choices(COMMON, k=chance.randrange(2, 9))).strip(" 　-.'") or "王五"
        number = chance.choice(
            [identity_number(serial), f"138{serial:08d}", f"62220217{serial:010d}"]
        )
        (person,) = rows(superuser, "directory_person", {"name": name})
        said = {"code": f"n{serial}", "name": f"{name}工作室{number}工会", "kind": "grassroots"} | {
            "credit_code": f"c{serial}"
        }
        (unit,) = rows(superuser, "directory_union", said | {"parent_id": house.union["county_a"]})
        dues.append(
            {"scheme_id": scheme.pk, "person_id": person, "union_id": unit, "fen": serial + 1}
            | {"owed_on": MONTH, "account_key": "grants_payable", "kind": "grant"}
            | {"source": f"mutualaid.due:grant:{serial}"}
        )  # fmt: skip
        secrets.append((name, number))
    rows(superuser, "mutualaid_due", *dues)
    return scheme, secrets, superuser


def leaks(text, secrets):
    """Names of two letters and more, and numbers, that stand whole in it."""
    from gonghui.ground.directory.names import written_name

    for name, number in secrets:
        written = written_name(name)
        long = sum(map(str.isalpha, written)) > 1  # a name of one character stands in any text
        if bare(number) in bare(text) or (long and written in text):
            yield name, number


def test_a_published_notice_says_nothing_whole_of_anybody(house, crowd):
    from gonghui.programmes.mutualaid.services.notices import (
        draft_notice,
        public_lines,
        publish_notice,
    )

    scheme, secrets, superuser = crowd
    said = {"about": "grants", "working_days": 5}
    whole = next(name for name, _ in secrets if len(name) > 3)
    with refused("names somebody"):
        draft_notice(house.clerk, scheme, MONTH, title=f"{whole}救助公示", **said)
    for title in ("救助公示 电话13800001234", "救助公示123456号"):
        with refused("no long number"):
            draft_notice(house.clerk, scheme, MONTH, title=title, **said)
    notice = draft_notice(house.clerk, scheme, MONTH, title="救助公示", **said)
    publish_notice(house.second_clerk, notice.pk, on=ON, working_days=WorkingDays.load())
    superuser.execute(
        "set session_replication_role = replica; update mutualaid_notice"
        " set published_on = gate.today(), ends_before = gate.today() + 1"
    )
    lines = public_lines(notice.pk)
    assert len(lines) == len(secrets)
    text = "\n".join(f"{one.masked_name}|{one.unit_name}|{one.month}|{one.fen}" for one in lines)
    assert list(leaks(text, secrets)) == []
    # Control: the same lines as they stand in the tables say all of it.
    plain = superuser.execute("select string_agg(name, '|') from directory_union").fetchone()[0]
    assert len(list(leaks(plain, secrets))) == len(secrets)


@pytest.fixture(scope="module")
def announced():
    """Whether the State Council has people work a day: from its notices, day by day."""
    said = [
        yaml.load((ANNOUNCED / f"{year}.yaml").read_text("utf-8"), yaml.BaseLoader)
        for year in (2022, 2023, 2024)
    ]
    worked = {day for one in said for day in one["worked"]}
    off = [(span["from"], span["to"]) for one in said for span in one["off"]]

    def working(day):
        free = any(first <= str(day) <= last for first, last in off)
        return str(day) in worked or (day.weekday() < 5 and not free)

    return {day: working(day) for day in (date(2022, 1, 1) + timedelta(days=n) for n in range(730))}


def test_the_window_counts_working_days_over_holidays(announced):
    from gonghui.programmes.mutualaid.services.notices import stands_until

    calendar, seen = WorkingDays.load(), set()
    for day in (date(2022, 1, 1) + timedelta(days=one) for one in range(600)):
        for count in (1, 3, 5, 7):
            ends, left = day, count
            while left:
                ends += timedelta(days=1)
                left -= announced[ends]
            assert stands_until(day, count, calendar) == ends + timedelta(days=1), (day, count)
            seen.add((ends - day).days)
    # Control: seven days from one another is right in plain weeks only.
    assert {7, 14} <= seen or max(seen) > 11
    assert stands_until(date(2022, 9, 30), 5, calendar) == date(2022, 10, 13)  # 国庆, 8–9日上班
    assert stands_until(date(2023, 1, 20), 1, calendar) == date(2023, 1, 29)  # 春节


def test_a_year_that_is_not_announced_is_refused():
    from gonghui.programmes.mutualaid.services.notices import stands_until

    last = date.fromordinal(date(1970, 1, 1).toordinal() + WorkingDays.load().last)
    with refused("not known"):
        stands_until(last, 5, WorkingDays.load())
