"""What no single entry can know: questions that arise from several, and contradictions."""

from __future__ import annotations

from gonghui.core.errors import N_
from gonghui.core.money import SCALE
from gonghui.core.rulebook import expressions
from gonghui.core.rulebook.entries import Entry
from gonghui.core.rulebook.fields import MAX_AMOUNT_FEN
from gonghui.core.rulebook.model import Benefit, Both, Cap, Edition, Not, Number, Test, Uses
from gonghui.core.rulebook.questions import question

MOST_OF_A_NUMBER = 32_767
"""Of days, shares or percent in one settlement: what their column holds."""

MOST_STAYS = 1_000
"""Of one person in a period or year."""

LUMP_FORMULAS = ("lump_sum", "banded_lump_sum", "day_allowance", "top_up")


def refuse_contradictions(edition: Edition, entry: Entry) -> None:
    """Raises on the first open question or contradiction of a whole edition."""
    _duplicate_ids(edition, entry)
    _open_questions(edition, entry.need("answers"))
    _lump_sums(edition, entry)
    _rounding_over_a_cap(edition, entry)
    _raised_over_a_cap(edition, entry)
    _best_for_worker(edition, entry)
    _beyond_64_bits(edition, entry)
    if edition.answers.claims == "automatic" and edition.answers.deciding_date == "filed_on":
        raise entry.need("answers").refusal(
            N_("Nothing is filed when payment is automatic, so filing cannot decide the period."),
            N_("Choose another deciding_date."),
        )


def _duplicate_ids(edition: Edition, entry: Entry) -> None:
    groups = [
        [count.id for count in edition.counts] + [cap.id for cap in edition.caps],
        [one.id for one in edition.classes],
        [gate.id for gate in edition.gates],
    ]
    for ids in groups:
        for identifier in ids:
            if ids.count(identifier) > 1:
                raise entry.refusal(
                    N_("The id “{id}” stands twice."), N_("Rename one."), id=identifier
                )


def _open_questions(edition: Edition, answers: Entry) -> None:
    said = edition.answers
    needed: list[str] = []
    if edition.counts:
        needed += ["slot_used_by", "reversal"]
        if said.claims == "automatic":
            needed.append("slot_choice")
    if edition.caps and any(benefit.formula in LUMP_FORMULAS for benefit in edition.benefits):
        needed.append("lump_sums_in_ceiling")
    if _kinds_meet(edition):
        needed.append("kind_order")
    for key in needed:
        if not getattr(said, key):
            raise answers.open(question(key))


def _kinds_meet(edition: Edition) -> bool:
    """Whether two kinds draw on one limit or listen to one event."""
    covers = [count.covers for count in edition.counts] + [cap.covers for cap in edition.caps]
    if edition.loss_ceiling:
        covers.append(edition.loss_ceiling.covers)
    events = [code for benefit in edition.benefits for code in benefit.events]
    return any(len(kinds) > 1 for kinds in covers) or len(events) != len(set(events))


def _lump_sums(edition: Edition, entry: Entry) -> None:
    said = edition.answers.lump_sums_in_ceiling
    covered = {kind for cap in edition.caps if cap.window != "claim" for kind in cap.covers}
    for benefit in edition.benefits:
        if benefit.formula not in LUMP_FORMULAS or not said:
            continue
        if (benefit.id in covered) != (said == "yes"):
            raise entry.need("answers").refusal(
                N_("lump_sums_in_ceiling says “{said}”, but the caps say otherwise of “{kind}”."),
                N_("Make the answer and “covers” agree."),
                said=said,
                kind=benefit.id,
            )


def _rounding_over_a_cap(edition: Edition, entry: Entry) -> None:
    steps, rounding = edition.answers.steps, edition.answers.rounding
    if rounding.mode == "down" or rounding.unit_fen == 1:
        return
    # After one cap and before another it could fill up to the first what the second leaves.
    after_one = any(steps.index("rounding") > steps.index(_step_of(cap)) for cap in edition.caps)
    for cap in edition.caps if after_one else ():
        if any(value % rounding.unit_fen for value in cap.amount.values):
            raise entry.need("answers").refusal(
                N_("Rounding after the cap “{cap}” could lift a payout over it."),
                N_("Round before the cap, round down, or make the cap a multiple of the unit."),
                cap=cap.id,
            )
    before = steps.index("rounding") < steps.index("claim_cap")
    if edition.loss_ceiling and not before:  # a loss is no multiple of anything
        raise entry.need("answers").refusal(
            N_("Rounding after the cap “{cap}” could lift a payout over it."),
            N_("Round before the cap, round down, or make the cap a multiple of the unit."),
            cap="loss_ceiling",
        )


def _step_of(cap: Cap) -> str:
    return "claim_cap" if cap.window == "claim" else "period_cap"


