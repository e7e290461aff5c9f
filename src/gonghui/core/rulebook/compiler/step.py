"""The step of one edition: event-level lines (steps 1 to 6), then every kind in its order.

The step's signature is ``step(p, b, w, s, o, r, t, not_best, <facts>)``,
for a settlement whose deciding date is stated and has an edition in force:

``p``, ``b``   parameters of all editions of the scheme, and where this edition's begin
``w``          working days: ``w[0]`` the first day known, ``w[1 + n]`` how many working days lie
               before day ``w[0] + n``
``s``, ``o``   state of all persons, and where this person's begins (see ``layout``)
``r``          results: per kind amount in fen, reason (-1: does not listen), bits of the counts
               used; then the bits of the gates met and the reason when no kind listens
``t``          traced values (see ``writing.TracedStep``)
``not_best``   bits of the kinds whose use goes to a settlement that brings more
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from gonghui.core.rulebook import expressions
from gonghui.core.rulebook.compiler.conditions import source_of
from gonghui.core.rulebook.compiler.kinds import PASSED, KindWriter
from gonghui.core.rulebook.compiler.layout import (
    PERIOD_FROM,
    PERIOD_UNTIL,
    YEAR_FROM,
    YEAR_UNTIL,
    Layout,
)
from gonghui.core.rulebook.compiler.memory import Memory
from gonghui.core.rulebook.compiler.writing import TracedStep, Writer
from gonghui.core.rulebook.fields import EVENT_KINDS, FIELDS, NONE
from gonghui.core.rulebook.model import Benefit, Condition, Edition
from gonghui.core.rulebook.reasons import DETAIL, Reason


@dataclass(frozen=True)
class Step:
    """One edition's step as lines, with what is needed to call it and to read what it wrote."""

    edition: Edition
    kinds: tuple[Benefit, ...]
    bare: tuple[str, ...]
    traced: tuple[str, ...]
    values: tuple[int, ...]
    paths: tuple[str, ...]
    fields: frozenset[str]
    trace: tuple[TracedStep, ...]

    @cached_property
    def written_at(self) -> dict[tuple[str, str], int]:
        """Where a traced value stands, by kind and name."""
        return {(one.kind, one.name): index for index, one in enumerate(self.trace)}

    @cached_property
    def shape(self) -> str:
        """Hash of the structure: steps of one shape share compiled code."""
        return hashlib.sha256("\n".join(self.bare).encode()).hexdigest()[:16]

    @property
    def width(self) -> int:
        """Integers the step writes into ``r``."""
        return 3 * len(self.kinds) + 2


def kinds_in_order(edition: Edition) -> tuple[Benefit, ...]:
    """The benefit kinds in ``kind_order``, or as written where the question does not arise."""
    by_id = {benefit.id: benefit for benefit in edition.benefits}
    return tuple(by_id[id_] for id_ in edition.answers.kind_order or by_id)


def write_step(edition: Edition, memory: Memory, layout: Layout) -> Step:
    """The step of an edition; asks ``layout`` for the places the scheme's ``memory`` needs."""
    kinds = kinds_in_order(edition)
    _write(Writer(edition, memory, layout, traced=False), kinds)  # so that every place is known
    bare = Writer(edition, memory, layout, traced=False)
    traced = Writer(edition, memory, layout, traced=True)
    _write(bare, kinds)
    _write(traced, kinds)
    return Step(
        edition,
        kinds,
        tuple(bare.lines),
        tuple(traced.lines),
        tuple(bare.values),
        tuple(bare.paths),
        frozenset(bare.fields),
        tuple(bare.trace),
    )


def _write(w: Writer, kinds: tuple[Benefit, ...]) -> None:
    edition = w.edition
    w.line(f"d = {w.field(edition.answers.deciding_date)}", "answers.deciding_date")
    end = 3 * len(kinds)
    w.line(f"r[{end}] = 0")
    w.line(f"r[{end + 1}] = {int(Reason.EVENT_NOT_COVERED)}")
    _windows(w)
    _classes(w)
    _refusals(w)
    _ordinals(w)
    for number, cap in enumerate(edition.caps):
        if cap.window == "claim":
            w.line(f"claim_{number} = 0", cap.path)
    if edition.loss_ceiling:
        for name in expressions.fields(edition.loss_ceiling.loss):
            w.field(name)
        w.line(
            f"loss = max(0, {expressions.text(edition.loss_ceiling.loss)})", "limits.loss_ceiling"
        )
        w.line("loss_paid = 0")
    kept = _kept_places(w)
    for index in kept:
        w.line(f"kept_{index} = s[o + {index}]")
    for index, benefit in enumerate(kinds):
        KindWriter(w, benefit, index).write()
    if kept:
        with w.block("if void:", "answers.reversal"):
            for index in kept:
                w.line(f"s[o + {index}] = kept_{index}")
    if edition.gates or w.memory.gated():
        _gates(w, end)


def _kept_places(w: Writer) -> list[int]:
    """What a reversed settlement leaves as it was: it is judged as if not reversed, and only the

    uses outlast it. None where a reversed settlement is not judged at all.
    """
    if w.edition.answers.reversal not in ("slot_kept", "slot_freed"):
        return []
    places = w.layout.places.items()
    return [index for place, index in places if not place.what.startswith(("uses", "held"))]


