"""Applications for a benefit, taken in as cases: checked, claimed once, with what they ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.programmes.mutualaid.claims.invoices import Invoice
from gonghui.programmes.mutualaid.claims.rules import HEALTH, KIND, rules
from gonghui.programmes.mutualaid.claims.statements import Statement, check_statement
from gonghui.programmes.mutualaid.models import ClaimInvoice, Scheme
from gonghui.programmes.mutualaid.models import Settlement as Known
from gonghui.programmes.mutualaid.permissions import DECIDE
from gonghui.programmes.mutualaid.queries.schemes import only_scheme
from gonghui.programmes.mutualaid.services.claim_decisions import amounts
from gonghui.programmes.mutualaid.services.claim_refusals import (
    another_persons,
    claimed_already,
    claimed_once,
    invoice_used,
)
from gonghui.verbs.cases.services.consents import give_consents
from gonghui.verbs.cases.services.opening import Asked, Opened, file_many
from gonghui.verbs.cases.services.papers import Given

_INSERT = """
insert into public.mutualaid_claim (case_id, scheme_id, person_id, union_id, statement_id, numbered,
                                    facts, begins_on, ends_on, live, entered_by_id)
select c.case_id, %s, c.person, c.place, c.statement, c.numbered = 1, c.facts::jsonb, c.begins,
       c.ends, true, %s
  from unnest(%s, %s, %s, %s, %s, %s, %s, %s)
       c (case_id, person, place, statement, numbered, facts, begins, ends)
returning id, case_id"""


@dataclass(frozen=True, slots=True)
class Application:
    """What is asked for one person. Without ``facts`` the insurer's own data counts, now or when it
    comes; without a ``settlement_id`` one is made from the case's number."""

    person_id: int
    union_id: int
    settlement_id: str = ""
    facts: Mapping[str, int] = field(default_factory=dict)
    invoices: tuple[Invoice, ...] = ()
    papers: tuple[Given, ...] = ()
    request_key: str | None = None
    """Makes one application out of two sendings of it."""


def checked(facts: Mapping[str, int], *, on: date) -> Statement:
    """A paper statement against what its kind of event needs, and against its own sums."""
    event = facts.get("event_kind")
    if event is None:
        raise Refusal(
            N_("The kind of event is not stated."), N_("Say what happened: 住院, 门诊慢特病, …")
        )
    return check_statement(facts, needed=rules().needed_of(event), on=on)


def apply(actor: Actor, asked: Application, *, how: str, on: date, scheme: str = "") -> Opened:
    """One application, handed in. ``how``: self, proxy, unit, window."""
    return apply_many(actor, [asked], how=how, on=on, scheme=scheme)[0]


def apply_many(
    actor: Actor, asked: Sequence[Application], *, how: str, on: date, scheme: str = ""
) -> list[Opened]:
    """All or none, in a constant number of statements."""
    if not asked:
        return []
    whole = [_completed(one, on) for one in asked]
    with actor.transaction() as scope:
        found = only_scheme(scheme)
        _refuse_repeated(whole)
        opened = file_many(actor, KIND, [_as_case(one) for one in whole], how=how, on=on)
        new = [at for at, case in enumerate(opened) if case.new]
        if not new:
            return opened
        _refuse_known(found, [whole[at] for at in new])
        with claimed_once():
            _insert(scope, found, [whole[at] for at in new], [opened[at] for at in new])
        if scope.may(DECIDE):
            amounts(actor, [opened[at].case_id for at in new], on)
        record(
            "claim.filed",
            subject="cases_case",
            subject_id=opened[0].case_id,
            union_id=scope.union_id,
            details={"claims": len(opened), "how": how},
        )
        return opened


def consent_on_paper(actor: Actor, persons: Sequence[int], purpose: str = HEALTH) -> None:
    """The worker signed the wording that is in force; whoever takes it in enters it."""
    version, text = rules().consents[purpose]
    give_consents(
        actor,
        [(person, None) for person in persons],
        purpose,
        wording_version=version,
        text=text,
        on_paper=True,
    )


def _completed(asked: Application, on: date) -> Application:
    if not asked.facts:
        if not asked.settlement_id:
            raise Refusal(
                N_("Neither a settlement's number nor amounts are stated."),
                N_("Enter 结算编号, or the amounts of the statement."),
            )
        return asked
    statement = checked(asked.facts, on=on)
    statement.refuse_faults()
    return Application(
        asked.person_id,
        asked.union_id,
        asked.settlement_id,
        statement.facts,
        asked.invoices,
        asked.papers,
        asked.request_key,
    )


def _as_case(asked: Application) -> Asked:
    return Asked(
        asked.person_id,
        asked.union_id,
        plain={"settlement": asked.settlement_id},
        confidential=dict(asked.facts),
        papers=asked.papers,
        request_key=asked.request_key,
    )


def _refuse_repeated(asked: Sequence[Application]) -> None:
    numbers = [one.settlement_id for one in asked if one.settlement_id]
    invoices = [(bill.code, bill.number) for one in asked for bill in one.invoices]
    if len(set(numbers)) < len(numbers):
        raise claimed_already()
    if len(set(invoices)) < len(invoices):
        raise invoice_used()


def _refuse_known(scheme: Scheme, asked: Sequence[Application]) -> None:
    """Settlements that the actor may see; of others the database says it when they are granted."""
    wanted = {one.settlement_id: one.person_id for one in asked if one.settlement_id}
    rows = Known.objects.filter(scheme=scheme, settlement_id__in=wanted)
    for settlement, person, filed_on in rows.values_list("settlement_id", "person_id", "filed_on"):
        if person != wanted[settlement]:
            raise another_persons(settlement)
        if filed_on is not None:
            raise Refusal(
                N_("Settlement {settlement} was applied for on {day}."),
                N_("Look up what was decided; whoever disagrees asks for 复核."),
                settlement=settlement,
                day=filed_on.isoformat(),
            )


def _insert(
    scope: Scope, scheme: Scheme, asked: Sequence[Application], opened: Sequence[Opened]
) -> None:
    with array_cursor() as cursor:
        columns = [
            array("bigint[]", [one.case_id for one in opened]),
            array("bigint[]", [one.person_id for one in asked]),
            array("bigint[]", [one.union_id for one in asked]),
            array(
                "text[]",
                [
                    one.settlement_id or f"CASE-{case.number}"
                    for one, case in zip(asked, opened, strict=True)
                ],
            ),
            array("bigint[]", [1 if one.settlement_id else 0 for one in asked]),
            array("text[]", [json.dumps(dict(one.facts), sort_keys=True) for one in asked]),
            array("date[]", [_day(one, "admitted_on", "discharged_on") for one in asked]),
            array("date[]", [_day(one, "discharged_on", "admitted_on") for one in asked]),
        ]
        cursor.execute(_INSERT, [scheme.pk, scope.person_id, *columns])
        ids = {case_id: pk for pk, case_id in cursor.fetchall()}
    ClaimInvoice.objects.bulk_create(
        ClaimInvoice(
            code=bill.code,
            number=bill.number,
            kind="normal",
            claim_id=ids[case.case_id],
            union_id=one.union_id,
            live=True,
            entered_by_id=scope.person_id,
        )
        for one, case in zip(asked, opened, strict=True)
        for bill in one.invoices
    )


def _day(asked: Application, first: str, second: str) -> date | None:
    day = asked.facts.get(first, asked.facts.get(second))
    return None if day is None else date_of(day)
