"""The base: a small expression over named settlement amounts.

``deductible_paid + proportional_selfpay``, ``max(personal_total - own_expense, cash_pay)``. Names
are identifiers, national names or Chinese names of amount fields; operators are ``+``, ``-``,
``min``, ``max`` and brackets. Numbers are not allowed: a number in a base is a parameter without
a clause.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.fields import AMOUNTS, find

MAX_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Name:
    """One amount field, by identifier."""

    field: str


@dataclass(frozen=True, slots=True)
class Sum:
    """``left + right`` or ``left - right``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Choice:
    """``min(...)`` or ``max(...)`` of two or more."""

    function: str
    parts: tuple[Expression, ...]


Expression = Name | Sum | Choice


def parse(text: str) -> Expression:
    """The expression of a text; refuses what the language does not have, with the column."""
    try:
        readable = len(text) <= MAX_LENGTH and "#" not in text  # Python would skip a comment
        tree = ast.parse(text, mode="eval").body if readable else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if tree is None:
        raise Refusal(
            N_("“{text}” is not an expression."),
            N_("Use field names, +, -, min(a, b), max(a, b) and brackets."),
            text=text[:80],
        )
    return _read(tree, text)


def _read(node: ast.expr, text: str) -> Expression:
    match node:
        case ast.Name(id=name):
            field = find(name)
            if field is None or field.name not in AMOUNTS:
                raise Refusal(
                    N_("“{name}” is no amount of a settlement."),
                    N_("Choose one of: {choices}."),
                    name=name,
                    choices=", ".join(AMOUNTS),
                )
            return Name(field.name)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
            sign = "+" if isinstance(operator, ast.Add) else "-"
            return Sum(sign, _read(left, text), _read(right, text))
        case ast.Call(
            func=ast.Name(id="min" | "max" as function), args=[_, _, *_] as parts, keywords=[]
        ):
            return Choice(function, tuple(_read(part, text) for part in parts))
    raise Refusal(
        N_("“{part}” cannot stand in a base (column {column})."),
        N_("Use field names, +, -, min(a, b), max(a, b) and brackets."),
        part=ast.get_source_segment(text, node) or text,
        column=len(text.encode()[: node.col_offset].decode()) + 1,  # ast counts bytes
    )


def fields(expression: Expression) -> tuple[str, ...]:
    """The amount fields it reads, each once, in order of first mention."""
    match expression:
        case Name(field):
            return (field,)
        case Sum(_, left, right):
            return tuple(dict.fromkeys(fields(left) + fields(right)))
        case Choice(_, parts):
            return tuple(dict.fromkeys(name for part in parts for name in fields(part)))


def size(expression: Expression) -> int:
    """How many names it holds, each as often as it stands there."""
    match expression:
        case Name():
            return 1
        case Sum(_, left, right):
            return size(left) + size(right)
        case Choice(_, parts):
            return sum(size(part) for part in parts)


def text(expression: Expression, spell: dict[str, str] | None = None) -> str:
    """As written, in identifiers or as ``spell`` names them."""
    match expression:
        case Name(field):
            return (spell or {}).get(field, field)
        case Sum(operator, left, right):
            inner = text(right, spell)
            if isinstance(right, Sum) and operator == "-":
                inner = f"({inner})"
            return f"{text(left, spell)} {operator} {inner}"
        case Choice(function, parts):
            return f"{function}({', '.join(text(part, spell) for part in parts)})"


def value(expression: Expression, amounts: dict[str, int]) -> int:
    """What the expression comes to for the amounts given (fen)."""
    match expression:
        case Name(field):
            return amounts[field]
        case Sum(operator, left, right):
            first, second = value(left, amounts), value(right, amounts)
            return first + second if operator == "+" else first - second
        case Choice(function, parts):
            values = [value(part, amounts) for part in parts]
            return min(values) if function == "min" else max(values)
