"""Named shapes of rule books: the structure is the name's, the numbers and answers are random.

Each shape takes a ``random.Random`` (Hypothesis can be one, see ``strategies.py``) and gives a
whole valid edition. Together with ``more_shapes.py`` they use every construct of the language that
a person's money depends on.
"""

from itertools import pairwise
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
    deductible,
    floor,
    kind,
    rate,
    shape,
    share,
    table,
    threshold,
)


@shape
def jiaozuo(random: Random) -> Part:
    """By application, uses counted per period, money per year, a gate for the special grant."""
    line = {random.choice(["above", "at_least"]): "100,000 yuan"}
    gate = {
        "id": "special_grant",
        "label": "大额自费救助",
        "base": random.choice(["own_expense", "自费 + over_limit"]),
        "window": random.choice(["claim", "period", "year"]),
        "line": line,
        "needs": [{"id": "hardship", "label": "给家庭生活造成极度困难"}],
        "procedure": ["本人申请", "单位审核"],
        "decided_by": "市总工会党组",
    }
    own = "deductible_paid + proportional_selfpay"
    return frame.edition(
        random,
        "jiaozuo",
        [share(random, "hospital", "住院补助", ["住院"], own, rate=by_level(random))],
        answers={"claims": "by_application"},
        limits={
            "counts": [count(random, "uses", ["hospital"], window="period")],
            "caps": [cap(random, "year_ceiling", ["hospital"], window="year")],
        },
        gates=[gate],
    )


@shape
def pinghu(random: Random) -> Part:
    """Automatic, one threshold, one rate, one cap."""
    own = "deductible_paid + 按比例自付"
    line = threshold(random)
    return frame.edition(
        random,
        "pinghu",
        [share(random, "hospital", "住院补助", ["hospital_stay"], own, floor=line)],
        answers={"claims": "automatic"},
        limits={
            "caps": [cap(random, "year_ceiling", ["hospital"], amount=amount(random, 800, 9000))]
        },
    )


@shape
def hainan(random: Random) -> Part:
    """Bands over a period of years, three applications of either kind, a top-up at death."""
    none = {"kind": "none"}
    hospital = share(
        random, "hospital", "住院补助", ["hospital_stay"], "起付线 + 统筹段自付",
        bands=bands(random, none),
    )  # fmt: skip
    outpatient = share(
        random, "special_outpatient", "特殊门诊", ["门诊慢特病"], "个人负担",
        floor={"kind": "threshold", "amount": "1,000 yuan", "at_the_line": "paid"},
    )  # fmt: skip
    death = kind(
        random, "death", "身故补助", ["death"], "top_up",
        to=amount(random, 1000, 9000),
        counting=random.choice([["hospital"], ["hospital", "special_outpatient"]]),
        window=random.choice(["period", "year", "ever"]),
        when=[condition("few", "申请不足三次", {"uses": {"of": "applications", "below": "3"}})],
        minimum=none,
    )  # fmt: skip
    both = ["hospital", "special_outpatient"]
    all_three = [*both, "death"]
    return frame.edition(
        random,
        "hainan",
        [hospital, outpatient, death],
        period={"starts": "2020-03-01", "months": "36"},
        limits={
            "counts": [count(random, "applications", both, limit="3")],
            "caps": [cap(random, "total", random.choice([both, all_three]), window="period")],
        },
    )


@shape
def zhangzhou(random: Random) -> Part:
    """Accumulated over the period behind one deductible; the uninsured by another formula."""
    insured = condition("insured", "参加基本医保", {"insured_type": ["职工医保", "resident"]})
    uninsured = condition(
        "uninsured", "未参加基本医保", {"not": {"insured_type": ["employee", "居民医保"]}}
    )
    kinds = [
        share(
            random, "hospital", "住院补助", ["hospital_stay", "chronic_outpatient"],
            "in_scope - fund_total", basis="accumulated_in_period", floor=deductible(random),
            when=[insured],
        ),
        share(
            random, "uninsured", "未参保住院", ["hospital_stay"], "total_cost",
            floor=deductible(random), rate=table("away", {"yes": rate(random), "no": rate(random)}),
            when=[uninsured],
        ),
        kind(
            random, "death", "身故补助", ["death"], "top_up", to=amount(random, 500, 3000),
            counting=["hospital", "uninsured"], window="period",
        ),
    ]  # fmt: skip
    return frame.edition(
        random,
        "zhangzhou",
        kinds,
        limits={
            "caps": [
                cap(random, "insured", ["hospital", "death"], window="period"),
                cap(random, "uninsured_most", ["uninsured", "death"], window="period"),
            ]
        },
    )


@shape
def weihai(random: Random) -> Part:
    """Accumulated over the year, bands behind a floor of any kind."""
    line = floor(random)
    hospital = share(
        random, "hospital", "住院补助", ["hospital_stay", "outpatient"], "personal_total",
        less=["commercial_pay"], basis="accumulated_in_year",
        floor=line, bands=bands(random, line, 2),
    )  # fmt: skip
    counts = [count(random, "uses", ["hospital"])] if random.random() < 0.5 else []
    caps = [cap(random, "year_ceiling", ["hospital"], window="year")]
    return frame.edition(random, "weihai", [hospital], limits={"counts": counts, "caps": caps})


