"""What is in the way of an application, in words; also what only the database knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from gonghui.core.errors import N_, Refusal


@contextmanager
def claimed_once() -> Iterator[None]:
    """What the database knows of other units is told as clearly, without saying whose it is."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diag = getattr(error.__cause__, "diag", None)
        name = getattr(diag, "constraint_name", None)
        if name == "claim_live_once":
            raise claimed_already() from None
        if name == "claiminvoice_once":
            raise invoice_used() from None
        if name == "invoice_reversed":
            raise Refusal(
                N_("The hospital has reversed this invoice (冲红)."),
                N_("Ask the worker for the invoice that took its place."),
            ) from None
        if name == "claimflag_by_another":
            raise Refusal(
                N_("You entered this application or the notice, or it is your own."),
                N_("Have a colleague look at it and clear it."),
            ) from None
        raise


def claimed_already() -> Refusal:
    return Refusal(
        N_("An application for this settlement is there already."),
        N_("Nothing more to do; ask the office how far the application is."),
    )


def invoice_used() -> Refusal:
    return Refusal(
        N_("An application with this invoice is there already."),
        N_("Compare code and number with the invoice; an invoice counts once."),
    )


def another_persons(settlement: str) -> Refusal:
    return Refusal(
        N_("Settlement {settlement} belongs to somebody else."),
        N_("Compare the settlement's number and the person with the statement."),
        settlement=settlement,
    )


def not_sent_yet(settlement: str) -> Refusal:
    return Refusal(
        N_("The insurer has not sent settlement {settlement} yet."),
        N_("Wait for its data, or enter the amounts of the paper statement."),
        settlement=settlement,
    )


def says_otherwise(settlement: str) -> Refusal:
    return Refusal(
        N_("Settlement {settlement} is known, and says otherwise."),
        N_("Compare the paper with what the insurer sent; the number may be mistyped."),
        settlement=settlement,
    )


def reversed_invoice(number: str) -> Refusal:
    return Refusal(
        N_("The hospital has reversed the invoice of case {case} (冲红)."),
        N_("Send the case back for the invoice that took its place."),
        case=number,
    )


def papers_missing(names: list[str]) -> Refusal:
    return Refusal(
        N_("Papers are missing: {papers}."),
        N_("Send the case back with this list, so that they are brought."),
        papers="、".join(names),
    )


def gives_nothing(sentence: str) -> Refusal:
    return Refusal(
        N_("The rules give nothing for this: {sentence}"),
        N_("Refuse it with the clause and a reason, or have the facts corrected first."),
        sentence=sentence,
    )
