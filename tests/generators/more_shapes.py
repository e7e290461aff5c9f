"""The other half of the named shapes: several kinds, covers that start late, uses to choose."""

from random import Random

from tests.generators import frame
from tests.generators.frame import (
    Part,
    amount,
    bands,
    by_level,
    cap,
    condition,
    count,
    floor,
    kind,
    rate,
    shape,
    share,
    some,
    table,
)


@shape
def sanmen(random: Random) -> Part:
    """A day allowance and a share of one stay: one cap a claim, never more than the loss."""
    kinds = [
        kind(
            random, "days", "住院津贴", ["hospital_stay"], "day_allowance",
            per_day="25 yuan", skip_first_days="0", max_days_per_claim="none",
            max_days_in_period="none",
        ),
        share(random, "hospital", "住院补助", ["hospital_stay"], "personal_total"),
        kind(
            random, "care", "护理补助", ["住院护理", "住院"], "lump_sum",
            amount=amount(random, 50, 900),
        ),
    ]  # fmt: skip
    ids = ["days", "hospital", "care"]
    limits: Part = {
        "caps": [
            cap(random, "one_claim", some(random, ids, 2), window="claim"),
            cap(random, "year_ceiling", random.choice([ids, ["hospital"]]), window="year"),
        ],
    }
    if random.random() < 0.7:
        limits["loss_ceiling"] = {
            "is": "personal_total - commercial_pay",
            "covers": some(random, ids, 2),
        }
    # The loss is no multiple of anything: only rounding down, or to the fen, keeps under it.
    unit, mode = random.choice([("0.01 yuan", "half_up"), ("1 yuan", "down"), ("10 yuan", "down")])
    return frame.edition(
        random, "sanmen", kinds, limits=limits, answers={"rounding": {"unit": unit, "mode": mode}}
    )


@shape
def quanzhou(random: Random) -> Part:
    """Classes of unit; other payers first; critical illness by grade, each disease once."""
    critical = kind(
        random, "critical", "重疾给付", ["critical_diagnosis"], "lump_sum",
        amount=table(
            ["unit_class", "disease_grade"],
            {
                "机关事业": {
                    "severe": amount(random, 5000, 20_000), "otherwise": amount(random, 900, 3000)
                },
                "otherwise": {"severe": amount(random, 3000, 9000), "otherwise": "0 yuan"},
            },
        ),
        once_per_disease=random.choice(["period", "ever"]),
        when=[
            condition("first", "首次确诊", {"first_diagnosis": "yes"}),
            condition("cost", "费用达标", {"total_cost": {"at_least": amount(random, 100, 2000)}}),
        ],
    )  # fmt: skip
    hospital = share(
        random, "hospital", "住院补助", ["hospital_stay"], "personal_total - own_expense",
        less=["commercial_pay", "职工大额支出", "MAF_PAY"],
    )  # fmt: skip
    covers = random.choice([["hospital"], ["hospital", "critical"]])
    ceiling = table("unit_class", {"非公企业": "2,000 yuan", "otherwise": "5,000 yuan"})
    return frame.edition(
        random,
        "quanzhou",
        [hospital, critical],
        limits={"caps": [cap(random, "ceiling", covers, amount=ceiling)]},
    )


@shape
def shanghai(random: Random) -> Part:
    """Shares; cover from the day after the card; lump sums by sex and by disability."""
    several = {"shares": "multiply", "max_shares": str(random.randint(1, 3))}
    kinds = [
        share(
            random, "hospital", "住院补助", ["hospital_stay"], "cash_pay",
            floor=floor(random), **several,
        ),
        kind(
            random, "critical", "特种重病", ["critical_diagnosis"], "lump_sum",
            amount=table("sex", {"female": "12,000 yuan", "otherwise": amount(random, 5000, 9000)}),
            once_per_disease="ever", **several,
        ),
        kind(
            random, "accident", "意外伤害", ["accident"], "lump_sum",
            amount=amount(random, 1000, 9000), scaled_by="disability_percent", **several,
        ),
        kind(
            random, "days", "津贴", ["hospital_stay"], "day_allowance", shares="ignore",
            per_day=amount(random, 20, 90), skip_first_days="2", max_days_per_claim="30",
            max_days_in_period="none",
        ),
    ]  # fmt: skip
    return frame.edition(
        random,
        "shanghai",
        kinds,
        cover={"starts": "day_after_card", "waiting": {"kind": "everyone", "length": "30 days"}},
        limits={"counts": [count(random, "uses", ["accident", "days"])]},
    )


@shape
def guangdong(random: Random) -> Part:
    """Three kinds of one stay, each with its own count, and one count over all of them."""
    kinds = [
        share(random, "hospital", "住院", ["hospital_stay"], "proportional_selfpay"),
        share(random, "chronic", "门特", ["chronic_outpatient"], "personal_total"),
        share(
            random, "above", "超统筹", ["hospital_stay", "chronic_outpatient"],
            "above_ceiling - employee_large_pay",
        ),
    ]  # fmt: skip
    ids = ["hospital", "chronic", "above"]
    limits = {
        "counts": [
            count(random, "hospital_uses", ["hospital"], limit="2"),
            count(random, "chronic_uses", ["chronic"], limit="1"),
            count(random, "all_uses", ids, limit=str(random.randint(2, 5))),
        ],
        "caps": [cap(random, "year_ceiling", ids)],
    }
    return frame.edition(random, "guangdong", kinds, limits=limits)


