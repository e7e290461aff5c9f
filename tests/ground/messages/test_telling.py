"""A message is written with what it tells of, once, and names nobody in the open."""

from datetime import date

import pytest

from gonghui.core.errors import Refusal


def test_told_and_delivered(outbox):
    (made,) = outbox.tell("cover-1")
    assert outbox.rows() == [("waiting", "", 0)]
    outbox.deliver()
    assert outbox.rows() == [("sent", "written", 1)]
    assert outbox.attempts() == [(1, "sent", "written")]
    (text,) = outbox.files()
    assert text.startswith(f"m{made}-")
    assert "王建国：您参加的职工医疗互助保障自2026年3月1日起生效，至2027年3月1日止。" in text


def test_in_english(outbox):
    outbox.tell("cover-1", language="en")
    outbox.deliver()
    assert "lasts from 2026-03-01 to 2027-03-01" in outbox.files()[0]


def test_rolled_back_nothing_was_to_be_told(outbox):
    actor = outbox.office.officer_a
    with pytest.raises(RuntimeError), actor.transaction():
        outbox.tell("cover-1")
        raise RuntimeError
    outbox.deliver()
    assert (outbox.rows(), outbox.files()) == ([], [])


def test_the_same_is_told_once(outbox):
    first = outbox.tell("cover-1", "cover-2")
    again = outbox.tell("cover-2", "cover-3")
    assert again[0] == first[1]
    outbox.deliver()
    assert outbox.tell("cover-1") == first[:1]
    outbox.deliver()
    assert len(outbox.files()) == 3


def test_one_key_in_two_unions_is_two_messages(outbox):
    office = outbox.office
    outbox.tell("cover-1")
    outbox.tell("cover-1", actor=office.officer_b, person_id=office.person["worker_b"])
    outbox.deliver()
    assert len(outbox.files()) == 2


def test_the_office_tells_on_a_units_behalf(outbox):
    office = outbox.office
    outbox.tell("cover-1", actor=office.clerk, union_id=office.union["unit_a"])
    outbox.deliver()
    assert outbox.rows("union_id, state") == [(office.union["unit_a"], "sent")]


def test_many_are_one_statement_each_and_jobs_of_two_hundred(outbox):
    made = outbox.tell(*(f"cover-{number:04d}" for number in range(450)))
    assert made == sorted(made)
    (jobs,) = outbox.office.superuser.execute("select count(*) from jobs_run").fetchone()
    assert jobs == 3
    outbox.deliver()
    assert len(outbox.files()) == 450


@pytest.mark.parametrize(
    "changed",
    [
        {"person": "worker_b"},
        {"template": "no-such"},
        {"parameters": {"name": "王"}},
        {"parameters": {"name": "王", "starts_on": date(2026, 1, 1), "ends_on": 1}},
        {"channel": "pigeon"},
        {
            "template": "roster-checked",
            "parameters": {"unit": "13800138000", "rows": 1, "errors": 0},
        },
    ],
)
def test_what_cannot_be_told_is_not_written(outbox, changed):
    if person := changed.pop("person", None):
        changed["person_id"] = outbox.office.person[person]
    with pytest.raises((Refusal, ValueError, TypeError)):
        outbox.tell("cover-1", **changed)
    assert outbox.rows() == []


def test_nobody_is_named_in_the_open(outbox, caplog, tmp_path):
    """P11: what names her stands under her own key only."""
    outbox.tell("cover-1", channel="email", address="wang.jianguo@example.invalid")
    outbox.deliver()
    superuser = outbox.office.superuser
    tables = [
        row[0]
        for row in superuser.execute(
            "select relname from pg_class where relkind = 'r'"
            " and relnamespace = 'public'::regnamespace"
        )
    ]
    for table in tables:
        text = superuser.execute(f"select string_agg(t::text, ' ') from {table} t").fetchone()[0]
        for canary in ("王建国", "wang.jianguo"):
            assert canary not in (text or ""), table
            assert canary.encode().hex() not in (text or ""), table
    for canary in ("王建国", "wang.jianguo"):
        assert canary not in caplog.text


def test_two_equal_messages_have_different_ciphertexts(outbox):
    outbox.tell("cover-1", "cover-2")
    one, other = outbox.rows("private")
    assert one != other


def test_messages_are_seen_within_the_union_only(outbox, sql_as_web):
    office = outbox.office
    outbox.tell("cover-1")

    def seen(actor):
        return sql_as_web(actor).execute("select count(*) from messages_message").fetchone()[0]

    assert [seen(one) for one in (office.officer_a, office.head, office.officer_b, None)] == [
        *(1, 1, 0, 0)
    ]


def test_a_post_taken_away_delivers_nothing_more(outbox):
    office = outbox.office
    outbox.tell("cover-1")
    office.superuser.execute(
        "update directory_post set ends_before = gate.today() where person_id = %s",
        [office.person["officer_a"]],
    )
    outbox.deliver()
    assert (outbox.rows("state"), outbox.files()) == ([("waiting",)], [])
