"""An edition in words: what its entries are called, what values mean, what conditions ask.

English templates marked ``N_``, translated by the door as refusals are. Facts and codes have their
Chinese names in the dictionary (``fields``); in English they are called by their identifiers.
Labels are the edition's own in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

from gonghui.core.errors import N_
from gonghui.core.money import format_rate, format_yuan
from gonghui.core.periods import date_of
from gonghui.core.rulebook import expressions
from gonghui.core.rulebook.consistency import numbers_of
from gonghui.core.rulebook.expressions import Choice, Expression, Name, Sum
from gonghui.core.rulebook.fields import DISEASES, EVENT_KINDS, FIELDS
from gonghui.core.rulebook.model import (
    Age,
    Among,
    Both,
    Compare,
    Derived,
    Edition,
    Not,
    Number,
    NumberUnit,
    Parameter,
    Test,
    Uses,
)
from gonghui.core.rulebook.names import COUNTED, ENTRIES, WORDS
from gonghui.core.rulebook.questions import QUESTIONS
from gonghui.core.rulebook.tables import CODES

_ORDINALS = {
    "stay_ordinal": (N_("number of the stay"), N_("stay {n}"), N_("from stay {n} on")),
    "payout_ordinal": (N_("number of the payment"), N_("payment {n}"), N_("from payment {n} on")),
    "continuous_years": (N_("years of participation"), N_("{n} years"), N_("{n} years and more")),
}
_RELATIONS = {
    "at_least": N_("{fact} at least {number}"),
    "at_most": N_("{fact} at most {number}"),
    "above": N_("{fact} above {number}"),
    "below": N_("{fact} below {number}"),
}
_DERIVED = {
    "retired": (N_("retired"), N_("not retired")),
    "left_unit": (N_("has left the unit"), N_("has not left the unit")),
    "enrolled_before": (N_("renewal"), N_("not a renewal")),
}
_SILENT = {
    "contribution", "period", "valid", "cover", "answers", "benefits", "limits", "counts", "caps",
    "eligibility", "classes", "when", "require", "any", "all", "not", "rows", "kind",
    "changes", "is", "label",
}  # fmt: skip
_QUESTIONS = {question.key: question for question in QUESTIONS}


class _Labelled(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True)
class Wording:
    """Names and values of one edition in one language."""

    edition: Edition
    translate: Callable[[str], str] = str
    language: Literal["zh", "en"] = "en"

    def say(self, template: str, **values: object) -> str:
        """A template in the language, filled."""
        return self.translate(template).format(**values)

    def several(self, words: Iterable[str]) -> str:
        """An enumeration."""
        return self.translate(N_(", ")).join(words)

    # values

    def amount(self, fen: int) -> str:
        return self.say(N_("{amount} yuan"), amount=format_yuan(fen).removesuffix(".00"))

    def day(self, day: int) -> str:
        date = date_of(day)
        return self.say(
            N_("{year}-{month:02d}-{day:02d}"), year=date.year, month=date.month, day=date.day
        )

    def number(self, unit: NumberUnit, value: int) -> str:
        match unit:
            case "fen":
                return self.amount(value)
            case "rate":
                return format_rate(value)
            case "day":
                return self.day(value)
            case "days":
                return self.say(N_("{n} days"), n=value)
            case "months":
                return self.say(N_("{n} months"), n=value)
        return str(value)

    def value(self, parameter: Parameter) -> str:
        """The value of a parameter as people say it."""
        if isinstance(parameter.value, int):
            return self._counted(parameter, parameter.value)
        return self._word(parameter.path, parameter.value)

    def difference(self, parameter: Parameter, change: int) -> str:
        """A change of a parameter's number, with its sign: rates in percentage points."""
        sign, size = ("+" if change > 0 else "−"), abs(change)
        if parameter.unit == "rate":
            return sign + self.say(N_("{n} points"), n=format_rate(size).removesuffix("%"))
        if parameter.unit == "day":
            return sign + self.number("days", size)
        return sign + self._counted(parameter, size)

    def _counted(self, parameter: Parameter, number: int) -> str:
        assert parameter.unit != "word"
        counted = COUNTED.get(parameter.path.rpartition(".")[2])
        if parameter.unit == "count" and counted:
            return self.say(counted, n=number)
        return self.number(parameter.unit, number)

    def _word(self, path: str, word: str) -> str:
        steps = [step for step in path.split(".") if not step.isdigit()]
        key = steps[-1] if steps[-1] != "kind" else steps[-2]
        above = steps[-2] if len(steps) > 1 else ""
        if "require" in steps or steps[0] == "classes":
            return self._required(key, word)
        for asked in (key, f"{above}.{key}", f"{key}.kind"):
            if asked in _QUESTIONS and word in _QUESTIONS[asked].choices:
                return self.translate(_QUESTIONS[asked].choices[word])
        if f"{key}.{word}" in WORDS:
            return self.translate(WORDS[f"{key}.{word}"])
        match above, key:
            case _, "rounding" | "mode":
                return self.translate(_QUESTIONS["rounding"].choices[word])
            case _, "steps":
                return " → ".join(self.translate(WORDS[f"steps.{one}"]) for one in word.split(","))
            case _, "events":
                return self.several(self.event(int(code)) for code in word.split(","))
            case _, "base" | "loss_ceiling":
                return self.expression(expressions.parse(word))
            case _, "less" | "scaled_by":
                return self.several(self.fact(name) for name in word.split(","))
            case "deadline", "from":
                return self.fact(word)
            case _, "covers" | "counting" | "kinds" | "kind_order":
                return self.several(self.benefit(kind) for kind in word.split(","))
            case "disease_lists", _:
                return self.several(self._code("disease", int(code)) for code in word.split(","))
        return self._truth(word)

    def _required(self, fact: str, word: str) -> str:
        if fact in CODES:
            return self.several(self._code(fact, int(code)) for code in word.split(","))
        return self._truth(word)

    def _truth(self, word: str) -> str:
        return self.translate(
            {"yes": N_("yes"), "no": N_("no"), "none": N_("none")}.get(word, word)
        )

    # names

    def fact(self, name: str) -> str:
        if name == "deciding_date":
            return self.translate(ENTRIES["answers.deciding_date"])
        return FIELDS[name].label if self.language == "zh" else name.replace("_", " ")

    def event(self, code: int) -> str:
        return self._coded(EVENT_KINDS.label(code), EVENT_KINDS.identifier(code))

    def _code(self, vocabulary: str, code: int) -> str:
        known = DISEASES if vocabulary == "disease" else CODES[vocabulary]
        return self._coded(known.label(code), known.identifier(code))

    def _coded(self, label: str | None, identifier: str | None) -> str:
        return (label if self.language == "zh" else (identifier or "").replace("_", " ")) or ""

    def benefit(self, identifier: str) -> str:
        return self._labels.get(("benefits", identifier), identifier)

    def expression(self, expression: Expression) -> str:
        """A base: fields by name, ``min`` and ``max`` in words."""
        match expression:
            case Name(field):
                return self.fact(field)
            case Sum(operator, left, right):
                inner = self.expression(right)
                if isinstance(right, Sum) and operator == "-":
                    inner = f"({inner})"
                return f"{self.expression(left)} {operator.replace('-', '−')} {inner}"
            case Choice("min", parts):
                said = N_("the smaller of ({parts})")
            case Choice(_, parts):
                said = N_("the larger of ({parts})")
        return self.say(said, parts=self.several(self.expression(part) for part in parts))

    def dimension(self, name: str) -> str:
        """What the rows of a table depend on."""
        if name in _ORDINALS:
            return self.translate(_ORDINALS[name][0])
        return self.translate(N_("class of person")) if name == "class" else self.fact(name)

    def row(self, dimension: str, row: str) -> str:
        """What one row of a table is called."""
        if dimension in _ORDINALS:
            _, one, on = _ORDINALS[dimension]
            return self.say(on if row.endswith("+") else one, n=row.rstrip("+"))
        if dimension == "class":
            return self._labels.get(("classes", row), row)
        if dimension in CODES:
            return self._coded(CODES[dimension].words[row][1], row)
        fact = self.fact(dimension)
        return fact if row == "yes" else self.say(N_("not {fact}"), fact=fact)

    def name(self, path: str, *, below: str = "") -> str:
        """What the entry at a path is called; ``below`` is a path known from the context."""
        parts = self._parts(path)[len(self._parts(below)) if below else 0 :]
        return " · ".join(parts) or path

    def key(self, path: str) -> str:
        """What the last entry of a path is called; for a row of a table, its table."""
        return (self._parts(self.table_path(path)) or [path])[-1]

    def table_path(self, path: str) -> str:
        """The path of the table a row belongs to; of anything else, its own."""
        table, _ = self._table(path)
        return table.path if table else path

    def _parts(self, path: str) -> list[str]:
        table, rows = self._table(path)
        if table is not None:
            named = [
                self.row(dimension.name, row)
                for dimension, row in zip(table.dimensions, rows, strict=True)
            ]
            return [*self._parts(table.path), *named]
        steps = path.split(".")
        if steps[0] == "changes":
            at = path.removeprefix("changes.").replace(".*", "")
            if not at.endswith(".effect"):
                return self._parts(at)
            return [*self._parts(at.removesuffix(".effect")), self.translate(ENTRIES["effect"])]
        found: list[str] = []
        key = ""
        for place, step in enumerate(steps):
            label = self._labels.get((steps[place - 1], step)) if place else None
            if label is not None:
                found.append(label)
            elif step.isdigit():
                if key in ("bands", "split"):
                    found.append(self.say(N_("no. {n}"), n=step))
            elif step in _SILENT or (step == "gates" and place + 1 < len(steps)):
                pass
            else:
                found.append(self._entry(key or steps[place - 1] if place else "", step))
            if label is None and not step.isdigit() and step != "rows":
                key = step
        return found

    def _entry(self, above: str, key: str) -> str:
        if "." not in key and f"{above}.{key}" in ENTRIES:
            return self.translate(ENTRIES[f"{above}.{key}"])
        if key in ENTRIES:
            return self.translate(ENTRIES[key])
        derived = _DERIVED.get(key)
        if derived:
            return self.translate(derived[0])
        if key in FIELDS:
            return self.fact(key)
        return key.replace("_", " ")

    def _table(self, path: str) -> tuple[Number | None, tuple[str, ...]]:
        """The table whose row a path names, and the row in each dimension."""
        number_path, mark, rows = path.rpartition(".rows.")
        number = self._numbers.get(number_path) if mark else None
        if number is None or not number.dimensions:
            return None, ()
        return number, tuple(rows.split("."))

    # conditions

    def test(self, test: Test) -> str:
        """What a condition asks, exactly."""
        match test:
            case Among("class", codes):
                return self.several(self.edition.classes[code].label for code in codes)
            case Among(fact, codes) if fact in CODES:
                words = self.several(self._code(fact, code) for code in codes)
                return self.say(N_("{fact}: {words}"), fact=self.fact(fact), words=words)
            case Among(fact, codes):
                return self.row(fact, "yes" if 1 in codes else "no")
            case Compare(fact, relation, number):
                said = self.number(number.unit, number.plain)
                return self.say(_RELATIONS[relation], fact=self.fact(fact), number=said)
            case Age(at, lowest, highest):
                return self._age(at, lowest, highest)
            case Derived(fact, holds):
                return self.translate(_DERIVED[fact][0 if holds else 1])
            case Uses(count, below):
                label = self._labels.get(("counts", count), count)
                return self.say(N_("{count} so far below {n}"), count=label, n=below.plain)
            case Not(inner):
                return self.say(N_("not ({test})"), test=self.test(inner))
            case Both(how, tests):
                joint = N_(" and ") if how == "all" else N_(" or ")
                return self.translate(joint).join(
                    f"({self.test(part)})" if isinstance(part, Both) else self.test(part)
                    for part in tests
                )

    def _age(self, at: str, lowest: Number | None, highest: Number | None) -> str:
        values = {
            "date": self.fact(at),
            "low": lowest.plain if lowest else "",
            "high": highest.plain if highest else "",
        }
        if lowest and highest:
            return self.say(N_("aged {low} to {high} on {date}"), **values)
        if lowest:
            return self.say(N_("aged {low} or more on {date}"), **values)
        return self.say(N_("aged {high} or less on {date}"), **values)

    def labels(self) -> dict[str, str]:
        """The edition's own labels by the path of what they name."""
        needs = {
            f"{gate.path}.needs.{need.id}": need.label
            for gate in self.edition.gates
            for need in gate.needs
        }
        return {".".join(key): label for key, label in self._labels.items()} | needs

    @cached_property
    def _labels(self) -> dict[tuple[str, str], str]:
        """The edition's own labels, by the list they stand in and their id."""
        edition = self.edition
        conditions = [*edition.eligibility, *(c for b in edition.benefits for c in b.when)]
        labelled: dict[str, Sequence[_Labelled]] = {
            "benefits": edition.benefits,
            "counts": edition.counts,
            "caps": edition.caps,
            "gates": edition.gates,
            "classes": edition.classes,
            "eligibility": edition.eligibility,
            "when": conditions,
        }
        return {(key, one.id): one.label for key, many in labelled.items() for one in many}

    @cached_property
    def _numbers(self) -> dict[str, Number]:
        return {number.path: number for number in all_numbers(self.edition)}


def all_numbers(edition: Edition) -> tuple[Number, ...]:
    """Every number and table of an edition, but those inside conditions."""
    found: list[Number | None] = [
        number for kind in edition.benefits for number in numbers_of(kind)
    ]
    found += [count.limit for count in edition.counts] + [cap.amount for cap in edition.caps]
    found += [gate.line for gate in edition.gates]
    found += [edition.fee, edition.cover.waiting.length, edition.cover.waiting.renewal_gap]
    return tuple(number for number in found if number is not None)
