"""A benefit kind: its formulas, bands without gap or overlap, deadlines, conditions."""

import pytest

from gonghui.core.rulebook.fields import DISEASES, FIELDS
from gonghui.core.rulebook.model import Age, Among, Both, Compare, Derived, Not, Uses
from tests.core.rulebook.books import BANDED, COUNTED, edition, refused

ROWS = "benefits.hospital.bands.rows"


def bands(*rows: str) -> dict:
    return BANDED | {ROWS: f"[{', '.join(rows)}]"}


# Bands


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            ["{from: 0 yuan, to: 9 yuan, rate: 5%}", "{from: 10 yuan, rate: 6%}"],
            "Band 1 leaves a gap",
        ),
        (["{from: 0 yuan, to: 10 yuan, rate: 5%}", "{from: 9 yuan, rate: 6%}"], "Band 1"),
        (["{from: 0 yuan, rate: 5%}", "{from: 9 yuan, rate: 6%}"], "Band 1"),
        (["{from: 0 yuan, to: 9 yuan, rate: 5%}"], "Band 1"),
        (
            ["{from: 0 yuan, to: 9 yuan, rate: 5%}", "{from: 9 yuan, to: 10 yuan, rate: 6%}"],
            "Band 2",
        ),
        (["{from: 9 yuan, to: 9 yuan, rate: 5%}", "{from: 9 yuan, rate: 6%}"], "Band 1"),
        (["{from: 9 yuan, to: 0 yuan, rate: 5%}", "{from: 0 yuan, rate: 6%}"], "Band 1"),
        ([], "no band"),
        (["{from: 0 yuan, amount: 5 yuan}"], "has no “amount”"),
        (["{to: 5 yuan, rate: 5%}"], "“from” is missing"),
        (["{from: 0 yuan}"], "“rate” is missing"),
        (["{from: 0, rate: 5%}"], "without its unit"),
        (["{from: {by: sex, rows: {otherwise: 0 yuan}}, rate: 5%}"], "cannot depend on “sex”"),
        (
            [
                "{from: 0 yuan, to: {by: sex, rows: {otherwise: 9 yuan}}, rate: 5%}",
                "{from: 9 yuan, rate: 6%}",
            ],
            "cannot depend on “sex”",
        ),
    ],
)
def test_bands_leave_no_gap_and_do_not_overlap(rows, words):
    refusal = refused(bands(*rows))
    assert words in refusal.words()
    assert refusal.field.startswith("benefits.hospital.bands")


def test_the_rate_of_a_band_may_depend_on_facts():
    rows = "{from: 0 yuan, rate: {by: sex, rows: {男: 5%, otherwise: 6%}}}"
    found = edition(bands(rows)).benefits[0].bands
    assert found is not None
    assert found.rows[0].result.values == (600, 500, 600)


def test_bands_of_lump_sums_may_end():
    lump = {
        **{f"benefits.hospital.{key}": None for key in ("floor", "rate")},
        "benefits.hospital.formula": "banded_lump_sum",
    }
    ended = (
        "[{from: 0 yuan, to: 9 yuan, amount: 5 yuan}, {from: 9 yuan, to: 20 yuan, amount: 6 yuan}]"
    )
    found = edition(lump | {"benefits.hospital.bands": f"{{ends: lower_inclusive, rows: {ended}}}"})
    read = found.benefits[0].bands
    assert read is not None
    assert (read.method, read.ends, read.rows[-1].high.plain) == (
        "whole_amount",
        "lower_inclusive",
        2_000,
    )
    for wrong, words in {
        "{ends: lower_inclusive, method: progressive, rows: []}": "has no “method”",
        "{ends: lower_inclusive, rows: [{from: 0 yuan, rate: 5%}]}": "has no “rate”",
        "{ends: lower_inclusive, rows: [{from: 0 yuan, to: 9 yuan, amount: 5 yuan},"
        " {from: 8 yuan, amount: 5 yuan}]}": "Band 1",
    }.items():
        assert words in refused(lump | {"benefits.hospital.bands": wrong}).words()


# Other formulas


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("day_allowance", "per_day: 50 yuan, skip_first_days: 3, max_days_per_claim: none,"
         " max_days_in_period: 90"),
        ("lump_sum", "amount: {by: disease, rows: {恶性肿瘤: 20000 yuan, otherwise: 5000 yuan}}"),
        ("lump_sum", "amount: 20000 yuan, scaled_by: disability_percent"),
        ("top_up", "to: 500 yuan, counting: all, window: ever"),
    ],
)  # fmt: skip
def test_each_formula_reads_its_own_entries_and_no_others(formula, said):
    assert edition({"benefits.1": kind(formula, said)}).benefits[0].formula == formula
    stray = kind(formula, f"{said}, rate: 5%")
    assert "has no “rate”" in refused({"benefits.1": stray}).words()
    for part in parts(said):
        key = part.partition(":")[0]
        lacking = ", ".join(other for other in parts(said) if other != part)
        if key != "scaled_by":
            assert f"{key}" in refused({"benefits.1": kind(formula, lacking)}).words()


