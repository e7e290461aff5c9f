"""One benefit kind as lines of the step: steps 7 to 14 of the reference.

Names in the written source: ``x`` is what is left of the amount, in fen times SCALE; ``why`` the
event's own refusal or PASSED; ``reason`` this kind's.
"""

from __future__ import annotations

from gonghui.core.money import SCALE
from gonghui.core.rulebook import expressions
from gonghui.core.rulebook.compiler.conditions import source_of
from gonghui.core.rulebook.compiler.layout import HELD
from gonghui.core.rulebook.compiler.memory import BASIS_WINDOW
from gonghui.core.rulebook.compiler.writing import Writer
from gonghui.core.rulebook.fields import NONE
from gonghui.core.rulebook.model import Bands, Benefit, Cap, Count
from gonghui.core.rulebook.reasons import DETAIL, Reason

PASSED = -1


class KindWriter:
    """Writes the lines of one kind, the ``index``-th of the edition."""

    def __init__(self, writer: Writer, benefit: Benefit, index: int) -> None:
        self.w = writer
        self.benefit = benefit
        self.index = index
        edition = writer.edition
        self.counts = [
            (n, count) for n, count in enumerate(edition.counts) if benefit.id in count.covers
        ]
        self.caps = [(n, cap) for n, cap in enumerate(edition.caps) if benefit.id in cap.covers]
        ceiling = edition.loss_ceiling
        self.loss_ceiling = ceiling if ceiling and benefit.id in ceiling.covers else None
        self.keeps_voids = edition.answers.reversal in ("slot_kept", "slot_freed")

    def write(self) -> None:
        """All lines of the kind."""
        w, benefit = self.w, self.benefit
        event = w.field("event_kind")
        listens = " or ".join(f"{event} == {code}" for code in benefit.events)
        for offset, value in enumerate((0, PASSED, 0)):
            w.line(f"r[{3 * self.index + offset}] = {value}")
        with w.block(f"if {listens}:", benefit.path):
            w.line("x = 0")
            w.line("slots = 0")
            w.line("reason = why")
            self._application()
            if w.edition.answers.slot_used_by == "every_application":
                w.line(f"applied = reason == {PASSED}")
            self._deadline()
            self._disease()
            with w.block(f"if reason == {PASSED}:"):
                self._formula()
            for step in w.edition.answers.steps:
                {
                    "minimum": self._minimum,
                    "count": self._count,
                    "claim_cap": self._claim_caps,
                    "period_cap": self._period_caps,
                    "rounding": self._rounding,
                }[step]()
            self._outcome()

    # 7 to 10

    def _application(self) -> None:
        w, benefit, answers = self.w, self.benefit, self.w.edition.answers
        for number, condition in enumerate(benefit.when):
            test = source_of(condition.test, w)
            code = Reason.CONDITION_FAILED + DETAIL * number
            self._refuse_if(f"not ({test})", code, condition.path)
        if answers.claims == "by_application":
            self._refuse_if(f"{w.field('filed_on')} == {NONE}", Reason.NOT_FILED, "answers.claims")
        if answers.slot_choice == "workers_choice":
            self._refuse_if(f"{w.field('declined')} == 1", Reason.DECLINED, "answers.slot_choice")
        if answers.slot_choice == "best_for_worker" and self.counts:
            self._refuse_if(
                f"(not_best >> {self.index}) & 1", Reason.NOT_BEST, "answers.slot_choice"
            )

    def _disease(self) -> None:
        w, benefit = self.w, self.benefit
        if benefit.once_per_disease:
            paid = w.place("diseases", benefit.id, benefit.once_per_disease)
            self._refuse_if(
                f"({paid} >> {w.field('disease')}) & 1",
                Reason.DISEASE_ALREADY_PAID,
                f"{benefit.path}.once_per_disease",
            )

    def _refuse_if(self, test: str, code: int, path: str) -> None:
        self.w.line(f"if reason == {PASSED} and {test}:", path)
        self.w.line(f"    reason = {int(code)}")

    def _deadline(self) -> None:
        w, deadline = self.w, self.benefit.deadline
        if deadline.length is None or w.edition.answers.claims != "by_application":
            return
        since, length = w.field(deadline.since), w.number(deadline.length)
        path = f"{self.benefit.path}.deadline"
        with w.block(f"if reason == {PASSED}:"):
            match deadline.kind:
                case "working_days":
                    w.line(f"last = nth_working_day(w, {since}, {length})", path)
                case "months":
                    w.line(f"last = add_months({since}, {length})", path)
                case _:
                    month = w.constant(f"{path}.month", deadline.month)
                    day = w.constant(f"{path}.day", deadline.day)
                    w.line(f"last = day_of_year({since}, {length}, {month}, {day})", path)
            if deadline.extended_by_notice:
                w.line(f"last = max(last, {w.field('delay_notice_until')})")
            w.note(self.benefit.id, "deadline", "day", "last", path)
            with w.block(f"if {since} == {NONE}:"):
                w.line(f"reason = {int(Reason.DATE_MISSING)}")
            with w.block(f"elif {w.field('filed_on')} > last:"):
                w.line(f"reason = {int(Reason.FILED_LATE)}", path)

    # 11 to 13

    def _formula(self) -> None:
        {
            "share": self._share,
            "banded_lump_sum": self._share,
            "day_allowance": self._allowance,
            "lump_sum": self._lump_sum,
            "top_up": self._top_up,
        }[self.benefit.formula]()
        if self.benefit.basis == "per_stay":
            self._shares()
            self.w.line(f"if x <= 0 and reason == {PASSED}:")  # no share
            self.w.line(f"    reason = {int(Reason.BELOW_FLOOR)}")

    def _shares(self) -> None:
        if self.benefit.shares == "multiply" and self.benefit.max_shares:
            path = f"{self.benefit.path}.shares"
            shares = f"min({self.w.field('shares')}, {self.w.number(self.benefit.max_shares)})"
            self.w.line(f"x = x * {shares}", path)
            self.w.note(self.benefit.id, "shares", "scaled", "x", path)

    def _share(self) -> None:
        w, benefit = self.w, self.benefit
        assert benefit.base is not None  # the reader requires it of these formulas
        for name in expressions.fields(benefit.base):
            w.field(name)
        w.line(f"base = {expressions.text(benefit.base)}", f"{benefit.path}.base")
        w.note(benefit.id, "base", "fen", "base", f"{benefit.path}.base")
        for payer in benefit.less:
            w.line(f"base = max(0, base - {w.field(payer)})", f"{benefit.path}.less")
            w.note(benefit.id, f"less {payer}", "fen", "base", f"{benefit.path}.less")
        with w.block("if base <= 0:"):
            w.line(f"reason = {int(Reason.NOTHING_TO_BEAR)}")
        with w.block("else:"):
            window = BASIS_WINDOW.get(benefit.basis)
            for remembered in w.memory.cost_windows(benefit.id):
                place = w.place("base", benefit.id, remembered)
                w.line(f"{place} = {place} + base")
            if window:
                place = w.place("base", benefit.id, window)
                w.line(f"base = {place}", f"{benefit.path}.basis")
                w.note(benefit.id, "accumulated", "fen", "base", f"{benefit.path}.basis")
            self._floor()
            if benefit.formula == "banded_lump_sum":
                assert benefit.bands is not None
                self._banded_amount(benefit.bands)
            elif benefit.bands:
                self._banded_rate(benefit.bands)
            else:
                assert benefit.rate is not None
                w.line(f"x = excess * {w.number(benefit.rate, benefit.id)}", f"{benefit.path}.rate")
            w.note(benefit.id, "formula", "scaled", "x", benefit.path)
            if window:
                self._shares()  # before what was paid, which has them in it, is taken off
            w.line("if x <= 0:")
            w.line(f"    reason = {int(Reason.BELOW_FLOOR)}")
            if window:
                paid = w.place("paid", benefit.id, window)
                with w.block("else:"):
                    w.line(f"x = x - {paid} * {SCALE}", f"{benefit.path}.basis")
                    w.note(benefit.id, "already paid", "fen", paid, f"{benefit.path}.basis")
                    w.line("if x <= 0:")
                    w.line("    x = 0")
                    w.line(f"    reason = {int(Reason.NOTHING_MORE)}")

    def _floor(self) -> None:
        """``excess``: what the rate applies to, 0 when the line is not reached."""
        w, floor, path = self.w, self.benefit.floor, f"{self.benefit.path}.floor"
        if floor.amount is None:
            w.line("excess = base")
            return
        line = w.number(floor.amount, self.benefit.id)
        w.note(self.benefit.id, floor.kind, "fen", line, f"{path}.amount")
        if floor.kind == "deductible":
            w.line(f"excess = max(0, base - {line})", f"{path}.amount")
        else:
            reached = ">=" if floor.at_the_line == "paid" else ">"
            w.line(f"excess = base if base {reached} {line} else 0", f"{path}.amount")
        w.note(self.benefit.id, "excess", "fen", "excess", path)

    def _banded_rate(self, bands: Bands) -> None:
        """Bands are measured on the base or on the excess; only the excess is ever paid."""
        w, benefit, path = self.w, self.benefit, f"{self.benefit.path}.bands"
        w.line(f"measure = {'base' if bands.measured_on == 'base' else 'excess'}", path)
        first = bands.rows[0]
        starts_above = any(first.low.values)
        lowest = w.number(first.low) if starts_above else ""
        w.line("x = 0")
        test = f"excess > 0 and measure >= {lowest}" if starts_above else "excess > 0"
        with w.block(f"if {test}:", path):
            unpaid = "measure - excess"  # the part of the measure that the deductible takes
            if starts_above and bands.first_floor == "not_paid":
                unpaid = f"max({lowest}, measure - excess)"
            w.line(f"lower = {unpaid}", f"{path}.first_floor" if starts_above else path)
            if bands.method == "progressive":
                for number, band in enumerate(bands.rows, 1):
                    high = f"min(measure, {w.number(band.high)})" if band.high else "measure"
                    low = f"max(lower, {w.number(band.low)})" if number > 1 else "lower"
                    rate = w.number(band.result, benefit.id)
                    w.line(f"part = max(0, {high} - {low})", f"{path}.rows.{number}")
                    w.line(f"x = x + part * {rate}", band.result.path)
                    w.note(benefit.id, f"band {number}", "fen", "part", band.result.path)
            else:
                for number, band in enumerate(bands.rows, 1):
                    last = band.high is None
                    inside = "<=" if bands.ends == "upper_inclusive" else "<"
                    head = "if" if number == 1 else "elif"
                    test = (
                        f"{head} measure {inside} {w.number(band.high)}:" if band.high else "else:"
                    )
                    if last and number == 1:
                        test = ""
                    with w.block(test, f"{path}.rows.{number}"):
                        rate = w.number(band.result, benefit.id)
                        w.line(f"x = max(0, measure - lower) * {rate}", band.result.path)
                        w.note(
                            benefit.id,
                            f"band {number}",
                            "fen",
                            "max(0, measure - lower)",
                            band.result.path,
                        )

    def _banded_amount(self, bands: Bands) -> None:
        """The lump sum of the band the excess falls in; above the last band, the last amount."""
        w, path = self.w, f"{self.benefit.path}.bands"
        upper = bands.ends == "upper_inclusive"
        w.line("x = 0")
        with w.block(f"if excess {'>' if upper else '>='} {w.number(bands.rows[0].low)}:", path):
            for number, band in enumerate(bands.rows, 1):
                amount = w.number(band.result, self.benefit.id)
                if number == len(bands.rows):
                    head = "else:" if number > 1 else ""
                else:
                    assert band.high is not None  # only the last band may be open
                    word = "if" if number == 1 else "elif"
                    head = f"{word} excess {'<=' if upper else '<'} {w.number(band.high)}:"
                with w.block(head, f"{path}.rows.{number}"):
                    w.line(f"x = {amount} * {SCALE}", band.result.path)

    def _allowance(self) -> None:
        w, allowance, path = self.w, self.benefit.allowance, self.benefit.path
        assert allowance is not None
        skip = w.number(allowance.skip_first, self.benefit.id)
        w.line(f"paid_days = max(0, {w.field('days')} - {skip})", f"{path}.skip_first_days")
        if allowance.most_per_claim:
            most = w.number(allowance.most_per_claim, self.benefit.id)
            w.line(f"paid_days = min(paid_days, {most})", f"{path}.max_days_per_claim")
        if allowance.most_in_period:
            most = w.number(allowance.most_in_period, self.benefit.id)
            used = w.place("days", self.benefit.id, "period")
            w.line(
                f"paid_days = max(0, min(paid_days, {most} - {used}))", f"{path}.max_days_in_period"
            )
        w.note(self.benefit.id, "days", "count", "paid_days", path)
        per_day = w.number(allowance.per_day, self.benefit.id)
        w.line(f"x = paid_days * {per_day} * {SCALE}", f"{path}.per_day")
        w.note(self.benefit.id, "formula", "scaled", "x", f"{path}.per_day")
        w.line("if x <= 0:")
        spent, nothing = int(Reason.NOTHING_TO_BEAR), int(Reason.BELOW_FLOOR)
        w.line(f"    reason = {spent} if paid_days == 0 else {nothing}")

    def _lump_sum(self) -> None:
        w, benefit, path = self.w, self.benefit, f"{self.benefit.path}.amount"
        assert benefit.lump_sum is not None
        w.line(f"x = {w.number(benefit.lump_sum, benefit.id)} * {SCALE}", path)
        if benefit.scaled_by_disability:
            w.line(f"x = x // 100 * {w.field('disability_percent')}", f"{benefit.path}.scaled_by")
        w.note(benefit.id, "formula", "scaled", "x", path)
        w.line("if x <= 0:")
        w.line(f"    reason = {int(Reason.BELOW_FLOOR)}")

    def _top_up(self) -> None:
        w, benefit, path = self.w, self.benefit, f"{self.benefit.path}.to"
        top_up = benefit.top_up
        assert top_up is not None
        paid = " + ".join(w.place("paid", kind, top_up.window) for kind in top_up.counting)
        w.line(f"already = {paid}", f"{benefit.path}.counting")
        w.note(benefit.id, "already paid", "fen", "already", f"{benefit.path}.counting")
        w.line(f"x = max(0, {w.number(top_up.to, benefit.id)} - already) * {SCALE}", path)
        w.note(benefit.id, "formula", "scaled", "x", path)
        w.line("if x <= 0:")
        w.line(f"    reason = {int(Reason.NOTHING_MISSING)}")

    # 13: the steps

    def _minimum(self) -> None:
        w, minimum, path = self.w, self.benefit.minimum, f"{self.benefit.path}.minimum"
        if minimum.amount is None:
            return
        amount = w.number(minimum.amount, self.benefit.id)
        with w.block(f"if x > 0 and x < {amount} * {SCALE}:", path):
            if minimum.kind == "raised_to":
                w.line(f"x = {amount} * {SCALE}")
            else:
                w.line("x = 0")
                w.line(f"reason = {int(Reason.BELOW_MINIMUM)}")
        w.note(self.benefit.id, "minimum", "scaled", "x", path)

    def _count(self) -> None:
        w = self.w
        for number, count in self.counts:
            used, limit = w.uses(count), w.number(count.limit, self.benefit.id)
            w.note(self.benefit.id, f"uses {count.id}", "count", used, count.path)
            w.note(self.benefit.id, f"limit {count.id}", "count", limit, count.path)
            full = f"{used} >= {limit}"
            with w.block(f"if x > 0 and {full}:", count.path):
                w.line("x = 0")
                w.line(f"reason = {Reason.COUNT_USED_UP + DETAIL * number}")
            if w.edition.answers.reversal == "slot_freed":
                with w.block(f"if x > 0 and {self._overflow(count)}:"):
                    w.line("x = 0")
                    w.line(f"reason = {int(Reason.DECIDE_BY_HAND)}")

    def _overflow(self, count: Count) -> str:
        return self.w.place("held too many", count.id, count.window)

    def _claim_caps(self) -> None:
        w = self.w
        for number, cap in self.caps:
            if cap.window == "claim":
                self._cut_to(f"claim_{number}", number, cap)
        if self.loss_ceiling:
            self._cut_to("loss_paid", len(w.edition.caps), None)

    def _period_caps(self) -> None:
        for number, cap in self.caps:
            if cap.window != "claim":
                drawn = " - ".join(self.w.place("paid", kind, cap.window) for kind in cap.covers)
                self._cut_to(drawn, number, cap)

    def _cut_to(self, drawn: str, number: int, cap: Cap | None) -> None:
        w = self.w
        path = cap.path if cap else "limits.loss_ceiling"
        name = cap.id if cap else "loss_ceiling"
        most = w.number(cap.amount, self.benefit.id) if cap else "loss"
        w.note(self.benefit.id, f"most {name}", "fen", most, path)
        w.line(f"room = max(0, {most} - {drawn})", path)
        w.note(self.benefit.id, f"room {name}", "fen", "room", path)
        with w.block(f"if x > room * {SCALE}:", path):
            w.note(self.benefit.id, f"before {name}", "scaled", "x", path)
            w.line(f"x = room * {SCALE}")
            cut, spent = Reason.CUT + DETAIL * number, Reason.CAP_USED_UP + DETAIL * number
            w.line(f"reason = {cut} if room > 0 else {spent}")

    def _rounding(self) -> None:
        w, rounding = self.w, self.w.edition.answers.rounding
        with w.block("if x > 0:"):
            w.line(f"x = round_{rounding.mode}(x, {rounding.unit_fen * SCALE})", "answers.rounding")
            w.note(self.benefit.id, "rounded", "scaled", "x", "answers.rounding")
            w.line("if x <= 0:")
            w.line(f"    reason = {int(Reason.BELOW_MINIMUM)}")

    # 14

    def _outcome(self) -> None:
        w = self.w
        w.line(f"amount = x // {SCALE}")
        with w.block("if amount > 0:"):
            with w.block(f"if reason == {PASSED}:"):
                w.line(f"reason = {int(Reason.PAID)}")
            if w.edition.answers.slot_used_by != "every_application":
                self._use_slots()
            self._draw()
        if self.counts and w.edition.answers.slot_used_by == "every_application":
            with w.block("if applied:"):
                self._use_slots()
        if self.keeps_voids:
            with w.block("if void:"):
                w.line("amount = 0")
                w.line(f"reason = {int(Reason.REVERSED)}")
        first = 3 * self.index
        w.line(f"r[{first}] = amount")
        w.line(f"r[{first + 1}] = reason")
        w.line(f"r[{first + 2}] = slots")

    def _use_slots(self) -> None:
        """A use of every count that covers the kind and has one left."""
        w, answers = self.w, self.w.edition.answers
        for number, count in self.counts:
            used = w.place("uses", count.id, count.window)
            left = f"{w.uses(count)} < {w.number(count.limit, self.benefit.id)}"
            checked = answers.slot_used_by == "every_application"
            with w.block(f"if {left}:" if checked else "", count.path):
                w.note(
                    self.benefit.id,
                    f"number {count.id}",
                    "count",
                    f"{w.uses(count)} + 1",
                    count.path,
                )
                with w.block("if not void:" if answers.reversal == "slot_freed" else ""):
                    w.line(f"slots = slots | {1 << number}")
                    w.line(f"{used} = {used} + 1")
                if answers.reversal == "slot_freed":
                    self._hold(count)

    def _hold(self, count: Count) -> None:
        """A reversed settlement's slot stands against what was received before the reversal."""
        w = self.w
        for number in range(HELD):
            place = w.place(f"held {number}", count.id, count.window)
            with w.block(f"elif {place} == 0:"):
                w.line(f"{place} = {w.field('reversed_on')}")
        with w.block("else:"):
            w.line(f"{self._overflow(count)} = 1")

    def _draw(self) -> None:
        """What is paid draws on the claim's caps, and is remembered where any edition asks."""
        w, benefit, memory = self.w, self.benefit, self.w.memory
        for number, cap in self.caps:
            if cap.window == "claim":
                w.line(f"claim_{number} = claim_{number} + amount", cap.path)
        if self.loss_ceiling:
            w.line("loss_paid = loss_paid + amount", "limits.loss_ceiling")
        for window in memory.paid_windows(benefit.id):
            place = w.place("paid", benefit.id, window)
            w.line(f"{place} = {place} + amount")
        if memory.counts_payouts(benefit.id):
            place = w.place("payouts", benefit.id, "period")
            w.line(f"{place} = {place} + 1")
        for window in memory.disease_windows(benefit.id):
            place = w.place("diseases", benefit.id, window)
            w.line(f"{place} = {place} | (1 << {w.field('disease')})")
        if memory.counts_days(benefit.id) and benefit.allowance:
            place = w.place("days", benefit.id, "period")
            w.line(f"{place} = {place} + paid_days")