@shape
def anhui(random: Random) -> Part:
    """Working days to file from discharge, a delay notice; cover from the day after upload."""
    deadline = {
        "kind": "working_days", "days": str(random.randint(5, 40)), "from": "discharged_on",
        "extended_by_notice": random.choice(["yes", "no"]),
    }  # fmt: skip
    kinds = [
        share(
            random, "hospital", "住院补助", ["hospital_stay"], "personal_total", deadline=deadline
        ),
        kind(
            random, "care", "护理", ["care", "hospital_stay"], "lump_sum",
            amount=amount(random, 50, 500), deadline=deadline,
        ),
    ]  # fmt: skip
    return frame.edition(
        random,
        "anhui",
        kinds,
        answers={"claims": "by_application"},
        cover={"starts": "day_after_upload", "waiting": {"kind": "none"}},
        limits={
            "counts": [count(random, "uses", ["hospital"])],
            "caps": [cap(random, "one_claim", ["hospital", "care"], window="claim")],
        },
    )


@shape
def hangzhou(random: Random) -> Part:
    """A fixed last day next year; three items with a ceiling each; women's diseases, maternity."""

    def by_the_end_of(month: int) -> Part:
        return {
            "kind": "fixed_date", "month": str(month), "day": "31",
            "years_after": random.choice(["0", "1"]), "from": "settled_on",
        }  # fmt: skip

    kinds = [
        share(
            random, "hospital", "住院及规定病种", ["hospital_stay", "chronic_outpatient"],
            "personal_total", deadline=by_the_end_of(3),
            when=[
                condition("level", "二级及以上医院", {"hospital_level": ["二级", "三级"]}),
                condition("designated", "定点医疗机构", {"designated": "yes"}),
            ],
        ),
        kind(
            random, "women", "女职工特殊疾病", ["critical_diagnosis"], "lump_sum",
            amount=table(
                "disease", {"原位癌": "3,000 yuan", "otherwise": amount(random, 5000, 20_000)}
            ),
            deadline=by_the_end_of(12), once_per_disease="period",
            when=[condition("women", "女职工病种", {"sex": "女", "disease_in": "women"})],
        ),
        kind(
            random, "maternity", "生育补助", ["maternity"], "lump_sum",
            amount=amount(random, 100, 1000), deadline=by_the_end_of(5),
        ),
    ]  # fmt: skip
    women = frame.disease_list("女性病种", "breast_cancer", "宫颈癌", "ovarian_cancer", "原位癌")
    return frame.edition(
        random,
        "hangzhou",
        kinds,
        answers={"claims": "by_application"},
        disease_lists={"women": women},
        limits={
            "counts": [count(random, "women_uses", ["women"], limit="1")],
            "caps": [
                cap(random, "hospital_most", ["hospital"]),
                cap(random, "women_most", ["women", "maternity"]),
            ],
        },
    )


@shape
def shaoxing(random: Random) -> Part:
    """A month of waiting for first joiners; a period from 25 September; what counts as renewal."""
    length = random.choice(["1 month", "30 days", "2 months", "180 days"])
    gap = random.choice(["0 days", "30 days", "90 days"])
    hospital = share(
        random, "hospital", "住院补助", ["hospital_stay"], "personal_total", floor=floor(random)
    )
    return frame.edition(
        random,
        "shaoxing",
        [hospital],
        period={"starts": "2020-09-25", "months": "12"},
        cover={
            "starts": random.choice(["common_date", "day_after_upload"]),
            "waiting": {"kind": "first_join", "length": length, "renewal_gap": gap},
        },
        eligibility=[
            condition("in_service", "在职职工", {"in_service": "yes"}),
            condition("elsewhere", "未参加同类项目", {"other_class_cover": "no"}),
        ],
        limits={
            "counts": [count(random, "uses", ["hospital"], window="period")],
            "caps": [cap(random, "year_ceiling", ["hospital"], window="year")],
        },
    )


@shape
def best_for_worker(random: Random) -> Part:
    """Automatic, and the stays that pay most take the uses."""
    kinds = [
        share(random, "hospital", "住院补助", ["hospital_stay"], "personal_total",
              floor=floor(random), rate=by_level(random)),
        share(random, "chronic", "门慢", ["chronic_outpatient", "hospital_stay"], "own_expense"),
    ]  # fmt: skip
    covered = random.choice([["hospital"], ["hospital", "chronic"]])
    limits: Part = {"counts": [count(random, "uses", covered)]}
    if random.random() < 0.5:
        limits["caps"] = [cap(random, "year_ceiling", ["hospital", "chronic"])]
    return frame.edition(
        random,
        "best_for_worker",
        kinds,
        answers={
            "claims": "automatic",
            "slot_choice": "best_for_worker",
            "slot_used_by": "paid_only",
            "reversal": random.choice(["slot_kept", "slot_freed_and_refused_reopened"]),
        },
        limits=limits,
    )


