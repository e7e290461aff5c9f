"""P20: a request that comes twice acts once."""

import threading

import psycopg
import pytest

from gonghui.core.errors import Refusal

EIGHT = 8


def mark(name):
    from tests.ground.jobs.marks import mark

    mark(name)


def at_once(times, act):
    """``act(number)`` in so many threads, let go together; what each gave or raised."""
    from django.db import connections

    barrier, given = threading.Barrier(times), [None] * times

    def run(number):
        try:
            barrier.wait()
            given[number] = act(number)
        except Exception as error:
            given[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def send(office, key, said, act=None):
    from gonghui.ground.jobs.services.onces import once

    def marked(scope):
        mark(key)
        return {"for": scope.union_id, "key": key}

    return once(office.officer_a, key, said, act or marked)


def test_eight_at_once_act_once_and_are_told_the_same(office):
    answers = at_once(EIGHT, lambda _: send(office, "form-1", {"amount": 1}))
    assert answers == [{"for": office.union["unit_a"], "key": "form-1"}] * EIGHT
    assert office.marks() == [("form-1", 0)]


def test_fifty_forms_eight_times_each(office):
    for number in range(50):
        answers = at_once(EIGHT, lambda _, key=f"form-{number:02d}": send(office, key, [1]))
        assert len({str(answer) for answer in answers}) == 1
    assert office.marks() == [(f"form-{number:02d}", 0) for number in range(50)]


def test_later_the_same_answer(office):
    first = send(office, "form-1", {"amount": 1})
    assert send(office, "form-1", {"amount": 1}) == first
    assert office.marks() == [("form-1", 0)]


def test_the_same_key_with_other_content_is_refused(office):
    send(office, "form-1", {"amount": 1})
    with pytest.raises(Refusal):
        send(office, "form-1", {"amount": 2})
    assert office.marks() == [("form-1", 0)]


def test_what_failed_may_be_sent_again(office):
    def fails(scope):
        mark("form-1")
        raise ValueError

    with pytest.raises(ValueError):
        send(office, "form-1", 1, fails)
    assert office.marks() == []
    send(office, "form-1", 1)
    assert office.marks() == [("form-1", 0)]


def test_one_who_fails_lets_the_next_act(office):
    """The second waits for the first, and acts when the first has come to nothing."""
    begun = threading.Event()

    def act(scope):
        if not begun.is_set():
            begun.set()
            raise ValueError
        mark("form-1")
        return 1

    given = at_once(2, lambda _: send(office, "form-1", 1, act))
    assert sorted(map(str, given)) == sorted(map(str, [ValueError(), 1]))
    assert office.marks() == [("form-1", 0)]


def test_who_waits_too_long_is_told_so(office):
    from django.db import connections

    inside, go_on = threading.Event(), threading.Event()

    def slow(scope):
        inside.set()
        go_on.wait(30)
        return 1

    def second(number):
        if number == 0:
            return send(office, "form-1", 1, slow)
        inside.wait(30)
        with connections["default"].cursor() as cursor:
            cursor.execute("set lock_timeout = '100ms'")
        try:
            return send(office, "form-1", 1)
        finally:
            go_on.set()

    first, other = at_once(2, second)
    assert (first, office.marks()) == (1, [])
    assert isinstance(other, Refusal)


def test_keys_are_each_persons_own(office):
    from gonghui.ground.jobs.services.onces import once

    send(office, "form-1", 1)
    assert once(office.officer_b, "form-1", 2, lambda _: "other") == "other"


def test_nobody_sees_what_others_sent(office, sql_as_web):
    send(office, "form-1", 1)
    for actor, rows in ((office.officer_a, 1), (office.head, 0), (office.officer_b, 0)):
        (count,) = sql_as_web(actor).execute("select count(*) from jobs_once").fetchone()
        assert count == rows
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sql_as_web(office.officer_a).execute("delete from jobs_once")


def test_control_a_key_stored_in_a_second_transaction_lets_it_act_again(office):
    """The broken variant: look first, act, then note the key on its own."""
    from gonghui.ground.jobs.models import Once

    together = threading.Barrier(EIGHT)

    def broken(_):
        actor = office.officer_a
        with actor.transaction():
            known = Once.objects.filter(key="form-1").first()
        together.wait()
        if known:
            return known.answer
        with actor.transaction():
            mark("form-1")
        with actor.transaction() as scope:
            from gonghui.ground.jobs.services.onces import _is_first

            _is_first(scope, "form-1", b"")
        return 1

    at_once(EIGHT, broken)
    assert len(office.marks()) > 1
