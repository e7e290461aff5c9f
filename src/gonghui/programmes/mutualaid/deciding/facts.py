"""The facts of a settlement: the insurer's own, those of the person and of her cover on that day.

They are the same that the Parquet road puts together from lists of persons and covers, so that both
come to the same fen: what the insurer states of a person counts before what we know of her.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from gonghui.core.adjudication.history import Settlement
from gonghui.core.rulebook.fields import FIELDS, NONE, SEXES, UNIT_CLASSES
from gonghui.programmes.mutualaid.deciding.histories import CoverSpan, History, Said

_SEXES = {"M": SEXES.code("male"), "F": SEXES.code("female")}
_EXTREME = "特困"
"""A registered hardship whose kind says so is the extreme one as well."""


def settlement_of(said: Said, history: History, deciding_date: str) -> Settlement:
    """A settlement with all its facts; a fact at its default is left out."""
    own = said.facts | {"received_on": said.received}
    if said.filed is not None:
        own["filed_on"] = said.filed
    if said.reversed is not None:
        own["reversed_on"] = said.reversed
    day = own.get(deciding_date, NONE)
    if day == NONE:
        day = own.get("settled_on", NONE)
    facts = _of_person(history, day) | _of_cover(history.covers, day) | own
    kept = {name: value for name, value in facts.items() if value != FIELDS[name].default}
    return Settlement(said.number, dict(sorted(kept.items())))


def _of_person(history: History, day: int) -> dict[str, int]:
    facts = {"sex": _SEXES.get(history.sex) or 0}
    if history.born is not None:
        facts["born_on"] = history.born
    for kind, since, until in history.hardships:
        if since <= day < until:
            facts["hardship"] = 1
            if _EXTREME in kind:
                facts["extreme_poverty"] = 1
    return facts


def _of_cover(covers: Sequence[CoverSpan], day: int) -> dict[str, int]:
    """The cover in force on the day; else the last one before, else the first after: the fold then
    sees that the day lies outside."""
    if not covers:
        return {}
    before = [place for place, cover in enumerate(covers) if cover.since <= day]
    place = before[-1] if before else 0
    cover = covers[place]
    earlier = [one.until for one in covers[:place]]
    return {
        "cover_from": cover.since,
        "cover_until": cover.until,
        "uploaded_on": cover.uploaded,
        "shares": cover.shares,
        "unit_class": _unit_class(cover.unit_class),
        "previous_cover_until": max(earlier, default=NONE),
    }


@lru_cache(maxsize=64)
def _unit_class(word: str) -> int:
    return UNIT_CLASSES.code(word) or 0
