"""Every showing of a full number is on record first, and the person can read it (P10)."""

from datetime import date

import pytest

from gonghui.core.errors import Refusal
from tests.ground.directory.rooms import Room, persons
from tests.vault_fixtures import SOAK, appoint

reveals = Room("services.reveals")
TODAY = date(2022, 3, 1)
NUMBER = "990800199001010010"
pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture
def number(house, connect):
    """The row of a number of somebody in unit_a, and whose it is."""
    newcomer = persons.Newcomer(house.union["unit_a"], "山雄信", number=NUMBER)
    made = persons.register_person(house.officer_a, newcomer, on=TODAY)
    row = connect("superuser").execute(
        "select id, person_id from directory_personnumber where person_id = %s", [made.person_id]
    )
    return row.fetchone()


@pytest.fixture
def events(connect):
    """Showings on record, as a superuser sees them."""

    def read():
        return (
            connect("superuser")
            .execute(
                "select actor_id, person_seen, purpose, subject, subject_id, details"
                " from audit_event where action = 'person.revealed' order by id"
            )
            .fetchall()
        )

    return read


def test_it_is_shown_and_on_record(house, number, events):
    row, person = number
    assert reveals.reveal(house.clerk, "number", row, "  核对 身份\n") == NUMBER
    assert events() == [
        (
            house.person["clerk"],
            person,
            "核对 身份",
            "directory_personnumber",
            row,
            '{"kind":"resident"}',
        )
    ]


def test_each_showing_is_an_event(house, number, events):
    row, _ = number
    times = 1000 if SOAK else 20
    for turn in range(times):
        reveals.reveal(house.clerk, "number", row, f"核对{turn}")
    assert len(events()) == times


def test_several_at_once_are_an_event_each(house, number, events, connect):
    again = persons.Newcomer(house.union["unit_a"], "花之明", number="990800199001010037")
    other = persons.register_person(house.officer_a, again, on=TODAY).person_id
    rows = [row for (row,) in connect("superuser").execute("select id from directory_personnumber")]
    shown = reveals.reveal_several(house.clerk, "number", rows, "打印名单")
    assert sorted(shown.values()) == [NUMBER, "990800199001010037"]
    assert {event[1] for event in events()} == {number[1], other}


@pytest.mark.parametrize("who", ["officer_b", "county_clerk_b"])
def test_elsewhere_it_is_as_if_it_were_not_there(house, number, events, who):
    told = set()
    for row in (number[0], 7_777_777):
        with pytest.raises(Refusal, match="no such entry") as refused:
            reveals.reveal(getattr(house, who), "number", row, "核对")
        told.add(refused.value.words())
    assert len(told) == 1
    assert events() == []


@pytest.mark.parametrize("who", ["officer_a", "auditor"])
def test_not_every_post_may(house, number, events, who):
    with pytest.raises(Refusal, match="do not allow"):
        reveals.reveal(getattr(house, who), "number", number[0], "核对")
    assert events() == []


def test_one_foreign_row_among_many_and_nothing_is_shown(house, number, events):
    with pytest.raises(Refusal, match="no such entry"):
        reveals.reveal_several(house.clerk, "number", [number[0], 7_777_777], "核对")
    assert events() == []


@pytest.mark.parametrize("purpose", ["", " \n ", "长" * 501])
def test_what_for_must_be_said(house, number, events, purpose):
    with pytest.raises(Refusal, match="What for"):
        reveals.reveal(house.clerk, "number", number[0], purpose)
    assert events() == []


def test_a_number_in_the_purpose_does_not_reach_the_record(house, number, events):
    reveals.reveal(house.clerk, "number", number[0], f"核对{NUMBER}")
    assert NUMBER not in events()[0][2]


def test_more_than_a_list_is_an_export(house, number):
    with pytest.raises(Refusal, match="cannot be shown at once"):
        reveals.reveal_several(house.clerk, "number", range(501), "核对")


def test_what_could_still_be_rolled_back_shows_nothing(house, number):
    with pytest.raises(RuntimeError, match="transaction of its own"), house.clerk.transaction():
        reveals.reveal(house.clerk, "number", number[0], "核对")


def test_who_saw_her_can_be_read(house, number, connect):
    from gonghui.ground.audit.queries.events import who_saw

    reveals.reveal(house.clerk, "number", number[0], "核对")
    reader = appoint(house, connect("superuser"), "reader", ["audit.read"])
    with reader.transaction():
        seen = who_saw(number[1])
    assert [(one.actor_id, one.purpose) for one in seen] == [(house.person["clerk"], "核对")]


def test_what_was_tampered_with_is_not_shown_and_no_showing_is_recorded(
    house, number, events, connect
):
    superuser = connect("superuser")
    superuser.execute(
        "update directory_personnumber"
        " set cipher = set_byte(cipher, 20, 255 - get_byte(cipher, 20))"
    )
    superuser.commit()
    with pytest.raises(Refusal, match="was changed, or belongs to another row"):
        reveals.reveal(house.clerk, "number", number[0], "核对")
    assert events() == []
