"""All steps of a scheme as one program: code by shape, numbers in one array, editions by day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.canonical import edition_hash
from gonghui.core.rulebook.compiler import folds, prelude
from gonghui.core.rulebook.compiler.layout import Layout
from gonghui.core.rulebook.compiler.memory import Memory
from gonghui.core.rulebook.compiler.step import Step, arguments, write_step
from gonghui.core.rulebook.model import Answers, Edition
from gonghui.core.rulebook.timeline import Segment

ENGINE_VERSION = 1
"""Raised when the same edition and facts could give another fen, reason or word."""


@dataclass(frozen=True)
class Program:
    """A scheme ready to fold.

    ``starts[k] <= day < ends[k]`` is edition ``k``; its parameters begin at ``bases[k]`` of
    ``parameters``; its code is ``steps[k]`` with the shape ``shapes[k]``.
    """

    segments: tuple[Segment, ...]
    steps: tuple[Step, ...]
    layout: Layout

    @cached_property
    def starts(self) -> tuple[int, ...]:
        return tuple(segment.since for segment in self.segments)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        return tuple(segment.until for segment in self.segments)

    @cached_property
    def codes(self) -> tuple[Step, ...]:
        """One step of every shape."""
        return tuple({step.shape: step for step in reversed(self.steps)}.values())

    @cached_property
    def shapes(self) -> tuple[int, ...]:
        known = [step.shape for step in self.codes]
        return tuple(known.index(step.shape) for step in self.steps)

    @cached_property
    def bases(self) -> tuple[int, ...]:
        found, total = [], 0
        for step in self.steps:
            found.append(total)
            total += len(step.values)
        return tuple(found)

    @cached_property
    def parameters(self) -> tuple[int, ...]:
        return tuple(value for step in self.steps for value in step.values)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The facts of a settlement the steps read, in the dictionary's order."""
        return arguments(frozenset().union(*(step.fields for step in self.steps)))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Every benefit kind of any edition."""
        return tuple(dict.fromkeys(kind.id for step in self.steps for kind in step.kinds))

    @cached_property
    def hashes(self) -> tuple[str, ...]:
        return tuple(edition_hash(step.edition) for step in self.steps)

    @property
    def editions(self) -> tuple[Edition, ...]:
        return tuple(step.edition for step in self.steps)

    @cached_property
    def working_days_from(self) -> tuple[str, ...]:
        """The dates from which working days are counted to the day of filing."""
        found = {
            benefit.deadline.since
            for edition in self.editions
            for benefit in edition.benefits
            if benefit.deadline.kind == "working_days" and edition.answers.claims != "automatic"
        }
        return tuple(sorted(found))

    @property
    def chooses_best(self) -> bool:
        """Whether any edition lets the stays that bring most use the slots."""
        return any(one.answers.slot_choice == "best_for_worker" for one in self.editions)

    @property
    def answers(self) -> Answers:
        """The answers that all editions share: deciding date, order, claims."""
        return self.steps[0].edition.answers

    @property
    def width(self) -> int:
        return max(step.width for step in self.steps)

    @property
    def trace_width(self) -> int:
        return max(1, *(len(step.trace) for step in self.steps))

    def at(self, day: int) -> int | None:
        """The position of the edition in force on a day."""
        for position, segment in enumerate(self.segments):
            if segment.since <= day < segment.until:
                return position
        return None

    def source(self, *, traced: bool = False, compiled: bool = False) -> str:
        """The module that folds: helpers, then a step a shape, or (compiled) folds over columns."""
        decorator = '@njit(cache=True, nogil=True, error_model="numpy")' if compiled else ""
        parts = [f"# Written by Gonghui, engine {ENGINE_VERSION}; do not edit."]
        if compiled:  # shared by every program of this shape, so no edition is named
            parts.append("import numpy as np\nfrom numba import njit")
        else:
            parts.append("\n".join(f"# {step.edition.id}" for step in self.steps))
        parts.append(prelude.source(decorator))
        if compiled:
            parts.append(folds.source(self, decorator))
            return "\n\n\n".join(parts) + "\n"
        signature = ", ".join(("p", "b", "w", "s", "o", "r", "t", "not_best", *self.fields))
        for number, step in enumerate(self.codes):
            lines = step.traced if traced else step.bare
            parts.append("\n".join((f"def step_{number}({signature}):", *lines)))
        return "\n\n\n".join(parts) + "\n"

    @cached_property
    def shape(self) -> str:
        """Names the compiled code: programs of one shape share it, whatever their numbers."""
        return hashlib.sha256(self.source(compiled=True).encode()).hexdigest()[:20]


def compile_segments(segments: Sequence[Segment]) -> Program:
    """The program of a timeline; its editions must agree on what orders a history."""
    editions = [segment.edition for segment in segments]
    for edition in editions[1:]:
        for key in ("deciding_date", "same_day_order"):
            if getattr(edition.answers, key) != getattr(editions[0].answers, key):
                raise Refusal(
                    N_("“{key}” differs between {first} and {second}."),
                    N_("Editions of one scheme must order a history alike."),
                    key=key,
                    first=editions[0].id,
                    second=edition.id,
                )
    _refuse_other_rounding(editions)
    memory, layout = Memory(tuple(editions)), Layout()
    for edition in editions:
        write_step(edition, memory, layout)  # so that every edition knows every place
    steps = tuple(write_step(edition, memory, layout) for edition in editions)
    return Program(tuple(segments), steps, layout)


def _refuse_other_rounding(editions: Sequence[Edition]) -> None:
    """Amounts of another unit in one window would let rounding after a cap lift over it."""
    for edition in editions:
        steps, rounding = edition.answers.steps, edition.answers.rounding
        after = steps.index("rounding") > steps.index("period_cap") and rounding.mode != "down"
        if not after or not edition.caps:
            continue
        for other in editions:
            if other.answers.rounding.unit_fen < rounding.unit_fen:
                raise Refusal(
                    N_("{first} rounds after the cap to a larger unit than {second}."),
                    N_("Round before the period cap, round down, or keep the unit."),
                    first=edition.id,
                    second=other.id,
                )
