"""The questions every rule text leaves open. The language forces an answer to each that arises.

The numbers are those of the list in docs/reference/rule-book-language.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gonghui.core.errors import N_, Place, Refusal


@dataclass(frozen=True, slots=True)
class Question:
    """``key`` is where the answer stands; ``choices`` are identifier -> what it means."""

    number: int
    key: str
    asks: str
    choices: dict[str, str]


class OpenQuestion(Refusal):
    """An edition leaves a question open. ``question`` says which; the refusal lists the choices."""

    def __init__(self, question: Question, *, place: Place, field: str) -> None:
        super().__init__(
            N_("Question “{key}” is open: {asks}"),
            N_("Answer it with one of: {choices}."),
            place=place,
            field=field,
            key=question.key,
        )
        self.question = question

    def words(self, translate: Callable[[str], str] = str) -> str:
        choices = self.question.choices.items()
        self.values["asks"] = translate(self.question.asks)
        self.values["choices"] = "; ".join(f"{word} ({translate(text)})" for word, text in choices)
        return super().words(translate)


def _question(number: int, key: str, asks: str, **choices: str) -> Question:
    return Question(number, key, asks, choices)


QUESTIONS = (
    _question(
        1,
        "floor.kind",
        N_("Is the line a threshold (once reached, all counts) or a deductible (only the excess)?"),
        none=N_("there is no line"),
        threshold=N_("threshold: once reached, all counts"),
        deductible=N_("deductible: only the excess counts"),
    ),
    _question(
        1,
        "floor.at_the_line",
        N_("Is an own cost of exactly the threshold paid?"),
        paid=N_("paid"),
        not_paid=N_("not paid"),
    ),
    _question(
        2,
        "bands.ends",
        N_("To which band does an amount on a band's end belong?"),
        upper_inclusive=N_("the upper end belongs to the band"),
        lower_inclusive=N_("the lower end belongs to the band"),
    ),
    _question(
        3,
        "bands.method",
        N_("Are bands progressive, or does the whole amount take the rate of its band?"),
        progressive=N_("each part at the rate of its band"),
        whole_amount=N_("the whole amount at the rate of the band it falls in"),
    ),
    _question(
        4,
        "basis",
        N_("Is the benefit computed per stay, or on the cost accumulated in a year or period?"),
        per_stay=N_("per stay"),
        accumulated_in_period=N_("accumulated in the mutual-aid period"),
        accumulated_in_year=N_("accumulated in the calendar year"),
    ),
    _question(
        5,
        "bands.first_floor",
        N_("Is the part below the first band's start paid once the start is reached?"),
        paid=N_("paid at the first band's rate"),
        not_paid=N_("not paid"),
    ),
    _question(
        5,
        "bands.measured_on",
        N_("Are the bands measured before or after the deductible is taken off?"),
        base=N_("before"),
        excess=N_("after"),
    ),
    _question(
        6,
        "deciding_date",
        N_("Which date decides the period and the edition?"),
        admitted_on=N_("day of admission"),
        discharged_on=N_("day of discharge"),
        settled_on=N_("day of settlement"),
        filed_on=N_("day of filing"),
    ),
    _question(
        7,
        "slot_used_by",
        N_("Does a refused or zero claim use one of the limited times?"),
        paid_only=N_("only what is paid uses one"),
        every_application=N_("every application uses one"),
    ),
    _question(
        8,
        "lump_sums_in_ceiling",
        N_("Do lump sums count towards the ceiling?"),
        yes=N_("they count"),
        no=N_("they do not count"),
    ),
    _question(
        9,
        "rounding",
        N_("To which unit and how is the amount rounded?"),
        half_up=N_("halves up"),
        down=N_("cut"),
        up=N_("lifted"),
        half_even=N_("halves to even"),
    ),
    _question(
        9,
        "steps",
        N_("In which order are minimum, count, claim cap, period cap and rounding applied?"),
        order=N_("an order of minimum, count, claim_cap, period_cap, rounding"),
    ),
    _question(
        10,
        "effect",
        N_("After a revision, which events get the new rule?"),
        next_period=N_("from the next period"),
        from_date=N_("events from the date on"),
        whole_period=N_("the whole current period, lowering nobody's decided amount"),
    ),
    _question(
        11,
        "kind_order",
        N_("In which order do the benefit kinds draw on a shared limit?"),
        order=N_("an order of all benefit kinds"),
    ),
    _question(
        12,
        "same_day_order",
        N_("In which order do events of one day count?"),
        settlement_number=N_("by settlement number"),
        earliest_received=N_("first received, first"),
        largest_cost_first=N_("largest cost first"),
        smallest_cost_first=N_("smallest cost first"),
    ),
    _question(
        13,
        "reversal",
        N_("Does a reversal give its use back, and are refused stays decided again?"),
        slot_kept=N_("the use is not given back"),
        slot_freed=N_("given back, refused stays stay refused"),
        slot_freed_and_refused_reopened=N_("given back, refused stays are decided again"),
    ),
    _question(
        14,
        "overpayment",
        N_("How is an overpayment recovered?"),
        offset=N_("set off against later payments"),
        demand=N_("demanded back"),
        waive=N_("waived"),
    ),
    _question(
        15,
        "slot_choice",
        N_("Payment is automatic and times are limited: which stays use them?"),
        by_time=N_("in order of time"),
        workers_choice=N_("the worker chooses"),
        best_for_worker=N_("what is best for the worker, recomputed each time"),
    ),
    _question(
        16,
        "window",
        N_("Over which window does this limit run?"),
        claim=N_("one claim"),
        period=N_("the mutual-aid period"),
        year=N_("the calendar year"),
        ever=N_("across periods"),
    ),
    _question(
        0,
        "claims",
        N_("Is benefit paid on application or automatically?"),
        by_application=N_("on application"),
        automatic=N_("automatically"),
    ),
)

_BY_KEY = {question.key: question for question in QUESTIONS}


def question(key: str) -> Question:
    """The question whose answer stands under ``key``."""
    return _BY_KEY[key]
