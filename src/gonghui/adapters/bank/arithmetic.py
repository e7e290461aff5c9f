"""Whether a statement's figures agree: balances line by line, totals, counts, serial numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gonghui.adapters.bank.findings import Finding
from gonghui.adapters.bank.parsing import count
from gonghui.core.money import format_yuan

if TYPE_CHECKING:
    from gonghui.adapters.bank.statements import StatementLine


@dataclass(frozen=True, slots=True)
class Total:
    """A sum printed below ``lines`` payments."""

    row: int
    column: str
    fen: int
    lines: int


@dataclass(frozen=True, slots=True)
class Stated:
    """What the bank itself says of the whole."""

    opening: int | None
    closing: int | None
    sums: Mapping[str, int | None]
    counts: Mapping[str, str]
    totals: Sequence[Total]
    zeros: int = 0
    """Rows without money that were passed over; a bank may count them."""


def check(lines: Sequence[StatementLine], stated: Stated) -> list[Finding]:
    """Everything that does not add up."""
    return [*_balances(lines, stated), *_sums(lines, stated), *_counts(lines, stated)]


def _balances(lines: Sequence[StatementLine], stated: Stated) -> list[Finding]:
    """Oldest first or newest first, whichever has fewer breaks: banks do both."""
    forwards, backwards = (_breaks(order) for order in (lines, lines[::-1]))
    oldest_first = len(forwards) <= len(backwards)
    found = forwards if oldest_first else backwards
    in_order = lines if oldest_first else lines[::-1]
    known = [line for line in in_order if line.balance_fen is not None]
    if not known or found:
        return found
    first, last = in_order.index(known[0]), in_order.index(known[-1])
    before = (known[0].balance_fen or 0) - sum(line.amount_fen for line in in_order[: first + 1])
    after = (known[-1].balance_fen or 0) + sum(line.amount_fen for line in in_order[last + 1 :])
    if stated.opening is not None and stated.opening != before:
        found.append(_differs(0, "opening_differs", stated.opening, before))
    if stated.closing is not None and stated.closing != after:
        found.append(_differs(0, "closing_differs", stated.closing, after))
    return found


def _breaks(in_order: Sequence[StatementLine]) -> list[Finding]:
    """Rows whose balance is not the one before it and what was paid since."""
    found: list[Finding] = []
    running: int | None = None
    for line in in_order:
        if running is not None:
            running += line.amount_fen
        if line.balance_fen is None:
            continue
        if running is not None and running != line.balance_fen:
            found.append(_differs(line.row, "balance_differs", line.balance_fen, running))
        running = line.balance_fen
    return found


def _sums(lines: Sequence[StatementLine], stated: Stated) -> list[Finding]:
    found = []
    for name, sign in (("total_in", 1), ("total_out", -1)):
        said = stated.sums.get(name)
        total = _sum(lines, sign)
        if said is not None and abs(said) != abs(total):
            found.append(_differs(0, "total_differs", said, total))
    # A page's sum covers its page and a last one everything: either may be meant.
    ends = sorted({printed.lines for printed in stated.totals})
    page_begins = dict(zip(ends, [0, *ends], strict=False))
    for printed in stated.totals:
        sign = 1 if printed.column == "amount_in" else -1
        whole = _sum(lines[: printed.lines], sign)
        page = _sum(lines[page_begins[printed.lines] : printed.lines], sign)
        if abs(printed.fen) not in (abs(whole), abs(page)):
            found.append(_differs(printed.row + 1, "total_differs", printed.fen, whole))
    return found


def _sum(lines: Sequence[StatementLine], sign: int) -> int:
    """What came in (1) or went out (-1). A payment taken back counts on its own side."""
    return sign * sum(
        line.amount_fen for line in lines if (line.amount_fen * sign > 0) != line.reversal
    )


def _counts(lines: Sequence[StatementLine], stated: Stated) -> list[Finding]:
    came = sum(1 for line in lines if (line.amount_fen > 0) != line.reversal)
    there = {"count": len(lines), "count_in": came, "count_out": len(lines) - came}
    return [
        Finding(0, "count_differs", value=str(said), expected=str(there[name]))
        for name, text in stated.counts.items()
        if text
        and (said := count(text)) is not None
        and not there[name] <= said <= there[name] + stated.zeros
    ]


def repeated_serials(lines: Sequence[StatementLine]) -> list[Finding]:
    """Serial numbers that stand twice. Equal content under different numbers is no repetition."""
    first: dict[str, int] = {}
    found = []
    for line in lines:
        if line.serial and line.serial in first:
            other = first[line.serial]
            found.append(Finding(line.row, "serial_twice", value=line.serial, other=other))
        first.setdefault(line.serial, line.row)
    return found


def _differs(row: int, code: str, said: int, expected: int) -> Finding:
    return Finding(row, code, value=format_yuan(said), expected=format_yuan(expected))
