"""Revisions: the page's (fee down, rates +10 points, one use and 20,000 more), and any book's."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from tests.generators import frame
from tests.generators.frame import ASSUMED, Part, bands, cap, count, share, table, yuan


def jiaozuo_and_its_revision(random: Random) -> tuple[Part, Part]:
    """A book like Jiaozuo's of 2022 with random numbers, and its revision from 2023 on.

    Under the revision nobody is to get less, whatever her history. That holds because the line is
    a threshold of at least 100 yuan: what is paid under one is paid under the other. With no line,
    or a deductible, it does not: two stays of a fen, rounded to nothing before and to a fen after,
    take two uses from later, larger ones.
    """
    own = "deductible_paid + preliminary_selfpay + proportional_selfpay"
    said: Part = {"floor": frame.threshold(random), "minimum": {"kind": "none"}}
    if random.random() < 0.5:
        said["bands"] = bands(random, said["floor"], starts_at_zero=True)
        for row in said["bands"]["rows"]:
            row["rate"] = frame.rate(random, 30, 70)
        path = "benefits.hospital.bands.rows.*.rate"
    else:
        rates = {level: frame.rate(random, 30, 70) for level in ("一级", "二级", "otherwise")}
        said["rate"] = table("hospital_level", rates)
        path = "benefits.hospital.rate"
    unit, mode = random.choice([("0.01 yuan", "half_up"), ("1 yuan", "up"), ("10 yuan", "down")])
    before = frame.edition(
        random,
        "jiaozuo_before",
        [share(random, "hospital", "住院补助", ["hospital_stay"], own, **said)],
        period={"starts": "2022-01-01", "months": "12"},
        answers={
            "claims": "by_application",
            "deciding_date": "settled_on",
            "steps": list(frame.STEPS),
            "slot_used_by": "paid_only",
            "rounding": {"unit": unit, "mode": mode},
        },
        limits={
            "counts": [count(random, "uses", ["hospital"], limit="2", window="period")],
            "caps": [
                cap(
                    random, "year_ceiling", ["hospital"], window="year",
                    amount=yuan(100 * random.choice([3_000, 30_000, random.randint(500, 40_000)])),
                )
            ],
        },
    )  # fmt: skip
    before["contribution"] = {"fee": "80 yuan", **ASSUMED}
    before["valid"]["until"] = "2023-01-01"
    effect = random.choice(["next_period", "from_date"])
    changes = [
        {"at": "contribution.fee", "is": "70 yuan"},
        {"at": path, "add": "10 points"},
        {"at": "limits.counts.uses.limit", "is": "3"},
        {"at": "limits.caps.year_ceiling.amount", "add": "20,000 yuan"},
    ]
    revised = {
        "gonghui": "rulebook/1",
        "scheme": before["scheme"],
        "edition": "2022-revised",
        "extends": f"{before['scheme']}/{before['edition']}",
        "title": "随机算例 修订",
        "valid": {"from": "2023-01-01", "until": "2024-07-01", **ASSUMED},
        "governance": before["governance"],
        "changes": [{**change, "effect": effect, **ASSUMED} for change in changes],
    }
    return before, revised


def revision_of(random: Random, edition: Part) -> tuple[Part, Part]:
    """Any edition, now ending on a random day, and a revision of its numbers from that day on.

    Each change has its own effect, so that for a time only some of them hold.
    """
    day = (date(2021, 12, 1) + timedelta(days=random.randint(0, 500))).isoformat()
    if random.random() < 0.3:
        day = random.choice(["2022-01-01", "2022-01-31", "2022-07-01", "2023-01-01"])
    before = {**edition, "valid": {**edition["valid"], "until": day}}
    changes = frame.some(random, list(_possible_changes(random, edition)))
    effects = ["next_period", "from_date", "whole_period"]
    revised = {
        "gonghui": "rulebook/1",
        "scheme": edition["scheme"],
        "edition": "revised",
        "extends": f"{edition['scheme']}/{edition['edition']}",
        "title": "随机算例 修订",
        "valid": {"from": day, "until": edition["valid"]["until"], **ASSUMED},
        "governance": edition["governance"],
        "changes": [{**each, "effect": random.choice(effects), **ASSUMED} for each in changes],
    }
    return before, revised


def _possible_changes(random: Random, edition: Part) -> Iterator[Part]:
    yield {"at": "contribution.fee", "is": "70 yuan"}
    for kind in edition["benefits"]:
        path = f"benefits.{kind['id']}"
        if kind.get("rate") == "100%":
            yield {"at": f"{path}.rate", "is": "90%"}
        elif "rate" in kind:
            yield {"at": f"{path}.rate", "add": _points(random)}
        elif kind["formula"] == "share":
            yield {"at": f"{path}.bands.rows.*.rate", "add": _points(random)}
        if "amount" in kind.get("floor", {}):
            yield {"at": f"{path}.floor.amount", "add": "50.5 yuan"}
        minimum = frame.minimum(random)
        if minimum["kind"] != "raised_to" or edition["answers"]["steps"][0] == "minimum":
            yield {"at": f"{path}.minimum", "is": minimum}
    for count_ in edition["limits"]["counts"]:
        yield {"at": f"limits.counts.{count_['id']}.limit", "add": "1"}
    for cap_ in edition["limits"]["caps"]:
        yield {"at": f"limits.caps.{cap_['id']}.amount", "add": "1,300 yuan"}
    if "gates" in edition:
        yield {"at": "gates", "is": []}


def _points(random: Random) -> str:
    return random.choice(["+2.5 points", "4 points", "-3 points"])
