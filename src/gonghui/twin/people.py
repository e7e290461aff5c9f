"""The 62,715 people who take part: one record each, one cover each, 80 yuan each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import INSURED_TYPES, NONE, SEXES, UNIT_CLASSES
from gonghui.twin.events import Columns, code_of
from gonghui.twin.identity_numbers import identity_numbers
from gonghui.twin.names import draw_names
from gonghui.twin.published import COVER_FROM, COVER_UNTIL
from gonghui.twin.unions import MINE, Tree

HARDSHIP_SHARE = 0.025
_RESIDENT_SHARE = 0.03
"""Of people in private firms and new forms of work: insured as residents."""
_OLDEST_BORN = day_of(date(1962, 1, 2))
"""Nobody has reached sixty, when men retire, before the cover starts."""
_YOUNGEST_BORN = day_of(date(2003, 12, 31))


@dataclass(frozen=True, slots=True)
class People:
    """One entry a person in every array; the position is the person's surrogate key."""

    number: NDArray[np.str_]
    name: NDArray[np.str_]
    identity_number: NDArray[np.str_]
    union: NDArray[np.int64]
    facts: Columns
    """Facts of person and cover by their names in the dictionary of facts."""

    def __len__(self) -> int:
        return self.union.size


def settle_people(rng: np.random.Generator, tree: Tree) -> People:
    """Fill the units of the tree. Ages 18 to 59 when the cover starts; mines are men's work."""
    union = np.repeat(np.arange(tree.headcount.size), tree.headcount)
    count = union.size
    unit_class = np.array([node.unit_class for node in tree.unions])[union]
    mining = np.array(["矿" in node.name for node in tree.unions])[union]
    female = rng.random(count) < np.where(mining, 0.14, 0.44)
    age_of_life = rng.beta(2.3, 1.9, count)
    born = _YOUNGEST_BORN - (age_of_life * (_YOUNGEST_BORN - _OLDEST_BORN)).astype(np.int64)
    private = np.isin(unit_class, [code_of(UNIT_CLASSES, word) for word in ("private", "new_form")])
    resident = private & (rng.random(count) < _RESIDENT_SHARE)
    always = np.ones(count, dtype=np.int64)
    facts: Columns = {
        "born_on": born,
        "sex": np.where(female, code_of(SEXES, "female"), code_of(SEXES, "male")),
        "insured_type": np.where(
            resident, code_of(INSURED_TYPES, "resident"), code_of(INSURED_TYPES, "employee")
        ),
        "in_service": always,
        "union_member": always,
        "retired_on": _retirement(born, female),
        "hardship": (rng.random(count) < HARDSHIP_SHARE).astype(np.int64),
        "model_worker": (rng.random(count) < 0.003).astype(np.int64),
        "unit_class": unit_class,
        "cover_from": always * COVER_FROM,
        "cover_until": always * COVER_UNTIL,
    }
    serial = rng.permutation(count) + 1
    number = np.strings.add("9908", np.strings.zfill(serial.astype(np.str_), 16))
    return People(
        number=number,
        name=draw_names(rng, female),
        identity_number=identity_numbers(born, female),
        union=union,
        facts=facts,
    )


def a_miner(people: People, tree: Tree) -> int:
    """The person who is given the history of the page's miner: a man of 九里山矿 in middle age."""
    facts = people.facts
    fitting = (
        (people.union == tree.position(MINE))
        & (facts["sex"] == code_of(SEXES, "male"))
        & (facts["born_on"] > day_of(date(1970, 1, 1)))
        & (facts["born_on"] < day_of(date(1985, 1, 1)))
    )
    return int(np.flatnonzero(fitting)[0])


def _retirement(born: NDArray[np.int64], female: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The day in the year of cover on which somebody retires (men at 60, women at 55), or NONE.

    A woman who is 55 already has a post in which she retires later: no day is stated.
    """
    birthday = born.astype("datetime64[D]")
    month = birthday.astype("datetime64[M]")
    years = np.where(female, 55, 60)
    reached = ((month + 12 * years).astype("datetime64[D]") + (birthday - month)).astype(np.int64)
    within = (reached >= COVER_FROM) & (reached < COVER_UNTIL)
    return np.where(within, reached, NONE)
