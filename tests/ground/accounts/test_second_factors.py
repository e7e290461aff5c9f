"""Second factors and sessions of pages: what enters a scope, and when no longer."""

import time
from datetime import timedelta

import pytest

from gonghui.core.errors import Refusal
from tests.ground.accounts.codes import code
from tests.ground_fixtures import SECRET

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def page(house):
    """The clerk before a page."""
    from gonghui.ground.accounts.services.attendance import attendance
    from gonghui.ground.accounts.services.sessions import sign_in

    def sit():
        actor = sign_in("clerk", SECRET)
        assert attendance(actor, browser="Firefox").name
        return actor

    return sit


@pytest.fixture
def factor(page):
    """The clerk's second factor, given a first time a minute ago."""
    from gonghui.ground.accounts.services import second_factors

    actor = page()
    new = second_factors.begin_second_factor(actor, login="clerk", issuer="示例市总工会")
    assert second_factors.give_second_factor(
        actor, code(new.secret, time.time() - 60), at=time.time() - 60
    )
    return new


def may_enter(actor):
    try:
        with actor.transaction():
            return True
    except Refusal:
        return False


def test_an_authenticator_is_told_the_account_and_the_city(factor):
    assert factor.address.startswith("otpauth://totp/")
    assert factor.secret in factor.address
    assert "clerk" in factor.address


def test_without_its_second_factor_a_page_enters_no_scope(factor, page):
    from gonghui.ground.accounts.services.attendance import attendance
    from gonghui.ground.accounts.services.second_factors import give_second_factor

    actor = page()
    assert not attendance(actor).complete
    assert not may_enter(actor)
    assert give_second_factor(actor, code(factor.secret, time.time()))
    assert attendance(actor).complete
    assert may_enter(actor)


def test_a_code_serves_once(factor, page):
    from gonghui.ground.accounts.services.second_factors import give_second_factor

    first, second, now = page(), page(), time.time()
    assert give_second_factor(first, code(factor.secret, now), at=now)
    assert not give_second_factor(second, code(factor.secret, now), at=now)
    assert not give_second_factor(second, code(factor.secret, now - 30), at=now)  # an earlier one
    assert not may_enter(second)
    assert give_second_factor(second, code(factor.secret, now + 30), at=now + 30)


@pytest.mark.parametrize("given", ["", "12345", "1234567", "１２３４５６", "abcdef", "-12345"])
def test_what_is_no_code_is_wrong(factor, page, given):
    from gonghui.ground.accounts.services.second_factors import give_second_factor

    assert not give_second_factor(page(), given)


def test_ten_wrong_codes_rest_the_account(factor, page):
    from gonghui.ground.accounts.services.second_factors import give_second_factor
    from gonghui.ground.accounts.services.sessions import sign_in

    actor, now = page(), time.time()
    right = code(factor.secret, now)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(10):
        assert not give_second_factor(actor, wrong, at=now - 7200)
    assert not give_second_factor(actor, right, at=now)
    with pytest.raises(Refusal):
        sign_in("clerk", SECRET)


def test_nobody_has_two(factor, page):
    from gonghui.ground.accounts.services.second_factors import (
        begin_second_factor,
        give_second_factor,
    )

    actor, now = page(), time.time()
    assert give_second_factor(actor, code(factor.secret, now), at=now)
    with pytest.raises(Refusal, match="already"):
        begin_second_factor(actor, login="clerk", issuer="x")


def test_one_begun_and_never_confirmed_asks_nothing_and_is_begun_again(page):
    from gonghui.ground.accounts.services.second_factors import begin_second_factor

    actor = page()
    first = begin_second_factor(actor, login="clerk", issuer="x")
    assert may_enter(page())
    assert begin_second_factor(actor, login="clerk", issuer="x").secret != first.secret


def test_a_lost_one_is_taken_away_by_who_may(factor, house, page):
    from gonghui.ground.accounts.services.second_factors import drop_second_factor

    with pytest.raises(Refusal):
        drop_second_factor(house.officer_a, "clerk")
    drop_second_factor(house.founder, "clerk")
    assert may_enter(page())
    with pytest.raises(Refusal, match="no second factor"):
        drop_second_factor(house.founder, "clerk")


def test_thirty_idle_minutes_end_a_page_and_not_a_command(page, connect, house):
    from gonghui.ground.accounts.services.attendance import attendance

    actor = page()
    with connect("superuser") as superuser:
        superuser.execute(
            "update accounts_session set seen_at = seen_at - %s where seen_at is not null",
            [timedelta(minutes=31)],
        )
        superuser.execute(
            "update accounts_session set opened_at = opened_at - %s", [timedelta(minutes=31)]
        )
    assert attendance(actor) is None
    assert not may_enter(actor)
    assert may_enter(house.clerk)


def test_one_ends_ones_own_sessions_and_nobody_elses(page, house):
    from gonghui.ground.accounts.services.attendance import attendance, end_session, my_sessions

    here, there = page(), page()
    open_ones = my_sessions(here)
    assert {one.browser for one in open_ones} >= {"Firefox"}
    (own,) = [one for one in open_ones if one.this_one]
    other = attendance(there).session_id
    with pytest.raises(Refusal, match="no such open session"):
        end_session(house.officer_a, other)
    end_session(here, other)
    assert attendance(there) is None
    assert attendance(here).session_id == own.session_id


def test_the_secret_is_not_readable_in_the_database(factor, connect):
    with connect("superuser") as superuser:
        (sealed,) = superuser.execute("select cipher from accounts_secondfactor").fetchone()
    assert factor.secret.encode() not in bytes(sealed)


def test_a_code_from_elsewhere_for_one_of_a_wrong_session(factor, page):
    """A token that is none says neither whether there is a factor nor whether a code was right."""
    from gonghui.ground.accounts.services.second_factors import give_second_factor
    from gonghui.ground.borders.scope import Actor

    assert not give_second_factor(Actor("0" * 64), code(factor.secret, time.time()))