def kind(formula: str, said: str) -> str:
    return (
        "{id: hospital, label: 补助, events: [hospital_stay], minimum: {kind: none},"
        f" deadline: {{kind: none}}, formula: {formula}, {said}}}"
    )


def parts(said: str) -> list[str]:
    return [said] if "{" in said else said.split(", ")


@pytest.mark.parametrize(
    ("formula", "said", "words"),
    [
        ("day_allowance", "per_day: 50, skip_first_days: 0, max_days_per_claim: none,"
         " max_days_in_period: none", "without its unit"),
        ("day_allowance", "per_day: 50 yuan, skip_first_days: 3 days, max_days_per_claim: none,"
         " max_days_in_period: none", "whole number"),
        ("day_allowance", "per_day: 50 yuan, skip_first_days: 3, max_days_per_claim: all,"
         " max_days_in_period: none", "whole number"),
        ("lump_sum", "amount: 5 yuan, scaled_by: days", "disability_percent"),
        ("top_up", "to: 5 yuan, counting: [dental], window: ever", "There is no benefit “dental”"),
        ("top_up", "to: 5 yuan, counting: hospital, window: ever", "a list is needed"),
    ],
)  # fmt: skip
def test_a_wrong_entry_of_a_formula_is_refused(formula, said, words):
    assert words in refused({"benefits.1": kind(formula, said)}).words()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"benefits.hospital.shares": "multiply"}, "“max_shares” is missing"),
        ({"benefits.hospital.shares": "add"}, "multiply, ignore"),
        ({"benefits.hospital.once_per_disease": "never"}, "period, ever"),
        ({"benefits.hospital.minimum": "{kind: raised_to}"}, "“amount” is missing"),
        ({"benefits.hospital.minimum": "{kind: some, amount: 5 yuan}"}, "not_paid_below"),
    ],
)
def test_what_goes_with_any_formula(changes, words):
    assert words in refused(changes).words()


# Deadlines


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{kind: months, months: 2}", "“from” is missing"),
        ("{kind: months, months: 2, from: discharge}", "“discharge” is no date"),
        ("{kind: months, months: 2, from: total_cost}", "“total_cost” is no date"),
        ("{kind: months, days: 2, from: settled_on}", "has no “days”"),
        ("{kind: months, months: 2, days: 2, from: settled_on}", "has no “days”"),
        ("{kind: months, months: 2 months, from: settled_on}", "whole number"),
        ("{kind: working_days, months: 2, from: settled_on}", "has no “months”"),
        ("{kind: fixed_date, month: 13, day: 1, years_after: 1, from: settled_on}", "13/1 is no"),
        ("{kind: fixed_date, month: 2, day: 32, years_after: 1, from: settled_on}", "2/32 is no"),
        ("{kind: fixed_date, month: 0, day: 1, years_after: 1, from: settled_on}", "0/1 is no"),
        ("{kind: fixed_date, month: 4, day: 31, years_after: 1, from: settled_on}", "4/31 is no"),
        ("{kind: soon}", "working_days"),
        ("{kind: months, months: 2, from: settled_on, extended_by_notice: perhaps}", "yes or no"),
    ],
)
def test_a_deadline_that_says_nothing_definite_is_refused(said, words):
    assert words in refused({"benefits.hospital.deadline": said}).words()


def test_a_fixed_date_may_be_the_29th_of_february():
    said = "{kind: fixed_date, month: 2, day: 29, years_after: 1, from: settled_on}"
    deadline = edition({"benefits.hospital.deadline": said}).benefits[0].deadline
    assert (deadline.month, deadline.day) == (2, 29)


# Conditions


def condition(said: str, **changes: str):
    found = edition({"eligibility": f"[{{id: a, label: 条件, require: {said}}}]", **changes})
    return found.eligibility[0].test


