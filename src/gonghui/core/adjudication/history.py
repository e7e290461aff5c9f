"""The reference: the replay of one person's whole history, in plain Python.

Everything faster (columns, cached states) must equal it. Events may come in any order and any
number of times; what counts is the set of settlements known, each with its facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from types import MappingProxyType

from gonghui.core.adjudication.openings import Opening, open_window
from gonghui.core.adjudication.possible import refuse_impossible
from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.compiler.layout import FIRST_FREE, PERIOD_FROM, YEAR_FROM
from gonghui.core.rulebook.compiler.program import Program
from gonghui.core.rulebook.compiler.step import kinds_in_order
from gonghui.core.rulebook.compiler.writing import TracedStep
from gonghui.core.rulebook.fields import FIELDS, NONE
from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.reasons import Reason, split

UNSET = -(1 << 62)
_DEFAULTS = MappingProxyType({name: field.default for name, field in FIELDS.items()})


@dataclass(frozen=True)
class Settlement:
    """The insurer's statement of one event, with the facts of the person and cover on that day.

    ``number`` is intrinsic (the same whenever and in whatever order it arrives); ``facts`` hold
    the units of ``fields``; a fact not given has the dictionary's default.
    """

    number: int
    facts: Mapping[str, int]

    def fact(self, name: str) -> int:
        return self.facts.get(name, _DEFAULTS[name])

    def with_facts(self, **facts: int) -> Settlement:
        """The same settlement with some facts stated otherwise."""
        return replace(self, facts={**self.facts, **facts})


@dataclass(frozen=True, slots=True)
class Use:
    """A drawn use: of which count, the how-manieth in its window, out of how many."""

    count: str
    number: int
    limit: int


@dataclass(frozen=True, slots=True)
class Traced:
    """One intermediate value, as ``compiler.writing.TracedStep`` names it."""

    name: str
    unit: str
    path: str
    value: int


@dataclass(frozen=True)
class Decision:
    """What one kind gives for one settlement. ``kind`` is "" when none listened to the event.

    ``edition`` is None when none was in force. ``detail`` is the position, in its list of the
    edition, of the condition, cap or count that the reason speaks of.
    """

    settlement: int
    day: int
    kind: str
    amount_fen: int
    reason: Reason
    detail: int
    uses: tuple[Use, ...]
    gates: tuple[str, ...]
    edition: Edition | None
    written: tuple[TracedStep, ...] = ()
    values: tuple[int, ...] = ()

    @cached_property
    def steps(self) -> tuple[Traced, ...]:
        """Every intermediate amount the settlement came to, in order."""
        return tuple(
            Traced(one.name, one.unit, one.path, value)
            for one, value in zip(self.written, self.values, strict=True)
            if value != UNSET and one.kind in ("", self.kind)
        )

    def step(self, name: str) -> int | None:
        """A traced value by name; None when the settlement did not come so far."""
        return next((step.value for step in self.steps if step.name == name), None)


def order_key(program: Program, settlement: Settlement) -> tuple[int, int, int]:
    """Deciding day, the declared order of one day, settlement number."""
    answers = program.answers
    match answers.same_day_order:
        case "earliest_received":
            tie = settlement.fact("received_on")
        case "largest_cost_first":
            tie = -settlement.fact("total_cost")
        case "smallest_cost_first":
            tie = settlement.fact("total_cost")
        case _:
            tie = 0
    return settlement.fact(answers.deciding_date), tie, settlement.number


@lru_cache(maxsize=64)
def _steps(program_source: str) -> tuple[Callable[..., None], ...]:
    namespace: dict[str, Callable[..., None]] = {}
    exec(
        compile(program_source, "<rule book>", "exec"), namespace
    )  # our own, written from a checked edition
    names = sorted(
        (name for name in namespace if name.startswith("step_")), key=lambda name: int(name[5:])
    )
    return tuple(namespace[name] for name in names)


class HistoryFold:
    """Folds histories of one program; it keeps nothing of a history but its last windows."""

    def __init__(self, program: Program, working_days: WorkingDays | None = None) -> None:
        self.program = program
        self.working_days = working_days
        self._calendar = calendar_array(working_days)
        self._steps = _steps(program.source(traced=True))
        self._windows = [0] * FIRST_FREE

    def fold(self, history: Iterable[Settlement]) -> list[Decision]:
        """Every decision of a person's history, in the declared order.

        Raises :class:`Refusal` for facts that cannot be: negative, absurd or unknown codes.
        """
        return self.fold_with_state(history)[0]

    def fold_with_state(
        self, history: Iterable[Settlement], openings: Sequence[Opening] = ()
    ) -> tuple[list[Decision], list[int]]:
        """The same, and what is remembered afterwards: the cache from which to go on.

        ``openings``: periods in which another system had decided before.
        """
        known = unique(history)
        for settlement in known:
            refuse_impossible(settlement.number, settlement.facts)
            for since in self.program.working_days_from:
                start, filed = settlement.fact(since), settlement.fact("filed_on")
                if NONE not in (start, filed) and not reaches(self.working_days, start, filed):
                    raise beyond_calendar(settlement.number)
        ordered = sorted(known, key=lambda one: order_key(self.program, one))
        not_best: dict[int, int] = {}
        if self.program.chooses_best:
            not_best = self._not_best(ordered, openings)
        # The windows of the history before: most fall in the same, and reckoning them is slow.
        state = [*self._windows, *[0] * (self.program.layout.size - FIRST_FREE)]
        rows: list[Decision] = []
        waiting = list(openings)
        for one in ordered:
            if waiting:
                day = one.fact(self.program.answers.deciding_date)
                for opening in [held for held in waiting if held.since <= day < held.until]:
                    open_window(self.program, state, opening)
                    waiting.remove(opening)
            rows += self.advance(state, one, not_best.get(one.number, 0))
        self._windows = state[:FIRST_FREE]
        return rows, state

    def advance(
        self, state: list[int], settlement: Settlement, not_best: int = 0
    ) -> list[Decision]:
        """One settlement on a state, which is changed: only valid in the declared order."""
        program = self.program
        day = settlement.fact(program.answers.deciding_date)
        position = None if day == NONE else program.at(day)
        if position is None:
            reason = Reason.DATE_MISSING if day == NONE else Reason.NO_EDITION
            return [Decision(settlement.number, day, "", 0, reason, 0, (), (), None)]
        step = program.steps[position]
        results = [0] * step.width
        trace = [UNSET] * len(step.trace)
        self._steps[program.shapes[position]](
            program.parameters,
            program.bases[position],
            self._calendar,
            state,
            0,
            results,
            trace,
            not_best,
            *[settlement.fact(name) for name in program.fields],
        )
        return list(self._decisions(settlement, day, position, results, trace))

    def _decisions(
        self, settlement: Settlement, day: int, position: int, results: list[int], trace: list[int]
    ) -> Iterable[Decision]:
        step = self.program.steps[position]
        edition = step.edition
        end = 3 * len(step.kinds)
        gates = tuple(gate.id for bit, gate in enumerate(edition.gates) if results[end] >> bit & 1)
        traced = (edition, step.trace, tuple(trace))
        listened = False
        for index, kind in enumerate(step.kinds):
            amount, reason, slots = results[3 * index : 3 * index + 3]
            if reason < 0:
                continue
            listened = True
            code, detail = split(reason)
            uses = tuple(
                Use(
                    count.id,
                    trace[step.written_at[kind.id, f"number {count.id}"]],
                    trace[step.written_at[kind.id, f"limit {count.id}"]],
                )
                for bit, count in enumerate(edition.counts)
                if slots >> bit & 1
            )
            yield Decision(
                settlement.number, day, kind.id, amount, code, detail, uses, gates, *traced
            )
        if not listened:
            code, detail = split(results[end + 1])
            yield Decision(settlement.number, day, "", 0, code, detail, (), gates, *traced)

    def _not_best(
        self, ordered: Sequence[Settlement], openings: Sequence[Opening]
    ) -> dict[int, int]:
        """By settlement, bits of the kinds that use no slot because others bring more.

        A first pass without counts and period caps gives what every kind would bring; in each
        window of the count the largest (earlier first among equals) keep their slots. A reversed
        settlement takes part only where its use is not given back.
        """
        free = HistoryFold(unlimited(self.program), self.working_days)
        state = [0] * free.program.layout.size
        brought: dict[tuple[str, int], list[tuple[int, int, int, int, int]]] = {}
        for place, settlement in enumerate(ordered):
            day = settlement.fact(self.program.answers.deciding_date)
            position = None if day == NONE else self.program.at(day)
            answers = None if position is None else self.program.editions[position].answers
            keeps = answers is not None and answers.reversal == "slot_kept"
            contender = settlement.with_facts(reversed_on=NONE) if keeps else settlement
            for row in free.advance(state, contender):
                if row.edition is None or row.amount_fen == 0:
                    continue
                if row.edition.answers.slot_choice != "best_for_worker":
                    continue
                (count,) = row.edition.counts  # the reader requires exactly one
                if row.kind not in count.covers:
                    continue
                kinds = [kind.id for kind in kinds_in_order(row.edition)]
                starts = {"period": state[PERIOD_FROM], "year": state[YEAR_FROM], "ever": 0}
                window = brought.setdefault((count.id, starts[count.window]), [])
                index = kinds.index(row.kind)
                limit = count.limit.plain
                window.append((-row.amount_fen, place, index, settlement.number, limit))
        outranked: dict[int, int] = {}
        used = {one.since: one.uses for one in openings}  # what was used elsewhere has its slot
        for (_, since), window in brought.items():
            taken = used.get(since, 0)
            for rank, (_, _, index, number, limit) in enumerate(sorted(window), taken):
                if rank >= limit:
                    outranked[number] = outranked.get(number, 0) | 1 << index
        return outranked


def unlimited(program: Program) -> Program:
    """The same program with counts and period caps too large to bind."""
    steps = []
    for step in program.steps:
        edition = step.edition
        free = {count.limit.path: 1 << 40 for count in edition.counts}
        free |= {cap.amount.path: 1 << 40 for cap in edition.caps if cap.window != "claim"}
        values = tuple(
            free.get(path, value) for path, value in zip(step.paths, step.values, strict=True)
        )
        steps.append(replace(step, values=values))
    return replace(program, steps=tuple(steps))


def reaches(working_days: WorkingDays | None, start: int, end: int) -> bool:
    """Whether the calendar knows every day from ``start`` to ``end``."""
    return working_days is not None and working_days.origin <= start and end <= working_days.last


def beyond_calendar(settlement: object) -> Refusal:
    """The refusal of a deadline that no announced calendar can tell: it is never guessed."""
    return Refusal(
        N_("The deadline of settlement {settlement} counts working days the calendar has not."),
        N_("Add the year to the calendar, as the State Council announced it."),
        field="filed_on",
        settlement=settlement,
    )


def calendar_array(working_days: WorkingDays | None) -> list[int]:
    """The working days as the step reads them (see ``compiler.step``)."""
    if working_days is None:
        return [0]
    return [working_days.origin + 1, *working_days.cumulative]


def unique(history: Iterable[Settlement]) -> list[Settlement]:
    """Each settlement once; the same number with other facts is refused."""
    known: dict[int, Settlement] = {}
    for settlement in history:
        earlier = known.setdefault(settlement.number, settlement)
        if earlier is not settlement and dict(earlier.facts) != dict(settlement.facts):
            raise Refusal(
                N_("Settlement {number} came twice with different content."),
                N_("Ask the sender which is right; a corrected settlement has a new number."),
                number=settlement.number,
            )
    return list(known.values())
