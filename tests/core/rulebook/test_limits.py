"""Counts, caps and gates, and what no single entry can know: contradictions of a whole edition."""

import pytest

from gonghui.core.rulebook.expressions import Name
from gonghui.core.rulebook.questions import OpenQuestion
from tests.core.rulebook.books import BANDS, CAP, COUNTED, LUMP, book, edition, refused

GATE = """
{id: grant, label: 救助, base: own_expense, window: claim, line: {above: 100000 yuan},
 needs: [{id: hardship, label: 生活困难}], procedure: [本人申请, 单位审核], decided_by: 市总工会}
"""
BEST = COUNTED | {"answers.claims": "automatic", "answers.slot_choice": "best_for_worker"}


# Gates


def test_a_gate_states_its_line_what_people_find_and_who_decides():
    gate = edition({"gates": f"[{GATE}]"}).gates[0]
    assert (gate.base, gate.window, gate.relation) == (Name("own_expense"), "claim", "above")
    assert gate.line.plain == 10_000_000
    assert [need.label for need in gate.needs] == ["生活困难"]
    assert (gate.procedure, gate.decided_by) == (("本人申请", "单位审核"), "市总工会")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("amount", "5000 yuan"),
        ("rate", "50%"),
        ("formula", "share"),
        ("bands", BANDS),
    ],
)
def test_a_gate_never_says_how_much(key, said):
    refusal = refused({f"gates.1.{key}": said}, base=book({"gates": f"[{GATE}]"}))
    assert f"decided by people, never computed. Remove “{key}”" in refusal.words()
    assert refusal.field == f"gates.grant.{key}"


@pytest.mark.parametrize(
    ("path", "said", "words"),
    [
        ("gates.1.line", "{over: 5 yuan}", "has no “over”"),
        ("gates.1.line", "{}", "“at_least” is missing"),
        ("gates.1.line", "{above: 100000}", "without its unit"),
        ("gates.1.window", "ever", "window"),
        ("gates.1.base", "bill", "no amount"),
        ("gates.1.decided_by", None, "“decided_by” is missing"),
        ("gates.1.procedure", None, "“procedure” is missing"),
        ("gates.1.ceiling", "9 yuan", "Choose one of: none"),
        ("gates.1.line.above", "{by: stay_ordinal, rows: {1+: 5 yuan}}", "cannot depend on"),
        ("gates.+", GATE, "“grant” stands twice"),
    ],
)
def test_a_gate_that_says_something_else_is_refused(path, said, words):
    assert words in refused({path: said}, base=book({"gates": f"[{GATE}]"})).words()


# Contradictions


LUMPED = {"benefits.+": LUMP, "limits.caps": f"[{CAP}]"}
SHARED = LUMPED | {
    "limits.caps": f"[{CAP.replace('[hospital]', '[hospital, death]')}]",
    "answers.kind_order": "[hospital, death]",
}


@pytest.mark.parametrize(
    ("changes", "said", "holds"),
    [
        (LUMPED, "no", True),
        (LUMPED, "yes", False),
        (SHARED, "yes", True),
        (SHARED, "no", False),
    ],
)
def test_what_is_said_of_lump_sums_agrees_with_what_the_caps_cover(changes, said, holds):
    answered = changes | {"answers.lump_sums_in_ceiling": said}
    if holds:
        edition(answered)
    else:
        refusal = refused(answered)
        assert f"lump_sums_in_ceiling says “{said}”" in refusal.words()
        assert "“death”" in refusal.words()


def test_a_cap_within_one_claim_says_nothing_of_the_ceiling():
    claim = SHARED | {"limits.caps": SHARED["limits.caps"].replace("year,", "claim,")}
    edition(claim | {"answers.lump_sums_in_ceiling": "no"})