@pytest.mark.parametrize(
    ("said", "test"),
    [
        ("{in_service: yes}", Among("in_service", (1,))),
        ("{在职: no}", Among("in_service", (0,))),
        ("{hospital_level: [三级, secondary]}", Among("hospital_level", (2, 3))),
        ("{HOSP_LV: 一级}", Among("hospital_level", (1,))),
        ("{retired: no}", Derived("retired", False)),
        ("{left_unit: yes}", Derived("left_unit", True)),
        ("{enrolled_before: yes}", Derived("enrolled_before", True)),
        ("{not: {in_service: yes}}", Not(Among("in_service", (1,)))),
        (
            "{any: [{retired: no}, {in_service: yes}]}",
            Both("any", (Derived("retired", False), Among("in_service", (1,)))),
        ),
        (
            "{union_member: yes, in_service: yes}",
            Both("all", (Among("in_service", (1,)), Among("union_member", (1,)))),
        ),
        (
            "{all: [{union_member: yes}, {in_service: yes}]}",
            Both("all", (Among("union_member", (1,)), Among("in_service", (1,)))),
        ),
    ],
)
def test_a_condition_is_read(said, test):
    assert condition(said) == test


def test_conditions_compare_numbers_and_ages():
    days = condition("{days: {at_least: 3, below: 90}}")
    assert isinstance(days, Both)
    assert [(part.relation, part.number.plain) for part in days.tests] == [
        ("at_least", 3),
        ("below", 90),
    ]
    cost = condition("{own_expense: {above: 100000 yuan}}")
    assert isinstance(cost, Compare)
    assert (cost.fact, cost.number.unit, cost.number.plain) == ("own_expense", "fen", 10_000_000)
    age = condition("{age: {at: cover_from, from: 16, to: 60}}")
    assert isinstance(age, Age)
    assert age.lowest is not None
    assert age.highest is not None
    assert (age.at, age.lowest.plain, age.highest.plain) == ("cover_from", 16, 60)
    young = condition("{age: {at: deciding_date, to: 60}}")
    assert isinstance(young, Age)
    assert young.lowest is None


def test_conditions_may_ask_for_classes_lists_and_uses():
    classes = "[{id: a, label: 甲, when: {hardship: yes}}, {id: b, label: 乙, otherwise: yes}]"
    assert condition("{class: [b]}", classes=classes) == Among("class", (1,))
    lists = "{major: {version: '1', label: 大病, diseases: [恶性肿瘤, leukaemia]}}"
    codes = tuple(DISEASES.words[word][0] for word in ("malignant_tumour", "leukaemia"))
    assert condition("{disease_in: major}", disease_lists=lists) == Among("disease", codes)
    uses = condition("{uses: {of: uses, below: 3}}", **COUNTED)
    assert isinstance(uses, Uses)
    assert (uses.count, uses.below.plain) == ("uses", 3)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{}", "tests nothing"),
        ("{weather: fine}", "There is no fact “weather” to test"),
        ("{settled_on: 2022-01-01}", "There is no fact “settled_on” to test"),
        ("{in_service: perhaps}", "yes or no"),
        ("{in_service: [yes]}", "single value"),
        ("{hospital_level: 特级}", "“特级” is not known here. Choose one of: unrated, "),
        ("{hospital_level: [三级, 特级]}", "“特级” is not known"),
        ("{hospital_level: 三级, 医院等级: 二级}", "“hospital_level” stands twice"),
        ("{days: 3}", "key: value"),
        ("{days: {}}", "“days” is compared with nothing. Write {at_least: n}."),
        ("{days: {more_than: 3}}", "has no “more_than”"),
        ("{days: {at_least: 3 yuan}}", "whole number"),
        ("{own_expense: {at_least: 3}}", "without its unit"),
        ("{age: {at: cover_from}}", "no bounds"),
        ("{age: {from: 16}}", "“at” is missing"),
        ("{age: {at: own_expense, from: 16}}", "is no date"),
        ("{age: {at: cover_from, from: 16, until: 60}}", "has no “until”"),
        ("{class: a}", "“a” is not known here. Choose one of: –."),
        ("{disease_in: major}", "“major” is not known"),
        ("{uses: {of: uses, below: 3}}", "“uses” is not known"),
        ("{uses: {of: uses, at_least: 3}}", "has no “at_least”"),
        ("{any: {in_service: yes}}", "a list is needed"),
        ("{not: [{in_service: yes}]}", "key: value"),
        ("{retired: perhaps}", "yes or no"),
        ("[in_service]", "key: value"),
    ],
)
def test_a_condition_that_tests_nothing_known_is_refused(said, words):
    refusal = refused({"eligibility": f"[{{id: a, label: 条件, require: {said}}}]"})
    assert words in refusal.words()
    assert refusal.field.startswith("eligibility.a.require")


def test_every_fact_but_dates_can_be_tested():
    for field in FIELDS.values():
        said = {"flag": "yes", "number": "{at_least: 1}", "fen": "{at_least: 1 yuan}"}
        if field.unit == "day":
            continue
        word = said.get(field.unit) or next(iter(field.vocabulary.words))
        assert condition(f"{{{field.label}: {word}}}") == condition(f"{{{field.name}: {word}}}")
