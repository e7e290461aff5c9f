"""Payout batches, from the draft to their approval: payments put together, held against what they
pay, and let go by a second person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from gonghui.adapters.bank.payouts import load_layout
from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor
from gonghui.ground.jobs.faults import fault
from gonghui.ground.vault.blind import CARD, blind_indexes
from gonghui.ground.vault.masking import masked_reason
from gonghui.ground.vault.sealing import Column
from gonghui.ground.vault.services.files import open_file, seal_file
from gonghui.ground.vault.services.keys import provider
from gonghui.verbs.treasury.errors import in_words
from gonghui.verbs.treasury.models import PayoutBatch
from gonghui.verbs.treasury.permissions import (
    PAYOUT_ANSWER,
    PAYOUT_APPROVE,
    PAYOUT_CHECK,
    PAYOUT_DRAFT,
)
from gonghui.verbs.treasury.queries.funds import fund_named

PAYEES = Column("treasury_payoutbatch", "payees")
"""Names and account numbers of a whole batch, sealed as one file."""

_DRAFT = """
select gate.draft_payouts(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""


@dataclass(frozen=True, slots=True)
class Payee:
    """Who gets the money, and where: the person, an heir, a unit. Its text shows nothing."""

    name: str = field(repr=False)
    account: str = field(repr=False)
    bank: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PayoutItem:
    """One payment to be made. ``source`` names what it pays and is opaque here."""

    source: str
    union_id: int
    payee: Payee
    fen: int
    account_key: str
    person_id: int | None = None


def draft_batch(
    actor: Actor,
    fund: str,
    items: Sequence[PayoutItem],
    *,
    on: date,
    layout: str = "generic-csv",
    purpose: str = "",
    again: bool = False,
) -> int:
    """A batch of these payments; its id. A few statements, however many they are.

    A source stands in one batch at a time. ``again``: somebody has looked at what came back.
    """
    if not items:
        raise Refusal(N_("There is nothing to pay."), N_("Nothing is to be done."))
    for item in items:
        _check(item)
    load_layout(layout)
    with actor.transaction() as scope:
        scope.require(PAYOUT_DRAFT)
        known = fund_named(fund)
        told = json.dumps(
            [[one.payee.name, one.payee.account, one.payee.bank] for one in items],
            ensure_ascii=False,
        ).encode()
        digest = hashlib.sha256(told).digest()
        sealed = seal_file(known.union_id, told, PAYEES, digest)
        blinds = blind_indexes(provider(), CARD, [one.payee.account for one in items])
        with in_words(), array_cursor() as cursor:
            cursor.execute(
                _DRAFT,
                [
                    *(known.id, on, layout, purpose, sealed, digest),
                    array("bigint[]", [one.union_id for one in items]),
                    array("text[]", [one.source for one in items]),
                    array("bigint[]", [one.person_id for one in items]),
                    array("text[]", [one.account_key for one in items]),
                    array("bytea[]", blinds),
                    array("bigint[]", [one.fen for one in items]),
                    again,
                ],
            )
            batch_id = int(cursor.fetchone()[0])
        fault("payout.locked")
        _note(actor, "payout.drafted", batch_id)
        return batch_id


def check_batch(actor: Actor, batch_id: int) -> None:
    """Somebody else than who drafted it has held the batch against what it pays."""
    with actor.transaction() as scope:
        scope.require(PAYOUT_CHECK)
        move(actor, batch_id, "checked")


def approve_batch(actor: Actor, batch_id: int) -> None:
    """A second person lets the batch go."""
    with actor.transaction() as scope:
        scope.require(PAYOUT_APPROVE)
        move(actor, batch_id, "approved")


def cancel_batch(actor: Actor, batch_id: int, *, because: str) -> None:
    """Takes a batch back before it is sealed; what it pays may stand in another one."""
    with actor.transaction() as scope:
        scope.require(PAYOUT_DRAFT)
        move(actor, batch_id, "cancelled", masked_reason(because))


def close_batch(actor: Actor, batch_id: int) -> None:
    """Every payment of the batch is paid or returned, and somebody has looked at it."""
    with actor.transaction() as scope:
        scope.require(PAYOUT_ANSWER)
        move(actor, batch_id, "closed")


def move(actor: Actor, batch_id: int, to_state: str, because: str = "") -> None:
    """One step of a batch. PostgreSQL says who may, and from where."""
    with actor.transaction():
        with in_words(), array_cursor() as cursor:
            cursor.execute("select gate.move_payout(%s, %s, %s)", [batch_id, to_state, because])
        _note(actor, f"payout.{to_state}", batch_id)


def batch_of(batch_id: int) -> PayoutBatch:
    """A batch that the scope shows. Inside a transaction."""
    batch = PayoutBatch.objects.select_related("fund").filter(pk=batch_id).first()
    if batch is None:
        raise Refusal(
            N_("There is no such payout batch here."), N_("`gonghui payout list` shows them.")
        )
    return batch


def payees_of(batch: PayoutBatch) -> list[Payee]:
    """Who gets the money, in the order of the lines. Whoever shows them records it."""
    told = open_file(bytes(batch.payees), PAYEES, bytes(batch.payees_sha256))
    return [Payee(*one) for one in json.loads(told)]


def _check(item: PayoutItem) -> None:
    if item.fen <= 0 or not item.source:
        raise Refusal(
            N_("A payment has an amount above zero and says what it pays."),
            N_("Correct it; nothing has been drafted."),
        )
    if not item.payee.name.strip() or not item.payee.account.strip():
        raise Refusal(
            N_("{source}: the payee's name or account is missing."),
            N_("Enter the account where the person's contacts are kept, then draft again."),
            source=item.source,
        )


def _note(actor: Actor, action: str, batch_id: int) -> None:
    with actor.transaction():
        batch = batch_of(batch_id)
        record(
            action,
            subject="treasury_payoutbatch",
            subject_id=batch_id,
            union_id=batch.union_id,
            details={"number": batch.number, "lines": batch.lines, "total_fen": batch.total_fen},
        )
