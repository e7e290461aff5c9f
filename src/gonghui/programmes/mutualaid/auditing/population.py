"""The payments of a period as a file that an outsider can hash, sort and draw from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields

from gonghui.core.errors import N_, Refusal


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment that left the bank. ``reference`` is the bank's handle on it and never given
    twice; the rest is what layers are made of. Nothing here names a person."""

    reference: str
    fen: int
    paid_on: str
    kind: str
    unit_class: str
    level: str

    @property
    def month(self) -> str:
        return self.paid_on[:7]


HEAD = ",".join(field.name for field in fields(Payment))


@dataclass(frozen=True, slots=True)
class Population:
    """All payments that could have been drawn, in the order of their references."""

    payments: tuple[Payment, ...]

    @property
    def fen(self) -> int:
        return sum(one.fen for one in self.payments)

    def content(self) -> bytes:
        """UTF-8, one payment a line, no quotes: no value holds a comma."""
        lines = [HEAD, *(_line(one) for one in self.payments), ""]
        return "\n".join(lines).encode()

    def sha256(self) -> bytes:
        return hashlib.sha256(self.content()).digest()


def population_of(payments: Iterable[Payment]) -> Population:
    """In the order of references, byte by byte: as ``LC_ALL=C sort`` does it."""
    return Population(tuple(sorted(payments, key=lambda one: one.reference.encode())))


def read_population(content: bytes) -> Population:
    """The population of a file. Refuses one that Gonghui would not have written like this."""
    head, *lines = content.decode("utf-8", "replace").split("\n")
    payments = [_payment(line) for line in lines if line]
    found = population_of(one for one in payments if one is not None)
    if head != HEAD or found.content() != content:
        raise Refusal(
            N_("This is no population of payments as Gonghui writes it."),
            N_("Take the file as it was written; a spreadsheet changes it."),
        )
    return found


def _line(one: Payment) -> str:
    return f"{one.reference},{one.fen},{one.paid_on},{one.kind},{one.unit_class},{one.level}"


def _payment(line: str) -> Payment | None:
    reference, *rest = line.split(",")
    if len(rest) != 5 or not (rest[0].isascii() and rest[0].isdigit()):
        return None
    return Payment(reference, int(rest[0]), rest[1], rest[2], rest[3], rest[4])
