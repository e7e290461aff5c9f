"""Expressions over amounts, tests of conditions, and numbers that depend on facts."""

import ast
import operator
from fractions import Fraction
from typing import Any

from tests.oracle import days
from tests.oracle.dictionary import AMOUNTS, CODES, FLAGS, code, identifier, known
from tests.oracle.money import quantity
from tests.oracle.story import Refused, Situation, counts_of


def expression(text: str, facts: dict[str, int]) -> Fraction:
    """``deductible_paid + max(自费 - over_limit, cash_pay)``, in fen."""

    def value(node: ast.expr) -> Fraction:
        match node:
            case ast.Name(name):
                assert identifier(name) in AMOUNTS, name
                return Fraction(facts[identifier(name)])
            case ast.BinOp(left, ast.Add(), right):
                return value(left) + value(right)
            case ast.BinOp(left, ast.Sub(), right):
                return value(left) - value(right)
            case ast.Call(ast.Name("min"), arguments):
                return min(map(value, arguments))
            case ast.Call(ast.Name("max"), arguments):
                return max(map(value, arguments))
        raise ValueError(text)

    return value(ast.parse(text.strip(), mode="eval").body)


# Conditions

COMPARISONS = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}


def require(conditions: list[dict], here: Situation, reason: str) -> None:
    """Refuse by the first condition that does not hold."""
    for condition in conditions:
        if not holds(condition["require"], here):
            raise Refused(reason, condition["id"], condition=condition["label"])


def holds(tests: dict, here: Situation) -> bool:
    """Do all these tests hold? A test of a date that is not stated does not."""
    return all(_holds(name, wanted, here) for name, wanted in tests.items())


def _holds(name: str, wanted: Any, here: Situation) -> bool:
    match name:
        case "all":
            return all(holds(tests, here) for tests in wanted)
        case "any":
            return any(holds(tests, here) for tests in wanted)
        case "not":
            return not holds(wanted, here)
        case "age":
            return _has_age(wanted, here)
        case "retired":
            return _has_come("retired_on", here) == (wanted == "yes")
        case "left_unit":
            return _has_come("left_unit_on", here) == (wanted == "yes")
        case "enrolled_before":
            return (here.date_of("previous_cover_until") is not None) == (wanted == "yes")
        case "uses":
            count = next(each for each in counts_of(here.edition) if each["id"] == wanted["of"])
            bounds = {key: bound for key, bound in wanted.items() if key != "of"}
            return compares(here.uses_gone(count), bounds)
        case "class":
            return class_of(here) in _listed(wanted)
        case "disease_in":
            diseases = here.edition["disease_lists"][wanted]["diseases"]
            return here.facts["disease"] in [code("disease", word) for word in diseases]
    assert known(name), name
    fact = identifier(name)
    if fact in CODES:
        return here.facts[fact] in [code(fact, word) for word in _listed(wanted)]
    if fact in FLAGS:
        return (here.facts[fact] == 1) == (wanted == "yes")
    return compares(here.facts[fact], wanted)


def _listed(wanted: str | list[str]) -> list[str]:
    return [wanted] if isinstance(wanted, str) else wanted


def compares(value: int, bounds: dict[str, str]) -> bool:
    return all(COMPARISONS[word](value, quantity(bound)) for word, bound in bounds.items())


def _has_come(fact: str, here: Situation) -> bool:
    """Stated, and not after the deciding date."""
    on = here.date_of(fact)
    return on is not None and on <= here.day


def _has_age(wanted: dict, here: Situation) -> bool:
    """Full years on that date, both ends inclusive."""
    born, at = here.date_of("born_on"), here.date_of(identifier(wanted["at"]))
    if born is None or at is None:
        return False
    age = days.full_years(born, at)
    return int(wanted.get("from", 0)) <= age <= int(wanted.get("to", 999))


def class_of(here: Situation) -> str:
    """The first class whose condition holds; the last one holds otherwise."""
    return next(
        each["id"]
        for each in here.edition["classes"]
        if each.get("otherwise") == "yes" or holds(each["when"], here)
    )


# Numbers


def number(entry: Any, here: Situation) -> Fraction:
    """An amount (fen), rate or count: as written, or looked up in its table."""
    if isinstance(entry, str):
        return quantity(entry)
    dimensions, cell = entry["by"], entry["rows"]
    for dimension in [dimensions] if isinstance(dimensions, str) else dimensions:
        cell = _row(cell, dimension, here)
    return quantity(cell)


def _row(rows: dict, dimension: str, here: Situation) -> Any:
    if dimension == "class":
        return rows.get(class_of(here), rows.get("otherwise"))
    if dimension == "stay_ordinal":
        return _ordinal_row(rows, here.stay_ordinal())
    if dimension == "payout_ordinal":
        return _ordinal_row(rows, here.payout_ordinal())
    fact = identifier(dimension)
    if fact == "continuous_years":
        return _ordinal_row(rows, here.facts[fact])
    if fact in FLAGS:
        return rows["yes" if here.facts[fact] else "no"]
    for word, cell in rows.items():
        if word != "otherwise" and code(fact, word) == here.facts[fact]:
            return cell
    return rows["otherwise"]


def _ordinal_row(rows: dict, ordinal: int) -> Any:
    """``1``, ``2``, ``3+``: the row of the number itself, or the last."""
    for key, cell in rows.items():
        if key == str(ordinal) or (key.endswith("+") and ordinal >= int(key[:-1])):
            return cell
    raise KeyError(ordinal)
