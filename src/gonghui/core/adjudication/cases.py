"""Worked cases: what a clerk writes down, run against an edition.

A case names facts in words and amounts in yuan, and states what each benefit kind gives. Printed
amounts of the sources are cases like any other, marked ``printed: yes``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gonghui.core.adjudication.history import Decision, HistoryFold, Settlement
from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.document import Node, parse
from gonghui.core.rulebook.fields import Field, find
from gonghui.core.rulebook.quantities import count
from gonghui.core.rulebook.reasons import Reason
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import always, timeline


@dataclass(frozen=True)
class Expectation:
    """What one kind must give for one event; ``None`` where the case does not say."""

    kind: str
    amount_fen: int
    reason: Reason | None
    uses: bool | None
    node: Node


@dataclass(frozen=True)
class Case:
    """One file: a history and what is expected of each event. ``name`` is the path on the shelf."""

    name: str
    edition: str
    under: str
    source: str
    printed: bool
    history: tuple[Settlement, ...]
    expected: Mapping[int, tuple[Expectation, ...]]
    gates: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True)
class Difference:
    """Where an edition gives something else than a case expects."""

    case: Case
    event: int
    kind: str
    expected: str
    found: str


def read_case(data: bytes, name: str, edition: str) -> Case:
    """A case from its file; refuses unknown facts and kinds with their place."""
    tree = parse(data, name)
    entries = tree.mapping
    for key, node in entries.items():
        if key not in ("source", "printed", "under", "cover", "person", "events"):
            raise node.refusal(
                N_("The language has no “{key}” here."),
                N_("Known here: {keys}.{hint}"),
                key=key,
                keys="source, printed, under, cover, person, events",
                hint="",
            )
    shared = {
        field: value
        for part in ("cover", "person")
        if part in entries
        for field, value in _facts(entries[part])
    }
    if "events" not in entries:
        raise tree.refusal(
            N_("“{key}” is missing."), N_("Add “{key}:” to this entry."), key="events"
        )
    history, expected, gates = [], {}, {}
    for number, event in enumerate(entries["events"].items, 1):
        history.append(Settlement(number, shared | dict(_facts(event))))
        expects = event.mapping.get("expect")
        if expects is None:
            raise event.refusal(
                N_("“{key}” is missing."), N_("Add “{key}:” to this entry."), key="expect"
            )
        expected[number] = tuple(
            _expectation(kind, node) for kind, node in expects.mapping.items() if kind != "gates"
        )
        if "gates" in expects.mapping:
            gates[number] = tuple(node.text for node in expects.mapping["gates"].items)
    under = entries["under"].text if "under" in entries else ""
    printed = "printed" in entries and entries["printed"].text == "yes"
    source = entries["source"].text if "source" in entries else ""
    return Case(name, edition, under, source, printed, tuple(history), expected, gates)


def _facts(node: Node) -> Iterator[tuple[str, int]]:
    for key, value in node.mapping.items():
        if key == "expect":
            continue
        field = find(key)
        if field is None:
            raise value.refusal(
                N_("There is no fact “{name}”."), N_("Check its spelling."), name=key
            )
        yield field.name, _value(field, value)


def _value(field: Field, node: Node) -> int:
    text = node.text
    try:
        match field.unit:
            case "fen":
                return parse_yuan(text)
            case "day":
                return parse_day(text)
            case "number":
                return count(text)
            case "flag":
                if text in ("yes", "no"):
                    return int(text == "yes")
            case "code":
                code = field.vocabulary.code(text) if field.vocabulary else None
                if code is not None:
                    return code
    except Refusal as refusal:
        raise refusal.at(node.place, node.path) from None
    raise node.refusal(
        N_("“{said}” is not known here."),
        N_("Choose one of: {choices}."),
        said=text,
        choices="yes, no" if field.vocabulary is None else ", ".join(field.vocabulary.words),
    )


def _expectation(kind: str, node: Node) -> Expectation:
    said = node.mapping
    for key, child in said.items():
        if key not in ("amount", "reason", "uses"):
            raise child.refusal(
                N_("The language has no “{key}” here."),
                N_("Known here: {keys}.{hint}"),
                key=key,
                keys="amount, reason, uses",
                hint="",
            )
    if "uses" in said and said["uses"].text not in ("yes", "no"):
        raise said["uses"].refusal(N_("Here “yes” or “no” is needed."), N_("Write yes or no."))
    reason = said.get("reason")
    try:
        amount = parse_yuan(said["amount"].text) if "amount" in said else 0
    except Refusal as refusal:
        raise refusal.at(node.place, node.path) from None
    known = None if reason is None else Reason.__members__.get(reason.text.upper())
    if reason is not None and known is None:
        raise reason.refusal(
            N_("“{said}” is not known here."),
            N_("Choose one of: {choices}."),
            said=reason.text,
            choices=", ".join(one.name.lower() for one in Reason),
        )
    uses = said["uses"].text == "yes" if "uses" in said else None
    return Expectation("" if kind == "none" else kind, amount, known, uses, node)


def cases_of(shelf: Shelf, edition: str) -> list[Case]:
    """The cases that stand beside an edition on the shelf."""
    return [
        read_case(path.read_bytes(), shelf.shown(path), edition)
        for path in sorted(shelf.beside(edition, "cases").glob("*.yaml"))
    ]


def fold_of(scheme: str, under: str, shelf: Shelf, working_days: WorkingDays | None) -> HistoryFold:
    """What decides the cases of a scheme: each event under the edition in force on its day, or all
    ``under`` the one a case names."""
    segments = always(shelf.edition(under)) if under else timeline(shelf, scheme)
    return HistoryFold(compile_segments(segments), working_days)


def run(case: Case, shelf: Shelf, working_days: WorkingDays | None) -> list[Difference]:
    """What the rules give otherwise than the case expects; empty when all agrees."""
    scheme = case.edition.rpartition("/")[0]
    return differences(case, fold_of(scheme, case.under, shelf, working_days))


def differences(case: Case, fold: HistoryFold) -> list[Difference]:
    """The same with the fold at hand, for running many cases of a scheme."""
    by_event: dict[int, dict[str, Decision]] = {}
    for row in fold.fold(case.history):
        by_event.setdefault(row.settlement, {})[row.kind] = row
    found: list[Difference] = []
    for event, expectations in case.expected.items():
        decisions = by_event[event]
        for expectation in expectations:
            decision = decisions.get(expectation.kind) or decisions.get("")
            said = _said(decision, expectation)
            wanted = _wanted(expectation)
            if said != wanted:
                found.append(Difference(case, event, expectation.kind, wanted, said))
        unnamed = decisions.keys() - {one.kind for one in expectations}
        found += [
            Difference(case, event, kind, "–", _said(decisions[kind], None))
            for kind in sorted(unnamed)
            if decisions[kind].amount_fen
        ]
        if event in case.gates:
            met = {gate for decision in decisions.values() for gate in decision.gates}
            if met != set(case.gates[event]):
                wanted = ", ".join(case.gates[event])
                found.append(Difference(case, event, "gates", wanted, ", ".join(sorted(met))))
    return found


def _wanted(expectation: Expectation) -> str:
    parts = [format_yuan(expectation.amount_fen)]
    if expectation.reason is not None:
        parts.append(expectation.reason.name.lower())
    if expectation.uses is not None:
        parts.append("uses" if expectation.uses else "no use")
    return " ".join(parts)


def _said(decision: Decision | None, expectation: Expectation | None) -> str:
    """A decision in the words of the expectation: only what the case speaks of."""
    if decision is None:
        return "–"
    parts = [format_yuan(decision.amount_fen)]
    if expectation is None or expectation.reason is not None:
        parts.append(decision.reason.name.lower())
    if expectation is not None and expectation.uses is not None:
        parts.append("uses" if decision.uses else "no use")
    return " ".join(parts)
