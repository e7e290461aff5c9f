"""Counts, caps, cover, deadlines, reversals, revisions: histories worked by hand."""

from datetime import date

import pytest

from tests.oracle.reading import in_force, plain, read
from tests.oracle.worked import edition, given, judged, paid, stay

WHOLE = "rate: 100%"
TWO_USES = "counts: [{id: uses, label: 享受次数, limit: 2, window: period, covers: [hospital]}]"
COUNTED = "{slot_used_by: paid_only, reversal: slot_freed_and_refused_reopened}"


def counted(kind: str = WHOLE, limits: str = TWO_USES, **answers: str) -> dict:
    book = edition(kind, limits=limits, answers=COUNTED)
    book["answers"] |= answers
    return book


def test_a_late_earlier_settlement_takes_the_first_use():
    first, second = stay(1, "2022-05-01", "100"), stay(2, "2022-06-01", "200")
    assert paid(counted(), first, second) == ["100.00", "200.00"]
    late = stay(3, "2022-04-01", "900")
    assert given(counted(), first, second, late) == [
        (3, "hospital", "900.00", "paid"),
        (1, "hospital", "100.00", "paid"),
        (2, "hospital", "0.00", "count_used_up"),
    ]


def test_what_a_worker_is_told():
    caps = (
        "caps: [{id: year, label: 年度最高, amount: 1500 yuan, window: year, covers: [hospital]}]"
    )
    book = edition("rate: 70%", limits=f"{{{TWO_USES}, {caps}}}", answers=COUNTED)
    history = [stay(1, "2022-03-05", "1000"), stay(2, "2022-03-06", "2000.01")]
    one, two, three = judged(book, *history, stay(3, "2022-03-07", "1"))
    assert one.zh == "住院补助给付700.00元。使用“享受次数”第1次，共2次。"
    assert one.uses == (("uses", 1),)
    assert two.en == (
        "住院补助: the rules give 1,400.00 yuan; “年度最高” of 1,500.00 yuan leaves 800.00 yuan, "
        "which is paid. This is use 2 of 2 of “享受次数”."
    )
    assert (two.reason, two.detail, two.uses) == ("cut", "year", (("uses", 2),))
    assert three.zh == "住院补助：“享受次数”2次已用完，不予给付。"
    # With the cap before the count, the cap is what is named.
    book["answers"]["steps"] = ["period_cap", "minimum", "claim_cap", "rounding", "count"]
    assert judged(book, *history, stay(3, "2022-03-07", "1"))[2].zh == (
        "住院补助：“年度最高”1,500.00元已达到，不予给付。"
    )


def test_money_counts_by_year_and_uses_by_period():
    limits = f"""{{{TWO_USES}, caps: [
        {{id: year, label: 年度最高, amount: 1000 yuan, window: year, covers: [hospital]}},
        {{id: ever, label: 累计最高, amount: 2500 yuan, window: ever, covers: [hospital]}}]}}"""
    book = counted(limits=limits)
    book["period"] = {"starts": "2022-07-01", "months": "12"}
    history = [
        stay(1, "2022-06-30", "600"),
        stay(2, "2022-07-01", "600"),  # a new period, the same year
        stay(3, "2023-01-01", "600"),  # the same period, a new year
        stay(4, "2023-02-01", "600"),  # the third of the period
        stay(5, "2023-07-01", "600"),
        stay(6, "2024-07-01", "1000"),
        stay(7, "2024-07-02", "1"),
    ]
    rows = judged(book, *history)
    assert [(row.amount_fen // 100, row.reason, row.detail) for row in rows] == [
        (600, "paid", None),
        (400, "cut", "year"),
        (600, "paid", None),
        (0, "count_used_up", "uses"),
        (400, "cut", "year"),
        (500, "cut", "ever"),
        (0, "cap_used_up", "ever"),
    ]


def test_kinds_share_a_claim_cap_and_the_loss():
    care = "{id: care, label: 护理, events: [hospital_stay], formula: lump_sum, amount: 500 yuan}"
    limits = """
        caps: [{id: claim, label: 单次, amount: 700 yuan, window: claim, covers: [hospital, care]}]
        loss_ceiling: {is: personal_total - commercial_pay, covers: [hospital, care]}
        """
    book = edition("rate: 60%", care, limits=limits, answers="kind_order: [care, hospital]")
    assert given(book, stay(1, "2022-03-01", "1000"), stay(2, "2022-03-02", "600")) == [
        (1, "care", "500.00", "paid"),
        (1, "hospital", "200.00", "cut"),
        (2, "care", "500.00", "paid"),
        (2, "hospital", "100.00", "cut"),
    ]
    loss = judged(book, stay(3, "2022-03-03", "600", commercial_pay="150"))
    assert [(row.detail, row.amount_fen) for row in loss] == [
        ("loss_ceiling", 450_00),
        ("loss_ceiling", 0),
    ]
    assert loss[0].zh == "护理按规定计算为500.00元，受“不超过本人负担”450.00元限制，给付450.00元。"
    assert "“never more than the loss” of 450.00 yuan is reached" in loss[1].en


def test_every_application_uses_a_count():
    floor = "{rate: 100%, floor: {kind: threshold, amount: 50 yuan, at_the_line: paid}}"
    book = counted(floor, slot_used_by="every_application", claims="by_application")
    filed = {"filed_on": "2022-12-01"}
    history = [
        stay(1, "2022-03-01", "900"),
        stay(2, "2022-03-02", "10", **filed),
        stay(3, "2022-03-03", "50", **filed),
        stay(4, "2022-03-04", "60", **filed),
    ]
    assert paid(book, *history) == ["not_filed", "below_floor", "50.00", "count_used_up"]
    assert [row.uses for row in judged(book, *history)] == [(), (("uses", 1),), (("uses", 2),), ()]
    assert "使用" not in judged(book, *history)[1].zh
    assert paid(counted(floor, claims="by_application"), *history)[-1] == "60.00"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("by_time", ["30.00", "20.00", "count_used_up", "count_used_up"]),
        ("workers_choice", ["30.00", "declined", "30.00", "count_used_up"]),
        ("best_for_worker", ["30.00", "not_best", "not_best", "40.00"]),
    ],
)
def test_who_gets_the_uses(choice, expected):
    history = [
        stay(1, "2022-03-01", "30"),
        stay(2, "2022-03-02", "20", declined=1),
        stay(3, "2022-03-03", "30"),
        stay(4, "2022-03-04", "40"),
    ]
    assert paid(counted(slot_choice=choice), *history) == expected


