"""Unions are founded, renamed, moved, merged and dissolved; what they were before stays."""

from datetime import date

import psycopg
import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.borders.scope import Actor
from tests.ground.directory.rooms import models, tree, unions

MARCH, APRIL, MAY = date(2022, 3, 1), date(2022, 4, 1), date(2022, 5, 1)
CREDIT_CODE = "91110000600037341L"


def codes(lines):
    return [line.code for line in lines]


def test_a_new_union_has_its_place_at_once(house):
    made = unions.found_union(
        house.clerk,
        unions.NewUnion(
            "unit_c", "  丁厂  工会 ", "grassroots", credit_code=f" {CREDIT_CODE.lower()}"
        ),
        parent_id=house.union["county_a"],
        on=MARCH,
    )
    assert codes(tree.ancestors(house.clerk, made)) == ["city", "county_a", "unit_c"]
    assert codes(tree.descendants(house.clerk, house.union["county_a"])) == [
        "county_a",
        "unit_a",
        "unit_a2",
        "unit_c",
    ]
    with house.clerk.transaction():
        union = models.Union.objects.get(pk=made)
    assert (union.name, union.credit_code) == ("丁厂 工会", CREDIT_CODE)


def test_any_depth_and_kind(house):
    above = house.union["city"]
    for depth, kind in enumerate(
        ["industry", "group", "grassroots", "branch", "institution", "department"]
    ):
        above = unions.found_union(
            house.clerk,
            unions.NewUnion(f"d{depth}", f"第{depth}级", kind),
            parent_id=above,
            on=MARCH,
        )
    assert len(tree.ancestors(house.clerk, above)) == 7


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (("", "甲", "branch"), "needs a code"),
        (("x", "甲", "club"), "no kind"),
        (("x", "甲", "branch", "91110000600037341K"), "check character"),
        (("unit_a", "甲", "branch"), "code is there already"),
    ],
)
def test_what_cannot_be_a_union_is_refused(house, new, said):
    with pytest.raises(Refusal, match=said):
        unions.found_union(
            house.clerk, unions.NewUnion(*new), parent_id=house.union["city"], on=MARCH
        )


def test_one_unit_is_entered_once(house):
    place = {"parent_id": house.union["county_a"], "on": MARCH}
    unions.found_union(house.clerk, unions.NewUnion("x", "甲", "grassroots", CREDIT_CODE), **place)
    with pytest.raises(Refusal, match="social credit code is there"):
        unions.found_union(
            house.clerk, unions.NewUnion("y", "乙", "grassroots", CREDIT_CODE), **place
        )


def test_nothing_is_founded_ahead_of_its_day_or_below_what_is_not_there(house):
    new = unions.NewUnion("x", "甲", "branch")
    with pytest.raises(Refusal, match="not come yet"):
        unions.found_union(house.clerk, new, parent_id=house.union["city"], on=date(2999, 1, 1))
    with pytest.raises(Refusal, match="does not exist on"):
        unions.found_union(house.clerk, new, parent_id=house.union["city"], on=date(2020, 1, 1))
    with pytest.raises(Refusal, match="no such entry"):
        unions.found_union(house.clerk, new, parent_id=10**9, on=MARCH)


def test_a_name_has_its_days(house):
    unit = house.union["unit_a"]
    unions.rename_union(house.clerk, unit, "甲集团工会", on=MARCH)
    unions.rename_union(house.clerk, unit, "甲集团公司工会", on=APRIL)
    names = [
        tree.union_on(house.clerk, unit, day).name
        for day in (date(2021, 1, 1), date(2022, 2, 28), MARCH, date(2022, 3, 31), APRIL)
    ]
    assert names == ["甲厂工会", "甲厂工会", "甲集团工会", "甲集团工会", "甲集团公司工会"]
    assert tree.union_on(house.clerk, unit, date(2020, 12, 31)) is None


