"""Questions about the tree, today and on any day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Union, UnionSpan, UnitSpan

PAGE = 100


@dataclass(frozen=True, slots=True)
class UnionLine:
    """One union in a list. ``depth`` counts from where the list begins."""

    union_id: int
    code: str
    name: str
    kind: str
    depth: int
    ended: bool


@dataclass(frozen=True, slots=True)
class UnionOnDay:
    """What a union was on a day."""

    union_id: int
    name: str
    kind: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class UnitOnDay:
    """What was known of a unit on a day."""

    credit_code: str
    unit_class: str
    workforce: int | None


def children(
    actor: Actor, union_id: int, *, after_code: str = "", limit: int = PAGE
) -> list[UnionLine]:
    """What lies directly below a union, by code, from ``after_code`` on."""
    below = Union.objects.filter(parent_id=union_id, code__gt=after_code)
    with actor.transaction():
        return [_line(union, 0) for union in below.order_by("code")[:limit]]


def ancestors(actor: Actor, union_id: int) -> list[UnionLine]:
    """From the uppermost union down to this one, itself included."""
    here = Union.objects.filter(pk=union_id).values("low")[:1]
    above = Union.objects.filter(low__lte=here, high__gte=here).order_by("low")
    with actor.transaction():
        return [_line(union, depth) for depth, union in enumerate(above)]


def descendants(actor: Actor, union_id: int, *, ended: bool = False) -> list[UnionLine]:
    """The whole tree from a union on, in order, each with its depth."""
    top = Union.objects.filter(pk=union_id)
    below = Union.objects.filter(
        low__gte=top.values("low")[:1], low__lte=top.values("high")[:1]
    ).order_by("low")
    if not ended:
        below = below.filter(ends_before__isnull=True)
    with actor.transaction():
        return list(_with_depth(below))


def find_unions(
    actor: Actor, words: str, *, after_code: str = "", limit: int = PAGE
) -> list[UnionLine]:
    """Unions by code, by unified social credit code, or by words of their names."""
    typed = words.split()
    if not typed:
        return []
    named = Q()
    for word in typed:
        named &= Q(name__icontains=word)
    exact = Q(code=words.strip()) | Q(credit_code=words.strip().upper())
    found = Union.objects.filter(named | exact, code__gt=after_code).order_by("code")
    with actor.transaction():
        return [_line(union, 0) for union in found[:limit]]


def union_coded(actor: Actor, code: str) -> int | None:
    """The union with a code."""
    with actor.transaction():
        return Union.objects.filter(code=code).values_list("pk", flat=True).first()


def union_names(actor: Actor, union_ids: Iterable[int]) -> dict[int, str]:
    """What unions are called today."""
    with actor.transaction():
        return dict(Union.objects.filter(pk__in=set(union_ids)).values_list("pk", "name"))


def union_on(actor: Actor, union_id: int, day: date) -> UnionOnDay | None:
    """A union's name, kind and place on a day; ``None`` when it did not exist."""
    with actor.transaction():
        span = UnionSpan.objects.filter(_on(day), union_id=union_id).first()
    if span is None:
        return None
    return UnionOnDay(union_id, span.name, span.kind, span.parent_id)


def unit_on(actor: Actor, union_id: int, day: date) -> UnitOnDay | None:
    """A unit's credit code, class and workforce on a day."""
    with actor.transaction():
        span = UnitSpan.objects.filter(_on(day), union_id=union_id).first()
    return None if span is None else UnitOnDay(span.credit_code, span.unit_class, span.workforce)


def tree_on(actor: Actor, day: date) -> dict[int, UnionOnDay]:
    """Every union that existed on a day, with the one it then lay below."""
    with actor.transaction():
        spans = list(UnionSpan.objects.filter(_on(day)))
    return {
        span.union_id: UnionOnDay(span.union_id, span.name, span.kind, span.parent_id)
        for span in spans
    }


def _on(day: date) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_before__isnull=True) | Q(ends_before__gt=day))


def _line(union: Union, depth: int) -> UnionLine:
    return UnionLine(
        union.pk, union.code, union.name, union.kind, depth, union.ends_before is not None
    )


def _with_depth(unions: QuerySet[Union]) -> Iterator[UnionLine]:
    ends: list[int] = []
    for union in unions:
        while ends and ends[-1] < union.low:
            ends.pop()
        yield _line(union, len(ends))
        ends.append(union.high)
