"""What every random edition has: a frame whose questions are answered at random.

A shape says what it is about (its kinds, limits, conditions); the frame adds whatever answers
those raise, so that the edition is complete. Every parameter is ``assumed``.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import yaml

Part = dict[str, Any]
Shape = Callable[[Random], Part]
SHAPES: dict[str, Shape] = {}
"""Every named shape: a random source → a whole valid edition."""

ASSUMED = {"assumed": "true", "because": "随机生成，用于检验"}
LUMP_FORMULAS = ("lump_sum", "banded_lump_sum", "day_allowance", "top_up")
STEPS = ("minimum", "count", "claim_cap", "period_cap", "rounding")
UNITS_FEN = {"0.01 yuan": 1, "0.1 yuan": 10, "1 yuan": 100, "10 yuan": 1_000, "100 yuan": 10_000}


def shape(build: Shape) -> Shape:
    SHAPES[build.__name__] = build
    return build


class _Dumper(yaml.SafeDumper):
    """The language refuses anchors and aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def text(edition: Part) -> str:
    """The edition as a file."""
    return yaml.dump(edition, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


# Numbers


def yuan(fen: int) -> str:
    """150050 → ``1,500.50 yuan``"""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d} yuan" if rest else f"{whole:,} yuan"


def amount(random: Random, low: int, high: int) -> str:
    """Between ``low`` and ``high`` yuan: mostly round, sometimes to the fen."""
    fen = random.randint(low, high) * 100
    if random.random() < 0.2:
        fen += random.randint(1, 99)
    return yuan(fen)


def rate(random: Random, low: int = 5, high: int = 95) -> str:
    """A rate in whole or hundredth percent."""
    percent = random.randint(low, high)
    return random.choice(
        [f"{percent}%", f"{percent}.5%", f"{percent}.{random.randint(1, 99):02d}%"]
    )


def lines(random: Random, count: int, low: int, high: int) -> list[str]:
    """``count`` different amounts, rising."""
    return [yuan(100 * each) for each in sorted(random.sample(range(low, high), count))]


def table(by: str | list[str], rows: Part) -> Part:
    return {"by": by, "rows": rows}


def some(random: Random, items: list, at_least: int = 1) -> list:
    """Some of ``items``, in their order."""
    chosen = random.sample(range(len(items)), random.randint(at_least, len(items)))
    return [items[nth] for nth in sorted(chosen)]


def by_level(random: Random) -> Part:
    """A rate by hospital level, in either way of writing."""
    if random.random() < 0.5:
        return table("hospital_level", {"三级": rate(random), "otherwise": rate(random)})
    levels = ("一级", "二级", "tertiary", "unrated")
    return table("hospital_level", {level: rate(random) for level in levels})


# Kinds and limits


def kind(
    random: Random, id_: str, label: str, events: list[str], formula: str, **said: Any
) -> Part:
    """A kind of any formula; minimum and deadline at random unless ``said``."""
    common = {
        "minimum": random.choice([{"kind": "none"}, {"kind": "none"}, minimum(random)]),
        "deadline": {"kind": "none"},
    }
    return {"id": id_, "label": label, "events": events, "formula": formula, **common, **said}


def share(random: Random, id_: str, label: str, events: list[str], base: str, **said: Any) -> Part:
    """A kind that pays a share; per stay, without a floor, unless ``said``."""
    plain: Part = {"base": base, "basis": "per_stay", "floor": {"kind": "none"}}
    if "bands" not in said:
        plain["rate"] = rate(random)
    return kind(random, id_, label, events, "share", **(plain | said))


def minimum(random: Random) -> Part:
    word = random.choice(["not_paid_below", "raised_to"])
    return {"kind": word, "amount": amount(random, 20, 200)}


def threshold(random: Random, low: int = 100, high: int = 1500) -> Part:
    at_the_line = random.choice(["paid", "not_paid"])
    return {"kind": "threshold", "amount": amount(random, low, high), "at_the_line": at_the_line}


def deductible(random: Random, low: int = 100, high: int = 1500) -> Part:
    return {"kind": "deductible", "amount": amount(random, low, high)}


def floor(random: Random) -> Part:
    return random.choice([{"kind": "none"}, threshold(random), deductible(random)])


def bands(random: Random, floor: Part, rows: int = 3, starts_at_zero: bool = False) -> Part:
    """Bands of a share behind ``floor``, with exactly the questions that arise answered."""
    ends = lines(random, rows, 200, 20_000)
    if starts_at_zero or random.random() < 0.5:
        ends[0] = "0 yuan"
    found: Part = {
        "method": random.choice(["progressive", "whole_amount"]),
        "ends": random.choice(["upper_inclusive", "lower_inclusive"]),
    }
    if ends[0] != "0 yuan":
        found["first_floor"] = random.choice(["paid", "not_paid"])
    if floor["kind"] == "deductible":
        found["measured_on"] = random.choice(["base", "excess"])
    found["rows"] = [
        {"from": start, **({"to": end} if end else {}), "rate": rate(random)}
        for start, end in zip(ends, [*ends[1:], None], strict=True)
    ]
    return found


