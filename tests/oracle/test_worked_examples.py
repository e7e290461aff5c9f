"""Schemes that print their figures, and others worked by hand: the oracle agrees with a pencil."""

import pytest

from tests.oracle.worked import edition, given, judged, kind, paid, stay

PINGHU = "floor: {kind: threshold, amount: 600 yuan, at_the_line: not_paid}"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("5,232.97", "2616.49"),  # printed: 2,616.485 half up
        ("600.01", "300.01"),  # a threshold, not a deductible: all counts
        ("600.00", "below_floor"),
        ("0", "nothing_to_bear"),
    ],
)
def test_pinghu_2022(own, expected):
    assert paid(edition(PINGHU), stay(1, "2022-03-05", own)) == [expected]


@pytest.mark.parametrize(
    ("unit", "mode", "expected"),
    [
        ("0.01 yuan", "half_even", "2616.48"),
        ("0.01 yuan", "down", "2616.48"),
        ("0.01 yuan", "up", "2616.49"),
        ("0.1 yuan", "half_up", "2616.50"),
        ("1 yuan", "up", "2617.00"),
        ("10 yuan", "half_up", "2620.00"),
        ("100 yuan", "down", "2600.00"),
    ],
)
def test_rounding(unit, mode, expected):
    book = edition(PINGHU)
    book["answers"]["rounding"] = {"unit": unit, "mode": mode}
    assert paid(book, stay(1, "2022-03-05", "5232.97")) == [expected]


def test_hubei_and_sanmen():
    assert paid(edition("rate: 70%"), stay(1, "2022-03-05", "1733.84")) == ["1213.69"]
    sanmen = edition(
        "rate: 55%",
        "{id: days, label: 津贴, events: [住院], formula: day_allowance, per_day: 25 yuan,"
        " skip_first_days: 0, max_days_per_claim: none, max_days_in_period: none}",
        answers="{rounding: {unit: 1 yuan, mode: down}, kind_order: [days, hospital]}",
    )
    assert given(sanmen, stay(1, "2022-03-05", "2075", days=5)) == [
        (1, "days", "125.00", "paid"),
        (1, "hospital", "1141.00", "paid"),
    ]


HAINAN = """
floor: {{kind: none}}
bands:
  method: {method}
  ends: {ends}
  first_floor: {first_floor}
  rows:
    - {{from: 1000 yuan, to: 5000 yuan, rate: 50%}}
    - {{from: 5000 yuan, to: 10000 yuan, rate: 60%}}
    - {{from: 10000 yuan, rate: 70%}}
"""


@pytest.mark.parametrize(
    ("method", "ends", "first_floor", "own", "expected"),
    [
        ("progressive", "upper_inclusive", "not_paid", "12000", "6400.00"),  # 2000 + 3000 + 1400
        ("progressive", "upper_inclusive", "paid", "12000", "6900.00"),  # the first 1,000, too
        ("progressive", "upper_inclusive", "paid", "1000", "500.00"),
        ("progressive", "lower_inclusive", "paid", "999.99", "below_floor"),
        ("progressive", "lower_inclusive", "not_paid", "1000", "below_floor"),
        ("whole_amount", "upper_inclusive", "paid", "1000", "500.00"),
        ("whole_amount", "upper_inclusive", "not_paid", "1000", "below_floor"),
        ("whole_amount", "upper_inclusive", "not_paid", "5000", "2000.00"),
        ("whole_amount", "upper_inclusive", "paid", "5000", "2500.00"),
        ("whole_amount", "lower_inclusive", "paid", "5000", "3000.00"),
        ("whole_amount", "upper_inclusive", "paid", "5000.01", "3000.01"),
        ("whole_amount", "lower_inclusive", "paid", "10000", "7000.00"),
    ],
)
def test_hainan_bands(method, ends, first_floor, own, expected):
    bands = HAINAN.format(method=method, ends=ends, first_floor=first_floor)
    assert paid(edition(bands), stay(1, "2022-03-05", own)) == [expected]


ANJI_AFTER_1000 = """
floor: {{kind: deductible, amount: 1000 yuan}}
bands:
  method: {method}
  ends: upper_inclusive
  measured_on: {measured_on}
  rows: [{{from: 0 yuan, to: 5000 yuan, rate: 50%}}, {{from: 5000 yuan, rate: 60%}}]
"""


