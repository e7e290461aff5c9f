"""An application is decided: what bars it, what it comes to, and the settlement it becomes.

The amount is never a person's: it follows from the rules, is stated before the deed (so that the
chain of review and the number of people go by it), and must be the one that is decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import connections
from django.db.models import QuerySet

from gonghui.adapters.medical_insurance.numbers import settlement_number
from gonghui.core.adjudication.possible import refuse_impossible
from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.core.periods import day_of
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor, current
from gonghui.programmes.mutualaid.claims.rules import KIND, rules
from gonghui.programmes.mutualaid.models import Claim, ClaimFlag, Decision, Scheme
from gonghui.programmes.mutualaid.models import Settlement as Known
from gonghui.programmes.mutualaid.permissions import DECIDE
from gonghui.programmes.mutualaid.services.claim_messages import tell_accepted
from gonghui.programmes.mutualaid.services.claim_refusals import (
    another_persons,
    gives_nothing,
    not_sent_yet,
    papers_missing,
    reversed_invoice,
    says_otherwise,
)
from gonghui.programmes.mutualaid.services.decisions import (
    Supposed,
    decide_people,
    decide_person,
    mark_waiting,
    preview_many,
)
from gonghui.programmes.mutualaid.services.settlements import Statement as Kept
from gonghui.programmes.mutualaid.services.settlements import (
    content_digest,
    file_settlements,
    keep_statements,
    lock_settlements,
    stated,
)
from gonghui.verbs.cases.kinds import Decided
from gonghui.verbs.cases.models import Case, State

_LINK = """
update public.mutualaid_claim c set settlement_id = s.id, live = true
  from public.mutualaid_settlement s
 where c.case_id = any(%s) and s.scheme_id = c.scheme_id and s.settlement_id = c.statement_id"""
_WAITING = (State.FILED, State.CONFIRMED, State.REVIEWING)


def papers_lacking(actor: Actor, case_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the papers that are due and not there, by case; [] where all are."""
    with actor.transaction(), array_cursor() as cursor:
        cursor.execute(
            "select case_id, papers from gate.claims_lacking(%s)", [array("bigint[]", case_ids)]
        )
        return {case: [*map(rules().paper_name, papers)] for case, papers in cursor.fetchall()}


def barred(actor: Actor, deed: str, case_ids: Sequence[int]) -> dict[int, Refusal]:
    """Papers that lack bar everything; what else is wrong, the decision."""
    found = {
        case: papers_missing(names)
        for case, names in papers_lacking(actor, case_ids).items()
        if names
    }
    if deed == "confirm":
        return found
    claims = _claims(case_ids)
    flags = ClaimFlag.objects.filter(claim__in=claims, state="open", code="invoice_reversed")
    flagged = set(flags.values_list("claim__case_id", flat=True))
    numbers = dict(Case.objects.filter(pk__in=flagged).values_list("pk", "number"))
    known = _known(claims)
    for claim in claims:
        settlement = known.get((claim.scheme_id, claim.statement_id))
        if claim.case_id in flagged:
            why: Refusal | None = reversed_invoice(numbers[claim.case_id])
        else:
            why = _against(claim, settlement)
        if why is not None:
            found.setdefault(claim.case_id, why)
    return found


def amounts(actor: Actor, case_ids: Sequence[int], on: date) -> dict[int, int | Refusal]:
    """What the rules give for each, with everything that is known of the people; it is written
    down as what is asked for. Where they give nothing, the sentence stands in the refusal."""
    with actor.transaction() as scope:
        if not scope.may(DECIDE):
            return {}
        claims = _claims(case_ids)
        filed = _filed_on([one.case_id for one in claims], on)
        known = _known(claims)
        found: dict[int, int | Refusal] = {}
        for some in _rounds(claims):
            supposed = [_supposed(one, known, filed[one.case_id], on) for one in some]
            pairs = [(one, said) for one, said in zip(some, supposed, strict=True) if said]
            if not pairs:
                continue
            given = preview_many(actor, pairs[0][0].scheme_id, [said for _, said in pairs])
            for (claim, _), answer in zip(pairs, given, strict=True):
                if isinstance(answer, Refusal):
                    found[claim.case_id] = answer
                    continue
                fen = sum(one.amount for one in answer)
                said = "".join(dict.fromkeys(one.sentence for one in answer))
                before = found.get(claim.case_id, 0)
                # Of several applications each alone, and all together: more cannot come of it.
                if isinstance(before, int):
                    found[claim.case_id] = max(before, fen) or gives_nothing(said)
                elif fen:
                    found[claim.case_id] = fen
        _state({case: fen for case, fen in found.items() if isinstance(fen, int)})
        return found


def reckon_waiting(actor: Actor, *, on: date) -> tuple[int, int]:
    """Every application under way of which nobody has reckoned what it would come to: how many,
    and for how many the rules give nothing."""
    with actor.transaction() as scope:
        scope.require(DECIDE)
        rows = Case.objects.filter(kind_id=KIND, state__in=_WAITING, asked_fen__isnull=True)
        found = amounts(actor, list(rows.order_by("pk").values_list("pk", flat=True)), on)
        return len(found), sum(isinstance(one, Refusal) for one in found.values())


