"""Applications for a benefit: taken in as cases, and turned into settlements and decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, connections, transaction

from gonghui.core.adjudication.possible import refuse_impossible
from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.programmes.mutualaid.claims.invoices import Invoice
from gonghui.programmes.mutualaid.claims.rules import HEALTH, KIND, rules
from gonghui.programmes.mutualaid.claims.statements import Statement, check_statement
from gonghui.programmes.mutualaid.models import Claim, ClaimFlag, ClaimInvoice, Scheme
from gonghui.programmes.mutualaid.models import Settlement as Known
from gonghui.programmes.mutualaid.queries.schemes import only_scheme
from gonghui.programmes.mutualaid.services.decisions import (
    decide_people,
    decide_person,
    mark_waiting,
)
from gonghui.programmes.mutualaid.services.settlements import (
    Statement as Kept,
)
from gonghui.programmes.mutualaid.services.settlements import (
    file_settlements,
    keep_statements,
    lock_settlements,
    stated,
)
from gonghui.verbs.cases.kinds import Decided
from gonghui.verbs.cases.models import Case
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
_LINK = """
update public.mutualaid_claim c set settlement_id = s.id, live = true
  from public.mutualaid_settlement s
 where c.case_id = any(%s) and s.scheme_id = c.scheme_id and s.settlement_id = c.statement_id"""


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
        with _claimed_once():
            _insert(scope, found, [whole[at] for at in new], [opened[at] for at in new])
        record(
            "claim.filed",
            subject="cases_case",
            subject_id=opened[0].case_id,
            union_id=scope.union_id,
            details={"claims": len(opened), "how": how},
        )
        return opened


def consent_on_paper(actor: Actor, persons: Sequence[int]) -> None:
    """The worker signed the wording that is in force; whoever takes it in enters it."""
    version, text = rules().consents[HEALTH]
    give_consents(
        actor,
        [(person, None) for person in persons],
        HEALTH,
        wording_version=version,
        text=text,
        on_paper=True,
    )


def reverse_invoice(actor: Actor, reversal: Invoice, *, of_code: str, of_number: str) -> None:
    """冲红: the invoice that another one takes back. A claim it was shown with goes to the work
    list; one that comes later is turned away."""
    with actor.transaction() as scope, _claimed_once():
        assert scope.union_id is not None  # whoever enters something stands somewhere
        ClaimInvoice.objects.create(
            code=reversal.code,
            number=reversal.number,
            kind="reversal",
            reverses_code=of_code,
            reverses_number=of_number,
            union_id=scope.union_id,
            live=True,
            entered_by_id=scope.person_id,
        )
        record(
            "claim.invoice_reversed",
            subject="mutualaid_claiminvoice",
            subject_id=None,
            union_id=scope.union_id,
            details={},
        )


def work_list(actor: Actor) -> list[ClaimFlag]:
    """Claims that somebody has to look at, oldest first."""
    with actor.transaction():
        rows = ClaimFlag.objects.select_related("claim").filter(state="open")
        return list(rows.order_by("noted_at", "pk"))


def clear_flag(actor: Actor, flag_id: int, note: str) -> None:
    """Somebody looked at it; ``note`` says what came of it."""
    if not note.strip():
        raise Refusal(N_("What came of it is not said."), N_("Say in a few words what you found."))
    with actor.transaction() as scope:
        scope.require("case.decide")
        ClaimFlag.objects.filter(pk=flag_id, state="open").update(state="done", note=note.strip())


def on_accepted(actor: Actor, decided: Sequence[Decided], on: date) -> None:
    """What was granted becomes settlements that are applied for, and is decided at once."""
    cases = [one.case_id for one in decided]
    claims = list(Claim.objects.select_related("scheme").filter(case_id__in=cases))
    if len(claims) < len(cases):
        raise Refusal(N_("A case of these claims nothing."), N_("Take the application in again."))
    _refuse_flagged(claims)
    filed = {
        pk: day or on for pk, day in Case.objects.filter(pk__in=cases).values_list("pk", "filed_on")
    }
    by_scheme: dict[int, list[Claim]] = {}
    for claim in claims:
        by_scheme.setdefault(claim.scheme_id, []).append(claim)
    for some in by_scheme.values():
        _settle(actor, some[0].scheme, some, filed, on)


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
        raise _claimed_already()
    if len(set(invoices)) < len(invoices):
        raise _invoice_used()


def _refuse_known(scheme: Scheme, asked: Sequence[Application]) -> None:
    """Settlements that the actor may see; of others the database says it when they are granted."""
    wanted = {one.settlement_id: one.person_id for one in asked if one.settlement_id}
    rows = Known.objects.filter(scheme=scheme, settlement_id__in=wanted)
    for settlement, person, filed_on in rows.values_list("settlement_id", "person_id", "filed_on"):
        if person != wanted[settlement]:
            raise _another_persons(settlement)
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


def _refuse_flagged(claims: Sequence[Claim]) -> None:
    rows = ClaimFlag.objects.filter(claim__in=claims, state="open", code="invoice_reversed")
    flagged = rows.values_list("claim__case_id", flat=True).first()
    if flagged is not None:
        number = Case.objects.filter(pk=flagged).values_list("number", flat=True).first()
        raise Refusal(
            N_("The hospital has reversed the invoice of case {case} (冲红)."),
            N_("Send the case back for the invoice that took its place."),
            case=number or flagged,
        )


def _settle(
    actor: Actor, scheme: Scheme, claims: Sequence[Claim], filed: Mapping[int, date], on: date
) -> None:
    with actor.transaction() as scope:
        scope.require("settlement.enter")
        lock_settlements(scheme.pk)
        known = {
            one.settlement_id: one
            for one in Known.objects.filter(
                scheme=scheme, settlement_id__in=[one.statement_id for one in claims]
            )
        }
        there, new = [], []
        for claim in claims:
            settlement, day = known.get(claim.statement_id), filed[claim.case_id]
            if settlement is not None:
                if settlement.person_id != claim.person_id:
                    raise _another_persons(claim.statement_id)
                there.append((settlement.pk, day, claim.case_id))
            elif claim.facts:
                refuse_impossible(claim.statement_id, claim.facts)
                facts = stated(claim.facts)
                new.append(
                    Kept(claim.statement_id, claim.person_id, facts, on, day, None, claim.case_id)
                )
            else:
                raise Refusal(
                    N_("The insurer has not sent settlement {settlement} yet."),
                    N_("Wait for its data, or enter the amounts of the paper statement."),
                    settlement=claim.statement_id,
                )
        keep_statements(scope, scheme, new, origin="case")
        if there:
            file_settlements(actor, there)
        persons = {one.person_id for one in claims}
        mark_waiting(scheme.pk, scheme.union_id, list(persons))
        with connections["default"].cursor() as cursor:
            cursor.execute(_LINK, [[one.case_id for one in claims]])
    if len(persons) == 1:
        decide_person(actor, scheme.pk, persons.pop(), on=on)
    else:
        decided = decide_people(actor, scheme.pk, sorted(persons), on=on)
        for _person, refusal in decided.refused:
            raise refusal


@contextmanager
def _claimed_once() -> Iterator[None]:
    """What the database knows of other units is told as clearly, without saying whose it is."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diag = getattr(error.__cause__, "diag", None)
        name = getattr(diag, "constraint_name", None)
        if name == "claim_live_once":
            raise _claimed_already() from None
        if name == "claiminvoice_once":
            raise _invoice_used() from None
        if name == "invoice_reversed":
            raise Refusal(
                N_("The hospital has reversed this invoice (冲红)."),
                N_("Ask the worker for the invoice that took its place."),
            ) from None
        raise


def _claimed_already() -> Refusal:
    return Refusal(
        N_("An application for this settlement is there already."),
        N_("Nothing more to do; ask the office how far the application is."),
    )


def _invoice_used() -> Refusal:
    return Refusal(
        N_("An application with this invoice is there already."),
        N_("Compare code and number with the invoice; an invoice counts once."),
    )


def _another_persons(settlement: str) -> Refusal:
    return Refusal(
        N_("Settlement {settlement} belongs to somebody else."),
        N_("Compare the settlement's number and the person with the statement."),
        settlement=settlement,
    )