@pytest.mark.parametrize(
    ("method", "measured_on", "expected"),
    [
        ("progressive", "excess", "2800.00"),  # 5,500: 5,000 at 50 %, 500 at 60 %
        ("progressive", "base", "2900.00"),  # 1,000 to 5,000 at 50 %, 5,000 to 6,500 at 60 %
        ("whole_amount", "excess", "3300.00"),
        ("whole_amount", "base", "3300.00"),
    ],
)
def test_bands_behind_a_deductible(method, measured_on, expected):
    bands = ANJI_AFTER_1000.format(method=method, measured_on=measured_on)
    assert paid(edition(bands), stay(1, "2022-03-05", "6500")) == [expected]
    assert paid(edition(bands), stay(1, "2022-03-05", "1000")) == ["below_floor"]


def test_whole_amount_band_by_base_or_by_excess():
    by_excess = ANJI_AFTER_1000.format(method="whole_amount", measured_on="excess")
    by_base = ANJI_AFTER_1000.format(method="whole_amount", measured_on="base")
    assert paid(edition(by_excess), stay(1, "2022-03-05", "5500")) == ["2250.00"]
    assert paid(edition(by_base), stay(1, "2022-03-05", "5500")) == ["2700.00"]


ZHANGZHOU = """
basis: accumulated_in_period
floor: {kind: deductible, amount: 300 yuan}
rate: 60%
"""
DEATH = """
{id: death, label: 身故补助, events: [death], formula: top_up, to: "1,000 yuan",
 counting: [hospital], window: period}
"""


def test_zhangzhou_takes_the_deductible_once_and_tops_up_at_death():
    book = edition(ZHANGZHOU, DEATH)
    history = [
        stay(1, "2022-02-01", "200"),
        stay(2, "2022-03-01", "200"),  # (400 − 300) × 60 %
        stay(3, "2022-04-01", "1000"),  # (1,400 − 300) × 60 % − 60
        stay(4, "2022-05-01", event_kind="death"),
    ]
    assert paid(book, *history) == ["below_floor", "60.00", "600.00", "340.00"]
    assert paid(book, stay(1, "2022-02-01", "3000"), history[3]) == ["1620.00", "nothing_missing"]
    # The next period starts from nothing.
    assert paid(book, history[2], stay(9, "2023-01-01", "200")) == ["420.00", "below_floor"]


def test_weihai_printed_50000():
    weihai = """
        basis: accumulated_in_year
        floor: {kind: threshold, amount: "10,000 yuan", at_the_line: paid}
        bands:
          {method: progressive, ends: upper_inclusive, first_floor: not_paid, rows: [
           {from: "10,000 yuan", to: "40,000 yuan", rate: 80%}, {from: "40,000 yuan", rate: 90%}]}
        """
    caps = "caps: [{id: most, label: 最高, amount: 50000 yuan, window: year, covers: [hospital]}]"
    row = judged(edition(weihai, limits=caps), stay(1, "2022-03-05", "72500"))[0]
    assert (row.amount_fen, row.reason, row.detail) == (50_000_00, "cut", "most")
    assert row.zh == "住院补助按规定计算为53,250.00元，受“最高”50,000.00元限制，给付50,000.00元。"


def test_nothing_more_when_a_cliff_takes_back():
    falling = """
        basis: accumulated_in_period
        bands: {method: whole_amount, ends: lower_inclusive, rows: [
          {from: 0 yuan, to: 1000 yuan, rate: 80%}, {from: 1000 yuan, rate: 50%}]}
        """
    history = [stay(1, "2022-03-01", "900"), stay(2, "2022-03-02", "200")]
    assert paid(edition(falling), *history) == ["720.00", "nothing_more"]


def test_jilin_minimum_and_sanming_lump_sums():
    jilin = """{{
        base: pool_pay, minimum: {{kind: {minimum}, amount: 100 yuan}},
        rate: {{by: hospital_level, rows: {{三级: 10.5%, 二级: 8.4%, otherwise: 6.3%}}}}}}"""
    stays = [
        stay(1, "2022-03-01", pool_pay="1000", hospital_level="二级"),
        stay(2, "2022-03-02", pool_pay="1000", hospital_level="tertiary"),
    ]
    assert paid(edition(jilin.format(minimum="raised_to")), *stays) == ["100.00", "105.00"]
    not_paid = edition(jilin.format(minimum="not_paid_below"))
    assert paid(not_paid, *stays) == ["below_minimum", "105.00"]
    sanming = """
        formula: banded_lump_sum
        bands: {ends: upper_inclusive, rows: [
          {from: "20,000 yuan", to: "30,000 yuan", amount: "1,500 yuan"},
          {from: "30,000 yuan", to: "40,000 yuan", amount: "6,000 yuan"}]}
        """
    own = ["20000", "20000.01", "30000", "30000.01", "90000"]
    assert paid(edition(sanming), *(stay(nth, "2022-03-05", o) for nth, o in enumerate(own))) == [
        *("below_floor", "1500.00", "1500.00", "6000.00", "6000.00"),
    ]


