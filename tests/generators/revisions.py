"""The revision of the page: lower fee, every rate +10 points, one use more, a cap 20,000 higher."""

from random import Random

from tests.generators import frame
from tests.generators.frame import ASSUMED, Part, bands, by_level, cap, count, share, yuan


def jiaozuo_and_its_revision(random: Random) -> tuple[Part, Part]:
    """A book like Jiaozuo's of 2022 with random numbers, and its revision from 2023 on.

    Under the revision nobody is to get less, whatever her history. That does not hold of every
    book: where small stays begin to be paid by it, they take the uses of later, larger ones. Of a
    floor that stays where it was it holds, and of rates that nowhere were nought.
    """
    floor = random.choice([{"kind": "none"}, frame.threshold(random), frame.deductible(random)])
    own = "deductible_paid + preliminary_selfpay + proportional_selfpay"
    said: Part = {"floor": floor, "minimum": {"kind": "none"}}
    if random.random() < 0.5:
        said["bands"] = bands(random, floor, starts_at_zero=True) | {"method": "progressive"}
        paths = ["benefits.hospital.bands.rows.*.rate"]
    else:
        said["rate"] = by_level(random)
        paths = ["benefits.hospital.rate"]
    for rates in [said.get("rate", {}).get("rows", {})]:
        rates |= {level: f"{random.randint(30, 70)}%" for level in rates}
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
            "rounding": {"unit": "0.01 yuan", "mode": "half_up"},
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
        *({"at": path, "add": "10 points"} for path in paths),
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
