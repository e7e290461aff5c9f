"""Handing a batch to the bank, at most once: the intention is committed before the call, and what
nobody knows the end of is asked about, never sent again by a machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from gonghui.adapters.bank.payouts import BankGateway, gateway_at
from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array_cursor
from gonghui.ground.borders.scope import Actor
from gonghui.ground.jobs.errors import TryAgain
from gonghui.ground.jobs.faults import fault
from gonghui.ground.jobs.registry import Task
from gonghui.ground.jobs.services.orders import order
from gonghui.ground.jobs.services.turns import Turn
from gonghui.verbs.treasury.errors import in_words
from gonghui.verbs.treasury.models import PayoutAttempt
from gonghui.verbs.treasury.permissions import PAYOUT_RELEASE
from gonghui.verbs.treasury.services.answers import (
    answer_kept,
    count_portion,
    count_waiting,
    rows_read,
)
from gonghui.verbs.treasury.services.payouts import batch_of, move
from gonghui.verbs.treasury.services.sealing import sealed_bytes

ADDRESS, KEY = "GONGHUI_BANK_GATEWAY", "GONGHUI_BANK_GATEWAY_KEY"
"""Where a worker finds the bank's front machine."""

ANSWER_LAYOUT = "generic-csv"


def release_batch(actor: Actor, batch_id: int, *, by: Task | None = None) -> None:
    """Whoever neither made, checked nor approved it hands it over.

    ``by``: the job that carries it to the bank. Without one the person says that she uploads the
    exported file herself. Again only after the bank refused it, or no byte of it left. What a
    restored backup has as sealed may have left after it was made: nothing is sent, and what became
    of it counts as the bank says.
    """
    with actor.transaction() as scope:
        scope.require(PAYOUT_RELEASE)
        batch = batch_of(batch_id)
        moved = batch.state != "released"
        if moved:
            move(actor, batch_id, "released")
        tried = PayoutAttempt.objects.filter(batch_id=batch_id).count()
        if by is None:
            attempt, fresh = _intend(batch_id, "by-hand")
            if fresh:
                _end(attempt, "accepted", "by-hand")
            elif (
                not moved or not PayoutAttempt.objects.filter(pk=attempt, told="restored").exists()
            ):
                raise _already_under_way()
        elif PayoutAttempt.objects.filter(
            batch_id=batch_id, outcome__in=["", "accepted", "unknown"]
        ).exists():
            raise _already_under_way()
        else:
            order(by, key=f"{batch_id}.{tried}", batch=batch_id)
        count_waiting(actor, batch_id, on=batch.drafted_on)


def hand_over(turn: Turn, batch_id: int, ask_later: Task) -> None:
    """The job: intends, calls once, writes down what became of it."""
    gateway = _gateway()
    with turn.step():
        batch = batch_of(batch_id)
        attempt, fresh = _intend(batch_id, "http")
        content = sealed_bytes(batch)
        if not fresh:
            _ask_about(batch_id, ask_later)
    fault("payout.intended")
    if not fresh:
        return
    handed = gateway.send(batch.number, content)
    fault("payout.called")
    with turn.step():
        _end(attempt, handed.outcome, handed.told)
        record(
            "payout.handed_over",
            subject="treasury_payoutbatch",
            subject_id=batch_id,
            union_id=batch.union_id,
            details={"number": batch.number, "outcome": handed.outcome, "told": handed.told},
        )
        if handed.outcome in ("accepted", "unknown"):
            _ask_about(batch_id, ask_later)
    if handed.outcome == "not_sent":
        raise TryAgain(
            Refusal(
                N_("The bank's front machine could not be reached; no byte left."),
                N_("It is tried again by itself; look whether the machine is on."),
            )
        )
    if handed.outcome == "refused":
        raise Refusal(
            N_("The bank would not take batch {number}: {told}."),
            N_("Ask the bank, then release it again or pay its lines in another way."),
            number=batch.number,
            told=handed.told,
        )


def ask_bank(turn: Turn, batch_id: int, *, on: datetime) -> None:
    """The job that asks: rows the bank has said since, kept as they came and counted."""
    gateway = _gateway()
    with turn.step():
        batch = batch_of(batch_id)
    asked = turn.progress
    day = on.date()
    while content := gateway.ask(batch.number, asked):
        fault("payout.told")
        message = f"{batch.number}@{asked}"
        with turn.step():
            answer = answer_kept(
                turn.actor, batch.fund.code, content, layout=ANSWER_LAYOUT, message=message, on=day
            )
        rows = rows_read(turn.actor, answer, content, f"{message}.csv", within=turn.step)
        while True:
            with turn.step():
                if count_portion(turn.actor, answer, on=day):
                    break
        asked += rows
        with turn.step(reached=asked):
            state = batch_of(batch_id).state
        if state != "released" or not rows:
            break
    with turn.step():
        state = batch_of(batch_id).state
    if state == "released":
        raise TryAgain(
            Refusal(
                N_("The bank has not said yet what became of every payment."),
                N_("It is asked again by itself; take its answer file when you have one."),
            ),
            timedelta(minutes=1),
        )


def _ask_about(batch_id: int, ask_later: Task) -> None:
    order(ask_later, key=f"{batch_id}", batch=batch_id)


def _intend(batch_id: int, gateway: str) -> tuple[int, bool]:
    with in_words(), array_cursor() as cursor:
        cursor.execute("select * from gate.intend_payout(%s, %s)", [batch_id, gateway])
        attempt, fresh = cursor.fetchone()
        return int(attempt), bool(fresh)


def _end(attempt: int, outcome: str, told: str) -> None:
    with in_words(), array_cursor() as cursor:
        cursor.execute("select gate.end_payout_attempt(%s, %s, %s)", [attempt, outcome, told])


def _gateway() -> BankGateway:
    address = os.environ.get(ADDRESS, "")
    if not address:
        raise Refusal(
            N_("No front machine of a bank is set up here."),
            N_("Set {variable} for the worker, or release by hand."),
            variable=ADDRESS,
        )
    return gateway_at(address, os.environ.get(KEY, ""))


def _already_under_way() -> Refusal:
    return Refusal(
        N_("This batch has been handed over already, or may have been."),
        N_("Ask the bank what became of it; it is never sent a second time."),
    )


def now() -> datetime:
    """The moment a job runs at."""
    return datetime.now(UTC)