def _raised_over_a_cap(edition: Edition, entry: Entry) -> None:
    """A minimum that raises what a cap has cut would lift it over the cap again."""
    steps = edition.answers.steps
    for benefit in edition.benefits:
        if benefit.minimum.kind != "raised_to":
            continue
        cutting = {_step_of(cap) for cap in edition.caps if benefit.id in cap.covers}
        if edition.loss_ceiling and benefit.id in edition.loss_ceiling.covers:
            cutting.add("claim_cap")
        if any(steps.index("minimum") > steps.index(step) for step in cutting):
            raise entry.need("answers").refusal(
                N_("The minimum of “{kind}” is raised to after a cap, and could lift it over."),
                N_("Put minimum before the caps in “steps”."),
                kind=benefit.id,
            )


def _best_for_worker(edition: Edition, entry: Entry) -> None:
    if edition.answers.slot_choice != "best_for_worker":
        return
    ordinal = any(
        dimension.name in ("stay_ordinal", "payout_ordinal")
        for benefit in edition.benefits
        for number in (*numbers_of(benefit), *(cap.amount for cap in edition.caps))
        for dimension in number.dimensions
    )
    accumulated = any(benefit.basis != "per_stay" for benefit in edition.benefits)
    conditions = [one for benefit in edition.benefits for one in benefit.when]
    asks_uses = any(_asks_uses(one.test) for one in (*conditions, *edition.eligibility))
    looks_back = any(
        benefit.top_up
        or benefit.once_per_disease
        or (benefit.allowance and benefit.allowance.most_in_period)
        for benefit in edition.benefits
    )
    plain = len(edition.counts) == 1 and not edition.counts[0].limit.dimensions
    every = edition.answers.slot_used_by == "every_application"
    freed = edition.answers.reversal == "slot_freed"  # the best would depend on what came when
    if not plain or ordinal or accumulated or asks_uses or every or freed or looks_back:
        raise entry.need("answers").refusal(
            N_("best_for_worker cannot be decided for this edition."),
            N_(
                "It needs one plain count used by paid stays only, a reversal other than"
                " slot_freed, per_stay bases, and nothing that looks at earlier stays."
            ),
        )


def _beyond_64_bits(edition: Edition, entry: Entry) -> None:
    """Refuses a kind that could pass what the compiled fold counts with, which wraps silently."""
    for benefit in edition.benefits:
        shares = max(benefit.max_shares.values) if benefit.max_shares else 1
        most = max(
            _most_of_the_formula(benefit) * min(shares, MOST_OF_A_NUMBER),
            *(benefit.minimum.amount.values if benefit.minimum.amount else ()),
            0,
        )
        if 2 * most * SCALE >= 1 << 63:  # rounding half up doubles the amount
            raise entry.need("benefits").refusal(
                N_("“{kind}” could come to more than can be computed exactly."),
                N_("Lower its amounts, its shares or its days."),
                kind=benefit.id,
            )


def _most_of_the_formula(benefit: Benefit) -> int:
    """Fen, for the largest facts that are not refused."""
    if benefit.allowance:
        most_days = benefit.allowance.most_per_claim
        days = max(most_days.values) if most_days else MOST_OF_A_NUMBER
        return max(benefit.allowance.per_day.values) * min(days, MOST_OF_A_NUMBER)
    if benefit.lump_sum:
        scaled = MOST_OF_A_NUMBER if benefit.scaled_by_disability else 100
        return max(benefit.lump_sum.values) * scaled // 100
    if benefit.top_up:
        return max(benefit.top_up.to.values)
    assert benefit.base is not None  # the reader requires it of the other formulas
    stays = 1 if benefit.basis == "per_stay" else MOST_STAYS
    sums = stays * expressions.size(benefit.base) * MAX_AMOUNT_FEN
    amounts = [band.result for band in benefit.bands.rows] if benefit.bands else []
    return max([sums, *(value for one in amounts if one.unit == "fen" for value in one.values)])


def _asks_uses(test: Test) -> bool:
    match test:
        case Uses():
            return True
        case Both(_, tests):
            return any(_asks_uses(part) for part in tests)
        case Not(inner):
            return _asks_uses(inner)
    return False


def numbers_of(benefit: Benefit) -> tuple[Number, ...]:
    """Every number of a kind's formula."""
    found: list[Number | None] = [
        benefit.floor.amount,
        benefit.rate,
        benefit.lump_sum,
        benefit.minimum.amount,
        benefit.max_shares,
        benefit.deadline.length,
    ]
    if benefit.bands:
        found += [
            number for band in benefit.bands.rows for number in (band.low, band.high, band.result)
        ]
    if benefit.allowance:
        allowance = benefit.allowance
        found += [
            allowance.per_day,
            allowance.skip_first,
            allowance.most_per_claim,
            allowance.most_in_period,
        ]
    if benefit.top_up:
        found.append(benefit.top_up.to)
    return tuple(number for number in found if number is not None)