def test_a_slip_of_the_same_day_is_corrected(house):
    unit = house.union["unit_a"]
    unions.rename_union(house.clerk, unit, "甲集困工会", on=MARCH)
    unions.rename_union(house.clerk, unit, "甲集团工会", on=MARCH)
    assert tree.union_on(house.clerk, unit, MARCH).name == "甲集团工会"
    with house.clerk.transaction():
        assert models.UnionSpan.objects.filter(union_id=unit).count() == 2


def test_nothing_is_slipped_in_before_a_later_change(house):
    unit = house.union["unit_a"]
    unions.rename_union(house.clerk, unit, "甲集团工会", on=APRIL)
    with pytest.raises(Refusal, match="comes too late"):
        unions.move_union(house.clerk, unit, house.union["county_b"], on=MARCH)


def test_a_move_takes_everything_along_and_keeps_what_was(house):
    unions.move_union(house.clerk, house.union["unit_b"], house.union["county_a"], on=MARCH)
    assert codes(tree.descendants(house.clerk, house.union["county_a"])) == [
        "county_a",
        "unit_a",
        "unit_a2",
        "unit_b",
        "branch_b1",
    ]
    before, after = tree.tree_on(house.clerk, date(2022, 2, 28)), tree.tree_on(house.clerk, MARCH)
    unit = house.union["unit_b"]
    assert before[unit].parent_id == house.union["county_b"]
    assert after[unit].parent_id == house.union["county_a"]
    assert len(before) == len(after) == len(house.union)


def test_sight_follows_a_move_at_once(house, sql_as_web):
    def seen(actor):
        rows = sql_as_web(actor).execute("select name from directory_person").fetchall()
        return {name for (name,) in rows}

    assert "worker_b" in seen(house.county_clerk_b)
    assert "worker_b" not in seen(house.county_clerk_a)
    unions.move_union(house.clerk, house.union["unit_b"], house.union["county_a"], on=MARCH)
    assert "worker_b" not in seen(house.county_clerk_b)
    assert "worker_b" in seen(house.county_clerk_a)
    assert "worker_b" in seen(house.officer_b)


def test_a_kind_changes_from_a_day_on(house):
    branch = house.union["branch_b1"]
    unions.reclassify_union(house.clerk, branch, "grassroots", on=MARCH)
    assert tree.union_on(house.clerk, branch, date(2022, 2, 28)).kind == "branch"
    assert tree.union_on(house.clerk, branch, MARCH).kind == "grassroots"
    with pytest.raises(Refusal, match="no kind"):
        unions.reclassify_union(house.clerk, branch, "club", on=APRIL)


def test_no_union_lies_below_itself(house):
    with pytest.raises(Refusal, match="below itself"):
        unions.move_union(house.clerk, house.union["county_b"], house.union["branch_b1"], on=MARCH)
    with pytest.raises(Refusal, match="below itself"):
        unions.move_union(house.clerk, house.union["unit_b"], house.union["unit_b"], on=MARCH)
    with pytest.raises(Refusal, match="stays where it is"):
        unions.move_union(house.clerk, house.union["city"], house.union["county_a"], on=MARCH)


def test_a_ring_by_hand_is_refused_by_the_database(house, sql_as_web):
    connection = sql_as_web(house.clerk)
    with pytest.raises(psycopg.errors.CheckViolation, match="below itself"):
        connection.execute(
            "update directory_union set parent_id = %s where code = 'county_b'",
            [house.union["branch_b1"]],
        )


def test_there_is_one_uppermost_union(house, sql_as_web):
    connection = sql_as_web(house.clerk)
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("update directory_union set parent_id = null where code = 'county_b'")


