"""The tree of unions and the 423 units that take part.

A unit stands anywhere in the tree: under the city, a county, a town, an industry union, a group or
another unit. Only the places and the units that the source page names are real; sizes are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonghui.core.rulebook.fields import UNIT_CLASSES
from gonghui.twin.events import code_of

CITY = "焦作市总工会"
GROUP = "焦煤集团"
MINE = "焦煤集团九里山矿"

_COUNTIES = (
    *("沁阳市", "孟州市", "温县", "武陟县", "博爱县", "修武县"),
    *("解放区", "山阳区", "中站区", "马村区", "示范区"),
)
_INDUSTRIES = ("教科文卫体", "交通运输", "住房城建", "商贸服务", "市直机关", "新就业形态")
_ON_THE_PAGE = (
    (MINE, 2_986),
    ("焦煤集团古汉山矿", 2_671),
    ("焦煤集团中马村矿", 2_214),
    ("焦煤集团千业水泥", 873),
)
_GROUP_WORKS = ("机修厂", "洗煤厂", "运输处", "供电处", "建安公司", "职工医院")
_BRANDS_FIRST = "禾渊砚澍岱沅霖翊曜桓钧韫屹泓楷"
_BRANDS_LAST = "丰泰源诚和盛达晟荣康禄"
_TRADES = (
    ("机械有限公司", "private"),
    ("化工有限公司", "private"),
    ("食品有限公司", "private"),
    ("纺织有限公司", "private"),
    ("耐火材料厂", "state_owned"),
    ("水务公司", "state_owned"),
    ("供热公司", "state_owned"),
    ("卫生院", "government"),
    ("中学", "government"),
    ("事业服务中心", "government"),
    ("物流有限公司", "private"),
    ("配送服务站", "new_form"),
)
_SMALLEST = 6
_TAIL = 1.15
"""The exponent of the Pareto law of sizes; a little above one, as for firms."""
_LARGEST_LIMIT = 0.012
"""Bends the law's far end, so that no unit outgrows the mines by much."""


@dataclass(frozen=True, slots=True)
class Union:
    """A node of the tree; ``parent`` is its position in the tree, -1 at the top."""

    code: str
    name: str
    parent: int
    kind: str
    unit_class: int
    county: str


@dataclass(frozen=True, slots=True)
class Tree:
    """All unions, parents first; ``headcount`` is above zero only for the units that take part."""

    unions: tuple[Union, ...]
    headcount: NDArray[np.int64]

    @property
    def units(self) -> NDArray[np.int64]:
        """Positions of the units that take part."""
        return np.flatnonzero(self.headcount)

    def position(self, name: str) -> int:
        return next(place for place, union in enumerate(self.unions) if union.name == name)

    def path(self, position: int) -> str:
        """From the top: 焦作市总工会 → 焦煤集团 → 焦煤集团九里山矿."""
        names: list[str] = []
        while position >= 0:
            names.append(self.unions[position].name)
            position = self.unions[position].parent
        return " → ".join(reversed(names))


class _Planting:
    def __init__(self) -> None:
        self.unions: list[Union] = []
        self.sizes: dict[int, int] = {}
        """Units that take part; 0 where the size is still to be drawn."""

    def add(
        self, name: str, parent: int, kind: str, unit_class: str = "other", county: str = ""
    ) -> int:
        code = code_of(UNIT_CLASSES, unit_class)
        number = f"HC{len(self.unions):04d}"
        self.unions.append(Union(number, name, parent, kind, code, county))
        return len(self.unions) - 1

    def add_unit(
        self, name: str, parent: int, unit_class: str, county: str = "", size: int = 0
    ) -> int:
        position = self.add(name, parent, "基层工会", unit_class, county)
        self.sizes[position] = size
        return position


def plant(rng: np.random.Generator, units: int, people: int) -> Tree:
    """A tree with exactly so many units that take part and exactly so many people in them."""
    planting = _Planting()
    city = planting.add(CITY, -1, "市总工会")
    group = planting.add(GROUP, city, "集团工会", "state_owned")
    for name, size in _ON_THE_PAGE:
        planting.add_unit(name, group, "state_owned", "马村区", size)
    for works in _GROUP_WORKS:
        planting.add_unit(f"{GROUP}{works}（合成）", group, "state_owned", "马村区")
    parents: list[tuple[int, str, str]] = []
    for county in _COUNTIES:
        above = planting.add(f"{county}总工会", city, "县（市、区）总工会", county=county)
        parents.append((above, county, county))
        for part in ("产业集聚区", "城关"):
            joint = planting.add(f"{county}{part}工会联合会", above, "工会联合会", county=county)
            parents.append((joint, county, county))
    for industry in _INDUSTRIES:
        above = planting.add(f"焦作市{industry}工会", city, "产业工会")
        parents.append((above, "焦作", ""))
    _grow_units(rng, planting, parents, units)
    headcount = np.zeros(len(planting.unions), dtype=np.int64)
    places = np.array(list(planting.sizes), dtype=np.int64)
    headcount[places] = _share_out(rng, np.array(list(planting.sizes.values())), people)
    return Tree(tuple(planting.unions), headcount)


def _grow_units(
    rng: np.random.Generator,
    planting: _Planting,
    parents: list[tuple[int, str, str]],
    units: int,
) -> None:
    """Add units until there are enough; every ninth opens a branch, which is a unit of its own."""
    used: set[str] = set()
    while len(planting.sizes) < units:
        above, place, county = parents[int(rng.integers(len(parents)))]
        brand = _BRANDS_FIRST[int(rng.integers(len(_BRANDS_FIRST)))]
        brand += _BRANDS_LAST[int(rng.integers(len(_BRANDS_LAST)))]
        trade, unit_class = _TRADES[int(rng.integers(len(_TRADES)))]
        name = f"{place}{brand}{trade}（合成）"
        if name in used:
            continue
        used.add(name)
        unit = planting.add_unit(name, above, unit_class, county)
        if rng.random() < 1 / 9 and len(planting.sizes) < units:
            branch = name.replace("（合成）", "第一分部（合成）")
            planting.add_unit(branch, unit, unit_class, county)


def _share_out(
    rng: np.random.Generator, fixed: NDArray[np.int64], people: int
) -> NDArray[np.int64]:
    """Sizes with a heavy tail that add up exactly; sizes already fixed stay."""
    drawn = np.flatnonzero(fixed == 0)
    left = people - int(fixed.sum()) - _SMALLEST * drawn.size
    if left < 0:
        raise ValueError(f"{people} people are too few for {fixed.size} units")
    weights = (rng.random(drawn.size) + _LARGEST_LIMIT) ** (-1 / _TAIL)
    exact = weights / weights.sum() * left
    whole = np.floor(exact).astype(np.int64)
    largest = np.argsort(whole - exact, kind="stable")[: left - int(whole.sum())]
    whole[largest] += 1
    sizes = fixed.copy()
    sizes[drawn] = whole + _SMALLEST
    return sizes
