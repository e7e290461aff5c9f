"""Proof: whoever does what to a case at once, the end is that of some order, one after another.

Control: the same function without the lock on the case, and without the constraints behind it.
CI takes 6 races of each kind, GONGHUI_SOAK=1 takes 300.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connections

from gonghui.core.errors import Refusal
from tests.verbs.cases.conftest import ON, desk, trial

__all__ = ["desk", "trial"]  # fixtures

RACES = 300 if os.environ.get("GONGHUI_SOAK") else 6


def apart(*work):
    """Each in a thread with a connection of its own, at once; True, or False when refused."""
    barrier = threading.Barrier(len(work))

    def run(one):
        try:
            barrier.wait()
            one()
            return True
        except Refusal:
            return False
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(work)) as pool:
        return tuple(pool.map(run, work))


def deeds(desk):
    """What each does, and what the same does to a state in a world with nobody else in it."""
    from gonghui.verbs.cases.services import moving, opening

    house = desk.house
    return {
        "head accepts": (
            lambda case: moving.accept(house.head, case, 5000, on=ON),
            {"reviewing": "accepted"},
        ),
        "clerk accepts": (
            lambda case: moving.accept(house.clerk, case, 4000, on=ON),
            {"reviewing": "accepted"},
        ),
        "clerk refuses": (
            lambda case: moving.refuse(house.clerk, case, "不在期内", "第五条", on=ON),
            {"reviewing": "refused"},
        ),
        "she withdraws": (
            lambda case: moving.withdraw(desk.worker, case, on=ON),
            dict.fromkeys(("draft", "filed", "confirmed", "reviewing", "returned"), "withdrawn"),
        ),
        "she files": (
            lambda case: opening.file_case(desk.worker, case, on=ON),
            {"draft": "filed"},
        ),
        "unit confirms": (
            lambda case: moving.confirm(house.officer_a, case, on=ON),
            {"filed": "confirmed"},
        ),
        "chair returns": (
            lambda case: moving.return_case(house.chair_a, case, "缺页", on=ON),
            {"filed": "returned"},
        ),
    }


def serial(state, names, known):
    """(end, who came through) of every order of two."""
    ends = set()
    for order in (names, names[::-1]):
        now, came = state, {}
        for name in order:
            after = known[name][1].get(now)
            came[name] = after is not None
            now = after or now
        ends.add((now, tuple(came[name] for name in names)))
    return ends


PAIRS = (
    ("reviewing", ("head accepts", "clerk accepts")),
    ("reviewing", ("head accepts", "clerk refuses")),
    ("reviewing", ("head accepts", "she withdraws")),
    ("draft", ("she files", "she withdraws")),
    ("filed", ("unit confirms", "chair returns")),
)


def ended(connect, case_id):
    row = connect("keeper").execute(
        "select state, (select count(*) from cases_decision d where d.case_id = c.id),"
        " (select count(*) from cases_step s where s.case_id = c.id), version"
        " from cases_case c where id = %s",
        [case_id],
    )
    return row.fetchone()


@pytest.mark.parametrize(("state", "names"), PAIRS, ids=str)
def test_two_at_once_are_two_in_some_order(desk, connect, state, names):
    known = deeds(desk)
    allowed = serial(state, names, known)
    for _ in range(RACES):
        case_id = desk.brought(state)
        came = apart(*(partial(known[name][0], case_id) for name in names))
        end, decisions, steps, version = ended(connect, case_id)
        assert (end, came) in allowed
        assert decisions == (end in ("accepted", "refused"))
        assert version == steps + 1


def test_the_same_click_eight_times_is_one_deed(desk, connect):
    from gonghui.verbs.cases.services import moving

    for _ in range(max(1, RACES // 6)):
        case_id, before = desk.brought("reviewing"), len(desk.handed)
        click = [partial(moving.accept, desk.house.head, case_id, 5000, on=ON)] * 8
        assert apart(*click) == (True,) * 8
        assert ended(connect, case_id)[1] == 1
        assert len(desk.handed) == before + 1


def test_a_post_taken_away_decides_nothing_more(desk, connect):
    """In a race either comes first; a post ended before the deed counts no more, though it was
    there when the transaction began."""
    from gonghui.verbs.cases.services import moving

    superuser = connect("superuser", autocommit=True)
    head = desk.house.person["head"]
    take = f"update directory_post set ends_before = gate.today() where person_id = {head}"
    give = f"update directory_post set ends_before = null where person_id = {head}"
    for _ in range(RACES):
        case_id = desk.brought("reviewing")
        taken = connect("superuser", autocommit=True)
        accepted, _done = apart(
            partial(moving.accept, desk.house.head, case_id, 5000, on=ON),
            partial(taken.execute, take),
        )
        assert (ended(connect, case_id)[0] == "accepted") == accepted
        late = desk.draft()
        with pytest.raises(Refusal):
            moving.refuse(desk.house.head, late, "晚了", "第五条", on=ON)
        superuser.execute(give)
    case_id, web = desk.brought("reviewing"), connect("web")
    web.execute("select gate.enter(%s, null)", [desk.house.head.token])  # the form is open
    superuser.execute(take)
    move = (
        "select outcome from gate.move_cases('accept', %s, null, %s, %s, '{}', null, '', '', '{}')"
    )
    assert web.execute(move, [[case_id], [5000], ON]).fetchone() == ("not_yours",)


def test_control_without_the_lock_both_decide(desk, connect):
    with connect("superuser") as superuser:
        (source,) = superuser.execute(
            "select pg_get_functiondef(oid) from pg_proc where proname = 'move_cases'"
        ).fetchone()
        lock = "order by x.id for update;"
        read = "if not found then return next; continue; end if;"
        assert lock in source
        assert read in source
        spoilt = source.replace(lock, "order by x.id;")
        superuser.execute(spoilt.replace(read, f"perform pg_sleep(0.2); {read}", 1))
        superuser.execute(
            "alter table cases_step drop constraint casestep_once;"
            " alter table cases_decision drop constraint casedecision_once"
        )
    known = deeds(desk)
    names = ("head accepts", "clerk accepts")
    case_id = desk.brought("reviewing")
    came = apart(*(partial(known[name][0], case_id) for name in names))
    end, decisions, _steps, _version = ended(connect, case_id)
    assert (end, came) not in serial("reviewing", names, known)
    assert decisions == 2
