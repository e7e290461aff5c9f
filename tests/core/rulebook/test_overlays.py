"""Revisions: only what differs, each change with its path, its clause and its effect."""

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.rulebook.model import Citation
from tests.core.rulebook.books import (
    BANDED,
    COUNTED,
    LUMP,
    book,
    revision,
    shelf,
)

RATES = {
    "benefits.hospital.rate": "{by: hospital_level, rows: {一级: 60%, 二级: 55%, otherwise: 50%}}"
}
ID = "example/medical/2023"
NEW = "## more 提高\n提高。\n"


def revised(folder, *changes, base=None, texts=None, **said):
    found = shelf(folder, book(base), revision(*changes, **said), texts=texts)
    return found.edition(ID)


def refused(folder, *changes, base=None, texts=None, **said) -> Refusal:
    with pytest.raises(Refusal) as caught:
        revised(folder, *changes, base=base, texts=texts, **said)
    assert caught.value.place is not None
    assert caught.value.place.line > 0
    return caught.value


# What a change does


def test_a_fee_is_another(tmp_path):
    found = revised(tmp_path, "{at: contribution.fee, is: 70 yuan}")
    assert found.fee is not None
    assert found.fee.plain == 7_000
    assert (found.id, found.extends, found.title) == (ID, "example/medical/2022", "修订")


@pytest.mark.parametrize(
    ("before", "added", "after"),
    [
        ("60%", "10 points", 7_000),  # never 66 %
        ("60%", "+10 points", 7_000),
        ("8.4%", "0.05 points", 845),
        ("60%", "-2.5 points", 5_750),
        ("90%", "10 points", 10_000),
        ("5%", "-5 points", 0),
    ],
)
def test_a_rate_is_raised_by_points_never_by_percent(tmp_path, before, added, after):
    change = f"{{at: benefits.hospital.rate, add: {added}}}"
    found = revised(tmp_path, change, base={"benefits.hospital.rate": before})
    assert found.benefits[0].rate.plain == after


def test_every_row_of_a_table_is_raised(tmp_path):
    found = revised(tmp_path, "{at: benefits.hospital.rate, add: 10 points}", base=RATES)
    assert found.benefits[0].rate.values == (6_000, 7_000, 6_500, 6_000)


