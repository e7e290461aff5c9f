"""An edition, read and checked: immutable values the compiler, the redline and the document share.

Units: amounts fen; rates hundredths of a percentage point; days and spans as in ``core.periods``;
codes as in ``fields``. Every :class:`Number` and every word stands once more in
``Edition.parameters`` with its clause or its assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gonghui.core.errors import Place
from gonghui.core.rulebook.expressions import Expression

NumberUnit = Literal["fen", "rate", "count", "days", "months", "day"]
Window = Literal["claim", "period", "year", "ever"]
LongWindow = Literal["period", "year", "ever"]
GateWindow = Literal["claim", "period", "year"]
Effect = Literal["next_period", "from_date", "whole_period"]
ParameterUnit = NumberUnit | Literal["word"]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a parameter comes from: a clause of the text, or an assumption with its reason."""

    clause: str = ""
    because: str = ""

    @property
    def assumed(self) -> bool:
        return bool(self.because)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One statement of the edition: a value (or the words of one), and where it comes from."""

    path: str
    unit: ParameterUnit
    value: int | str
    citation: Citation
    place: Place


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a table's rows depend on; ``rows`` names every value, in the order of the values."""

    name: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or a table of numbers over one or two dimensions (row-major)."""

    path: str
    unit: NumberUnit
    values: tuple[int, ...]
    dimensions: tuple[Dimension, ...] = ()

    @property
    def plain(self) -> int:
        """The value of a number that depends on nothing."""
        (value,) = self.values
        return value


# conditions


@dataclass(frozen=True, slots=True)
class Among:
    """A code fact, the class, or a flag (code 0 or 1) is one of ``codes``."""

    fact: str
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A number or amount fact against a number."""

    fact: str
    relation: Literal["at_least", "at_most", "above", "below"]
    number: Number


@dataclass(frozen=True, slots=True)
class Age:
    """Full years on a date field, both ends inclusive; an end may be missing."""

    at: str
    lowest: Number | None
    highest: Number | None


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact derived from dates: ``retired``, ``left_unit``, ``enrolled_before``."""

    fact: Literal["retired", "left_unit", "enrolled_before"]
    holds: bool


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses so far of a count, below a number."""

    count: str
    below: Number


@dataclass(frozen=True, slots=True)
class Both:
    """All of, any of."""

    how: Literal["all", "any"]
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Not:
    test: Test


Test = Among | Compare | Age | Derived | Uses | Both | Not


@dataclass(frozen=True, slots=True)
class Condition:
    id: str
    label: str
    test: Test
    path: str


@dataclass(frozen=True, slots=True)
class PersonClass:
    """``test`` is None for the class of everybody else."""

    id: str
    label: str
    test: Test | None


# benefits


@dataclass(frozen=True, slots=True)
class Floor:
    kind: Literal["none", "threshold", "deductible"]
    amount: Number | None = None
    at_the_line: Literal["paid", "not_paid", ""] = ""


@dataclass(frozen=True, slots=True)
class Band:
    """From ``low`` to ``high`` (None: without end); ``result`` is a rate, or a lump sum."""

    low: Number
    high: Number | None
    result: Number


@dataclass(frozen=True, slots=True)
class Bands:
    method: Literal["progressive", "whole_amount"]
    ends: Literal["upper_inclusive", "lower_inclusive"]
    first_floor: Literal["paid", "not_paid", ""]
    measured_on: Literal["base", "excess", ""]
    rows: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Minimum:
    kind: Literal["none", "not_paid_below", "raised_to"]
    amount: Number | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    kind: Literal["none", "working_days", "months", "fixed_date"]
    since: str = ""
    length: Number | None = None
    month: int = 0
    day: int = 0
    extended_by_notice: bool = False


@dataclass(frozen=True, slots=True)
class DayAllowance:
    per_day: Number
    skip_first: Number
    most_per_claim: Number | None
    most_in_period: Number | None


@dataclass(frozen=True, slots=True)
class TopUp:
    to: Number
    counting: tuple[str, ...]
    window: LongWindow


Formula = Literal["share", "day_allowance", "lump_sum", "banded_lump_sum", "top_up"]
Basis = Literal["per_stay", "accumulated_in_period", "accumulated_in_year"]