@pytest.mark.parametrize(
    "change",
    [
        "update directory_union set name = 'x' where code = 'unit_a'",
        "update directory_union set parent_id = (select id from directory_union"
        " where code = 'county_b') where code = 'unit_a'",
        "update directory_union set ends_before = '2022-03-01' where code = 'branch_b1'",
        "update directory_unionspan set name = 'x' where name = '甲厂工会'",
        "update directory_unionspan set ends_before = '2022-03-01' where name = '甲厂工会'",
    ],
)
def test_history_cannot_be_bypassed_by_hand(house, sql_as_web, change):
    connection = sql_as_web(house.clerk)
    assert connection.execute(change).rowcount == 1
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.commit()


def test_without_the_trigger_history_would_be_bypassed(house, sql_as_web, connect):
    superuser = connect("superuser")
    superuser.execute("alter table directory_union disable trigger union_is_its_history")
    superuser.commit()
    connection = sql_as_web(house.clerk)
    connection.execute("update directory_union set name = 'x' where code = 'unit_a'")
    connection.commit()


def test_what_was_cannot_be_rewritten(house, sql_as_web):
    unions.rename_union(house.clerk, house.union["unit_a"], "甲集团工会", on=MARCH)
    connection = sql_as_web(house.clerk)
    with pytest.raises(psycopg.errors.CheckViolation, match="what was, stays"):
        connection.execute("update directory_unionspan set name = 'x' where name = '甲厂工会'")


def test_a_union_with_something_in_it_is_not_dissolved(house):
    above = unions.found_union(
        house.clerk,
        unions.NewUnion("x", "甲", "group"),
        parent_id=house.union["city"],
        on=date(2022, 2, 1),
    )
    unions.move_union(house.clerk, house.union["branch_b1"], above, on=date(2022, 2, 1))
    with pytest.raises(Refusal, match="would hang on"):
        unions.dissolve_union(house.clerk, above, on=MARCH)
    with pytest.raises(Refusal, match="People work here"):
        unions.dissolve_union(house.clerk, house.union["unit_a2"], on=MARCH)
    with pytest.raises(Refusal, match="uppermost"):
        unions.dissolve_union(house.clerk, house.union["city"], on=MARCH)


def test_an_empty_one_is_dissolved_and_was(house):
    branch = house.union["branch_b1"]
    unions.dissolve_union(house.clerk, branch, on=MARCH)
    assert "branch_b1" not in codes(tree.descendants(house.clerk, house.union["city"]))
    assert "branch_b1" in codes(tree.descendants(house.clerk, house.union["city"], ended=True))
    assert tree.union_on(house.clerk, branch, date(2022, 2, 28)).name == "丙矿一车间分工会"
    assert tree.union_on(house.clerk, branch, MARCH) is None
    with pytest.raises(Refusal, match="does not exist on"):
        unions.found_union(
            house.clerk, unions.NewUnion("x", "甲", "branch"), parent_id=branch, on=APRIL
        )


def test_a_merger_loses_nobody(house):
    source, heir = house.union["unit_b"], house.union["unit_a"]
    merged = unions.merge_unions(house.clerk, source, heir, on=MARCH)
    assert (merged.persons, merged.children) == (2, 1)
    with house.clerk.transaction():
        spans = models.Employment.objects.filter(person_id=house.person["worker_b"]).order_by(
            "starts_on"
        )
        assert [(one.union_id, one.starts_on, one.ends_before) for one in spans] == [
            (source, date(2021, 1, 1), MARCH),
            (heir, MARCH, None),
        ]
        assert models.Post.objects.get(union_id=source).ends_before == MARCH
    before, after = tree.tree_on(house.clerk, date(2022, 2, 28)), tree.tree_on(house.clerk, MARCH)
    assert source in before and source not in after
    assert after[house.union["branch_b1"]].parent_id == heir


def test_the_heirs_officer_answers_for_the_history(house, sql_as_web):
    source, heir = house.union["unit_b"], house.union["unit_a"]
    unions.merge_unions(house.clerk, source, heir, on=MARCH)
    rows = sql_as_web(house.officer_a).execute("select name from directory_person").fetchall()
    assert {"worker_a", "worker_b", "officer_b"} <= {name for (name,) in rows}
    with pytest.raises(Refusal, match="cannot act"), house.officer_b.transaction():
        pass