def on_accepted(actor: Actor, decided: Sequence[Decided], on: date) -> None:
    """What was granted becomes settlements that are applied for, is decided at once, and told."""
    cases = [one.case_id for one in decided]
    claims = list(_claims(cases))
    if len(claims) < len(cases):
        raise Refusal(N_("A case of these claims nothing."), N_("Take the application in again."))
    for refusal in barred(actor, "accept", cases).values():
        raise refusal
    filed = _filed_on(cases, on)
    by_scheme: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_scheme[claim.scheme_id].append(claim)
    for some in by_scheme.values():
        _settle(actor, some[0].scheme, some, filed, on)
    standing = _standing(cases)
    for one in decided:
        came_to = sum(decision.amount_fen for decision in standing[one.case_id])
        if one.amount_fen is not None and came_to > one.amount_fen:
            raise Refusal(
                N_("The rules give {now} yuan; {then} yuan was accepted."),
                N_("Accept it again without an amount: it follows from the rules."),
                now=format_yuan(came_to),
                then=format_yuan(one.amount_fen),
            )
    tell_accepted(actor, decided, standing, on)


def _claims(case_ids: Sequence[int]) -> QuerySet[Claim]:
    return Claim.objects.select_related("scheme").filter(case_id__in=case_ids).order_by("pk")


def _known(claims: Sequence[Claim] | QuerySet[Claim]) -> dict[tuple[int, str], Known]:
    """The settlements that are there, by scheme and number."""
    numbers = {one.statement_id for one in claims}
    rows = Known.objects.filter(settlement_id__in=numbers)
    return {(one.scheme_id, one.settlement_id): one for one in rows}


def _filed_on(cases: Sequence[int], on: date) -> dict[int, date]:
    rows = Case.objects.filter(pk__in=cases).values_list("pk", "filed_on")
    return {case: day or on for case, day in rows}


def _against(claim: Claim, settlement: Known | None) -> Refusal | None:
    if settlement is None:
        return None if claim.facts else not_sent_yet(claim.statement_id)
    if settlement.person_id != claim.person_id:
        return another_persons(claim.statement_id)
    if claim.facts and _contradicts(claim.facts, settlement.facts):
        return says_otherwise(claim.statement_id)
    return None


def _contradicts(paper: Mapping[str, int], insurer: Mapping[str, int]) -> bool:
    """A paper prints less than the insurer sends: what both state must be the same."""
    if content_digest(paper) == content_digest(insurer):
        return False
    ours, theirs = stated(paper), stated(insurer)
    return any(ours[name] != theirs[name] for name in ours.keys() & theirs.keys())


def _rounds(claims: Sequence[Claim] | QuerySet[Claim]) -> list[list[Claim]]:
    """All together; then, of people with several, each of theirs alone. A round has one scheme."""
    by_scheme: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_scheme[claim.scheme_id].append(claim)
    rounds = list(by_scheme.values())
    for some in list(by_scheme.values()):
        of: dict[int, list[Claim]] = defaultdict(list)
        for claim in some:
            of[claim.person_id].append(claim)
        several = [hers for hers in of.values() if len(hers) > 1]
        longest = max(map(len, several), default=0)
        rounds += [[hers[at] for hers in several if at < len(hers)] for at in range(longest)]
    return rounds


def _supposed(
    claim: Claim, known: Mapping[tuple[int, str], Known], filed: date, on: date
) -> Supposed | None:
    settlement = known.get((claim.scheme_id, claim.statement_id))
    if settlement is not None:
        received, facts = settlement.received_on, settlement.facts
    elif claim.facts:
        received, facts = on, stated(claim.facts)
    else:
        return None
    number = settlement_number(claim.statement_id)
    return Supposed(claim.person_id, number, facts, day_of(received), day_of(filed))


def _state(fen: Mapping[int, int]) -> None:
    """Written down with the case, inside the caller's transaction."""
    if not fen:
        return
    with array_cursor() as cursor:
        columns = [array("bigint[]", list(fen)), array("bigint[]", list(fen.values()))]
        cursor.execute("select gate.state_claim_amounts(%s, %s)", columns)


def _standing(cases: Sequence[int]) -> dict[int, list[Decision]]:
    """The decisions that stand for the settlements of these cases."""
    of_settlement = dict(
        Claim.objects.filter(case_id__in=cases).values_list("settlement_id", "case_id")
    )
    found: dict[int, list[Decision]] = {case: [] for case in cases}
    rows = Decision.objects.filter(settlement_id__in=of_settlement)
    newest = {(one.settlement_id, one.kind): one for one in rows.order_by("pk")}
    for one in newest.values():
        found[of_settlement[one.settlement_id]].append(one)
    return found


def _settle(
    actor: Actor, scheme: Scheme, claims: Sequence[Claim], filed: Mapping[int, date], on: date
) -> None:
    current().require("settlement.enter")
    lock_settlements(scheme.pk)
    known = _known(claims)  # again: the feed may have brought one until the lock was ours
    there, new = [], []
    for claim in claims:
        settlement, day = known.get((scheme.pk, claim.statement_id)), filed[claim.case_id]
        why = _against(claim, settlement)
        if why is not None:
            raise why
        if settlement is not None:
            there.append((settlement.pk, day, claim.case_id))
            continue
        refuse_impossible(claim.statement_id, claim.facts)
        facts = stated(claim.facts)
        new.append(Kept(claim.statement_id, claim.person_id, facts, on, day, None, claim.case_id))
    keep_statements(current(), scheme, new, origin="case")
    if there:
        file_settlements(actor, there)
    persons = sorted({one.person_id for one in claims})
    mark_waiting(scheme.pk, scheme.union_id, persons)
    with connections["default"].cursor() as cursor:
        cursor.execute(_LINK, [[one.case_id for one in claims]])
    if len(persons) == 1:
        decide_person(actor, scheme.pk, persons[0], on=on)
        return
    for _person, refusal in decide_people(actor, scheme.pk, persons, on=on).refused:
        raise refusal
