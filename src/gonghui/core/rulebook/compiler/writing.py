"""Writing the step's source: lines, parameters by position, traced steps.

One tree, three renderings. The *bare* step carries what money needs; the *traced* step also writes
every intermediate amount; the *readable* source is the bare step with each number's value and
clause beside its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from gonghui.core.rulebook.compiler.layout import HELD, Layout
from gonghui.core.rulebook.compiler.memory import Memory
from gonghui.core.rulebook.model import Count, Edition, LongWindow, Number

TraceUnit = Literal["fen", "scaled", "day", "count", "rate"]


@dataclass(frozen=True, slots=True)
class TracedStep:
    """One intermediate value: of which kind, what it is, its unit, which entry ordered it."""

    kind: str
    name: str
    unit: TraceUnit
    path: str


@dataclass
class Writer:
    """Collects the lines of one step."""

    edition: Edition
    memory: Memory
    layout: Layout
    traced: bool
    lines: list[str] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    trace: list[TracedStep] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    _depth: int = 1
    _known: dict[str, int] = field(default_factory=dict)

    def line(self, text: str, *cites: str) -> None:
        """One line of source; ``cites`` are the paths of the parameters it rests on."""
        comment = f"  # {', '.join(cites)}" if cites else ""
        self.lines.append("    " * self._depth + text + comment)

    @contextmanager
    def block(self, head: str, *cites: str) -> Iterator[None]:
        """An indented block under ``head``; without a head, the lines as they are."""
        if head:
            self.line(head, *cites)
            self._depth += 1
        yield
        if head:
            self._depth -= 1

    def note(self, kind: str, name: str, unit: TraceUnit, value: str, path: str) -> None:
        """A traced value: written only in the traced rendering, numbered alike in both."""
        index = len(self.trace)
        self.trace.append(TracedStep(kind, name, unit, path))
        if self.traced:
            self.line(f"t[{index}] = {value}")

    def field(self, name: str) -> str:
        """A fact of the settlement: becomes an argument of the step."""
        self.fields.add(name)
        return name

    def place(self, what: str, whose: str, window: LongWindow) -> str:
        """A place of the state."""
        return f"s[o + {self.layout.index(what, whose, window)}]"

    def uses(self, count: Count) -> str:
        """Uses of a count that stand against this settlement, held ones of reversals included."""
        used = self.place("uses", count.id, count.window)
        if self.edition.answers.reversal != "slot_freed":
            return used
        held = [self.place(f"held {number}", count.id, count.window) for number in range(HELD)]
        return f"({used} + held_uses({', '.join(held)}, {self.field('received_on')}))"

    def constant(self, path: str, value: int) -> str:
        """A plain number of the edition: a position of the parameter array."""
        return f"p[b + {self._position(path, (value,))}]"

    def number(self, number: Number, benefit: str = "") -> str:
        """A number or a table's value for this settlement."""
        start = self._position(number.path, number.values)
        if not number.dimensions:
            return f"p[b + {start}]"
        first, *rest = number.dimensions
        index = self._row(first.name, len(first.rows), benefit)
        if rest:
            second = rest[0]
            inner = self._row(second.name, len(second.rows), benefit)
            index = f"{index} * {len(second.rows)} + {inner}"
        return f"p[b + {start} + {index}]"

    def _row(self, dimension: str, size: int, benefit: str) -> str:
        """The position of this settlement's row in a dimension."""
        match dimension:
            case "class":
                return "person_class"
            case "stay_ordinal":
                return f"min(stay_ordinal - 1, {size - 1})"
            case "payout_ordinal":
                return f"min({self.place('payouts', benefit, 'period')}, {size - 1})"
            case "continuous_years":
                return f"min({self.field('continuous_years')}, {size - 1})"
        return self.field(dimension)

    def _position(self, path: str, values: tuple[int, ...]) -> int:
        if path not in self._known:
            self._known[path] = len(self.values)
            self.values.extend(values)
            self.paths.extend([path] * len(values))
        return self._known[path]