def test_rows_of_two_dimensions_and_cited_rows_are_raised(tmp_path):
    rows = "{yes: {男: {is: 1%, clause: more}, otherwise: 2%}, no: {otherwise: 3%}}"
    rate = f"{{by: [away, sex], rows: {rows}}}"
    found = revised(
        tmp_path,
        "{at: benefits.hospital.rate, add: 10 points}",
        base={"benefits.hospital.rate": rate},
        texts={"example/medical/2022": NEW},
    )
    assert [value // 100 for value in found.benefits[0].rate.values] == [13, 13, 13, 12, 11, 12]


def test_one_row_is_another(tmp_path):
    found = revised(tmp_path, "{at: benefits.hospital.rate.rows.一级, is: 65%}", base=RATES)
    assert found.benefits[0].rate.values == (5_000, 6_500, 5_500, 5_000)


def test_a_star_means_each(tmp_path):
    found = revised(
        tmp_path,
        "{at: benefits.hospital.bands.rows.*.rate, add: 10 points}",
        "{at: benefits.*.label, is: 补助}",
        base=BANDED | {"benefits.+": LUMP},
    )
    assert [row.result.plain for row in found.benefits[0].bands.rows] == [5_000, 7_000]
    assert [one.label for one in found.benefits] == ["补助", "补助"]


def test_a_list_is_walked_by_id_or_by_position(tmp_path):
    by_id = revised(tmp_path, "{at: limits.counts.uses.limit, is: 3}", base=COUNTED)
    assert by_id.counts[0].limit.plain == 3
    by_place = revised(tmp_path, "{at: limits.counts.1.limit, add: 1}", base=COUNTED)
    assert by_place.counts[0].limit.plain == 3
    band = revised(tmp_path, "{at: benefits.hospital.bands.rows.2.rate, is: 70%}", base=BANDED)
    assert [row.result.plain for row in band.benefits[0].bands.rows] == [4_000, 7_000]


@pytest.mark.parametrize(
    ("base", "change", "read"),
    [
        ({}, "{at: contribution.fee, add: 20 yuan}", lambda found: found.fee.plain == 10_000),
        (
            {"benefits.hospital.minimum": "{kind: raised_to, amount: 5.5元}"},
            "{at: benefits.hospital.minimum.amount, add: 0.05 yuan}",
            lambda found: found.benefits[0].minimum.amount.plain == 555,
        ),
        (
            {"contribution.fee": "{is: 1234.56 yuan, assumed: true, because: x}"},
            "{at: contribution.fee, add: 1000 yuan}",
            lambda found: found.fee.plain == 223_456,
        ),
        (
            BANDED,
            "{at: benefits.hospital.bands.rows, is: [{from: 0 yuan, rate: 9%}]}",
            lambda found: [row.result.plain for row in found.benefits[0].bands.rows] == [900],
        ),
        (
            {},
            f"{{at: benefits, is: [{LUMP.strip()}]}}",
            lambda found: [one.id for one in found.benefits] == ["death"],
        ),
        (
            {},
            "{at: benefits.hospital.minimum, is: {kind: not_paid_below, amount: 5 yuan}}",
            lambda found: found.benefits[0].minimum.amount.plain == 500,
        ),
        (
            {},
            "{at: gates, is: [{id: g, label: 救助, base: own_expense, window: year,"
            " line: {above: 9 yuan}, procedure: [审核], decided_by: 市总工会}]}",
            lambda found: [one.id for one in found.gates] == ["g"],
        ),
        (
            {"eligibility": "[{id: a, label: 在职, require: {in_service: yes}}]"},
            "{at: eligibility.a, remove: yes}",
            lambda found: found.eligibility == (),
        ),
        (
            {"participation": "{minimum: 80%, term: 一年}"},
            "{at: participation.term, remove: yes}",
            lambda found: found.parameter("participation.term") is None,
        ),
        (
            {},
            "{at: answers.overpayment, is: waive}",
            lambda found: found.answers.overpayment == "waive",
        ),
    ],
)
def test_anything_may_be_replaced_added_to_set_or_removed(tmp_path, base, change, read):
    assert read(revised(tmp_path, change, base=base))


def test_changes_follow_one_another(tmp_path):
    fee = "contribution.fee"
    found = revised(tmp_path, f"{{at: {fee}, is: 70 yuan}}", f"{{at: {fee}, add: 5 yuan}}")
    assert found.fee.plain == 7_500


def test_a_revision_may_revise_a_revision(tmp_path):
    first = revision("{at: contribution.fee, is: 70 yuan}")
    second = revision("{at: contribution.fee, add: 5 yuan}", name="2024", since="2024-01-01")
    second |= {"extends": ID, "valid": {"from": "2024-01-01", "assumed": "true", "because": "x"}}
    found = shelf(tmp_path, book(), first, second).edition("example/medical/2024")
    assert found.fee.plain == 7_500


# What a change cites


def test_a_replaced_value_cites_the_new_clause_alone(tmp_path):
    found = revised(
        tmp_path,
        "{at: contribution.fee, is: 70 yuan, clause: more}",
        texts={ID: NEW},
    )
    parameter = found.parameter("contribution.fee")
    assert parameter.citation == Citation(clause="more")
    assert found.changes[0].citation == Citation(clause="more")


def test_a_sum_with_an_assumption_cites_the_new_clause_and_stays_assumed(tmp_path):
    found = revised(
        tmp_path,
        "{at: benefits.hospital.rate, add: 10 points, clause: more}",
        base=RATES,
        texts={ID: NEW},
    )
    for row in ("primary", "secondary", "tertiary"):
        parameter = found.parameter(f"benefits.hospital.rate.rows.{row}")
        assert parameter.citation == Citation(clause="more", because="自拟")
        assert parameter in found.assumptions


def test_a_sum_of_two_clauses_cites_the_new_one(tmp_path):
    found = revised(
        tmp_path,
        "{at: contribution.fee, add: 10 yuan, clause: more}",
        base={"contribution.fee": "{is: 80 yuan, clause: fee}"},
        texts={ID: NEW, "example/medical/2022": "## fee 互助金\n80元。\n"},
    )
    assert found.parameter("contribution.fee").citation == Citation(clause="more")


def test_the_clauses_of_what_is_extended_stand_behind_its_own(tmp_path):
    found = revised(
        tmp_path,
        "{at: contribution.fee, is: 70 yuan, clause: fee}",
        base={"contribution.fee": "{is: 80 yuan, clause: fee}"},
        texts={
            ID: "## fee 新\n70元。\n",
            "example/medical/2022": "## fee 旧\n80元。\n## rest 其他\n不变。\n",
        },
    )
    assert [(one.id, one.title) for one in found.clauses] == [("fee", "新"), ("rest", "其他")]


def test_when_a_change_counts_is_a_statement_with_its_own_citation(tmp_path):
    found = revised(
        tmp_path,
        "{at: contribution.fee, is: 70 yuan, clause: more,"
        " effect: {is: from_date, assumed: true, because: 未载明}}",
        texts={ID: NEW},
    )
    parameter = found.parameter("changes.contribution.fee.effect")
    assert (parameter.value, parameter.citation) == ("from_date", Citation(because="未载明"))
    assert found.changes[0].effect_citation == Citation(because="未载明")


# What is refused


@pytest.mark.parametrize(
    "at",
    [
        "benefits.dental.rate",
        "benefits.hospital.bands.rows.*.rate",
        "benefits.9.rate",
        "contribution.fee.deeper",
        "limits.counts.uses.limit",
        "limits.counts.*.limit",
        "nothing.at.all",
    ],
)
@pytest.mark.parametrize("how", ["is: 5%", "add: 5 points", "remove: yes"])
def test_a_path_that_meets_nothing_is_refused(tmp_path, at, how):
    refusal = refused(tmp_path, f"{{at: {at}, {how}}}")
    assert f"The change “{at}” meets nothing at “" in refusal.words()
    assert refusal.place.file == f"{ID}.yaml"
    assert refusal.field == "changes.1"


def test_only_a_replacement_sets_what_was_absent(tmp_path):
    at = "at: benefits.hospital.shares"
    assert revised(tmp_path, f"{{{at}, is: ignore}}").benefits[0].shares == "ignore"
    for how in ("add: 1", "remove: yes"):
        assert "meets nothing at “shares”" in refused(tmp_path, f"{{{at}, {how}}}").words()


@pytest.mark.parametrize(
    ("base", "change", "words"),
    [
        ({}, "{at: benefits.hospital.rate, add: 10%}", "in percentage points"),
        ({}, "{at: benefits.hospital.rate, add: 0.1}", "in percentage points"),
        ({}, "{at: benefits.hospital.rate, add: 60 points}", "110% is over 100%"),
        ({}, "{at: benefits.hospital.rate, add: -60 points}", "below zero"),
        ({}, "{at: contribution.fee, add: 10}", "without its unit"),
        ({}, "{at: contribution.fee, add: 10 points}", "without its unit"),
        (COUNTED, "{at: limits.counts.uses.limit, add: 1 yuan}", "whole number"),
        ({}, "{at: answers.overpayment, add: 1}", "whole number"),
        ({}, "{at: benefits.hospital.events, add: 1}", "single value"),
        ({}, "{at: benefits.hospital.minimum, add: 1}", "meets nothing"),
        ({}, "{at: contribution.fee, is: 0.5}", "without its unit"),
        ({}, "{at: contribution.fee}", "one of “is”, “add”, “remove”"),
        ({}, "{is: 70 yuan}", "one of “is”, “add”, “remove”"),
        ({}, "{at: contribution.fee, is: 70 yuan, add: 1 yuan}", "one of “is”, “add”"),
        ({}, "{at: contribution.fee, is: 70 yuan, when: now}", "one of “is”, “add”"),
        ({"participation": "{term: 一年}"}, "{at: participation.term, remove: no}", "remove: yes"),
        ({}, "{at: contribution.fees, is: 70 yuan}", "has no “fees” here"),
        ({}, "{at: contribution.fee, remove: yes}", "“fee” is missing"),
        ({}, "{at: contribution.fee, is: 70 yuan, clause: nowhere}", "no clause “nowhere”"),
        (
            {"participation": "{term: 一年, minimum: 80%}"},
            "{at: participation.term, remove: yes, clause: nowhere}",
            "no clause “nowhere”",
        ),
        (
            {},
            "{at: contribution.fee, is: 70 yuan, effect: {is: from_date, clause: nowhere}}",
            "no clause “nowhere”",
        ),
        (
            {},
            "{at: contribution.fee, is: 70 yuan,"
            " effect: {is: from_date, assumed: true, because: ''}}",
            "needs its reason",
        ),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(tmp_path, base, change, words):
    assert words in refused(tmp_path, change, base=base).words()


def test_a_change_cites_something_of_its_own(tmp_path):
    # Without it the new value would pass for what the old one's clause or assumption says.
    said = revision("{at: contribution.fee, is: 70 yuan}")
    del said["changes"][0]["assumed"], said["changes"][0]["because"]
    with pytest.raises(Refusal, match="cites no clause") as caught:
        shelf(tmp_path, book(), said).edition(ID)
    assert caught.value.field == "changes.1"


@pytest.mark.parametrize("key", ["title", "valid", "governance", "edition"])
def test_a_revision_states_anew_what_every_edition_states_of_itself(tmp_path, key):
    said = revision("{at: contribution.fee, is: 70 yuan}")
    path = tmp_path / f"{ID}.yaml"
    found = shelf(tmp_path, book(), said)
    path.write_text(path.read_text("utf-8").replace(f'"{key}":', '"because":', 1), "utf-8")
    with pytest.raises(Refusal, match=r"is missing|has no"):
        found.edition(ID)


def test_a_revision_without_changes_is_refused(tmp_path):
    said = revision()
    del said["changes"]
    with pytest.raises(Refusal) as caught:
        shelf(tmp_path, book(), said).edition(ID)
    assert "“changes” is missing" in caught.value.words()


@pytest.mark.parametrize(
    ("key", "said"),
    [("contribution", "{fee: 70 yuan}"), ("chagnes", "[]"), ("benefits", "[]"), ("answers", "{}")],
)
def test_what_a_revision_says_beside_its_changes_is_refused_not_passed_over(tmp_path, key, said):
    refusal = refused(tmp_path, "{at: contribution.fee, is: 70 yuan}", **{key: said})
    assert f"has no “{key}” here" in refusal.words()
    assert refusal.place.file == f"{ID}.yaml"


@pytest.mark.parametrize(
    ("key", "said", "words"),
    [
        ("scheme", "other/medical", "example/medical"),
        ("gonghui", "rulebook/9", "rulebook/1"),
        ("extends", "example/medical/1999", "There is no edition"),
    ],
)
def test_a_revision_says_truly_what_it_is(tmp_path, key, said, words):
    found = shelf(tmp_path, book(), revision("{at: contribution.fee, is: 70 yuan}"))
    path = tmp_path / f"{ID}.yaml"
    text = path.read_text("utf-8")
    before = revision()[key]
    path.write_text(text.replace(f'"{key}": "{before}"', f'"{key}": "{said}"', 1), "utf-8")
    with pytest.raises(Refusal) as caught:
        found.edition(ID)
    assert words in caught.value.words()
    assert caught.value.place.file == f"{ID}.yaml"


def test_extending_in_a_circle_is_refused_with_the_circle(tmp_path):
    first = revision("{at: contribution.fee, is: 70 yuan}", extends="example/medical/2024")
    second = revision("{at: contribution.fee, is: 60 yuan}", name="2024", extends=ID)
    with pytest.raises(Refusal) as caught:
        shelf(tmp_path, book(), first, second).edition(ID)
    assert f"{ID} → example/medical/2024 → {ID}" in caught.value.words()
    with pytest.raises(Refusal, match="runs in a circle"):
        shelf(tmp_path, revision("{at: x, is: y}", extends=ID)).edition(ID)
