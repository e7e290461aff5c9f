"""What each row of a roster owes for one share, and under which class of the fee's table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gonghui.core.rulebook.fields import UNIT_CLASSES
from gonghui.ground.directory.models import Union
from gonghui.programmes.mutualaid.terms import Terms

_UNIT_CLASSES = {
    spelling: word for word, (_, label) in UNIT_CLASSES.words.items() for spelling in (word, label)
}
"""The directory keeps a unit's class as it was written; the fee's table has its word."""
_HARDSHIP = {"hardship": "yes", "extreme_poverty": "yes"}


def fees_of(
    terms: Terms, values: Mapping[str, Sequence[Any]], places: Sequence[int], rows: Sequence[int]
) -> list[tuple[int, str]]:
    """Fen and class, row by row; once for all where the fee depends on nothing.

    An edition without classes of fee gives "" for everybody.
    """
    fee = terms.edition.fee
    if fee is None or not fee.dimensions:
        return [(terms.fee_fen({}), "")] * len(rows)
    units = dict(Union.objects.values_list("id", "unit_class"))
    known: dict[tuple[str, ...], tuple[int, str]] = {}
    found = []
    for at in rows:
        unit_class = units.get(places[at], "")
        facts = {
            "unit_class": _UNIT_CLASSES.get(unit_class, unit_class),
            "sex": values["sex"][at],
            "insured_type": values["insurance"][at],
            "hardship": _HARDSHIP.get(values["hardship"][at], "no"),
            "extreme_poverty": "yes" if values["hardship"][at] == "extreme_poverty" else "no",
            "model_worker": values["model_worker"][at] or "no",
        }
        key = tuple(facts.values())
        if key not in known:
            known[key] = terms.fee_fen(facts), terms.fee_class(facts)
        found.append(known[key])
    return found
