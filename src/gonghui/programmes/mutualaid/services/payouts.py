"""Dues become payments: picked, given an account, put in a batch of the treasury."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.arrays import array_cursor
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Person, PersonContact
from gonghui.ground.jobs.faults import fault
from gonghui.ground.vault.sealing import Column
from gonghui.ground.vault.services.values import open_what_is_there
from gonghui.programmes.mutualaid.models import Scheme
from gonghui.verbs.treasury.permissions import PAYOUT_DRAFT
from gonghui.verbs.treasury.services.payouts import Payee, PayoutItem, draft_batch

_CARDS = Column("directory_personcontact", "cipher")
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Picked:
    """A batch made of dues. ``without_account`` are dues nobody can be paid for yet."""

    batch_id: int
    lines: int
    total_fen: int
    without_account: tuple[int, ...]


def pick_dues(
    actor: Actor,
    scheme: Scheme,
    fund: str,
    *,
    on: date,
    until: date,
    layout: str = "generic-csv",
    purpose: str = "",
    heirs: Mapping[int, Payee] | None = None,
    most: int = MOST,
) -> Picked:
    """A batch of what is open and was owed before ``until``; what another picks is passed by.

    The payee is the worker, at the card her contacts name; ``heirs`` names, by due, who is paid
    in her stead, as the office has established it.
    """
    with actor.transaction() as scope:
        scope.require(PAYOUT_DRAFT)
        fault("payout.picking")
        with array_cursor() as cursor:
            cursor.execute("select * from gate.pick_dues(%s, %s, %s)", [scheme.pk, until, most])
            dues = cursor.fetchall()
        payees = _payees(sorted({due[2] for due in dues}), on)
        instead = heirs or {}
        items, missing = [], []
        for due_id, source, person_id, union_id, fen, account_key in dues:
            payee = instead.get(due_id) or payees.get(person_id)
            if payee is None:
                missing.append(due_id)
                continue
            items.append(PayoutItem(source, union_id, payee, fen, account_key, person_id))
        if not items:
            raise Refusal(
                N_("Nothing can be paid: {count} dues have no account to be paid to."),
                N_("Enter the cards, or wait for decisions."),
                count=len(missing),
            )
        batch = draft_batch(actor, fund, items, on=on, layout=layout, purpose=purpose)
        return Picked(batch, len(items), sum(one.fen for one in items), tuple(missing))


def _payees(persons: Sequence[int], on: date) -> dict[int, Payee]:
    """By person, the card told last that is in force."""
    rows = list(
        PersonContact.objects.filter(person_id__in=persons, kind="card", starts_on__lte=on)
        .exclude(ends_before__lte=on)
        .order_by("person_id", "starts_on", "pk")
        .values_list("person_id", "cipher", "pk", "bank")
    )
    numbers = open_what_is_there(
        [row[0] for row in rows], [bytes(row[1]) for row in rows], _CARDS, [row[2] for row in rows]
    )
    names = dict(Person.objects.filter(pk__in=persons).values_list("pk", "name"))
    return {
        row[0]: Payee(names[row[0]], number, row[3])
        for row, number in zip(rows, numbers, strict=True)
        if number is not None
    }
