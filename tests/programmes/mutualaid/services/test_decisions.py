"""Deciding: one lock, ten statements, the whole history; what changes is booked and owed."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.programmes.mutualaid.feeding import ON, filed, insured, taken_back

MOST_STATEMENTS = 10


@pytest.fixture
def city(house, tmp_path, connect):
    return insured(house, tmp_path, connect)


def statements(captured):
    """What was sent but for savepoints, which ask the database nothing."""
    sent = [one["sql"] for one in captured.captured_queries]
    return [sql for sql in sent if "SAVEPOINT" not in sql]


def running(city, who=0):
    return city.row(
        "select uses, uses_limit, decided_fen, ceiling_fen from mutualaid_running"
        " where \"window\" = 'period' and person_id = %s",
        city.people[city.numbers[who]],
    )


def test_two_uses_and_the_ceiling_over_a_history(city):
    one, _ = city.numbers
    city.take([filed("S1", one, bears=200_000), filed("S2", one), filed("S3", one)])
    decided = city.decide()
    found = city.standing()
    assert decided.decisions == 3
    assert sorted(reason for _, reason in found.values()) in (
        ["count_used_up", "cut", "paid"],
        ["cap_used_up", "cut", "paid"],
        ["cap_used_up", "cap_used_up", "paid"],
    )
    total = sum(fen for fen, _ in found.values())
    assert decided.due_fen == total == 300_000
    assert (city.balance("benefits"), city.balance("benefits_payable")) == (total, -total)
    assert running(city)[1:] == (2, total, 300_000)
    assert city.decide().decisions == 0


def test_one_person_takes_ten_statements(city):
    one, _ = city.numbers
    city.take([filed("S1", one, bears=200_000)])
    city.decide()
    city.take([filed("S2", one, bears=200_000)])
    with CaptureQueriesContext(connections["default"]) as captured:
        assert city.decide().decisions == 1
    assert len(statements(captured)) <= MOST_STATEMENTS, statements(captured)


def test_a_portion_of_many_takes_no_more(city):
    city.take([filed(f"S{n}", number) for n, number in enumerate(city.numbers)])
    with CaptureQueriesContext(connections["default"]) as captured:
        assert city.decide_all().people == 2
    # The start of the run, and twice who is waiting, beside what one person takes.
    assert len(statements(captured)) <= MOST_STATEMENTS + 5, statements(captured)


def test_what_is_not_paid_yet_is_simply_owed_no_more(city):
    one, _ = city.numbers
    city.take([filed("S1", one, bears=200_000)])
    city.decide()
    city.take([taken_back("R1", "S1", one, bears=200_000)])
    decided = city.decide()
    assert (decided.stopped_fen, decided.recoverable_fen) == (100_000, 0)
    assert city.rows("select state, fen from mutualaid_due") == [("stopped", 100_000)]
    assert (city.balance("benefits"), city.balance("benefits_payable")) == (0, 0)


def test_what_was_paid_too_much_is_set_off_against_what_comes(city):
    one, _ = city.numbers
    city.take([filed("S1", one, bears=200_000)])
    city.decide()
    superuser = city.connect("superuser")
    superuser.execute("update mutualaid_due set state = 'paid'")
    superuser.commit()
    city.take([taken_back("R1", "S1", one, bears=200_000)])
    assert city.decide().recoverable_fen == 100_000
    assert city.balance("benefits_recoverable") == 100_000
    city.take([filed("S2", one, bears=300_000)])
    assert city.decide().due_fen == 50_000
    assert city.balance("benefits_recoverable") == 0
    owed = city.row("select owed_fen from mutualaid_running where \"window\" = 'ever'")
    assert owed == (0,)
    states = city.rows("select state, fen from mutualaid_recovery order by id")
    assert states == [("owed", 100_000), ("received", 100_000)]


def test_what_another_system_decided_stands_against_the_limits(city):
    one, _ = city.numbers
    superuser = city.connect("superuser")
    # Past the signatures that a take-over needs: those have tests of their own.
    superuser.execute("set session_replication_role = replica")
    superuser.execute(
        'insert into mutualaid_running (scheme_id, union_id, person_id, "window", period_from,'
        " period_until, taken_over_uses, taken_over_fen) values (%s, %s, %s, 'period',"
        " '2022-01-01', '2023-01-01', 1, 250000)",
        [city.scheme.pk, city.house.union["city"], city.people[one]],
    )
    superuser.commit()
    city.take([filed("S1", one), filed("S2", one)])
    assert city.decide().due_fen == 50_000
    assert sorted(fen for fen, _ in city.standing().values()) == [0, 50_000]


def test_stored_decisions_are_reckoned_again_to_the_fen_and_the_word(city):
    from gonghui.programmes.mutualaid.queries.decisions import explain, replay

    one, other = city.numbers
    city.take([filed("S1", one), filed("S2", one), filed("S3", other, bears=123_400)])
    city.decide_all()
    city.take([taken_back("R1", "S1", one)])
    city.decide_all()
    found = replay(city.house.clerk, city.scheme.pk)
    assert (found.fen, found.words, found.damaged, found.first) == (0, 0, 0, None)
    assert found.decisions == city.row("select count(*) from mutualaid_decision")[0] > 3
    (decision,) = city.row("select max(id) from mutualaid_decision where journal_id is not null")
    told = explain(city.house.clerk, decision)
    assert told.steps
    assert told.sentence
    assert len(told.edition_sha256) == 64
    assert told.payers == ()


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ("update mutualaid_decision set amount_fen = amount_fen - 1, standing_fen = standing_fen"
         " where amount_fen > 0", "fen"),
        ("update mutualaid_decision set sentence = sentence || '。'", "words"),
        ("update mutualaid_turn set inputs = inputs || '\\x20'", "damaged"),
    ],
)  # fmt: skip
def test_control_a_decision_that_was_changed_is_found(city, changed, differs):
    from gonghui.programmes.mutualaid.queries.decisions import replay

    city.take([filed("S1", city.numbers[0], bears=200_000)])
    city.decide_all()
    superuser = city.connect("superuser")
    superuser.execute("set session_replication_role = replica")
    superuser.execute(changed)
    superuser.commit()
    found = replay(city.house.clerk, city.scheme.pk)
    assert getattr(found, differs) > 0
    assert not found.same


ATTACKS = (
    "update mutualaid_running set decided_fen = 0",
    "update mutualaid_running set uses = 0",
    "update mutualaid_decision set amount_fen = 1",
    "delete from mutualaid_decision",
    "insert into mutualaid_turn (scheme_id) values (1)",
    "update mutualaid_due set fen = 1",
    "update mutualaid_settlement set facts = '{}'",
)


def test_web_itself_cannot_write_what_was_decided(city, sql_as_web):
    import psycopg

    city.take([filed("S1", city.numbers[0])])
    city.decide_all()
    for attack in ATTACKS:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql_as_web(city.house.head).execute(attack)


def test_a_preview_writes_nothing(city):
    from gonghui.core.periods import day_of
    from gonghui.core.rulebook.fields import EVENT_KINDS
    from gonghui.programmes.mutualaid.services.decisions import preview

    one, _ = city.numbers
    city.take([filed("S1", one, bears=200_000)])
    facts = {
        **{"event_kind": EVENT_KINDS.code("hospital_stay"), "personal_total": 300_000},
        **{"settled_on": day_of(ON), "filed_on": day_of(ON)},
    }
    (found,) = preview(city.house.clerk, city.scheme.pk, city.people[one], facts)
    assert (found.amount, found.reason) == (150_000, "paid")
    assert city.row("select count(*) from mutualaid_decision") == (0,)
    assert city.row("select count(*) from mutualaid_waiting") == (1,)
