"""What the steps of a stored decision are called, for pages and commands."""

from __future__ import annotations

from collections.abc import Callable

from gonghui.core.errors import N_

WHOLE = {
    "cover from": N_("covered from"),
    "cover until": N_("covered until (this day no more)"),
    "waiting until": N_("waiting time until"),
    "deadline": N_("last day to apply"),
    "base": N_("what it is reckoned from"),
    "accumulated": N_("together with earlier ones"),
    "threshold": N_("threshold"),
    "deductible": N_("deductible"),
    "excess": N_("what counts above it"),
    "formula": N_("the formula gives"),
    "already paid": N_("paid before for the same"),
    "days": N_("days that count"),
    "shares": N_("times the shares"),
    "minimum": N_("against the smallest amount"),
    "rounded": N_("rounded as the rules say"),
}
BEGINNINGS = {
    "less": N_("less what another pays"),
    "band": N_("band"),
    "rate": N_("rate"),
    "uses": N_("times used before"),
    "limit": N_("times in all"),
    "number": N_("which time this is"),
    "most": N_("ceiling"),
    "room": N_("left below the ceiling"),
    "before": N_("before the ceiling"),
    "gate": N_("the gate's sum"),
}
"""Of names that go on with an identifier of the edition, or with the number of a band."""


def step_said(name: str, translate: Callable[[str], str]) -> str:
    """A step's name in words; one that has none stands as the engine wrote it."""
    if name in WHOLE:
        return translate(WHOLE[name])
    first, _space, rest = name.partition(" ")
    if first not in BEGINNINGS:
        return name
    said = translate(BEGINNINGS[first])
    return f"{said} {rest}" if rest.isdigit() else said