ROUNDED = {
    "limits.caps": f"[{CAP.replace('30000 yuan', '30050 yuan')}]",
    "answers.rounding": "{unit: 100 yuan, mode: half_up}",
}


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, False),
        ({"answers.rounding.mode": "up"}, False),
        ({"answers.rounding.mode": "half_even"}, False),
        ({"answers.rounding.mode": "down"}, True),
        ({"answers.rounding.unit": "10 yuan"}, True),
        ({"answers.steps": "[minimum, count, rounding, claim_cap, period_cap]"}, True),
        ({"answers.steps": "[minimum, count, claim_cap, rounding, period_cap]"}, True),
        ({"limits.caps.ceiling.window": "claim"}, False),
        ({"limits.caps.ceiling.amount": "30100 yuan"}, True),
        (
            {"limits.caps.ceiling.amount": "{by: away, rows: {yes: 100 yuan, no: 150 yuan}}"},
            False,
        ),
    ],
)
def test_rounding_never_lifts_a_payout_over_its_cap(changes, holds):
    whole = book(ROUNDED)
    if holds:
        edition(changes, base=whole)
    else:
        assert "could lift a payout over it" in refused(changes, base=whole).words()


def test_rounding_never_lifts_a_payout_over_the_loss():
    loss = {"limits.loss_ceiling": "{is: personal_total, covers: [hospital]}"}
    edition(loss)
    whole = book(loss | {"answers.rounding": "{unit: 10 yuan, mode: up}"})
    assert "could lift a payout over it" in refused({}, base=whole).words()
    edition({"answers.rounding.mode": "down"}, base=whole)
    edition({"answers.steps": "[minimum, rounding, count, claim_cap, period_cap]"}, base=whole)


@pytest.mark.parametrize(
    "changes",
    [
        {"benefits.hospital.basis": "accumulated_in_period"},
        {"benefits.hospital.rate": "{by: stay_ordinal, rows: {1: 5%, 2+: 6%}}"},
        {"benefits.hospital.rate": "{by: [away, payout_ordinal], rows: {otherwise: {1+: 5%}}}"},
        {"limits.counts.+": "{id: more, label: 又, limit: 5, window: ever, covers: [hospital]}"},
        {"limits.counts.uses.limit": "{by: away, rows: {yes: 1, no: 2}}"},
        {"benefits.hospital.when": "[{id: a, label: 条件, require: {uses: {of: uses, below: 1}}}]"},
        {
            "benefits.hospital.when": "[{id: a, label: 条件,"
            " require: {any: [{not: {uses: {of: uses, below: 1}}}]}}]"
        },
        {"answers.slot_used_by": "every_application"},
    ],
)
def test_what_is_best_for_the_worker_can_only_be_told_of_stays_that_stand_alone(changes):
    whole = book(BEST)
    edition({}, base=whole)
    assert "best_for_worker cannot be decided" in refused(changes, base=whole).words()


def test_best_for_worker_needs_a_count():
    said = {"answers.claims": "automatic", "answers.slot_choice": "best_for_worker"}
    assert "best_for_worker cannot be decided" in refused(said).words()


def test_one_kind_alone_on_its_limits_and_events_needs_no_order():
    other = LUMP.replace("amount: 5000 yuan", "amount: 50 yuan")
    edition({"benefits.+": other})
    lacking = SHARED | {
        "answers.lump_sums_in_ceiling": "yes",
        "answers.kind_order": "[hospital]",
    }
    assert isinstance(refused(lacking), OpenQuestion)


# What would not fit the fold's integers


@pytest.mark.parametrize(
    "changes",
    [
        {
            "benefits.1": "{id: a, label: 天, events: [hospital_stay], formula: day_allowance,"
            " per_day: 10000000000 yuan, skip_first_days: 0, max_days_per_claim: none,"
            " max_days_in_period: none, minimum: {kind: none}, deadline: {kind: none}}"
        },
        {
            "benefits.1": LUMP.replace("5000 yuan", "10000000000 yuan, shares: multiply,"
                                       " max_shares: 9999")
        },
        {
            "benefits.hospital.base": " + ".join(["personal_total"] * 20),
            "benefits.hospital.shares": "multiply",
            "benefits.hospital.max_shares": "32767",
        },
        {
            "benefits.hospital.basis": "accumulated_in_year",
            "benefits.hospital.shares": "multiply",
            "benefits.hospital.max_shares": "9999",
        },
    ],
)  # fmt: skip
def test_a_benefit_that_would_wrap_in_64_bits_is_refused(changes):
    assert "more than can be computed exactly" in refused(changes).words()


def test_large_but_possible_numbers_are_computed():
    edition(
        {
            "benefits.hospital.base": "max(personal_total, total_cost) + own_expense",
            "benefits.hospital.shares": "multiply",
            "benefits.hospital.max_shares": "100",
            "limits.caps": f"[{CAP.replace('30000', '10000000000')}]",
        }
    )