def count(random: Random, id_: str, covers: list[str], **said: Any) -> Part:
    plain = {
        "id": id_,
        "label": f"享受次数（{id_}）",
        "limit": str(random.randint(1, 4)),
        "window": random.choice(["period", "period", "year", "ever"]),
        "covers": covers,
    }
    return plain | said


def cap(random: Random, id_: str, covers: list[str], **said: Any) -> Part:
    """A cap between 300 and 30,000 yuan, low ones often; whole 100 yuan unless ``said``."""
    plain = {
        "id": id_,
        "label": f"最高（{id_}）",
        "amount": yuan(
            10_000 * random.choice([3, 8, random.randint(5, 40), random.randint(5, 300)])
        ),
        "window": random.choice(["period", "year", "year", "ever"]),
        "covers": covers,
    }
    return plain | said


def condition(id_: str, label: str, require: Part) -> Part:
    return {"id": id_, "label": label, "require": require}


# The frame


def edition(random: Random, shape: str, benefits: list[Part], **said: Any) -> Part:
    """A complete edition of these kinds. ``said``: sections, and answers not left to chance."""
    limits = {"counts": [], "caps": [], **said.pop("limits", {})}
    answers = _answers(random, benefits, limits, said.pop("answers", {}))
    sections: Part = {
        "gonghui": "rulebook/1",
        "scheme": f"random/{shape}",
        "edition": "2022",
        "title": f"随机算例 {shape}",
        "valid": {"from": "2021-01-01", "until": "2024-07-01"},
        "governance": {"issued_by": ["算例"], "document_number": "unknown"},
        "period": said.pop("period", None) or _period(random),
        "answers": answers,
        "contribution": {"fee": amount(random, 20, 200)},
        "cover": said.pop("cover", {"starts": "common_date", "waiting": {"kind": "none"}}),
        "eligibility": said.pop("eligibility", []),
        "benefits": benefits,
        "limits": limits,
        **said,
    }
    return {
        name: part if name == "disease_lists" else _assumed(part) for name, part in sections.items()
    }


def disease_list(label: str, *diseases: str) -> Part:
    return {"version": "2022", "label": label, "diseases": list(diseases), **ASSUMED}


def _assumed(section: Any) -> Any:
    """The mappings of a section say that no source states them."""
    if isinstance(section, list):
        return [_assumed(item) for item in section]
    return {**section, **ASSUMED} if isinstance(section, dict) else section


def _period(random: Random) -> Part:
    starts = random.choice(["2022-01-01", "2022-01-01", "2021-07-01", "2020-09-25", "2022-01-31"])
    return {"starts": starts, "months": str(random.choice([12, 12, 12, 6, 24, 36]))}


def _answers(random: Random, benefits: list[Part], limits: Part, said: Part) -> Part:
    answers: Part = {
        "claims": random.choice(["by_application", "automatic"]),
        "same_day_order": random.choice(
            ["settlement_number", "earliest_received", "largest_cost_first", "smallest_cost_first"]
        ),
        "steps": random.sample(STEPS, len(STEPS)) if random.random() < 0.6 else list(STEPS),
        "overpayment": random.choice(["offset", "demand", "waive"]),
        **said,
    }
    if any(each["minimum"]["kind"] == "raised_to" for each in benefits):
        answers["steps"].remove("minimum")  # after a cap it could lift a payout over it
        answers["steps"].insert(0, "minimum")
    dates = ["settled_on", "settled_on", "discharged_on", "admitted_on"]
    if answers["claims"] == "by_application":
        dates.append("filed_on")
    answers.setdefault("deciding_date", random.choice(dates))
    answers.setdefault("rounding", _rounding(random, limits["caps"]))
    if limits["counts"]:
        answers.setdefault("slot_used_by", random.choice(["paid_only", "every_application"]))
        words = ["slot_kept", "slot_freed", "slot_freed_and_refused_reopened"]
        answers.setdefault("reversal", random.choice(words))
        if answers["claims"] == "automatic":
            answers.setdefault("slot_choice", random.choice(["by_time", "workers_choice"]))
    lumps = {each["id"] for each in benefits if each["formula"] in LUMP_FORMULAS}
    if limits["caps"] and lumps:
        longer = [each for each in limits["caps"] if each["window"] != "claim"]
        answers["lump_sums_in_ceiling"] = _lump_sums_count(lumps, longer)
    ids = [each["id"] for each in benefits]
    if len(ids) > 1:
        answers.setdefault("kind_order", random.sample(ids, len(ids)))
    return answers


def _lump_sums_count(lumps: set[str], caps: list[Part]) -> str:
    covered = [id_ for id_ in lumps if any(id_ in cap["covers"] for cap in caps)]
    assert len(covered) in (0, len(lumps)), "all lump sums count towards the ceilings, or none"
    return "yes" if covered else "no"


def _rounding(random: Random, caps: list[Part]) -> Part:
    """No unit that could lift a payout over a cap that is no multiple of it."""
    amounts = [str(each["amount"]) for each in caps]
    if any("." in each or not each.endswith("00 yuan") for each in amounts):
        return {"unit": "0.01 yuan", "mode": random.choice(["half_up", "down", "up", "half_even"])}
    unit = random.choice(["0.01 yuan", "0.01 yuan", *UNITS_FEN])
    return {"unit": unit, "mode": random.choice(["half_up", "half_up", "down", "up", "half_even"])}
