"""Samples of payments for the 经审会: drawn once, kept as drawn, drawn again by whoever doubts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.auditing.drawing import Drawn, Layer, Method, draw, layers_of
from gonghui.programmes.mutualaid.auditing.population import Population, read_population
from gonghui.programmes.mutualaid.models import Sample, SampleLine, Scheme
from gonghui.programmes.mutualaid.queries.populations import may_audit, payments_of
from gonghui.verbs.treasury.models import PayoutLine
from gonghui.verbs.treasury.services.payouts import Payee, payees_of

_KEEP = f"select gate.keep_sample({', '.join(['%s'] * 15)})"


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw as it was kept. ``earlier``: how many draws of this period were kept before it.
    ``changed_since``: an earlier draw with this seed whose population was another one."""

    sample_id: int
    seed: str
    population: Population
    drawn: list[Drawn]
    layers: list[Layer]
    earlier: int
    changed_since: int | None


@dataclass(frozen=True, slots=True)
class Verified:
    """A sample held against its own population, and that against the payments of today.

    ``same_lines``: seed and kept population give the kept lines. ``added``, ``gone``, ``changed``:
    references in which the payments of the period differ today.
    """

    sample_id: int
    same_lines: bool
    population_sha256: str
    today_sha256: str
    fen: int
    today_fen: int
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def same_population(self) -> bool:
        return self.population_sha256 == self.today_sha256


def draw_sample(
    actor: Actor,
    scheme: Scheme,
    method: Method,
    *,
    since: date,
    until: date,
    size: int,
    seed: str = "",
) -> Draw:
    """Draws and keeps; each draw is on record, so that nobody draws until a sample pleases."""
    with actor.transaction() as scope:
        may_audit(scope)
        chosen = seed or secrets.token_hex(8)
        population, ids = payments_of(scheme, since, until)
        drawn = draw(population, method, size, chosen)
        before = Sample.objects.filter(scheme=scheme, starts_on=since, ends_before=until)
        earlier = before.count()
        digest = population.sha256()
        other = before.filter(seed=chosen).exclude(population_sha256=digest).order_by("-pk")
        changed = other.values_list("pk", flat=True).first()
        with array_cursor() as cursor:
            cursor.execute(
                _KEEP,
                [
                    *(scheme.pk, since, until, method.kind, method.by or ""),
                    method.weight if method.by else "",
                    array("bigint[]", method.bounds if method.by == "amount" else ()),
                    *(size, chosen, population.content(), len(population.payments)),
                    population.fen,
                    array("bigint[]", [ids[one.payment.reference] for one in drawn]),
                    array("text[]", [one.layer for one in drawn]),
                    array("integer[]", [one.hits for one in drawn]),
                ],
            )
            (sample_id,) = cursor.fetchone()
        record(
            "sample.drawn",
            subject="mutualaid_sample",
            subject_id=sample_id,
            union_id=scope.union_id,
            after=digest,
            # Not the seed: those who are audited may read events, and would know the lines.
            details={"lines": len(drawn), "kind": method.kind, "by": method.by or ""},
        )
        return Draw(
            sample_id, chosen, population, drawn, layers_of(population, method, drawn), earlier,
            changed,
        )  # fmt: skip


def verify_sample(actor: Actor, sample_id: int) -> Verified:
    """Draws again from the kept population, and looks whether the payments are still the same."""
    with actor.transaction() as scope:
        may_audit(scope)
        sample = sample_known(sample_id)
        kept = population_of_sample(sample)
        lines = SampleLine.objects.filter(sample=sample).order_by("place")
        stored = [
            (line.line.reference, line.layer, line.hits) for line in lines.select_related("line")
        ]
        again = draw(kept, method_of(sample), sample.size, sample.seed)
        today, _ids = payments_of(sample.scheme, sample.starts_on, sample.ends_before)
    then, now = ({one.reference: one for one in side.payments} for side in (kept, today))
    return Verified(
        sample.pk,
        stored == [(one.payment.reference, one.layer, one.hits) for one in again],
        bytes(sample.population_sha256).hex(),
        today.sha256().hex(),
        kept.fen,
        today.fen,
        _sorted(now.keys() - then.keys()),
        _sorted(then.keys() - now.keys()),
        _sorted(one for one in then.keys() & now.keys() if then[one] != now[one]),
    )


def samples(actor: Actor) -> list[Sample]:
    """All draws one may see, the newest first."""
    with actor.transaction() as scope:
        may_audit(scope)
        return list(
            Sample.objects.select_related("scheme", "drawn_by").defer("population").order_by("-pk")
        )


def population_file(actor: Actor, sample_id: int) -> bytes:
    """The population of a sample, to the byte, for whoever draws it again elsewhere."""
    with actor.transaction() as scope:
        may_audit(scope)
        return bytes(sample_known(sample_id).population)


def reveal_payee(actor: Actor, sample_id: int, place: int, purpose: str) -> Payee:
    """Who was paid and on which account, in full, of one line of a sample. An act with a purpose;
    the worker reads later who saw it. Only what was drawn can be looked at."""
    if connections["default"].in_atomic_block:
        # Rolled back later, the event would be gone and the account seen.
        raise RuntimeError("reveal in a transaction of its own")
    said = masked_reason(purpose)
    if not said:
        raise Refusal(
            N_("What for is missing, or too long."),
            N_("Say in a few words why the full number is needed."),
            field="purpose",
        )
    with actor.transaction() as scope:
        may_audit(scope)
        sample = sample_known(sample_id)
        drawn = SampleLine.objects.filter(sample=sample, place=place).first()
        if drawn is None:
            raise Refusal(
                N_("Sample {sample} has no line {number}."),
                N_("Only what was drawn is shown in full; the working paper numbers the lines."),
                sample=sample_id,
                number=place,
            )
        line = PayoutLine.objects.select_related("batch").get(pk=drawn.line_id)
        record(
            "sample.payee_revealed",
            subject="treasury_payoutline",
            subject_id=line.pk,
            union_id=scope.union_id,
            person_seen=line.person_id,
            purpose=said,
            details={"sample": sample_id, "place": place},
        )
        return payees_of(line.batch)[line.place - 1]


def sample_known(sample_id: int) -> Sample:
    """Inside a transaction."""
    sample = Sample.objects.select_related("scheme", "drawn_by").filter(pk=sample_id).first()
    if sample is None:
        raise Refusal(
            N_("There is no sample {sample}."),
            N_("`gonghui audit samples` lists them."),
            sample=sample_id,
        )
    return sample


def method_of(sample: Sample) -> Method:
    """How it was drawn."""
    if sample.kind != "strata":
        return Method(sample.kind)  # type: ignore[arg-type]  # the table's check
    bounds = tuple(sample.bounds) if sample.by == "amount" else Method().bounds
    return Method("strata", sample.by, sample.weight, bounds)  # type: ignore[arg-type]


def population_of_sample(sample: Sample) -> Population:
    return read_population(bytes(sample.population))


def _sorted(references: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(references))
