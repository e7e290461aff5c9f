"""Reading conditions: tests over stated facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gonghui.core.errors import N_
from gonghui.core.rulebook.entries import CITING, Entry
from gonghui.core.rulebook.fields import FIELDS, find
from gonghui.core.rulebook.model import (
    Age,
    Among,
    Both,
    Compare,
    Condition,
    Derived,
    Not,
    NumberUnit,
    Test,
    Uses,
)
from gonghui.core.rulebook.tables import BEFORE_ANY_EVENT, read_number

RELATIONS = ("at_least", "at_most", "above", "below")
DERIVED = ("retired", "left_unit", "enrolled_before")


@dataclass(frozen=True)
class Scope:
    """What the conditions of one edition may refer to beside facts."""

    classes: Sequence[str] = ()
    counts: Sequence[str] = ()
    diseases: dict[str, tuple[int, ...]] = field(default_factory=dict)


def read_condition(entry: Entry, scope: Scope) -> Condition:
    """``{id, label, require}``."""
    entry.only("id", "label", "require")
    test = read_test(entry.need("require"), scope)
    identifier = entry.need("id").identifier()
    return Condition(identifier, entry.need("label").text, test, entry.node.path)


def read_test(entry: Entry, scope: Scope) -> Test:
    """A mapping of tests that must all hold."""
    named: dict[str, Entry] = {}
    for spelling in entry.node.mapping:
        if spelling in CITING:
            continue
        fact, test = find(spelling), entry.need(spelling)
        name = fact.name if fact else spelling
        if name in named:
            raise test.refusal(N_("“{key}” stands twice."), N_("Keep one row."), key=name)
        # Neither the spelling of a fact nor the order of the keys is part of what is said.
        named[name] = test.moved(f"{entry.node.path}.{name}")
    tests = [_one(name, test, scope) for name, test in sorted(named.items())]
    if not tests:
        raise entry.refusal(N_("The condition tests nothing."), N_("Name a fact."))
    return tests[0] if len(tests) == 1 else Both("all", tuple(tests))


def _one(name: str, entry: Entry, scope: Scope) -> Test:
    if name in ("all", "any"):
        tests = tuple(read_test(item, scope) for item in entry.items())
        return Both("all" if name == "all" else "any", tests)
    if name == "not":
        return Not(read_test(entry, scope))
    if name in DERIVED:
        return _derived(name, entry)
    if name == "age":
        return _age(entry)
    if name == "uses":
        entry.only("of", "below")
        count = _among(entry.need("of"), scope.counts)
        return Uses(count, read_number(entry.need("below"), "count", (), BEFORE_ANY_EVENT))
    if name == "class":
        codes = tuple(
            scope.classes.index(_among(item, scope.classes)) for item in _one_or_more(entry)
        )
        entry.listed("word", ",".join(map(str, codes)))
        return Among("class", codes)
    if name == "disease_in":
        listed = _among(entry, tuple(scope.diseases))
        entry.listed("word", listed)
        return Among("disease", scope.diseases[listed])
    return _fact(name, entry)


def _derived(name: str, entry: Entry) -> Derived:
    holds = _truth(entry)
    match name:
        case "retired":
            return Derived("retired", holds)
        case "left_unit":
            return Derived("left_unit", holds)
        case _:
            return Derived("enrolled_before", holds)


def _truth(entry: Entry) -> bool:
    holds = entry.truth()
    entry.listed("word", "yes" if holds else "no")
    return holds


def _age(entry: Entry) -> Age:
    entry.only("at", "from", "to")
    at = entry.need("at").text
    date = find(at)
    if date is not None and date.unit == "day":
        at = date.name
    elif at != "deciding_date":
        raise entry.need("at").refusal(
            N_("“{said}” is no date."), N_("Name a date field, such as cover_from."), said=at
        )
    lowest, highest = entry.at("from"), entry.at("to")
    if lowest is None and highest is None:
        raise entry.refusal(N_("The age has no bounds."), N_("Add “from” or “to”."))
    return Age(
        at,
        read_number(lowest, "count", (), BEFORE_ANY_EVENT) if lowest else None,
        read_number(highest, "count", (), BEFORE_ANY_EVENT) if highest else None,
    )


def _fact(name: str, entry: Entry) -> Test:
    fact = find(name)
    if fact is None or fact.unit == "day":
        raise entry.refusal(
            N_("There is no fact “{name}” to test."),
            N_("Facts are: {choices}."),
            name=name,
            choices=", ".join(item.name for item in FIELDS.values() if item.unit != "day"),
        )
    if fact.unit == "flag":
        return Among(fact.name, (1,) if _truth(entry) else (0,))
    if fact.vocabulary is not None:
        codes = []
        for item in _one_or_more(entry):
            code = fact.vocabulary.code(item.text)
            if code is None:
                raise item.refusal(
                    N_("“{said}” is not known here."),
                    N_("Choose one of: {choices}."),
                    said=item.text,
                    choices=", ".join(fact.vocabulary.words),
                )
            codes.append(code)
        entry.listed("word", ",".join(map(str, sorted(codes))))
        return Among(fact.name, tuple(sorted(codes)))
    entry.only(*RELATIONS)
    unit: NumberUnit = "fen" if fact.unit == "fen" else "count"
    compared: list[Test] = []
    for relation in ("at_least", "at_most", "above", "below"):
        number = entry.at(relation)
        if number is not None:
            limit = read_number(number, unit, (), BEFORE_ANY_EVENT)
            compared.append(Compare(fact.name, relation, limit))
    if not compared:
        raise entry.refusal(
            N_("“{name}” is compared with nothing."), N_("Write {{at_least: n}}."), name=name
        )
    return compared[0] if len(compared) == 1 else Both("all", tuple(compared))


def _one_or_more(entry: Entry) -> list[Entry]:
    value = entry.value()
    return value.items() if value.node.is_list else [value]


def _among(entry: Entry, known: Sequence[str]) -> str:
    said = entry.text
    if said not in known:
        raise entry.refusal(
            N_("“{said}” is not known here."),
            N_("Choose one of: {choices}."),
            said=said,
            choices=", ".join(known) or "–",
        )
    return said
