"""Taking over in mid-year: two people, whole or not at all, and decisions go on from there."""

from dataclasses import replace
from datetime import date

import psycopg
import pytest

from gonghui.core.errors import Refusal
from gonghui.programmes.mutualaid.takeover import Totals
from tests.adapters.spreadsheets.builders import xlsx
from tests.core.rulebook.books import CAP, COUNT, COUNTED
from tests.programmes.mutualaid.enrolling import open_for_rosters
from tests.programmes.mutualaid.feeding import Insured, filed
from tests.programmes.mutualaid.takeover.workbooks import (
    BALANCES,
    PAYOUTS,
    PEOPLE,
    UNITS,
    WANG,
    changed,
)

ON = date(2022, 7, 1)
TOTALS = Totals(units=2, people=3, paid_fen=1_500_00, uses=2, opening_fen=238_740_00)
TABLES = ("mutualaid_enrolment", "mutualaid_takenpayout", "treasury_journal")


@pytest.fixture
def scheme(house, tmp_path):
    return open_for_rosters(house, tmp_path)


def workbooks(people=PEOPLE, payouts=PAYOUTS):
    from gonghui.programmes.mutualaid.services.takeover import Workbook

    content = xlsx(people, UNITS, payouts, BALANCES, names=["人员", "单位", "给付", "余额"])
    return [Workbook("旧账.xlsx", content)]


def enter(actor, files=None, totals=TOTALS):
    from gonghui.programmes.mutualaid.services.takeover import enter_takeover

    return enter_takeover(actor, files or workbooks(), totals, on=ON)


def sign(actor, takeover, totals=TOTALS):
    from gonghui.programmes.mutualaid.services.takeover import sign_takeover

    return sign_takeover(actor, takeover, totals)


def counted(connect):
    with connect("superuser") as superuser:
        return [
            superuser.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES
        ]


def test_looking_leaves_nothing_behind(house, scheme, connect):
    from gonghui.programmes.mutualaid.services.takeover import look_at

    before = counted(connect)
    book = look_at(house.head, workbooks(), on=ON)
    assert book.bookable, [one.words(str) for one in book.findings]
    assert book.totals == TOTALS
    with connect("superuser") as superuser:
        row = superuser.execute("select count(*) from directory_union where code = 'A'").fetchone()
    assert row[0] == 0
    assert counted(connect) == before


def test_two_people_bring_in_units_people_payouts_and_balances(house, scheme, connect):
    before = counted(connect)
    takeover = enter(house.head)
    assert counted(connect) == before  # one signature books nothing
    booked = sign(house.clerk, takeover)
    assert (booked.totals, booked.before) == (TOTALS, False)
    assert counted(connect) == [before[0] + 3, before[1] + 3, before[2] + 1]
    with connect("superuser") as superuser:
        running = superuser.execute(
            "select p.name, r.taken_over_uses, r.taken_over_fen, r.period_from"
            " from mutualaid_running r join directory_person p on p.id = r.person_id order by 1"
        ).fetchall()
        covered = superuser.execute(
            "select distinct starts_on, ends_before, paid_on is not null from mutualaid_enrolment"
        ).fetchall()
        bank = superuser.execute(
            "select sum(l.fen) from treasury_line l join treasury_account a on a.id = l.account_id"
            " where a.key = 'bank'"
        ).fetchone()
    assert running == [
        ("李秀英", 0, 100_00, date(2022, 1, 1)),
        ("王建国", 2, 1_400_00, date(2022, 1, 1)),
    ]
    assert covered == [(date(2022, 1, 1), date(2023, 1, 1), True)]
    assert bank[0] == 238_740_00


def test_it_is_entered_and_booked_once(house, scheme, connect):
    takeover = enter(house.head)
    assert enter(house.clerk) == takeover
    sign(house.clerk, takeover)
    after = counted(connect)
    assert sign(house.clerk, takeover).before
    assert enter(house.head) == takeover
    assert counted(connect) == after