def _windows(w: Writer) -> None:
    """A new period or year starts from zero."""
    period = w.edition.period
    anchor = w.constant("period.starts", period.starts)
    months = w.constant("period.months", period.months)
    since, until = f"s[o + {PERIOD_FROM}]", f"s[o + {PERIOD_UNTIL}]"
    if w.memory.one_grid:  # as long as the period lasts, nothing is reckoned
        another = f"d < {since} or d >= {until}"
    else:
        w.line(f"period_from = period_start(d, {anchor}, {months})", "period")
        another = f"period_from != {since}"
    with w.block(f"if {another}:", "period"):
        w.line(f"{since} = period_start(d, {anchor}, {months})")
        w.line(f"{until} = period_end(d, {anchor}, {months})")
        for _, index in w.layout.of("period"):
            w.line(f"s[o + {index}] = 0")
    yearly = w.layout.of("year")
    if yearly:
        since, until = f"s[o + {YEAR_FROM}]", f"s[o + {YEAR_UNTIL}]"
        with w.block(f"if d < {since} or d >= {until}:"):
            w.line(f"{since} = year_start(d)")
            w.line(f"{until} = add_months({since}, 12)")
            for _, index in yearly:
                w.line(f"s[o + {index}] = 0")


def _classes(w: Writer) -> None:
    if not w.edition.classes:
        return
    for number, one in enumerate(w.edition.classes):
        if one.test is None:
            head = "else:" if number else ""
        else:
            head = f"{'elif' if number else 'if'} {source_of(one.test, w)}:"
        with w.block(head, f"classes.{one.id}"):
            w.line(f"person_class = {number}")


def _refusals(w: Writer) -> None:
    """Steps 1 to 5; a reversed settlement goes on where its slot may stand."""
    keeps = w.edition.answers.reversal in ("slot_kept", "slot_freed")
    void = f"{w.field('reversed_on')} != {NONE}"
    w.line(f"void = {void}")
    w.line(f"why = {PASSED}")
    if not keeps:
        w.line("if void:", *(["answers.reversal"] if w.edition.answers.reversal else []))
        w.line(f"    why = {int(Reason.REVERSED)}")
    w.line(f"{'if' if keeps else 'elif'} {w.field('claimed_elsewhere')} == 1:")
    w.line(f"    why = {int(Reason.CLAIMED_ELSEWHERE)}")
    with w.block("else:"):
        _cover(w)
        for number, condition in enumerate(w.edition.eligibility):
            _eligibility(w, number, condition)


def _cover(w: Writer) -> None:
    cover, start = w.edition.cover, w.field("cover_from")
    stated = f"{start} != {NONE}"
    if cover.starts == "common_date":
        w.line(f"start = {start}", "cover.starts")
    else:
        known = w.field("uploaded_on" if cover.starts == "day_after_upload" else "card_on")
        w.line(f"start = max({start}, {known} + 1)", "cover.starts")
        stated += f" and {known} != {NONE}"
    w.note("", "cover from", "day", "start", "cover.starts")
    w.note("", "cover until", "day", w.field("cover_until"), "period")
    w.line(f"if not ({stated} and start <= d and d < {w.field('cover_until')}):")
    w.line(f"    why = {int(Reason.NOT_COVERED)}")
    waiting = cover.waiting
    if waiting.length is None:
        return
    length = w.number(waiting.length)
    ends = (
        f"add_months(start, {length})" if waiting.length.unit == "months" else f"start + {length}"
    )
    test = "d < waiting_until"
    if waiting.kind == "first_join" and waiting.renewal_gap:
        previous, gap = w.field("previous_cover_until"), w.number(waiting.renewal_gap)
        test += f" and ({previous} == {NONE} or start - {previous} > {gap})"
    with w.block(f"if why == {PASSED}:"):
        w.line(f"waiting_until = {ends}", "cover.waiting")
        w.note("", "waiting until", "day", "waiting_until", "cover.waiting")
        w.line(f"if {test}:", "cover.waiting")
        w.line(f"    why = {int(Reason.WAITING)}")


def _eligibility(w: Writer, number: int, condition: Condition) -> None:
    w.line(f"if why == {PASSED} and not ({source_of(condition.test, w)}):", condition.path)
    w.line(f"    why = {Reason.NOT_ELIGIBLE + DETAIL * number}")


def _ordinals(w: Writer) -> None:
    """This stay's number in the period."""
    if not w.memory.counts_stays:
        return
    stays = w.place("stays", "", "period")
    stay = EVENT_KINDS.code("hospital_stay")
    counts = f"{w.field('event_kind')} == {stay} and {w.field('counts_as_stay')} == 1"
    w.line(f"stay_ordinal = {stays} + 1")
    with w.block(f"if why == {PASSED} and not void and {counts}:"):
        w.line(f"{stays} = {stays} + 1")


def _gates(w: Writer, end: int) -> None:
    with w.block(f"if why == {PASSED} and not void:"):
        for window, base in w.memory.gated():
            for name in expressions.fields(base):
                w.field(name)
            place = w.place("gate", expressions.text(base), window)
            w.line(f"{place} = {place} + ({expressions.text(base)})")
        for number, gate in enumerate(w.edition.gates):
            for name in expressions.fields(gate.base):
                w.field(name)
            value = expressions.text(gate.base)
            if gate.window != "claim":
                value = w.place("gate", value, gate.window)
            w.line(f"gated = {value}", gate.path)
            w.note("", f"gate {gate.id}", "fen", "gated", gate.path)
            sign = ">" if gate.relation == "above" else ">="
            w.line(f"if gated {sign} {w.number(gate.line)}:", f"{gate.path}.line")
            w.line(f"    r[{end}] = r[{end}] | {1 << number}")


def arguments(fields: frozenset[str]) -> tuple[str, ...]:
    """The facts a scheme's steps take, in the dictionary's order."""
    return tuple(name for name in FIELDS if name in fields)
