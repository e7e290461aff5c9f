"""Reading limits and gates."""

from __future__ import annotations

from collections.abc import Sequence

from gonghui.core.errors import N_
from gonghui.core.rulebook.benefits import read_expression
from gonghui.core.rulebook.conditions import Scope
from gonghui.core.rulebook.entries import Entry
from gonghui.core.rulebook.model import (
    Cap,
    Count,
    Gate,
    GateWindow,
    LongWindow,
    LossCeiling,
    Need,
    Window,
)
from gonghui.core.rulebook.tables import BEFORE_ANY_EVENT, read_number


def read_count(entry: Entry, scope: Scope, kinds: Sequence[str]) -> Count:
    """``{id, label, limit, window, covers}``."""
    entry.only("id", "label", "limit", "window", "covers")
    window: LongWindow = entry.answer("window").word(("period", "year", "ever"), asks="window")
    return Count(
        entry.need("id").identifier(),
        entry.need("label").text,
        read_number(entry.need("limit"), "count", scope.classes),
        window,
        _covers(entry.need("covers"), kinds),
    )


def read_cap(entry: Entry, scope: Scope, kinds: Sequence[str]) -> Cap:
    """``{id, label, amount, window, covers}``."""
    entry.only("id", "label", "amount", "window", "covers")
    window: Window = entry.answer("window").word(("claim", "period", "year", "ever"), asks="window")
    return Cap(
        entry.need("id").identifier(),
        entry.need("label").text,
        read_number(entry.need("amount"), "fen", scope.classes),
        window,
        _covers(entry.need("covers"), kinds),
    )


def read_loss_ceiling(entry: Entry, kinds: Sequence[str]) -> LossCeiling:
    """``{is: expression, covers: [...]}``."""
    entry.only("is", "covers")
    return LossCeiling(read_expression(entry.need("is")), _covers(entry.need("covers"), kinds))


def read_gate(entry: Entry, scope: Scope) -> Gate:
    """A gate; anything that would compute its amount is refused."""
    for key in ("amount", "rate", "formula", "bands"):
        if key in entry.node.mapping:
            raise entry.need(key).refusal(
                N_("The amount of discretionary relief is decided by people, never computed."),
                N_("Remove “{key}”; state who decides in “decided_by”."),
                key=key,
            )
    entry.only(
        "id", "label", "base", "window", "line", "needs", "procedure", "decided_by", "ceiling"
    )
    line = entry.need("line")
    line.only("above", "at_least")
    needs = []
    for item in entry.entries("needs"):
        item.only("id", "label")
        needs.append(Need(item.need("id").identifier(), item.need("label").text))
    procedure = entry.need("procedure").value()
    entry.need("procedure").listed("word", " → ".join(item.text for item in procedure.items()))
    decided_by = entry.need("decided_by")
    decided_by.listed("word", decided_by.text)
    ceiling = entry.at("ceiling")
    if ceiling is not None:
        ceiling.word(("none",))
    window: GateWindow = entry.answer("window").word(("claim", "period", "year"), asks="window")
    above = line.at("above")
    return Gate(
        id=entry.need("id").identifier(),
        label=entry.need("label").text,
        base=read_expression(entry.need("base")),
        window=window,
        relation="above" if above else "at_least",
        line=read_number(above or line.need("at_least"), "fen", scope.classes, BEFORE_ANY_EVENT),
        needs=tuple(needs),
        procedure=tuple(item.text for item in procedure.items()),
        decided_by=decided_by.text,
    )


def _covers(entry: Entry, kinds: Sequence[str]) -> tuple[str, ...]:
    value = entry.value()
    names = tuple(item.text for item in value.items())
    for item in value.items():
        if item.text not in kinds:
            raise item.refusal(
                N_("There is no benefit “{name}”."),
                N_("Benefits are: {choices}."),
                name=item.text,
                choices=", ".join(kinds),
            )
    entry.listed("word", ",".join(sorted(set(names))))
    return tuple(kind for kind in kinds if kind in names)