def test_totals_stated_otherwise_are_refused_with_the_difference(house, scheme):
    with pytest.raises(Refusal) as refused:
        enter(house.head, totals=replace(TOTALS, paid_fen=1_600_00))
    assert refused.value.values["less"] == "100.00"
    takeover = enter(house.head)
    with pytest.raises(Refusal) as refused:
        sign(house.clerk, takeover, replace(TOTALS, people=4))
    assert refused.value.values["less"] == "1"


def test_nobody_signs_twice(house, scheme, connect):
    takeover = enter(house.head)
    before = counted(connect)
    with pytest.raises(Refusal):
        sign(house.head, takeover)
    assert counted(connect) == before


def test_faulty_workbooks_are_not_entered(house, scheme, connect):
    with pytest.raises(Refusal):
        enter(house.head, workbooks(people=changed(PEOPLE, 1, 4, 3)))
    with connect("superuser") as superuser:
        assert superuser.execute("select count(*) from mutualaid_takeover").fetchone()[0] == 0


def test_the_database_itself_asks_for_two_and_for_the_right_totals(
    house, scheme, sql_as_web, connect
):
    """The control: what the services never send is refused below them."""
    takeover = enter(house.head)
    tries = (
        "update mutualaid_takeover set state = 'booked', booked_at = now()",
        "insert into mutualaid_takenpayout (takeover_id, person_id, union_id, row_number, paid_on,"
        " fen, counts, reference) select id, entered_by_id, union_id, 1, '2022-03-01', 1, true, ''"
        " from mutualaid_takeover",
        "insert into mutualaid_takeoversignature (takeover_id, union_id, person_id, units, people,"
        " paid_fen, uses, opening_fen) select id, union_id, gate.scope_person(), units, people,"
        " paid_fen + 1, uses, opening_fen from mutualaid_takeover",
        'insert into mutualaid_running (scheme_id, union_id, person_id, "window", period_from,'
        " period_until, taken_over_uses, taken_over_fen) select scheme_id, union_id,"
        " entered_by_id, 'period', period_from, period_until, 0, 1 from mutualaid_takeover",
    )
    assert takeover
    for statement in tries:
        with sql_as_web(house.clerk) as web, pytest.raises(psycopg.errors.CheckViolation):
            web.execute(statement)


def test_others_may_not_bring_workbooks(house, scheme):
    for actor in (house.officer_a, house.auditor, house.county_clerk_a):
        with pytest.raises(Refusal):
            enter(actor)


THREE = COUNTED | {"limits.counts": f"[{COUNT.replace('limit: 2', 'limit: 3')}]"}
"""Three uses a period."""


def taken_over(house, folder, connect, changes):
    """王建国 brings two uses and 1,400 yuan along; what the insurer then sends of him."""
    scheme = open_for_rosters(house, folder, changes)
    sign(house.clerk, enter(house.head))
    with connect("superuser") as superuser:
        (person,) = superuser.execute(
            "select id from directory_person where name = '王建国'"
        ).fetchone()
    return Insured(house, scheme, connect, {WANG: person})


def test_of_three_uses_two_are_taken_over_so_one_more_is_paid_and_no_second(
    house, tmp_path, connect
):
    city = taken_over(house, tmp_path, connect, THREE)
    later = [filed(f"S{n}", WANG, SETL_TIME=f"2022-07-1{n} 09:30:00") for n in (1, 2)]
    city.take(later, on=date(2022, 7, 20))
    city.decide(on=date(2022, 7, 20))
    decided = sorted(city.standing().values())
    assert [reason for _fen, reason in decided] == ["count_used_up", "paid"]
    assert decided[0][0] == 0 < decided[1][0]


def test_yuan_taken_over_stand_against_the_ceiling(house, tmp_path, connect):
    ceiling = THREE | {"limits.caps": f"[{CAP.replace('30000', '3000')}]"}
    city = taken_over(house, tmp_path, connect, ceiling)
    city.take([filed("S1", WANG, SETL_TIME="2022-07-11 09:30:00")], on=date(2022, 7, 20))
    city.decide(on=date(2022, 7, 20))
    assert list(city.standing().values()) == [(3_000_00 - 1_400_00, "cut")]
