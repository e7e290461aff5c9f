"""Random histories of one person, hostile to whoever counts.

Amounts lie on the lines, band ends and caps that stand in the edition, or a fen beside them; days
on ends of periods, years and cover; several settlements on one day; late, reversed, unfiled ones.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.generators.frame import Part
from tests.oracle.dictionary import AMOUNTS, FLAGS, NOT_STATED, WORDS, identifier

Settlement = dict[str, int]

NAME = re.compile(r"[^\W\d]\w*")
DAY_ZERO = date(1970, 1, 1)
FIRST, LAST = date(2020, 11, 1), date(2024, 9, 1)


def days(day: date) -> int:
    return (day - DAY_ZERO).days


class Person:
    """One person under one edition: what she is, and what may happen to her."""

    def __init__(self, random: Random, edition: Part) -> None:
        self.random = random
        self.lines = sorted(set(_lines(edition)))
        self.amounts = sorted(set(_amounts_named(edition)))
        self.events = sorted(
            {_code("event_kind", word) for kind in edition["benefits"] for word in kind["events"]}
        )
        self.starts = _period_starts(edition)
        self.reversed_share = random.choice([0, 0.1, 0.1, 0.2, 0.8])
        self.from_day, self.over_days = random.choice(
            [(date(2021, 9, 1), 800), (date(2022, 2, 1), 150), (date(2022, 11, 1), 120)]
        )
        self.facts = self._facts()
        self.cover = self._cover()

    def _facts(self) -> Settlement:
        random = self.random
        facts = {
            "born_on": days(date(random.randint(1955, 2006), 1, 1)) + random.randint(0, 364),
            "sex": random.randint(0, 2),
            "insured_type": random.choice([0, 1, 1, 1, 2]),
            "unit_class": random.randint(0, 4),
            "continuous_years": random.randint(0, 4),
            "shares": random.choice([1, 1, 2, 3, 9]),
            "in_service": int(random.random() < 0.95),
        }
        person = ("senior_title", "hardship", "extreme_poverty", "model_worker", "card_holder")
        facts |= {flag: random.randint(0, 1) for flag in person}
        for fact in ("retired_on", "left_unit_on"):
            if random.random() < 0.2:
                facts[fact] = days(self._any_day())
        return facts

    def _cover(self) -> Settlement:
        random = self.random
        start = FIRST if random.random() < 0.8 else random.choice(self.starts)
        until = LAST if random.random() < 0.9 else random.choice(self.starts)
        cover = {"cover_from": days(start), "cover_until": days(until)}
        for fact in ("uploaded_on", "card_on"):
            if random.random() < 0.9:
                cover[fact] = days(start) + random.choice([-40, -1, 0, random.randint(0, 500)])
        if random.random() < 0.5:
            cover["previous_cover_until"] = days(start) - random.choice([0, 0, 30, 31, 90, 400])
        return cover

    def _any_day(self) -> date:
        """A day of some months or years; often beside the start of a period, a year, a month."""
        random = self.random
        if random.random() < 0.2:
            ends = [date(2022, 1, 1), date(2022, 3, 1), date(2023, 1, 1)]
            mark = random.choice([*self.starts, *ends])
            return mark + timedelta(days=random.choice([-1, 0, 0, 1, 30]))
        return self.from_day + timedelta(days=random.randint(0, self.over_days))

    def _amount(self) -> int:
        random = self.random
        way = random.random()
        if way < 0.5 and self.lines:
            return max(0, random.choice(self.lines) + random.choice([-1, 0, 0, 1]))
        if way < 0.6:
            return random.choice([0, 0, 1, 2])
        return random.randint(0, 10 ** random.randint(3, 7))

    def settlement(self, number: int, day: date | None = None) -> Settlement:
        random = self.random
        settled = day or self._any_day()
        discharged = settled - timedelta(days=random.choice([0, 0, 0, 1, 5, 40]))
        stay = random.choice([0, 1, 2, 3, 4, 5, 10, 33, 95])
        received = settled + timedelta(days=random.choice([0, 1, 1, 20, 200]))
        facts = self.facts | self.cover | {
            "settlement": number,
            "event_kind": random.choice([*self.events * 9, random.randint(1, 9)]),
            "settled_on": days(settled),
            "discharged_on": days(discharged),
            "admitted_on": days(discharged) - stay,
            "received_on": days(received),
            "days": stay,
            "hospital_level": random.randint(0, 3),
            "disease": random.choice([0, 1, 1, 11, 12, 16, 17]),
            "disease_grade": random.randint(0, 2),
            "disability_percent": random.choice([0, 1, 10, 33, 100]),
        }  # fmt: skip
        facts |= {fact: self._amount() for fact in AMOUNTS if random.random() < 0.1}
        facts |= {fact: self._amount() for fact in self.amounts if random.random() < 0.85}
        if random.random() < 0.4 and self.amounts:
            # One amount alone, so that a sum, too, lies on a line.
            facts |= dict.fromkeys(self.amounts, 0) | {random.choice(self.amounts): self._amount()}
        if random.random() < 0.85:
            filed = random.choice([0, 1, 20, 40, 60, 61, 62, 90, 184, 365, 420])
            facts["filed_on"] = days(discharged) + filed
        if random.random() < 0.1:
            facts["delay_notice_until"] = days(discharged) + random.choice([10, 100, 400])
        if random.random() < 0.03:
            del facts["discharged_on"]
        if random.random() < self.reversed_share:
            facts["reversed_on"] = days(settled) + random.choice([0, 1, 30, 150])
        for flag in ("away", "pathology", "base_plan"):
            facts[flag] = random.randint(0, 1)
        for flag in ("declined", "other_class_cover"):
            facts[flag] = int(random.random() < 0.1)
        for flag in ("counts_as_stay", "designated", "first_diagnosis"):
            facts[flag] = int(random.random() < 0.85)
        facts["claimed_elsewhere"] = int(random.random() < 0.02)
        if random.random() < 0.08:
            facts |= {random.choice(sorted(FLAGS)): random.randint(0, 1)}
        if random.random() < 0.08:
            facts |= self._cover()
        if random.random() < 0.08:
            facts["cover_from"] = days(settled) - random.choice([0, 1, 28, 29, 30, 31, 59, 60, 179])
        return facts


def history(random: Random, edition: Part, most: int = 12) -> list[Settlement]:
    """One to ``most`` settlements of one person, in the order of nothing."""
    person = Person(random, edition)
    wanted = most if person.reversed_share > 0.5 else random.randint(1, most)
    numbers = random.sample(range(1, 1000), wanted)
    settlements: list[Settlement] = []
    for number in numbers:
        same_day = settlements and random.random() < 0.25
        day = _day_of(random.choice(settlements)) if same_day else None
        settlement = person.settlement(number, day)
        replaced = [each for each in settlements if "reversed_on" in each]
        if replaced and random.random() < 0.5:
            settlement = _settled_again(random, random.choice(replaced), number)
        settlements.append(settlement)
    return settlements


def _settled_again(random: Random, reversed_: Settlement, number: int) -> Settlement:
    """After a reversal the insurer settles the same stay anew: another number, other amounts."""
    again = reversed_ | {"settlement": number, "received_on": reversed_["reversed_on"]}
    del again["reversed_on"]
    for fact in AMOUNTS:
        if again.get(fact) and random.random() < 0.5:
            again[fact] += random.choice([-1, 1, 10_000])
            again[fact] = max(0, again[fact])
    return again


def spoilt(random: Random, settlements: list[Settlement]) -> list[Settlement]:
    """The same history with one settlement that cannot be right."""
    spoilt = [dict(each) for each in settlements]
    victim = random.choice(spoilt)
    if random.random() < 0.3:
        for fact in ("settled_on", "discharged_on", "admitted_on", "filed_on"):
            victim[fact] = NOT_STATED
    else:
        victim[random.choice(sorted(AMOUNTS))] = random.choice([-1, 1_000_000_001, -1_000_000_000])
    return spoilt


def smallest(
    settlements: list[Settlement], fails: Callable[[list[Settlement]], bool]
) -> list[Settlement]:
    """A shortest part of a failing history that still fails: what a seeded run should print."""
    for nth in range(len(settlements)):
        shorter = settlements[:nth] + settlements[nth + 1 :]
        if fails(shorter):
            return smallest(shorter, fails)
    return settlements


# How a history arrives


def arrivals(random: Random, settlements: list[Settlement]) -> list[tuple[str, Settlement]]:
    """A stream that ends in this history: ``settle``, ``reverse`` and ``repeat``, in any order.

    A reversed settlement arrives first as it was before; its reversal some time after it.
    """
    stream: list[tuple[str, Settlement]] = []
    for settlement in random.sample(settlements, len(settlements)):
        before = {fact: value for fact, value in settlement.items() if fact != "reversed_on"}
        at = random.randint(0, len(stream))
        stream.insert(at, ("settle", before))
        if "reversed_on" in settlement:
            at = random.randint(at + 1, len(stream))
            stream.insert(at, ("reverse", settlement))
        if random.random() < 0.2:
            stream.insert(random.randint(at + 1, len(stream)), ("repeat", stream[at][1]))
    return stream


def arrived(stream: list[tuple[str, Settlement]]) -> list[Settlement]:
    """The history that a stream, or the beginning of one, has brought."""
    known: dict[int, Settlement] = {}
    for _, settlement in stream:
        number = settlement["settlement"]
        if "reversed_on" in settlement or number not in known:
            known[number] = settlement
    return list(known.values())


# What an edition speaks of


def _lines(part: Any) -> Iterator[int]:
    """Every amount that stands anywhere in the edition, in fen."""
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _lines(each)
    elif part.endswith(" yuan"):
        whole, _, rest = part.removesuffix(" yuan").replace(",", "").partition(".")
        yield int(whole) * 100 + int(rest.ljust(2, "0"))


def _amounts_named(edition: Part) -> Iterator[str]:
    limits = edition.get("limits", {})
    expressions = [kind["base"] for kind in edition["benefits"] if "base" in kind]
    expressions += [" ".join(kind.get("less", [])) for kind in edition["benefits"]]
    expressions += [gate["base"] for gate in edition.get("gates", [])]
    expressions += [limits["loss_ceiling"]["is"]] if "loss_ceiling" in limits else []
    for expression in expressions:
        for name in NAME.findall(expression):
            if name not in ("min", "max"):
                yield identifier(name)


def _code(fact: str, word: str) -> int:
    return 1 + WORDS[fact].split().index(word) // 2


def _period_starts(edition: Part) -> list[date]:
    start = date.fromisoformat(edition["period"]["starts"])
    months = int(edition["period"]["months"])
    starts = []
    for nth in range(-6, 10):
        years, month = divmod(start.month - 1 + nth * months, 12)
        day = date(start.year + years, month + 1, min(start.day, 28))
        if FIRST < day < LAST:
            starts.append(day)
    return starts or [start]


def _day_of(settlement: Settlement) -> date:
    return DAY_ZERO + timedelta(days=settlement["settled_on"])
