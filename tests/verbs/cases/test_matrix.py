"""Every deed in every state by everybody: exactly what is written here is done."""

import datetime
import json

from tests.verbs.cases.conftest import ON

STATES = (
    *("draft", "filed", "confirmed", "reviewing", "returned", "accepted", "refused"),
    *("withdrawn", "review_asked", "reviewed"),
)
DEEDS = (
    *("file", "complete", "confirm", "pass", "return", "accept", "refuse", "withdraw"),
    *("ask_review", "uphold", "change"),
)
HERSELF = ("worker_a", "worker_b")
ROLES = (
    *HERSELF,
    *("officer_a", "officer_b", "county_clerk_a", "county_clerk_b", "clerk", "head"),
    *("auditor", "cashier", "accountant"),
)
# Confirmed by officer_a, passed by county_clerk_a, decided by head: nobody has a second part.
OFFICE = {"clerk", "head"}
COUNTY = {"county_clerk_a"} | OFFICE
DONE = {
    ("file", "draft"): {"worker_a"},
    ("complete", "returned"): {"worker_a"},
    ("confirm", "filed"): {"officer_a"},
    ("pass", "confirmed"): COUNTY,
    ("return", "filed"): COUNTY | {"officer_a"},
    ("return", "confirmed"): COUNTY,
    ("return", "reviewing"): COUNTY,
    ("accept", "reviewing"): OFFICE,
    ("refuse", "confirmed"): OFFICE,
    ("refuse", "reviewing"): OFFICE,
    ("withdraw", "draft"): {"worker_a"},
    ("withdraw", "filed"): {"worker_a"},
    ("withdraw", "confirmed"): {"worker_a"},
    ("withdraw", "reviewing"): {"worker_a"},
    ("withdraw", "returned"): {"worker_a"},
    ("ask_review", "accepted"): {"worker_a"},
    ("ask_review", "refused"): {"worker_a"},
    ("uphold", "review_asked"): {"clerk"},
    ("change", "review_asked"): {"clerk"},
}


def tried(cases, connect):
    """What was done, of all that can be tried; each try is undone."""
    found = {}
    web = connect("web")
    for role in ROLES:
        token = f"token of {role}"
        for state, case_id in cases.items():
            for deed in DEEDS:
                entry = "gate.enter_self(%s)" if role in HERSELF else "gate.enter(%s, null)"
                web.execute(f"select {entry}", [token])
                outcome = web.execute(
                    "select outcome from gate.move_cases(%s, %s, null, %s, %s, '{}', null, 'why',"
                    " 'clause 5', '{}')",
                    [deed, [case_id], [5000] if deed in ("accept", "change") else None, ON],
                ).fetchone()[0]
                web.rollback()
                if outcome == "done":
                    found.setdefault((deed, state), set()).add(role)
    return found


def test_only_what_the_table_says_is_done_and_by_whom(desk, connect):
    assert tried({state: desk.brought(state) for state in STATES}, connect) == DONE


def test_control_a_spoilt_table_is_noticed(desk, connect):
    cases = {state: desk.brought(state) for state in ("draft", "filed", "accepted")}
    with connect("superuser") as superuser:
        superuser.execute(
            "insert into cases_transition (deed, from_state, to_state, whose)"
            " values ('withdraw', 'accepted', 'withdrawn', 'author')"
        )
        superuser.execute("delete from cases_transition where deed = 'confirm'")
    found = tried(cases, connect)
    right = {key: who for key, who in DONE.items() if key[1] in cases}
    assert found != right
    assert found.pop(("withdraw", "accepted")) == {"worker_a"}
    assert right.pop(("confirm", "filed")) == {"officer_a"}
    assert found == right


def test_the_table_of_the_database_is_the_table_of_the_source(desk, connect):
    from gonghui.verbs.cases.transitions import TRANSITIONS

    rows = connect("keeper").execute(
        "select deed, from_state, to_state, whose from cases_transition"
    )
    assert sorted(rows.fetchall()) == sorted(TRANSITIONS)


def test_three_steps_by_three_people_two_rows_of_one_person_are_one(desk, connect):
    """All 27 ways to give confirming, reviewing and deciding to three people (P17)."""
    house, case_id = desk.house, desk.brought("filed")
    with connect("superuser") as superuser:
        unions = dict.fromkeys(("head", "clerk", "second_clerk"), house.union["city"])
        for who, union in unions.items():  # each may everything
            superuser.execute(
                "insert into directory_post (person_id, union_id, kind_id, starts_on)"
                " values (%s, %s, 'unit_officer', '2021-01-01')",
                [house.person[who], union],
            )
    web, passed = connect("web"), []
    for first in unions:
        for second in unions:
            for third in unions:
                outcomes = []
                for deed, who in (("confirm", first), ("pass", second), ("accept", third)):
                    web.execute("select gate.enter(%s, null)", [f"token of {who}"])
                    outcomes += web.execute(
                        "select outcome from gate.move_cases(%s, %s, null, null, %s, %s, null, '',"
                        " '', '{}')",
                        [deed, [case_id], datetime.date(2022, 10, 11), json.dumps({})],
                    ).fetchone()
                web.rollback()
                if outcomes == ["done"] * 3:
                    passed.append({first, second, third})
    assert len(passed) == 6
    assert all(len(one) == 3 for one in passed)
