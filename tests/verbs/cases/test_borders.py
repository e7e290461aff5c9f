"""What web cannot do by its own SQL, in whose name ever."""

import psycopg
import pytest

from tests.verbs.cases.conftest import ON

FORBIDDEN = (
    "update cases_case set state = 'accepted'",
    "insert into cases_decision (case_id, instance, outcome, reason, clause, review_way,"
    " decided_on, by_id, at) values (1, 1, 'accepted', '', '', '', now(), 1, now())",
    "delete from cases_step",
    "update cases_consent set withdrawn_at = null",
    "delete from cases_kinship",
    "update cases_transition set whose = 'author'",
    "update cases_kindstep set from_fen = 999999999",
    "select cipher from cases_confidential",
    "select gate.place_case_kind('{}')",
    "select gate.permissions_now()",
    "select nextval('gate.case_number')",
)


def test_no_statement_of_web_jumps_a_state_or_reads_what_is_sealed(house, sql_as_web):
    for statement in FORBIDDEN:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql_as_web(house.head).execute(statement)


def count(web, table):
    return web.execute(f"select count(*) from {table}").fetchone()[0]


def test_the_unit_sees_the_case_never_the_diagnosis_nor_why(desk, sql_as_web):
    house, case_id = desk.house, desk.brought("refused")
    unit = sql_as_web(house.officer_a)
    row = unit.execute("select state, subject_id, plain from cases_case").fetchone()
    assert row == ("refused", desk.subject, {"days": 3})
    assert count(unit, "cases_paper") == 1
    assert count(unit, "cases_decision") == 0
    assert not [row for row in unit.execute("select s::text from cases_step s") if "期" in row[0]]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        unit.execute("select * from gate.read_confidential(%s, 'curious')", [[case_id]])
    for stranger in (house.officer_a2, house.officer_b, house.county_clerk_b, house.cashier):
        web = sql_as_web(stranger)
        assert [count(web, f"cases_{name}") for name in ("case", "paper", "step")] == [0, 0, 0]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("select * from gate.read_confidential(%s, 'curious')", [[case_id]])


def test_a_unit_that_has_no_part_in_a_kind_does_not_see_its_cases(desk, connect, sql_as_web):
    desk.brought("filed")
    with connect("superuser") as superuser:
        superuser.execute("update cases_case set unit_sees = false")
    assert count(sql_as_web(desk.house.officer_a), "cases_case") == 0
    assert count(sql_as_web(desk.house.county_clerk_a), "cases_case") == 1


def test_with_her_consent_the_unit_reads_it_and_she_reads_who_did(desk, connect):
    from gonghui.core.errors import Refusal
    from gonghui.verbs.cases.models import Consent
    from gonghui.verbs.cases.services import consents, sealing

    house, case_id = desk.house, desk.brought("filed")
    desk.consented("unit_reads")
    read = sealing.read_confidential(house.officer_a, case_id, "核对病种")
    assert read == {"inputs": {"diagnosis": "肺炎"}}
    assert sealing.read_confidential(house.head, case_id, "审核") == read
    assert sealing.read_confidential(desk.worker, case_id, "本人")["inputs"]
    rows = connect("keeper").execute(
        "select actor_id, purpose, person_seen from audit_event where action = 'case.revealed'"
        " order by id"
    )
    assert rows.fetchall() == [
        (house.person["officer_a"], "核对病种", desk.subject),
        (house.person["head"], "审核", desk.subject),
        (desk.subject, "本人", desk.subject),
    ]
    with desk.worker.transaction():
        consent = Consent.objects.get(purpose="unit_reads")
    consents.withdraw_consent(desk.worker, consent.pk)
    with pytest.raises(Refusal):
        sealing.read_confidential(house.officer_a, case_id, "再看")
    with pytest.raises(Refusal, match="What for"):
        sealing.read_confidential(house.head, case_id, " ")


def test_nothing_of_it_lies_open_in_any_table(desk, connect):
    desk.brought("reviewed")
    superuser = connect("superuser")
    tables = superuser.execute(
        "select relname from pg_class where relname ~ '^(cases|audit)_' and relkind = 'r'"
    ).fetchall()
    assert len(tables) > 10
    for (table,) in tables:
        rows = superuser.execute(f"select t::text from {table} t").fetchall()
        assert not [row for row in rows if "肺炎" in row[0] or "请再看" in row[0]], table


def test_a_kinship_is_ended_by_neither_of_the_two(desk):
    from gonghui.core.errors import Refusal
    from gonghui.verbs.cases.services import consents

    house = desk.house
    kinship = consents.state_kinship(
        desk.worker, desk.subject, house.person["head"], "sister", on=ON
    )
    with pytest.raises(Refusal):
        consents.end_kinship(house.head, kinship, on=ON)
    assert consents.end_kinship(house.clerk, kinship, on=ON)
