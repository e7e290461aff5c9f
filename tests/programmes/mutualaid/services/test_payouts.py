"""A due and its payment go together."""

import psycopg
import pytest

from gonghui.core.errors import Refusal
from tests.payout_fixtures import *  # noqa: F403  (fixtures are known by their names)
from tests.payout_fixtures import DAY

UNTIL = DAY.replace(day=31)


@pytest.fixture
def dues(till, connect):
    """``dues(n)``: so many open dues of the worker of unit a, who has a card."""
    from gonghui.ground.vault.services.values import seal_value
    from gonghui.programmes.mutualaid.services.payouts import _CARDS

    owner = connect("superuser", autocommit=True)
    person, union = till.house.person["worker_a"], till.house.union["unit_a"]
    with till.house.clerk.transaction():
        cipher = seal_value(person, "6222000000000001", _CARDS, 9_000)
    owner.execute(
        "insert into directory_personcontact (id, person_id, union_id, kind, cipher, blind,"
        " last_four, bank, starts_on) values (9000, %s, %s, 'card', %s, 'x', 'x', '某银行', %s)",
        [person, union, cipher, DAY],
    )
    scheme = owner.execute(
        "insert into mutualaid_scheme (code, name, union_id) values"
        " ('city/mutualaid', '互助', %s) returning id",
        [till.house.union["city"]],
    ).fetchone()[0]

    def made(count):
        for at in range(count):
            owner.execute(
                "insert into mutualaid_due (scheme_id, person_id, union_id, fen, owed_on,"
                " account_key, kind, source) values (%s, %s, %s, %s, %s, 'benefits_payable',"
                " 'benefit', %s)",
                [scheme, person, union, 1000 + at, DAY, f"mutualaid.due:decision:{at}"],
            )
        return scheme

    made.states = lambda: {row[0] for row in owner.execute("select state from mutualaid_due")}
    return made


def pick(till, scheme_id, actor=None):
    from gonghui.programmes.mutualaid.models import Scheme
    from gonghui.programmes.mutualaid.services.payouts import pick_dues

    actor = actor or till.house.clerk
    with actor.transaction():
        scheme = Scheme.objects.get(pk=scheme_id)
    return pick_dues(actor, scheme, "mutualaid", on=DAY, until=UNTIL)


def test_a_due_follows_its_payment(till, dues):
    from gonghui.verbs.treasury.services import payouts, releasing, sealing

    scheme = dues(3)
    batch = pick(till, scheme).batch_id
    assert dues.states() == {"lined"}
    with pytest.raises(Refusal):
        pick(till, scheme, till.house.second_clerk)
    payouts.check_batch(till.house.accountant, batch)
    payouts.approve_batch(till.house.head, batch)
    sealing.seal_batch(till.house.cashier, batch)
    releasing.release_batch(till.house.cashier, batch)
    till.paid(batch)
    assert dues.states() == {"paid"}
    till.paid(batch, word="退汇", day="2022-10-21")
    assert dues.states() == {"returned"}


def test_a_batch_taken_back_opens_its_dues(till, dues):
    from gonghui.verbs.treasury.services.payouts import cancel_batch

    batch = pick(till, dues(2)).batch_id
    cancel_batch(till.house.clerk, batch, because="wrong month")
    assert dues.states() == {"open"}


def test_a_payment_of_another_amount_pays_no_due(till, dues):
    dues(1)
    with pytest.raises((Refusal, psycopg.Error)):
        till.draft(sources=["mutualaid.due:decision:0"], fen=999)