def test_who_works_for_both_works_for_the_heir_once(house, connect):
    superuser = connect("superuser")
    superuser.execute(
        "insert into directory_employment (person_id, union_id, name_as_written, category,"
        " staff_number, starts_on) values (%s, %s, 'worker_b', '', '', '2021-06-01')",
        [house.person["worker_b"], house.union["unit_a"]],
    )
    superuser.commit()
    unions.merge_unions(house.clerk, house.union["unit_b"], house.union["unit_a"], on=MARCH)
    with house.clerk.transaction():
        there = models.Employment.objects.filter(
            person_id=house.person["worker_b"], union_id=house.union["unit_a"]
        )
        assert [one.starts_on for one in there] == [date(2021, 6, 1)]


def test_no_merger_with_what_lies_below(house):
    with pytest.raises(Refusal, match="below itself"):
        unions.merge_unions(house.clerk, house.union["county_b"], house.union["unit_b"], on=MARCH)
    with pytest.raises(Refusal, match="below itself"):
        unions.merge_unions(house.clerk, house.union["city"], house.union["city"], on=MARCH)


def test_a_county_changes_its_own_part_only(house):
    county = house.county_clerk_a
    unions.rename_union(county, house.union["unit_a"], "甲集团工会", on=MARCH)
    unions.move_union(county, house.union["unit_a2"], house.union["unit_a"], on=MARCH)
    unions.move_union(county, house.union["unit_a2"], house.union["county_a"], on=APRIL)
    for attempt in (
        lambda: unions.rename_union(county, house.union["unit_b"], "x", on=MARCH),
        lambda: unions.rename_union(county, 10**9, "x", on=MARCH),
        lambda: unions.rename_union(county, house.union["county_a"], "x", on=MARCH),
        lambda: unions.move_union(county, house.union["unit_b"], house.union["county_a"], on=MARCH),
        lambda: unions.move_union(county, house.union["unit_a"], house.union["county_b"], on=APRIL),
        lambda: unions.merge_unions(county, house.union["unit_a"], house.union["unit_b"], on=APRIL),
        lambda: unions.merge_unions(county, house.union["unit_b"], house.union["unit_a"], on=APRIL),
        lambda: unions.dissolve_union(county, house.union["branch_b1"], on=MARCH),
        lambda: unions.found_union(
            county,
            unions.NewUnion("x", "甲", "branch"),
            parent_id=house.union["county_b"],
            on=MARCH,
        ),
    ):
        with pytest.raises(Refusal, match="no such entry"):
            attempt()


@pytest.mark.parametrize("who", ["officer_a", "accountant"])
def test_who_has_no_such_post_changes_nothing(house, who):
    with pytest.raises(Refusal, match="do not allow"):
        unions.rename_union(getattr(house, who), house.union["unit_a"], "x", on=MARCH)


def test_an_auditor_changes_nothing(house):
    with pytest.raises(Refusal, match="do not allow"):
        unions.dissolve_union(house.auditor, house.union["branch_b1"], on=MARCH)


def test_a_narrowed_actor_changes_only_there(house):
    narrowed = Actor(house.clerk.token, house.union["county_a"])
    unions.rename_union(narrowed, house.union["unit_a"], "甲集团工会", on=MARCH)
    with pytest.raises(Refusal, match="no such entry"):
        unions.rename_union(narrowed, house.union["unit_b"], "x", on=MARCH)


def test_many_at_once(house):
    new = [unions.NewUnion(f"n{n:03}", f"第{n}单位", "grassroots") for n in range(50)]
    parents = {one.code: house.union["county_a"] for one in new}
    assert len(unions.found_unions(house.clerk, new, parents=parents, on=MARCH)) == 50
    assert len(tree.descendants(house.clerk, house.union["county_a"])) == 53
