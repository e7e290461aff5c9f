"""Exceptions for the 经审会: what a clean house does not show, each found over the whole period.

What is listed is a question to ask, not a verdict: a couple may share a card, and somebody may fall
ill again the day after. Nothing is changed here; asking is on record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Person
from gonghui.programmes.mutualaid.models import Scheme
from gonghui.programmes.mutualaid.notice_names import masked_name
from gonghui.programmes.mutualaid.queries import exception_sql as sql
from gonghui.programmes.mutualaid.queries.populations import may_audit


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of exception: what it asks and where a row of it leads."""

    code: str
    title: str
    statement: str = field(repr=False)


QUESTIONS = (
    Question("one_card", N_("one account for several people"), sql.ONE_CARD),
    Question("same_invoice", N_("the same invoice with several applications"), sql.SAME_INVOICE),
    Question("relative_paid", N_("a relative of somebody who had a hand in it, or of an officer"),
             sql.RELATIVE_PAID),
    Question("split_stays", N_("stays that touch, paid as several"), sql.SPLIT_STAYS),
    Question("one_hand", N_("one person where two should be"), sql.ONE_HAND),
    Question("own_unit", N_("decided for one's own unit"), sql.OWN_UNIT),
    Question("card_changed", N_("an account changed shortly before the payment"),
             sql.CARD_CHANGED),
    Question("below_limit", N_("just below a limit of the review"), sql.BELOW_LIMIT),
    Question("after_reversal", N_("paid though the settlement or invoice was reversed"),
             sql.AFTER_REVERSAL),
    Question("round_trip", N_("came back and went to another account"), sql.ROUND_TRIP),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measures:
    """How near is near: days after a change of account, days between two stays, per cent below a
    limit."""

    days: int = 30
    gap: int = 1
    percent: int = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of a question. ``handle`` is what `audit trace`, `case show` or `payout show` takes;
    ``people`` are numbers with masked names: whose it is, who else has part in it."""

    group: str
    handle: str
    id: int
    person_id: int | None
    other_id: int | None
    day: date | None
    fen: int
    said: str
    people: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Found:
    """A question with all its rows."""

    question: Question
    hits: tuple[Hit, ...]

    @property
    def groups(self) -> int:
        return len({hit.group for hit in self.hits})

    @property
    def fen(self) -> int:
        """Each row once, whatever it hangs together with."""
        return sum({(hit.handle, hit.id): hit.fen for hit in self.hits}.values())


def exceptions(
    actor: Actor,
    scheme: Scheme,
    *,
    since: date,
    until: date,
    only: Sequence[str] = (),
    measures: Measures | None = None,
) -> list[Found]:
    """All questions, or those named, asked of a period; one statement each."""
    near = measures or Measures()
    with actor.transaction() as scope:
        may_audit(scope)
        said: dict[str, int | date] = {
            "scheme": scheme.pk,
            "since": since,
            "until": until,
            "days": near.days,
            "gap": near.gap,
            "percent": near.percent,
        }
        found = [(one, _hits(one, said)) for one in _chosen(only)]
        names = _names({who for _, hits in found for hit in hits
                        for who in (hit.person_id, hit.other_id) if who is not None})  # fmt: skip
        record(
            "exceptions.asked",
            subject="mutualaid_scheme",
            subject_id=scheme.pk,
            union_id=scope.union_id,
            details={
                "since": since.isoformat(),
                "until": until.isoformat(),
                # Not what was found: those who are audited may read events.
                "asked": [one.code for one, _ in found],
            },
        )
    return [Found(one, tuple(_named(hit, names) for hit in hits)) for one, hits in found]


def _chosen(only: Sequence[str]) -> list[Question]:
    known = {one.code: one for one in QUESTIONS}
    for code in only:
        if code not in known:
            raise Refusal(
                N_("There is no exception “{code}”."),
                N_("Known are: {known}."),
                code=code,
                known=", ".join(known),
            )
    return [one for one in QUESTIONS if not only or one.code in only]


def _hits(question: Question, said: dict[str, int | date]) -> list[Hit]:
    with connections["default"].cursor() as cursor:
        cursor.execute(question.statement, said)
        return [Hit(*row) for row in cursor.fetchall()]


def _names(ids: set[int]) -> dict[int, str]:
    rows = Person.objects.filter(pk__in=ids).values_list("pk", "name")
    return {pk: f"#{pk} {masked_name(name)}" for pk, name in rows}


def _named(hit: Hit, names: dict[int, str]) -> Hit:
    def shown(who: int | None) -> str:
        return "" if who is None else names.get(who, f"#{who}")

    return Hit(
        hit.group, hit.handle, hit.id, hit.person_id, hit.other_id, hit.day, hit.fen, hit.said,
        (shown(hit.person_id), shown(hit.other_id)),
    )  # fmt: skip
