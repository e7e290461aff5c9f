"""What an application says, what the insurer says, and what the rules would give: side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gonghui.adapters.medical_insurance.numbers import settlement_number
from gonghui.core.errors import Refusal
from gonghui.core.periods import day_of
from gonghui.core.rulebook.fields import FIELDS
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.models import Claim, ClaimFlag, ClaimInvoice, Settlement
from gonghui.programmes.mutualaid.services.decisions import Supposed, preview_many
from gonghui.programmes.mutualaid.services.settlements import stated


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: as the paper was keyed in, and as the insurer sent it; ``None`` where not stated.

    ``unit``: fen, day, code, … as in the rule books' fields; codes come with their words.
    """

    name: str
    label: str
    unit: str
    paper: int | str | None
    insurer: int | str | None

    @property
    def differs(self) -> bool:
        return None not in (self.paper, self.insurer) and self.paper != self.insurer


@dataclass(frozen=True, slots=True)
class Part:
    """What one rule of the edition gives for it, with its steps (name, unit, clause, value)."""

    kind: str
    amount_fen: int
    sentence: str
    steps: tuple[tuple[str, str, str, int], ...]


@dataclass(frozen=True, slots=True)
class ClaimView:
    """An application of one case. ``refusal``: why the rules cannot say what it gives."""

    claim: Claim
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    refusal: Refusal | None
    flags: tuple[ClaimFlag, ...]
    invoices: tuple[ClaimInvoice, ...]

    @property
    def amount_fen(self) -> int:
        return sum(one.amount_fen for one in self.parts)

    @property
    def differing(self) -> int:
        return sum(one.differs for one in self.facts)


def claim_view(actor: Actor, case_id: int, *, filed_on: date | None, on: date) -> ClaimView | None:
    """The application behind a case; ``None`` where it is none, or not for this reader. Nothing is
    written. Reckoned only for whoever may have histories decided."""
    with actor.transaction() as scope:
        claim = Claim.objects.select_related("scheme").filter(case_id=case_id).first()
        if claim is None:
            return None
        known = (
            claim.settlement
            or Settlement.objects.filter(
                scheme_id=claim.scheme_id, settlement_id=claim.statement_id
            ).first()
        )
        parts: tuple[Part, ...] = ()
        refusal = None
        said = _supposed(claim, known, filed_on or on, on)
        if said is not None and scope.may("decision.decide"):
            (answer,) = preview_many(actor, claim.scheme_id, [said])
            if isinstance(answer, Refusal):
                refusal = answer
            else:
                parts = tuple(
                    Part(
                        one.kind,
                        one.amount,
                        one.sentence,
                        tuple((s.name, s.unit, s.path, s.value) for s in one.decision.steps),
                    )
                    for one in answer
                )
        return ClaimView(
            claim,
            _facts(claim.facts, {} if known is None else known.facts),
            parts,
            refusal,
            tuple(ClaimFlag.objects.filter(claim=claim).order_by("pk")),
            tuple(ClaimInvoice.objects.filter(claim=claim).order_by("pk")),
        )


def _supposed(claim: Claim, known: Settlement | None, filed: date, on: date) -> Supposed | None:
    if known is not None:
        received, facts = known.received_on, known.facts
    elif claim.facts:
        received, facts = on, stated(claim.facts)
    else:
        return None
    number = settlement_number(claim.statement_id)
    return Supposed(claim.person_id, number, facts, day_of(received), day_of(filed))


def _facts(paper: dict[str, int], insurer: dict[str, int]) -> tuple[Fact, ...]:
    """What either states, in the order of the fields."""
    found = []
    for name, field in FIELDS.items():
        sides: list[int | str | None] = []
        for side in (paper, insurer):
            value: int | str | None = side.get(name)
            if isinstance(value, int) and field.vocabulary is not None:
                value = field.vocabulary.label(value) or str(value)
            if value == field.default and field.unit == "day":
                value = None
            sides.append(value)
        if any(one not in (None, 0) for one in sides) and field.whose == "event":
            found.append(Fact(name, field.label, field.unit, *sides))
    return tuple(found)
