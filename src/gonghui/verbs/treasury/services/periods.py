"""Closing periods, carrying results over, and the balances books begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.errors import in_words
from gonghui.verbs.treasury.models import AccountKind, Closing, Period
from gonghui.verbs.treasury.permissions import CLOSE
from gonghui.verbs.treasury.queries.funds import fund_named
from gonghui.verbs.treasury.services.journals import Entry, Line, post_many

_RESULTS = """
select a.key, b.union_id, sum(b.debit_fen - b.credit_fen)
  from public.treasury_balance b
  join public.treasury_account a on a.id = b.account_id
  join public.treasury_period p on p.id = b.period_id
 where a.fund_id = %s and a.kind = any(%s) and p.ends_before <= %s
 group by a.code, a.key, b.union_id having sum(b.debit_fen - b.credit_fen) <> 0
 order by a.code, b.union_id"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed to be closed, and on which figures."""

    closing_id: int
    period_id: int
    sha256: str
    journals: int
    lines: int
    turnover_fen: int


def propose_closing(actor: Actor, period_id: int) -> Proposal:
    """The first of two people: keeps the trial balance as it is now. The period stays open."""
    with actor.transaction() as scope:
        scope.require(CLOSE)
        closing_id = int(str(_ask("select gate.propose_closing(%s)", period_id)))
        closing = Closing.objects.get(pk=closing_id)
        proposal = Proposal(
            closing_id,
            period_id,
            bytes(closing.sha256).hex(),
            closing.journals,
            closing.lines,
            closing.turnover_fen,
        )
        _note("period.closing_proposed", closing)
        return proposal


def confirm_closing(actor: Actor, closing_id: int) -> None:
    """The second of two people. Refused when anything was posted since the proposal."""
    with actor.transaction() as scope:
        scope.require(CLOSE)
        _ask("select gate.confirm_closing(%s)", closing_id)
        _note("period.closed", Closing.objects.get(pk=closing_id))


def post_opening_balances(actor: Actor, fund: str, lines: Sequence[Line], memo: str = "") -> int:
    """What the fund has and owes on the first day of its first period; once."""
    with actor.transaction():
        first = Period.objects.filter(fund_id=fund_named(fund).id).order_by("starts_on").first()
        if first is None:
            raise Refusal(
                N_("The fund {fund} has no period."), N_("Open its first period."), fund=fund
            )
        entry = Entry(first.starts_on, "opening", lines, "opening", memo)
        return post_many(actor, fund, [entry])[0]


def carry_over(actor: Actor, period_id: int, *, memo: str, to: str = "surplus") -> int | None:
    """On the period's last day moves what income and expense came to onto ``to``, by union.

    None when there is nothing to move. Twice for one period is refused.
    """
    with actor.transaction():
        period = _period(period_id)
        with connections["default"].cursor() as cursor:
            kinds = [AccountKind.INCOME.value, AccountKind.EXPENSE.value]
            cursor.execute(_RESULTS, [period.fund_id, kinds, period.ends_before])
            results = [(key, int(union), int(fen)) for key, union, fen in cursor.fetchall()]
        if not results:
            return None
        lines = [Line(key, union, -fen) for key, union, fen in results]
        for union in sorted({union for _, union, _ in results}):
            moved = sum(fen for _, place, fen in results if place == union)
            if moved:
                lines.append(Line(to, union, moved))
        last_day = period.ends_before - timedelta(days=1)
        source = f"carry-over:{period_id}"
        entry = Entry(last_day, "carry_over", lines, source, memo)
        return post_many(actor, period.fund.code, [entry])[0]


def _period(period_id: int) -> Period:
    period = Period.objects.select_related("fund").filter(pk=period_id).first()
    if period is None:
        raise Refusal(
            N_("There is no period {period}."),
            N_("Look at the fund's periods."),
            period=period_id,
        )
    return period


def _ask(question: str, parameter: int) -> object:
    with in_words(), connections["default"].cursor() as cursor:
        cursor.execute(question, [parameter])
        return cursor.fetchone()[0]


def _note(action: str, closing: Closing) -> None:
    record(
        action,
        subject="treasury_period",
        subject_id=closing.period_id,
        union_id=closing.union_id,
        details={"closing": closing.pk, "sha256": bytes(closing.sha256).hex()},
    )
