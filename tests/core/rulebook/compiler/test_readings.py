"""The readings docs/reference/rule-book-language.md decides, each by a settlement or two."""

import pytest

from gonghui.core.adjudication.history import Settlement
from gonghui.core.rulebook.fields import NONE
from tests.core.rulebook.books import (
    BANDED,
    CAP,
    COUNTED,
    LUMP,
    decided,
    edition,
    paid,
    stay,
)

ROWS = "benefits.hospital.bands.rows"
WHOLE = {"benefits.hospital.rate": "100%"}


# Floors and bands


@pytest.mark.parametrize(
    ("floor", "own", "got"),
    [
        ("{kind: threshold, amount: 600 yuan, at_the_line: paid}", "600", "300.00"),
        ("{kind: threshold, amount: 600 yuan, at_the_line: not_paid}", "600", "below_floor"),
        ("{kind: threshold, amount: 600 yuan, at_the_line: not_paid}", "600.02", "300.01"),
        ("{kind: threshold, amount: 600 yuan, at_the_line: paid}", "599.99", "below_floor"),
        ("{kind: deductible, amount: 600 yuan}", "600", "below_floor"),
        ("{kind: deductible, amount: 600 yuan}", "1000", "200.00"),
        ("{kind: none}", "0", "nothing_to_bear"),
    ],
)
def test_a_threshold_lets_all_count_and_a_deductible_only_the_excess(floor, own, got):
    assert paid(edition({"benefits.hospital.floor": floor}), stay(1, personal_total=own)) == [got]


@pytest.mark.parametrize(
    ("first_floor", "own", "got"),
    [
        ("paid", "499.99", "below_floor"),
        ("paid", "500", "200.00"),  # reached: the first 500 too, at the first band's rate
        ("paid", "600", "240.00"),
        ("not_paid", "500", "below_floor"),
        ("not_paid", "600", "40.00"),
        ("paid", "2000", "1000.00"),
        ("not_paid", "2000", "800.00"),
    ],
)
def test_what_lies_below_the_first_band(first_floor, own, got):
    changes = BANDED | {
        f"{ROWS}.1.from": "500 yuan",
        "benefits.hospital.bands.first_floor": first_floor,
    }
    assert paid(edition(changes), stay(1, personal_total=own)) == [got]


@pytest.mark.parametrize(
    ("method", "ends", "own", "got"),
    [
        ("progressive", "upper_inclusive", "1000", "400.00"),
        ("progressive", "upper_inclusive", "2000", "1000.00"),
        ("whole_amount", "upper_inclusive", "1000", "400.00"),
        ("whole_amount", "lower_inclusive", "1000", "600.00"),
        ("whole_amount", "upper_inclusive", "1000.01", "600.01"),
    ],
)
def test_bands_take_each_part_or_the_whole(method, ends, own, got):
    changes = BANDED | {
        "benefits.hospital.bands.method": method,
        "benefits.hospital.bands.ends": ends,
    }
    assert paid(edition(changes), stay(1, personal_total=own)) == [got]


@pytest.mark.parametrize(
    ("measured_on", "own", "got"),
    [
        # The deductible of 800 takes the cheap band; 200 at 40 % and 500 at 60 % are left.
        ("base", "1500", "380.00"),
        ("excess", "1500", "280.00"),  # 700 at 40 %
        ("excess", "2300", "700.00"),  # 1,000 at 40 %, 500 at 60 %
        ("base", "2300", "860.00"),  # 200 at 40 %, 1,300 at 60 %
        ("base", "800", "below_floor"),
    ],
)
def test_bands_lie_where_they_are_measured_and_only_the_excess_is_paid(measured_on, own, got):
    changes = BANDED | {
        "benefits.hospital.floor": "{kind: deductible, amount: 800 yuan}",
        "benefits.hospital.bands.measured_on": measured_on,
    }
    assert paid(edition(changes), stay(1, personal_total=own)) == [got]


# Days, shares, lump sums


def allowance(**said: str) -> dict:
    entries = {
        "per_day": "50 yuan",
        "skip_first_days": "3",
        "max_days_per_claim": "none",
        "max_days_in_period": "none",
    } | said
    return {
        "benefits.1": "{id: days, label: 天, events: [hospital_stay], formula: day_allowance,"
        f" {', '.join(f'{key}: {value}' for key, value in entries.items())},"
        " minimum: {kind: none}, deadline: {kind: none}}"
    }


