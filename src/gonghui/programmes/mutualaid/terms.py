"""What an edition says about taking part: fee, period, cover, windows, participation, refunds.

Read off the edition's parameters, so that each figure keeps its clause or its assumption. What an
edition does not state is None here, and is then asked of a person, never made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import add_months, date_of, day_of, period_end, period_start
from gonghui.core.rulebook.fields import FIELDS
from gonghui.core.rulebook.model import Edition, Number
from gonghui.core.rulebook.tables import CODES, FLAGS

_WHOLE = 10_000  # a rate is hundredths of a percentage point


@dataclass(frozen=True, slots=True)
class Part:
    """Who pays which part of the fee."""

    label: str
    fen: int


@dataclass(frozen=True, slots=True)
class Participation:
    """At least this share of the staff takes part; of small units another share."""

    minimum: int
    small_up_to: int | None = None
    small_minimum: int | None = None

    def heads(self, workforce: int) -> int:
        """The least number of people who take part, rounded up to heads."""
        small = self.small_up_to is not None and workforce <= self.small_up_to
        rate = self.small_minimum if small and self.small_minimum is not None else self.minimum
        return -(-workforce * rate // _WHOLE)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one period under one edition."""

    edition: Edition
    period_from: date
    period_until: date
    split: tuple[Part, ...]
    joining_from: date | None
    joining_until: date | None
    additions_within_days: int | None
    participation: Participation | None
    refund_before_start: int | None
    refund_after_start: int | None

    def fee_fen(self, facts: Mapping[str, str]) -> int:
        """The fee of one person for one share, by the facts that the edition's table asks for.

        ``facts``: a fact's name → its word, such as ``unit_class`` → ``state_owned``.
        """
        fee = self.edition.fee
        if fee is None:
            raise Refusal(
                N_("The edition {edition} does not state the fee."),
                N_("Publish one that does, before rosters are booked."),
                edition=self.edition.id,
            )
        return _looked_up(fee, _rows(fee, facts))

    def fee_class(self, facts: Mapping[str, str]) -> str:
        """What the fee's table calls that person, for bills: 国有企业, or 国有企业、困难职工.

        "" where the edition has no classes of fee, or none of its marks is on her: she is then an
        ordinary participant, and the fee stands beside.
        """
        fee = self.edition.fee
        if fee is None or not fee.dimensions:
            return ""
        rows = zip(fee.dimensions, _rows(fee, facts), strict=True)
        words = [self._called(dimension.name, row) for dimension, row in rows]
        return "、".join(word for word in words if word)

    def _called(self, dimension: str, row: str) -> str:
        if dimension in CODES:
            return CODES[dimension].words[row][1]
        if dimension in FLAGS:
            return FIELDS[dimension].label if row == "yes" else ""
        labels = {one.id: one.label for one in self.edition.classes}
        return labels.get(row, row)

    @property
    def plain_fee_fen(self) -> int | None:
        """What one share costs everybody; None where it depends on who it is, or is not stated."""
        fee = self.edition.fee
        return None if fee is None or fee.dimensions else fee.plain

    @property
    def most_shares(self) -> int:
        """More shares than this bring nobody more; 1 where no benefit is multiplied by them."""
        multiplied = (
            max(benefit.max_shares.values)
            for benefit in self.edition.benefits
            if benefit.shares == "multiply" and benefit.max_shares is not None
        )
        return max(multiplied, default=1)

    def cover_from(self, uploaded_on: date) -> date:
        """The first day of cover of somebody whose roster came on a day."""
        if self.edition.cover.starts == "day_after_upload":
            return max(self.period_from, uploaded_on + timedelta(days=1))
        return self.period_from

    def waits_until(self, starts_on: date, *, first_join: bool) -> date:
        """The first day after the waiting period, for the list of cover; the fold judges by it."""
        waiting = self.edition.cover.waiting
        if waiting.kind == "none" or (waiting.kind == "first_join" and not first_join):
            return starts_on
        if waiting.length is None:
            return starts_on
        length = waiting.length.plain
        if waiting.length.unit == "months":
            return date_of(add_months(day_of(starts_on), length))
        return starts_on + timedelta(days=length)

    def open_on(self, day: date) -> bool:
        """Whether rosters are taken on a day; without a window, always within the period."""
        if self.joining_from is not None and day < self.joining_from:
            return False
        last = self.joining_until
        return day < self.period_until if last is None else day <= last

    def refund_fen(self, fee_fen: int, *, before_start: bool) -> int | None:
        """What the edition gives back, down to the fen; None where it does not say."""
        rate = self.refund_before_start if before_start else self.refund_after_start
        return None if rate is None else int(Fraction(fee_fen * rate, _WHOLE))


def terms_on(edition: Edition, day: date) -> Terms:
    """The terms of the period that holds a day."""
    anchor, months = edition.period.starts, edition.period.months
    said = {parameter.path: parameter.value for parameter in edition.parameters}

    def number(path: str) -> int | None:
        value = said.get(path)
        return value if isinstance(value, int) else None

    def day_at(path: str) -> date | None:
        value = number(path)
        return None if value is None else date_of(value)

    minimum = number("participation.minimum")
    participation = None
    if minimum is not None:
        participation = Participation(
            minimum,
            number("participation.small_unit.up_to"),
            number("participation.small_unit.minimum"),
        )
    return Terms(
        edition=edition,
        period_from=date_of(period_start(day_of(day), anchor, months)),
        period_until=date_of(period_end(day_of(day), anchor, months)),
        split=tuple(_split(said)),
        joining_from=day_at("windows.joining.from"),
        joining_until=day_at("windows.joining.until"),
        additions_within_days=number("windows.additions.within"),
        participation=participation,
        refund_before_start=number("refunds.before_start"),
        refund_after_start=number("refunds.after_start"),
    )


def _split(said: Mapping[str, int | str]) -> list[Part]:
    parts = []
    for place in range(1, 20):
        label = said.get(f"contribution.split.{place}.label")
        amount = said.get(f"contribution.split.{place}.amount")
        if isinstance(label, str) and isinstance(amount, int):
            parts.append(Part(label, amount))
    return parts


def _rows(number: Number, facts: Mapping[str, str]) -> list[str]:
    """The row of each dimension that the facts name."""
    for dimension in number.dimensions:
        said = facts.get(dimension.name, "")
        if said not in dimension.rows:
            raise Refusal(
                N_("The fee depends on “{fact}”, which is “{said}” here."),
                N_("State one of: {known}."),
                fact=dimension.name,
                said=said,
                known="、".join(dimension.rows),
            )
    return [facts[dimension.name] for dimension in number.dimensions]


def _looked_up(number: Number, rows: Sequence[str]) -> int:
    place = 0
    for dimension, row in zip(number.dimensions, rows, strict=True):
        place = place * len(dimension.rows) + dimension.rows.index(row)
    return number.values[place]