# Reversals


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("slot_freed_and_refused_reopened", ["reversed", "20.00", "30.00", "count_used_up"]),
        ("slot_kept", ["reversed", "20.00", "count_used_up", "count_used_up"]),
        ("slot_freed", ["reversed", "20.00", "count_used_up", "40.00"]),
    ],
)
def test_a_reversal_and_its_use(word, expected):
    history = [
        stay(1, "2022-03-01", "10", reversed_on="2022-06-01"),
        stay(2, "2022-04-01", "20", received_on="2022-04-01"),
        stay(3, "2022-05-01", "30", received_on="2022-05-31"),
        stay(4, "2022-05-02", "40", received_on="2022-06-01"),
    ]
    book = counted(reversal=word)
    assert paid(book, *history) == expected
    held = (("uses", 1),) if word == "slot_kept" else ()
    row = judged(book, *history)[0]
    assert (row.uses, row.zh) == (held, "该笔医保结算已于2022年6月1日冲销，不予给付。")


def test_a_reversal_leaves_nothing_but_its_use():
    book = counted(
        """
        basis: accumulated_in_period
        floor: {kind: deductible, amount: {by: stay_ordinal, rows: {1: 300 yuan, 2+: 0 yuan}}}
        rate: 100%
        """,
        limits=f"""{{{TWO_USES}, caps: [
            {{id: year, label: 年度最高, amount: 800 yuan, window: year, covers: [hospital]}}]}}""",
        reversal="slot_kept",
    )
    history = [
        stay(1, "2022-03-01", "900", reversed_on="2022-06-01"),
        stay(2, "2022-03-02", "1000"),
    ]
    assert paid(book, *history) == ["reversed", "700.00"]
    # Nothing would have been paid: there is no use to keep.
    history[0] = stay(1, "2022-03-01", "200", reversed_on="2022-06-01")
    assert [row.uses for row in judged(book, *history)] == [(), (("uses", 1),)]


def test_after_the_fifth_freed_use_a_person_decides():
    limits = TWO_USES.replace("limit: 2", "limit: 9")
    history = [
        stay(nth, f"2022-03-0{nth}", "10", reversed_on="2022-06-01", received_on="2022-04-01")
        for nth in range(1, 6)
    ]
    history += [
        stay(6, "2022-03-06", "10"),
        stay(7, "2022-03-07", "0"),
        stay(8, "2023-01-01", "10"),
    ]
    assert paid(counted(limits=limits, reversal="slot_freed"), *history) == [
        *("reversed", "reversed", "reversed", "reversed", "reversed"),
        *("decide_by_hand", "nothing_to_bear", "10.00"),
    ]
    assert paid(counted(limits=limits, reversal="slot_kept"), *history)[4:6] == [
        "reversed",
        "10.00",
    ]


# The settlement as a whole


