"""A deputy is somebody else, may no more than the post, and no longer."""

from datetime import date

import psycopg
import pytest

from gonghui.core.errors import Refusal
from tests.ground.directory.rooms import delegations, models, posts

MARCH, APRIL, MAY = date(2022, 3, 1), date(2022, 4, 1), date(2022, 5, 1)


def post_of(house, who):
    with house.clerk.transaction():
        return models.Post.objects.get(person_id=house.person[who]).pk


def permissions_of(actor):
    try:
        with actor.transaction() as scope:
            return scope.permissions
    except Refusal:
        return None


def give(house, actor, who="worker_a", *, post="officer_a", on=MARCH, **said):
    said = {"matter": "造册", "permissions": ["roster.check"], **said}
    return delegations.delegate(actor, post_of(house, post), house.person[who], on=on, **said)


def test_a_deputy_may_what_was_delegated_until_it_ends(house):
    given = give(house, house.officer_a)
    assert permissions_of(house.worker_a) == {"roster.check"}
    delegations.end_delegation(house.officer_a, given, on=APRIL)
    assert permissions_of(house.worker_a) is None


def test_a_deputys_right_ends_with_the_post(house):
    give(house, house.officer_a)
    posts.dismiss(house.chair_a, post_of(house, "officer_a"), on=APRIL)
    assert permissions_of(house.worker_a) is None
    with house.clerk.transaction():
        assert models.Delegation.objects.get().ends_before == APRIL


def test_the_deputy_is_somebody_else(house, connect):
    with pytest.raises(Refusal, match="deputy is the person"):
        give(house, house.officer_a, "officer_a")
    superuser = connect("superuser")
    superuser.execute(
        "update directory_person set merged_into_id = %s where id = %s",
        [house.person["officer_a"], house.person["worker_a"]],
    )
    superuser.commit()
    with pytest.raises(Refusal, match="deputy is the person"):
        give(house, house.officer_a, "worker_a")


def test_a_delegation_lies_within_its_post(house):
    with pytest.raises(Refusal, match="no more than its post"):
        give(house, house.officer_a, permissions=["ledger.post"])
    with pytest.raises(Refusal, match="no more than its post"):
        give(house, house.officer_a, permissions=[])
    with pytest.raises(Refusal, match="no more than its post"):
        give(house, house.officer_a, on=date(2020, 1, 1))
    with pytest.raises(Refusal, match="matter is missing"):
        give(house, house.officer_a, matter=" ")
    give(house, house.officer_a, until=APRIL)
    with pytest.raises(Refusal, match="deputy on one of these days"):
        give(house, house.officer_a, on=date(2022, 3, 15), permissions=["roster.book"])
    give(house, house.officer_a, on=APRIL)


def test_only_who_holds_the_post_or_gives_posts_delegates(house):
    give(house, house.chair_a, "worker_a")
    for actor in (house.officer_a2, house.officer_b):
        with pytest.raises(Refusal, match="no such entry"):
            give(house, actor, "worker_a", on=MAY)
    with pytest.raises(Refusal, match="no such entry"):  # may not even see the person
        give(house, house.officer_a, "worker_b", on=MAY)


def test_a_delegation_is_only_ended(house, sql_as_web):
    given = give(house, house.officer_a, until=APRIL)
    with pytest.raises(Refusal, match="only ended"):
        delegations.end_delegation(house.officer_a, given, on=MAY)
    for change in (
        "ends_before = null",
        "permissions = '{roster.book}'",
        f"person_id = {house.person['chair_a']}",
    ):
        connection = sql_as_web(house.officer_a)
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(f"update directory_delegation set {change}")


def test_nobody_takes_anothers_rights_by_delegating_them_to_himself(house, sql_as_web):
    ledger = {"post": "accountant", "matter": "记账"}
    for permissions in (["ledger.read"], ["ledger.post"]):
        with pytest.raises(Refusal, match="neither this nor to yourself"):
            give(house, house.clerk, "clerk", permissions=permissions, **ledger)
    with pytest.raises(Refusal, match="neither this nor to yourself"):  # two people give it
        give(house, house.clerk, "worker_a", permissions=["ledger.post"], **ledger)
    give(house, house.clerk, "worker_a", permissions=["ledger.read"], **ledger)
    give(house, house.accountant, "cashier", permissions=["ledger.post"], **ledger)


def test_a_deputy_has_no_deputies(house):
    """She acts in the post she stands in for; that does not make it hers to hand on."""
    ledger = {"post": "accountant", "matter": "记账"}
    give(house, house.accountant, "worker_a", permissions=["ledger.read"], **ledger)
    for who in ("worker_a", "worker_b"):
        for permissions in (["ledger.read"], ["ledger.post"]):
            with pytest.raises(Refusal, match="neither this nor to yourself"):
                give(house, house.worker_a, who, permissions=permissions, on=APRIL, **ledger)


def test_without_the_trigger_a_deputy_would_take_the_whole_post(house, connect):
    superuser = connect("superuser")
    superuser.execute("alter table directory_delegation disable trigger delegation_is_given")
    superuser.commit()
    ledger = {"post": "accountant", "matter": "记账"}
    give(house, house.accountant, "worker_a", permissions=["ledger.read"], until=APRIL, **ledger)
    assert permissions_of(house.worker_a) is None  # that one has ended
    give(house, house.accountant, "worker_a", permissions=["ledger.read"], on=APRIL, **ledger)
    give(house, house.worker_a, "worker_b", permissions=["ledger.post"], **ledger)
    assert permissions_of(house.worker_b) == {"ledger.post"}