@shape
def workers_choice(random: Random) -> Part:
    """Automatic; the worker declines; reversals free their uses for what is received later."""
    return frame.edition(
        random,
        "workers_choice",
        [share(random, "hospital", "住院补助", ["hospital_stay"], "personal_total")],
        answers={"claims": "automatic", "slot_choice": "workers_choice", "reversal": "slot_freed"},
        limits={
            "counts": [count(random, "uses", ["hospital"], limit=str(random.choice([1, 2, 9, 9])))]
        },
    )


@shape
def reversals(random: Random) -> Part:
    """Many uses, which reversals free for what is received later: more than can be remembered."""
    uses = count(random, "uses", ["hospital"], limit="9", window=random.choice(["year", "ever"]))
    return frame.edition(
        random,
        "reversals",
        [share(random, "hospital", "住院补助", ["hospital_stay"], "total_cost + cash_pay")],
        answers={"claims": "automatic", "slot_choice": "by_time", "reversal": "slot_freed"},
        limits={"counts": [uses]},
    )


@shape
def cliffs(random: Random) -> Part:
    """Whole-amount bands behind a deductible; rounded to tens of yuan before the caps."""
    line = {"kind": "deductible", "amount": by_level(random)}
    for level in line["amount"]["rows"]:
        line["amount"]["rows"][level] = amount(random, 0, 1500)
    hospital = share(
        random, "hospital", "住院补助", ["hospital_stay"],
        "min(personal_total, cash_pay + account_pay)",
        floor=line, bands=bands(random, line, 3) | {"method": "whole_amount"},
    )  # fmt: skip
    return frame.edition(
        random,
        "cliffs",
        [hospital],
        answers={
            "steps": [
                "rounding",
                *random.sample(["minimum", "count", "claim_cap", "period_cap"], 4),
            ],
            "rounding": {"unit": "10 yuan", "mode": random.choice(["up", "half_up", "half_even"])},
        },
        limits={
            "counts": [count(random, "uses", ["hospital"])],
            "caps": [
                cap(
                    random,
                    "ever_most",
                    ["hospital"],
                    window="ever",
                    amount=amount(random, 900, 9000),
                ),
                cap(
                    random,
                    "one_claim",
                    ["hospital"],
                    window="claim",
                    amount=amount(random, 300, 3000),
                ),
            ],
        },
    )


@shape
def japan(random: Random) -> Part:
    """A deductible, results under a line not paid, the rest cut down to hundreds."""
    line = {
        "kind": "deductible",
        "amount": table(
            "hardship", {"yes": amount(random, 50, 300), "no": amount(random, 300, 900)}
        ),
    }
    hospital = share(
        random, "top", "付加给付", ["hospital_stay", "outpatient"], "personal_total",
        floor=line, rate="100%", minimum={"kind": "not_paid_below", "amount": "100 yuan"},
    )  # fmt: skip
    return frame.edition(
        random,
        "japan",
        [hospital],
        answers={
            "claims": "automatic",
            "rounding": {"unit": "100 yuan", "mode": "down"},
            "steps": random.choice(
                [
                    ["rounding", "minimum", "count", "claim_cap", "period_cap"],
                    ["minimum", "rounding", "count", "period_cap", "claim_cap"],
                ]
            ),
        },
        eligibility=[condition("stays", "未离开单位", {"left_unit": "no"})],
    )


@shape
def yunnan(random: Random) -> Part:
    """Retired members only continue; age; years of participation raise the rate."""
    years = {"0": rate(random, 20, 40), "1": rate(random, 40, 60), "2+": rate(random, 60, 90)}
    continuing = {
        "any": [{"retired": "no"}, {"all": [{"enrolled_before": "yes"}, {"card_holder": "yes"}]}]
    }
    limits = {
        "counts": [
            count(
                random, "uses", ["hospital", "surgery"],
                limit=table("hardship", {"yes": "3", "no": "2"}),
            )
        ],
        "caps": [cap(random, "year_ceiling", ["hospital"])],
    }  # fmt: skip
    over_four_days = {"days": {"above": "4", "at_most": "60"}}
    age = {"age": {"at": "cover_from", "from": "16", "to": "60"}}
    return frame.edition(
        random,
        "yunnan",
        [
            share(random, "hospital", "住院补助", ["hospital_stay"], "personal_total",
                  rate=table("continuous_years", years)),
            kind(random, "surgery", "手术补助", ["surgery", "hospital_stay"], "lump_sum",
                 amount=amount(random, 100, 900),
                 when=[condition("days", "住院五日以上", over_four_days)]),
        ],
        eligibility=[
            condition("age", "年龄16至60周岁", age),
            condition("continuing", "退休人员仅限续保", continuing),
        ],
        limits=limits,
    )  # fmt: skip