def test_refused_as_a_whole():
    book = edition(
        WHOLE,
        valid="{from: 2022-01-01, until: 2024-01-01}",
        eligibility="""
        - {id: member, label: 工会会员, require: {union_member: yes}}
        - {id: age, label: 16至60周岁, require: {age: {at: cover_from, from: 16, to: 60}}}
        """,
    )
    adult = {"born_on": "1961-01-02"}  # 60 on 1 January 2022
    history = [
        stay(1, "2024-01-01", "10", **adult),
        stay(2, "2023-01-01", "10", **adult, cover_until="2023-01-01"),
        stay(3, "2021-12-31", "10", **adult),
        stay(4, "2022-02-01", "10", **adult, union_member=0),
        stay(5, "2022-02-02", "10", born_on="1960-12-31"),
        stay(6, "2022-02-03", "10", **adult, event_kind="surgery"),
        stay(7, "2022-02-04", "10", **adult, event_kind="surgery", reversed_on="2022-03-01"),
        stay(8, "2022-02-05", "10", **adult, claimed_elsewhere=1, reversed_on="2022-03-01"),
        stay(9, "2022-02-06", "10", **adult, own_expense="-0.01"),
        stay(10, "2022-02-07", "10,000,000.01", **adult),
        stay(11, "2022-02-08", "10", **adult) | {"settled_on": -1_000_000},
        stay(12, "2022-02-09", "10", **adult),
    ]
    assert {
        row.settlement: (row.kind, row.reason, row.detail) for row in judged(book, *history)
    } == {
        1: (None, "no_edition", None),
        2: ("hospital", "not_covered", None),
        3: (None, "no_edition", None),
        4: ("hospital", "not_eligible", "member"),
        5: ("hospital", "not_eligible", "age"),
        6: (None, "event_not_covered", None),
        7: (None, "event_not_covered", None),
        8: ("hospital", "reversed", None),
        9: (None, "input_refused", None),
        10: (None, "input_refused", None),
        11: (None, "date_missing", None),
        12: ("hospital", "paid", None),
    }
    rows = judged(book, *history)
    assert [row.settlement for row in rows] == [11, 3, 4, 5, 6, 7, 8, 9, 10, 12, 2, 1]
    assert rows[-1].zh == "2024年1月1日没有施行中的实施细则，不予给付。"
    assert rows[2].zh == "不符合参加条件“工会会员”，不予给付。"


@pytest.mark.parametrize(
    ("cover", "facts", "first_paid_day"),
    [
        ("{starts: day_after_upload}", {"uploaded_on": "2022-03-31"}, "2022-04-01"),
        ("{starts: day_after_card}", {"card_on": "2021-03-31"}, "2022-01-31"),
        ("{waiting: {kind: everyone, length: 1 month}}", {}, "2022-02-28"),
        ("{waiting: {kind: everyone, length: 30 days}}", {}, "2022-03-02"),
        (
            "{waiting: {kind: first_join, length: 2 months, renewal_gap: 30 days}}",
            {"previous_cover_until": "2022-01-01"},
            "2022-01-31",
        ),
        (
            "{waiting: {kind: first_join, length: 2 months, renewal_gap: 30 days}}",
            {"previous_cover_until": "2021-12-31"},
            "2022-03-31",
        ),
    ],
)
def test_start_of_cover_and_waiting(cover, facts, first_paid_day):
    book = edition(WHOLE, cover=cover)
    day = date.fromisoformat(first_paid_day)
    eve = date.fromordinal(day.toordinal() - 1).isoformat()
    facts = facts | {"cover_from": "2022-01-31"}
    before, on = judged(book, stay(1, eve, "10", **facts), stay(2, first_paid_day, "10", **facts))
    assert before.reason in ("waiting", "not_covered")
    assert on.reason == "paid"
    assert judged(edition(WHOLE, cover="{starts: day_after_card}"), stay(1, "2022-05-01", "10"))[
        0
    ].reason == ("not_covered")