def test_beijing_deductible_by_class_and_stay():
    book = edition(
        """
        rate: 20%
        floor:
          kind: deductible
          amount:
            by: [class, stay_ordinal]
            rows: {special: {1: 650 yuan, 2+: 325 yuan}, ordinary: {1: 1300 yuan, 2+: 650 yuan}}
        """,
        classes="""
        - {id: special, label: 特困或劳模, when: {any: [{特困职工: yes}, {model_worker: yes}]}}
        - {id: ordinary, label: 一般, otherwise: yes}
        """,
    )
    history = [
        stay(1, "2022-03-01", "1300"),
        stay(2, "2022-04-01", "1000", claimed_elsewhere=1),  # not eligible: not the second stay
        stay(3, "2022-05-01", "1000", counts_as_stay=0),  # stands as the second, moves nothing on
        stay(4, "2022-06-01", "1000", model_worker=1),
        stay(5, "2023-01-01", "1500"),
    ]
    assert paid(book, *history) == [
        *("below_floor", "claimed_elsewhere", "70.00", "135.00", "40.00"),
    ]


def test_sichuan_rate_by_payout():
    book = edition("rate: {by: payout_ordinal, rows: {1: 60%, 2+: 30%}}")
    history = [
        stay(1, "2022-03-01", "0"),
        stay(2, "2022-03-02", "100"),
        stay(3, "2022-03-03", "100"),
    ]
    assert paid(book, *history) == ["nothing_to_bear", "60.00", "30.00"]


def test_quanzhou_other_payers_and_disease_once():
    book = edition(
        "{base: personal_total, less: [commercial_pay, 医疗救助支出], rate: 60%}",
        """
        {id: critical, label: 重疾, events: [critical_diagnosis], formula: lump_sum,
         amount: {by: disease_grade, rows: {轻度: "3,000 yuan", 重度: "10,000 yuan",
                                            otherwise: 0 yuan}},
         once_per_disease: ever,
         when: [{id: first, label: 首次确诊, require: {first_diagnosis: yes}}]}
        """,
    )
    diagnosis = {
        "event_kind": "critical_diagnosis",
        "disease": "leukaemia",
        "disease_grade": "重度",
    }
    history = [
        stay(1, "2022-03-01", "1000", commercial_pay="300", medical_aid_pay="600"),
        stay(2, "2022-03-02", "1000", commercial_pay="1300"),
        stay(3, "2022-03-03", **diagnosis, first_diagnosis=0),
        stay(4, "2022-03-04", **diagnosis),
        stay(5, "2023-03-05", **diagnosis),
        stay(
            6, "2023-03-06", **diagnosis | {"disease": "stroke_sequelae", "disease_grade": "mild"}
        ),
        stay(7, "2023-03-07", **diagnosis | {"disease": "diabetes", "disease_grade": "none"}),
    ]
    assert paid(book, *history) == [
        *("60.00", "nothing_to_bear", "condition_failed", "10000.00", "disease_already_paid"),
        *("3000.00", "below_floor"),
    ]


def test_shenzhen_days():
    book = edition(
        """
        {id: days, label: 津贴, events: [hospital_stay], formula: day_allowance,
         per_day: {by: disease, rows: {恶性肿瘤: 120 yuan, otherwise: 60 yuan}},
         skip_first_days: 3, max_days_per_claim: 10, max_days_in_period: 15}
        """
    )
    history = [
        stay(1, "2022-03-01", days=3),
        stay(2, "2022-03-02", days=4),
        stay(3, "2022-03-03", days=90, disease="恶性肿瘤"),
        stay(4, "2022-03-04", days=90),
        stay(5, "2022-03-05", days=90),
    ]
    assert paid(book, *history) == [
        *("nothing_to_bear", "60.00", "1200.00", "240.00", "nothing_to_bear"),
    ]


def test_shanghai_shares_and_accident():
    book = edition(
        """
        {id: accident, label: 意外, events: [意外伤害], formula: lump_sum, amount: "5,000 yuan",
         scaled_by: disability_percent, shares: multiply, max_shares: 3}
        """
    )
    history = [
        stay(nth, "2022-03-01", event_kind="accident", disability_percent=15, shares=shares)
        for nth, shares in enumerate([1, 3, 5])
    ]
    assert paid(book, *history) == ["750.00", "2250.00", "2250.00"]
    assert kind("{shares: ignore}")["shares"] == "ignore"
