"""Who may take which step of a payout batch: four eyes are never one pair (P17), and every step in
every state by every post is judged (a matrix from the table of steps)."""

import itertools

import pytest
from django.db import transaction

from gonghui.core.errors import Refusal
from tests.ground_fixtures import SECRET
from tests.payout_fixtures import *  # noqa: F403  (fixtures are known by their names)

PEOPLE = ("clerk", "accountant", "cashier")


@pytest.fixture
def three(till, connect):
    """Three people who may all do everything, each with two accounts and, besides, a second row of
    the register that was joined to hers, with an account of its own: their actors by name."""
    from gonghui.ground.accounts.services.sessions import sign_in

    house = till.house
    with connect("superuser") as superuser:
        for who in PEOPLE:
            person = house.person[who]
            twin = superuser.execute(
                "insert into directory_person (public_id, name, name_folded, name_pinyin, sex,"
                " merged_into_id) select gen_random_uuid(), name, name_folded, name_pinyin, sex, id"
                " from directory_person where id = %s returning id",
                [person],
            ).fetchone()[0]
            for kind in ("office_head", "cashier"):
                superuser.execute(
                    "insert into directory_post (person_id, union_id, kind_id, starts_on)"
                    " values (%s, %s, %s, '2021-01-01') on conflict do nothing",
                    [person, house.union["city"], kind],
                )
            for login, of in ((f"{who}.again", person), (f"{who}.joined", twin)):
                superuser.execute(
                    "insert into accounts_account (person_id, login, salt, verifier, wrong,"
                    " opened_at) select %s, %s, salt, verifier, 0, now() from accounts_account"
                    " where login = %s",
                    [of, login, who],
                )
    return {
        who: [sign_in(login, SECRET) for login in (who, f"{who}.again", f"{who}.joined")]
        for who in PEOPLE
    }


class Undone(Exception):
    """Takes back what a try has done."""


def tried(act):
    """Whether it went through; either way it is taken back."""
    try:
        with transaction.atomic():
            act()
            raise Undone
    except Undone:
        return True
    except Refusal:
        return False


def whole_way(till, maker, checker, releaser):
    """Draft by the first, check and approve by the second, seal and release by the third."""
    from gonghui.verbs.treasury.services import payouts, releasing, sealing

    def way():
        batch = till.draft(1, actor=maker)
        payouts.check_batch(checker, batch)
        payouts.approve_batch(checker, batch)
        sealing.seal_batch(releaser, batch)
        releasing.release_batch(releaser, batch)

    return way


def test_of_27_ways_to_share_three_steps_only_those_of_three_people_pass(till, three):
    passed = {}
    for ways, (number, people) in zip(
        itertools.cycle(itertools.product(range(3), repeat=3)),
        enumerate(itertools.product(PEOPLE, repeat=3)),
        strict=False,
    ):
        # Which of her three accounts each one uses differs from way to way.
        actors = [three[who][(way + number) % 3] for who, way in zip(people, ways, strict=True)]
        passed[people] = tried(whole_way(till, *actors))
    assert {people for people, through in passed.items() if through} == {
        people for people in passed if len(set(people)) == 3
    }
    assert sum(passed.values()) == 6


@pytest.mark.parametrize("account", [0, 1, 2], ids=["same", "second account", "joined row"])
def test_one_person_under_another_account_is_still_one(till, three, account):
    from gonghui.verbs.treasury.services import payouts

    batch = till.draft(1, actor=three["clerk"][0])
    with pytest.raises(Refusal, match="cannot take this step"):
        payouts.check_batch(three["clerk"][account], batch)


def test_control_comparing_accounts_would_let_her(three):
    """What a check over accounts compares differs, though the person is one."""
    first, second, joined = three["clerk"]
    with first.transaction() as one, transaction.atomic():
        own = one.person_id
    with second.transaction() as other:
        assert other.person_id == own
    with joined.transaction() as other:
        assert other.person_id == own
    assert len({first.token, second.token, joined.token}) == 3


STATES = ("drafted", "checked", "approved", "sealed", "released", "answered", "closed", "cancelled")
ROLES = ("founder", "head", "second_clerk", "accountant", "cashier", "auditor", "county_clerk_a",
         "officer_a")  # fmt: skip


def services():
    """Each step by the service that takes it, and the state it leads to."""
    from gonghui.verbs.treasury.services import payouts, releasing, sealing

    return {
        "checked": payouts.check_batch,
        "approved": payouts.approve_batch,
        "sealed": sealing.seal_batch,
        "released": releasing.release_batch,
        "closed": payouts.close_batch,
        "cancelled": lambda actor, batch: payouts.cancel_batch(actor, batch, because="a mistake"),
    }


def in_state(till, state):
    from gonghui.verbs.treasury.services import payouts

    if state == "cancelled":
        batch = till.batch("drafted", 1)
        payouts.cancel_batch(till.house.clerk, batch, because="a mistake")
    elif state in ("answered", "closed"):
        batch = till.batch("released", 1)
        till.paid(batch)
        if state == "closed":
            payouts.close_batch(till.house.cashier, batch)
    else:
        batch = till.batch(state, 1)
    assert till.state(batch) == state
    return batch


def test_every_step_in_every_state_by_every_post(till, connect):
    """8 states, 6 steps, 8 posts: the steps of the table by who holds the permission and did no
    earlier step pass, all others are refused, and nothing of them stays."""
    from gonghui.ground.directory.models import PostKind
    from gonghui.verbs.treasury.payout_sql import STEPS

    with till.house.founder.transaction():
        allowed = dict(PostKind.objects.values_list("code", "permissions"))
    posts = {"founder": "administrator", "head": "office_head", "second_clerk": "office_clerk",
             "county_clerk_a": "county_clerk", "officer_a": "unit_officer"}  # fmt: skip
    earlier = {"checked": {"accountant"}, "approved": {"accountant", "head"}}
    wrong = []
    for state in STATES:
        batch = in_state(till, state)
        for step, service in services().items():
            needed = STEPS.get((state, step))
            for role in ROLES:
                may = needed is not None and needed in allowed[posts.get(role, role)]
                if step == "released" and role in earlier["approved"]:
                    may = False
                actor = getattr(till.house, role)
                through = tried(lambda: service(actor, batch))  # noqa: B023  (called at once)
                if through != may:
                    wrong.append((state, step, role, through))
        assert till.state(batch) == state
    assert wrong == []