@pytest.mark.parametrize(
    ("said", "days", "got"),
    [
        ({}, "3", "nothing_to_bear"),
        ({}, "4", "50.00"),
        ({"max_days_per_claim": "10"}, "12", "450.00"),  # skipped days come off first
        ({"max_days_per_claim": "10"}, "13", "500.00"),
        ({"max_days_per_claim": "10"}, "30", "500.00"),
        ({"per_day": "0 yuan"}, "9", "below_floor"),
    ],
)
def test_skipped_days_come_off_before_the_most_days_of_a_claim(said, days, got):
    assert paid(edition(allowance(**said)), stay(1, days=days)) == [got]


def test_days_of_a_period_are_used_up():
    book = edition(allowance(max_days_in_period="20", skip_first_days="0"))
    stays = [stay(1, "2022-02-01", days="15"), stay(2, "2022-03-01", days="15")]
    assert paid(book, *stays, stay(3, "2022-04-01", days="1")) == [
        "750.00",
        "250.00",
        "nothing_to_bear",
    ]


def test_shares_multiply_up_to_the_most():
    said = {"benefits.hospital.shares": "multiply", "benefits.hospital.max_shares": "3"}
    book = edition(said)
    assert [paid(book, stay(1, shares=shares))[0] for shares in ("1", "2", "9")] == [
        "500.00",
        "1000.00",
        "1500.00",
    ]


# Cover


@pytest.mark.parametrize(
    ("starts", "fact"), [("day_after_upload", "uploaded_on"), ("day_after_card", "card_on")]
)
def test_cover_begins_the_day_after_a_date_that_must_be_stated(starts, fact):
    book = edition({"cover.starts": starts})
    assert paid(book, stay(1, "2022-03-01")) == ["not_covered"]
    assert paid(book, stay(1, "2022-03-01", **{fact: "2022-03-01"})) == ["not_covered"]
    assert paid(book, stay(1, "2022-03-01", **{fact: "2022-02-28"})) == ["500.00"]
    early = stay(1, "2022-03-01", cover_from="2022-03-02", **{fact: "2022-02-01"})
    assert paid(book, early) == ["not_covered"]


@pytest.mark.parametrize(
    ("waiting", "settled_on", "previous", "got"),
    [
        ("{kind: everyone, length: 30 days}", "2022-01-30", None, "waiting"),
        ("{kind: everyone, length: 30 days}", "2022-01-31", None, "500.00"),
        ("{kind: everyone, length: 1 month}", "2022-01-31", None, "waiting"),
        ("{kind: everyone, length: 1 month}", "2022-02-01", None, "500.00"),
        ("{kind: first_join, length: 1 month, renewal_gap: 0 days}", "2022-01-02", None, "waiting"),
        ("{kind: first_join, length: 1 month, renewal_gap: 0 days}", "2022-01-02", "2022-01-01",
         "500.00"),
        ("{kind: first_join, length: 1 month, renewal_gap: 0 days}", "2022-01-02", "2021-12-31",
         "waiting"),
        ("{kind: first_join, length: 1 month, renewal_gap: 30 days}", "2022-01-02", "2021-12-02",
         "500.00"),
    ],
)  # fmt: skip
def test_waiting_runs_from_the_start_of_cover_unless_it_is_renewed(
    waiting, settled_on, previous, got
):
    facts = {"previous_cover_until": previous} if previous else {}
    assert paid(edition({"cover.waiting": waiting}), stay(1, settled_on, **facts)) == [got]


# One row without a kind


def test_a_missing_date_and_a_day_without_edition_give_one_row_without_kind():
    book = edition()
    missing = Settlement(1, stay(1).facts | {"settled_on": NONE})
    (row,) = decided(book, missing)
    assert (row.kind, row.reason.name, row.edition) == ("", "DATE_MISSING", None)
    other = edition({"benefits.hospital.events": "[outpatient]"})
    (row,) = decided(other, stay(1))
    assert (row.kind, row.reason.name, row.amount_fen) == ("", "EVENT_NOT_COVERED", 0)


def test_the_first_that_fails_gives_the_reason():
    book = edition({"eligibility": "[{id: a, label: 在职, require: {in_service: yes}}]"})
    said = {
        "reversed_on": "2022-04-01",
        "claimed_elsewhere": "yes",
        "cover_until": "2022-02-01",
        "in_service": "no",
    }
    reasons = []
    while said:
        reasons += paid(book, stay(1, **said))
        said.pop(next(iter(said)))
    assert reasons == ["reversed", "claimed_elsewhere", "not_covered", "not_eligible"]


# Ordinals, uses, choice