@shape
def sanming(random: Random) -> Part:
    """Lump sums by bands of own cost; the top one may end."""
    ends = frame.lines(random, 4, 200, 9000)
    if random.random() < 0.3:
        ends[0] = "0 yuan"
    rows = [
        {"from": start, "to": end, "amount": amount(random, 50, 3000)}
        for start, end in pairwise(ends)
    ]
    if random.random() < 0.5:
        del rows[-1]["to"]
    ways = ["per_stay", "accumulated_in_period", "accumulated_in_year"]
    aid = kind(
        random, "aid", "大病补助", ["hospital_stay"], "banded_lump_sum",
        base="max(personal_total - own_expense, cash_pay - (over_limit + 自费))",
        basis=random.choice(ways),
        bands={"ends": random.choice(["upper_inclusive", "lower_inclusive"]), "rows": rows},
    )  # fmt: skip
    covers = random.choice([["aid"], []])
    caps = [cap(random, "most", covers)] if covers else []
    return frame.edition(random, "sanming", [aid], limits={"caps": caps})


@shape
def jilin(random: Random) -> Part:
    """A share of what the pool paid, by level; two payouts; a smallest payout; months to file."""
    hospital = share(
        random, "hospital", "住院补助", ["hospital_stay"], "pool_pay",
        rate=by_level(random), minimum=frame.minimum(random),
        deadline={
            "kind": "months", "months": str(random.randint(1, 6)), "from": "discharged_on",
            "extended_by_notice": random.choice(["yes", "no"]),
        },
    )  # fmt: skip
    accident = kind(
        random, "accident", "意外补助", ["accident"], "lump_sum",
        amount=amount(random, 500, 20_000), scaled_by="disability_percent",
        deadline={"kind": "months", "months": "6", "from": "discharged_on"},
    )  # fmt: skip
    return frame.edition(
        random,
        "jilin",
        [hospital, accident],
        answers={
            "claims": "by_application",
            "deciding_date": random.choice(["filed_on", "settled_on"]),
        },
        limits={"counts": [count(random, "payouts", ["hospital"], limit="2")]},
    )


@shape
def sichuan(random: Random) -> Part:
    """The first payout at one rate, later ones at another; every application uses a count."""
    hospital = share(
        random, "hospital", "住院补助", ["hospital_stay", "surgery"], "deductible_paid + in_scope",
        floor=threshold(random),
        rate=table("payout_ordinal", {"1": rate(random), "2": rate(random), "3+": rate(random)}),
    )  # fmt: skip
    return frame.edition(
        random,
        "sichuan",
        [hospital],
        answers={"claims": "by_application", "slot_used_by": "every_application"},
        limits={"counts": [count(random, "applications", ["hospital"])]},
    )


@shape
def beijing(random: Random) -> Part:
    """Classes of person; a deductible and a rate by class and stay; a listed disease pays more."""
    numbers = {
        "special": {"1": amount(random, 300, 900), "2+": amount(random, 50, 300)},
        "ordinary": {"1": amount(random, 900, 2000), "2+": amount(random, 300, 900)},
    }
    line = {"kind": "deductible", "amount": table(["class", "stay_ordinal"], numbers)}
    listed = condition("listed", "列入病种", {"disease_in": "grave"})
    ordinary = condition("ordinary", "一般职工", {"class": ["ordinary"]})
    return frame.edition(
        random,
        "beijing",
        [
            share(
                random, "hospital", "住院补助", ["hospital_stay"], "personal_total - own_expense",
                floor=line,
                rate=table("class", {"special": rate(random), "ordinary": rate(random)}),
            ),
            share(
                random, "grave", "重病加给", ["hospital_stay", "chronic_outpatient"],
                "personal_total", when=[listed, ordinary],
                rate=table("stay_ordinal", {"1": rate(random), "2+": rate(random)}),
            ),
        ],
        classes=[
            {
                "id": "special",
                "label": "特困或劳模",
                "when": {"any": [{"extreme_poverty": "yes"}, {"劳动模范": "yes"}]},
            },
            {"id": "ordinary", "label": "一般", "otherwise": "yes"},
        ],
        disease_lists={
            "grave": frame.disease_list("重病", "恶性肿瘤", "leukaemia", "uraemia_dialysis")
        },
        limits={"caps": [cap(random, "year_ceiling", ["hospital", "grave"])]},
    )  # fmt: skip


@shape
def shenzhen(random: Random) -> Part:
    """A day allowance by disease: first days, days a claim, days a period, applications."""

    def most(low: int, high: int) -> str:
        return random.choice(["none", str(random.randint(low, high))])

    allowance = kind(
        random, "days", "住院津贴", ["hospital_stay"], "day_allowance",
        per_day=table("disease", {"恶性肿瘤": "120 yuan", "otherwise": amount(random, 10, 90)}),
        skip_first_days=random.choice(["0", "3"]),
        max_days_per_claim=most(3, 30),
        max_days_in_period=most(10, 60),
    )  # fmt: skip
    return frame.edition(
        random,
        "shenzhen",
        [allowance],
        limits={"counts": [count(random, "applications", ["days"], limit="2")]},
    )