@dataclass(frozen=True, slots=True)
class Benefit:
    id: str
    label: str
    events: tuple[int, ...]
    when: tuple[Condition, ...]
    formula: Formula
    minimum: Minimum
    deadline: Deadline
    base: Expression | None = None
    less: tuple[str, ...] = ()
    basis: Basis = "per_stay"
    floor: Floor = Floor("none")
    rate: Number | None = None
    bands: Bands | None = None
    allowance: DayAllowance | None = None
    lump_sum: Number | None = None
    scaled_by_disability: bool = False
    top_up: TopUp | None = None
    shares: Literal["multiply", "ignore", ""] = ""
    max_shares: Number | None = None
    once_per_disease: Literal["period", "ever", ""] = ""

    @property
    def path(self) -> str:
        return f"benefits.{self.id}"


# limits, gates, the edition


@dataclass(frozen=True, slots=True)
class Count:
    id: str
    label: str
    limit: Number
    window: LongWindow
    covers: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"limits.counts.{self.id}"


@dataclass(frozen=True, slots=True)
class Cap:
    id: str
    label: str
    amount: Number
    window: Window
    covers: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"limits.caps.{self.id}"


@dataclass(frozen=True, slots=True)
class LossCeiling:
    loss: Expression
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """Something only people can find (hardship, the year's surplus)."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether an application for discretionary relief may be made; never how much it brings."""

    id: str
    label: str
    base: Expression
    window: GateWindow
    relation: Literal["above", "at_least"]
    line: Number
    needs: tuple[Need, ...]
    procedure: tuple[str, ...]
    decided_by: str

    @property
    def path(self) -> str:
        return f"gates.{self.id}"


@dataclass(frozen=True, slots=True)
class Rounding:
    unit_fen: int
    mode: Literal["half_up", "down", "up", "half_even"]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to the questions of the whole edition: words of ``questions.QUESTIONS``.

    "" where a question does not arise.
    """

    claims: Literal["by_application", "automatic"]
    deciding_date: str
    same_day_order: str
    rounding: Rounding
    steps: tuple[str, ...]
    overpayment: Literal["offset", "demand", "waive"]
    slot_used_by: str = ""
    reversal: str = ""
    slot_choice: str = ""
    lump_sums_in_ceiling: str = ""
    kind_order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    kind: Literal["none", "first_join", "everyone"]
    length: Number | None = None
    renewal_gap: Number | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    starts: Literal["common_date", "day_after_upload", "day_after_card"]
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Period:
    starts: int
    months: int


@dataclass(frozen=True, slots=True)
class Governance:
    issued_by: tuple[str, ...]
    document_number: str
    rests_on: tuple[str, ...]
    reasons: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """One changed entry of a revision, resolved: where, and from when it counts."""

    at: str
    effect: Effect
    citation: Citation
    effect_citation: Citation


@dataclass(frozen=True, slots=True)
class Edition:
    """One dated file of a rule book. ``valid_until`` is ``periods.FOREVER`` when open."""

    scheme: str
    name: str
    title: str
    valid_from: int
    valid_until: int
    extends: str
    governance: Governance
    period: Period
    answers: Answers
    cover: Cover
    fee: Number | None
    classes: tuple[PersonClass, ...]
    eligibility: tuple[Condition, ...]
    benefits: tuple[Benefit, ...]
    counts: tuple[Count, ...]
    caps: tuple[Cap, ...]
    loss_ceiling: LossCeiling | None
    gates: tuple[Gate, ...]
    changes: tuple[Change, ...]
    parameters: tuple[Parameter, ...]
    clauses: tuple[Clause, ...]

    @property
    def id(self) -> str:
        """``jiaozuo/medical/2022``."""
        return f"{self.scheme}/{self.name}"

    @property
    def assumptions(self) -> tuple[Parameter, ...]:
        """Every parameter no source states."""
        return tuple(parameter for parameter in self.parameters if parameter.citation.assumed)

    def parameter(self, path: str) -> Parameter | None:
        """The parameter at a path, or the nearest statement above it."""
        by_path = {parameter.path: parameter for parameter in self.parameters}
        while path:
            if path in by_path:
                return by_path[path]
            path = path.rpartition(".")[0]
        return None

    def clause(self, identifier: str) -> Clause | None:
        return next((clause for clause in self.clauses if clause.id == identifier), None)
