"""Units, bodies, terms and hardship: each a fact from a day to a day."""

from datetime import date

import psycopg
import pytest

from gonghui.core.errors import Refusal
from tests.ground.directory.rooms import bodies, hardships, models, people, tree, unions, units

FEBRUARY, MARCH, APRIL = date(2022, 2, 28), date(2022, 3, 1), date(2022, 4, 1)
CREDIT_CODE = "91110000600037341L"


def test_what_is_known_of_a_unit_has_its_days(house):
    unit = house.union["unit_a"]
    units.set_unit(house.clerk, unit, on=MARCH, credit_code=CREDIT_CODE, workforce=120)
    units.set_unit(house.clerk, unit, on=APRIL, workforce=150)
    units.set_unit(house.clerk, unit, on=APRIL, unit_class="企业")
    facts = [tree.unit_on(house.clerk, unit, day) for day in (FEBRUARY, MARCH, APRIL)]
    assert facts[0] is None
    assert [(one.credit_code, one.unit_class, one.workforce) for one in facts[1:]] == [
        (CREDIT_CODE, "", 120),
        (CREDIT_CODE, "企业", 150),
    ]
    with pytest.raises(Refusal, match="have been changed from"):
        units.set_unit(house.clerk, unit, on=MARCH, workforce=1)
    with pytest.raises(Refusal, match="not below zero"):
        units.set_unit(house.clerk, unit, on=APRIL, workforce=-1)
    with pytest.raises(Refusal, match="check character"):
        units.set_unit(house.clerk, unit, on=APRIL, credit_code=CREDIT_CODE[:-1] + "K")
    with pytest.raises(Refusal, match="is there already"):
        units.set_unit(house.clerk, house.union["unit_b"], on=APRIL, credit_code=CREDIT_CODE)
    with pytest.raises(Refusal, match="no such entry"):
        units.set_unit(house.county_clerk_b, unit, on=APRIL, workforce=1)


def test_facts_of_a_unit_founded_with_them(house):
    made = unions.found_union(
        house.clerk,
        unions.NewUnion("x", "甲", "grassroots", CREDIT_CODE, "企业", 30),
        parent_id=house.union["county_a"],
        on=MARCH,
    )
    assert tree.unit_on(house.clerk, made, MARCH).workforce == 30
    assert tree.unit_on(house.clerk, made, FEBRUARY) is None


def test_a_body_has_its_time_and_its_members_theirs(house):
    city = house.union["city"]
    body = bodies.found_body(house.head, city, "committee", "互助保障管理委员会", on=MARCH)
    with pytest.raises(Refusal, match="of this kind on one of these days"):
        bodies.found_body(house.head, city, "committee", "又一个", on=APRIL)
    bodies.found_body(house.head, city, "audit_committee", "经费审查委员会", on=MARCH)
    with pytest.raises(Refusal, match="no kind of body"):
        bodies.found_body(house.head, city, "club", "俱乐部", on=MARCH)
    member = bodies.seat_member(house.head, body, house.person["clerk"], on=MARCH, title="主任")
    with pytest.raises(Refusal, match="member on one of these days"):
        bodies.seat_member(house.head, body, house.person["clerk"], on=APRIL)
    with pytest.raises(Refusal, match="does not exist on all"):
        bodies.seat_member(house.head, body, house.person["head"], on=FEBRUARY)
    bodies.end_term(house.head, member, on=APRIL)
    later = bodies.seat_member(house.head, body, house.person["clerk"], on=APRIL)
    end = date(2022, 5, 1)
    bodies.end_body(house.head, body, on=end)
    with house.head.transaction():
        assert models.BodyMember.objects.get(pk=later).ends_before == end
        assert models.BodyMember.objects.get(pk=member).ends_before == APRIL
    with pytest.raises(Refusal, match="does not last beyond"):
        bodies.end_body(house.head, body, on=end)
    bodies.found_body(house.head, city, "committee", "新一届", on=end)


def test_bodies_of_others_are_not_touched(house):
    body = bodies.found_body(house.head, house.union["county_b"], "office", "办公室", on=MARCH)
    for number in (body, 10**9):
        with pytest.raises(Refusal, match="no such entry"):
            bodies.end_body(house.county_clerk_a, number, on=APRIL)
        with pytest.raises(Refusal, match="no such entry"):
            bodies.seat_member(house.county_clerk_a, number, house.person["worker_a"], on=APRIL)
    with pytest.raises(Refusal, match="no such entry"):
        bodies.found_body(house.county_clerk_a, house.union["unit_b"], "office", "办公室", on=MARCH)


def test_hardship_is_a_dated_fact_with_evidence(house, sql_as_web):
    worker, unit = house.person["worker_a"], house.union["unit_a"]
    said = {"kind": "hardship", "evidence": "困难职工档案 2022-017", "evidence_sha256": b"x" * 32}
    made = hardships.register_hardship(house.head, worker, unit, on=MARCH, **said)
    with pytest.raises(Refusal, match="has this status"):
        hardships.register_hardship(house.head, worker, unit, on=APRIL, **said)
    with pytest.raises(Refusal, match="evidence is missing"):
        hardships.register_hardship(house.head, worker, unit, on=MARCH, kind="x", evidence=" ")
    with pytest.raises(Refusal, match="SHA-256"):
        hardships.register_hardship(
            house.head, worker, unit, on=MARCH, **{**said, "evidence_sha256": b"x"}
        )
    hardships.end_hardship(house.head, made, on=APRIL)
    assert people.hardships_on(house.clerk, worker, MARCH) == ["hardship"]
    assert people.hardships_on(house.clerk, worker, APRIL) == []
    assert people.hardships_on(house.officer_b, worker, MARCH) == []
    with pytest.raises(Refusal, match="do not allow"):
        hardships.register_hardship(house.officer_a, worker, unit, on=APRIL, **said)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sql_as_web(house.head).execute("delete from directory_hardship")