@pytest.mark.parametrize(
    ("deadline", "last_day"),
    [
        ("{kind: working_days, days: 3, from: discharged_on}", "2022-10-10"),
        ("{kind: months, months: 2, from: 出院日期}", "2022-11-30"),
        ("{kind: fixed_date, month: 3, day: 31, years_after: 1, from: settled_on}", "2023-03-31"),
        ("{kind: months, months: 2, from: discharged_on, extended_by_notice: yes}", "2023-01-15"),
    ],
)
def test_deadlines(deadline, last_day):
    """Discharged on a Friday before the National Day week of 2022, made up for on two weekends."""
    calendar = {
        "holidays": {date(2022, 10, nth) for nth in range(1, 8)},
        "workdays": {date(2022, 10, 8), date(2022, 10, 9)},
    }
    book = edition(f"{{rate: 100%, deadline: {deadline}}}", answers="claims: by_application")
    day = date.fromisoformat(last_day)
    discharged = {"discharged_on": "2022-09-30", "delay_notice_until": "2023-01-15"}
    history = [
        stay(nth, "2022-09-30", "10", **discharged, filed_on=filed.isoformat())
        for nth, filed in enumerate([day, date.fromordinal(day.toordinal() + 1)])
    ]
    in_time, late = judged(book, *history, calendar=calendar)
    assert in_time.reason == "paid"
    assert late.zh == (
        f"住院补助：申请日期超过{day.year}年{day.month}月{day.day}日的申报期限，不予给付。"
    )
    for event in history:
        del event["discharged_on"], event["settled_on"]
    book["answers"] |= {"claims": "automatic", "deciding_date": "admitted_on"}
    admitted = [event | {"admitted_on": event["filed_on"]} for event in history]
    assert paid(book, *admitted) == ["10.00", "10.00"]
    book["answers"]["claims"] = "by_application"
    assert paid(book, *admitted) == ["date_missing", "date_missing"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("settlement_number", [1, 2, 3]),
        ("earliest_received", [2, 1, 3]),
        ("largest_cost_first", [2, 3, 1]),
        ("smallest_cost_first", [1, 2, 3]),
    ],
)
def test_order_of_one_day(order, expected):
    book = edition(WHOLE, answers=f"same_day_order: {order}")
    history = [
        stay(3, "2022-03-01", "10", total_cost="50", received_on="2022-03-09"),
        stay(1, "2022-03-01", "10", total_cost="40", received_on="2022-03-09"),
        stay(2, "2022-03-01", "10", total_cost="50", received_on="2022-03-08"),
    ]
    assert [row.settlement for row in judged(book, *history)] == expected


def test_gates():
    gate = """
        - {id: grant, label: 大额自费救助, base: own_expense, window: %s,
           line: {%s: "100,000 yuan"}, needs: [], procedure: [], decided_by: 党组}
        """
    history = [
        stay(1, "2022-03-01", "10", own_expense="100000"),
        stay(2, "2022-03-02", "10", own_expense="0.01"),
        stay(3, "2023-03-02", "10", own_expense="100000.01"),
    ]
    met = {
        ("claim", "above"): [False, False, True],
        ("claim", "at_least"): [True, False, True],
        ("period", "above"): [False, True, True],
        ("year", "at_least"): [True, True, True],
    }
    for words, expected in met.items():
        rows = judged(edition(WHOLE, gates=gate % words), *history)
        assert [row.gates == ("grant",) for row in rows] == expected


# Revisions

REVISION = """
scheme: example/medical
edition: "2022-revised"
extends: example/medical/2022
title: 修订
valid: {{from: 2022-11-01, assumed: true, because: 算例}}
changes:
  - {{at: benefits.hospital.rate, add: +10 points, effect: {effect}}}
  - {{at: limits.counts.uses.limit, is: 3, clause: uses, effect: {effect}}}
"""


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("from_date", ["60.00", "60.00", "70.00", "70.00"]),
        ("whole_period", ["70.00", "70.00", "70.00", "70.00"]),
        ("next_period", ["60.00", "60.00", "count_used_up", "70.00"]),
    ],
)
def test_effect_of_a_revision(effect, expected):
    book = counted("rate: {by: hospital_level, rows: {二级: 60%, otherwise: 50%}}")
    book["valid"]["until"] = "2022-11-01"
    days = ["2022-03-01", "2022-10-31", "2022-11-01", "2023-01-01"]
    history = [stay(nth, day, "100", hospital_level="二级") for nth, day in enumerate(days)]
    assert paid([book, read(REVISION.format(effect=effect))], *history) == expected


def test_changes_walk_by_id_star_and_position():
    book = counted(
        "bands: {method: progressive, ends: upper_inclusive, rows: [{from: 0, rate: 5%}]}"
    )
    book["valid"]["until"] = "2022-11-01"
    revision = read(REVISION.format(effect="from_date"))
    revision["changes"] = read("""
    - {at: "benefits.*.bands.rows.*.rate", add: 2.5 points, effect: from_date}
    - {at: limits.caps, is: [{id: most, amount: 1 yuan}], effect: from_date}
    - {at: limits.caps.most.amount, add: "20,000 yuan", effect: from_date}
    - {at: limits.counts.uses, remove: yes, effect: from_date}
    - {at: gates, is: [], effect: from_date}
    """)
    book, revision = plain(book), plain(revision)
    after = in_force([book, revision], date(2022, 11, 1))
    assert after["benefits"][0]["bands"]["rows"][0]["rate"] == "7.50%"
    assert after["limits"] == {"counts": [], "caps": [{"id": "most", "amount": "20001 yuan"}]}
    assert after["gates"] == []
    assert in_force([book, revision], date(2022, 10, 31))["limits"] == book["limits"]