def test_a_stay_counts_in_its_period_when_it_is_eligible_and_counts_as_one():
    book = edition(
        {
            "benefits.hospital.rate": "{by: stay_ordinal, rows: {1: 10%, 2: 20%, 3+: 30%}}",
            "benefits.hospital.events": "[hospital_stay, outpatient]",
            "eligibility": "[{id: a, label: 在职, require: {in_service: yes}}]",
        }
    )
    assert paid(
        book,
        stay(1, "2022-01-05", in_service="no"),  # not eligible: not counted
        stay(2, "2022-01-06", "0"),  # nothing to bear, but a stay
        stay(3, "2022-01-07", event_kind="outpatient"),  # the second it would be; not counted
        stay(4, "2022-01-08", counts_as_stay="no"),
        stay(5, "2022-01-09", reversed_on="2022-02-01"),
        stay(6, "2022-01-10"),
        stay(7, "2022-01-11"),
    ) == ["not_eligible", "nothing_to_bear", "200.00", "200.00", "reversed", "200.00", "300.00"]


@pytest.mark.parametrize(
    ("changes", "got"),
    [
        (
            {"limits.caps": f"[{CAP.replace('30000 yuan', 'TABLE')}]"},
            ["100.00", "500.00", "500.00"],
        ),
        (
            {"benefits.hospital.rate": "{by: payout_ordinal, rows: {1: 10%, 2+: 50%}}"},
            ["100.00", "500.00", "500.00"],
        ),
        (
            COUNTED | {"limits.counts.uses.limit": "{by: payout_ordinal, rows: {1: 1, 2+: 3}}"},
            ["500.00", "500.00", "500.00"],
        ),
    ],
)
def test_payouts_are_counted_for_rates_caps_and_counts_alike(changes, got):
    table = "{by: payout_ordinal, rows: {1: 100 yuan, 2+: 9000 yuan}}"
    said = {path: text.replace("TABLE", table) for path, text in changes.items()}
    stays = [stay(number, f"2022-02-0{number}") for number in (1, 2, 3)]
    assert paid(edition(said), *stays) == got


DECLINABLE = COUNTED | {
    "answers.claims": "automatic",
    "answers.slot_choice": "workers_choice",
    "benefits.+": LUMP.replace("[death]", "[hospital_stay]"),
    "answers.kind_order": "[hospital, death]",
}


def test_declining_holds_for_every_kind_of_a_stay():
    book = edition(DECLINABLE)
    assert paid(book, stay(1, declined="yes")) == ["declined", "declined"]
    assert paid(book, stay(1)) == ["500.00", "5000.00"]


BEST = COUNTED | {
    "answers.claims": "automatic",
    "answers.slot_choice": "best_for_worker",
    "benefits.+": LUMP.replace("[death]", "[hospital_stay]").replace("5000 yuan", "150 yuan"),
    "answers.kind_order": "[hospital, death]",
    "limits.counts.uses.covers": "[hospital, death]",
}


def test_the_best_are_chosen_among_claims_not_stays():
    book = edition(BEST)
    rows = paid(book, stay(1, "2022-02-01", "100"), stay(2, "2022-03-01", "1000"))
    assert rows == ["not_best", "150.00", "500.00", "not_best"]


@pytest.mark.parametrize(
    ("reversal", "got"),
    [
        ("slot_kept", ["reversed", "500.00", "not_best"]),
        ("slot_freed_and_refused_reopened", ["reversed", "500.00", "50.00"]),
    ],
)
def test_a_reversed_stay_takes_part_only_where_its_use_is_kept(reversal, got):
    alone = COUNTED | {
        "answers.claims": "automatic",
        "answers.slot_choice": "best_for_worker",
        "answers.reversal": reversal,
    }
    history = [
        stay(1, "2022-02-01", "9000", reversed_on="2022-06-01"),
        stay(2, "2022-03-01", "1000"),
        stay(3, "2022-04-01", "100"),
    ]
    rows = decided(edition(alone), *history)
    assert paid(edition(alone), *history) == got
    assert bool(rows[0].uses) == (reversal == "slot_kept")


# Gates


def gate(window: str) -> dict:
    return {
        "gates": "[{id: grant, label: 救助, base: own_expense, line: {above: 100000 yuan},"
        f" window: {window}, procedure: [审核], decided_by: 市总工会}}]"
    }


def gates(window: str, *history) -> list[int]:
    return [row.settlement for row in decided(edition(gate(window)), *history) if row.gates]


def test_a_gate_is_strict_and_sums_what_is_eligible_so_far():
    assert gates("claim", stay(1, own_expense="100000")) == []
    assert gates("claim", stay(1, own_expense="100000.01")) == [1]
    history = [
        stay(1, "2022-02-01", own_expense="60000"),
        stay(2, "2022-02-02", own_expense="60000", reversed_on="2022-03-01"),
        stay(3, "2022-02-03", own_expense="40000"),
        stay(4, "2022-02-04", own_expense="0.01"),
        stay(5, "2022-02-05", own_expense="0"),
    ]
    for window in ("period", "year"):
        assert gates(window, *history) == [4, 5]
    assert gates("claim", *history) == []
