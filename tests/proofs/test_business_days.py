"""Days of business by a seed, against a model of sums: feeds, decisions, payouts, the bank, cuts.

A failing seed is told with everything that was done; ``GONGHUI_SEED=… pytest …`` does it again.
"""

import os
import random

import pytest

from tests.programmes.mutualaid.feeding import insured
from tests.proofs.business_days.office import MONEY, Office
from tests.vault_fixtures import SOAK

SEEDS = [int(os.environ["GONGHUI_SEED"])] if "GONGHUI_SEED" in os.environ else (
    list(range(200)) if SOAK else [1, 2]
)  # fmt: skip
DAYS = 14


@pytest.fixture
def city(house, tmp_path, connect):
    found = insured(house, tmp_path, connect, people=3)
    eyes = connect("superuser", autocommit=True)  # one, however often it is asked
    found.connect = lambda *_role, **_said: eyes
    return found


def differences(office):
    """Where the house and the model say different things, in words."""
    city, model = office.city, office.model
    waiting = {person for (person,) in city.rows("select person_id from mutualaid_waiting")}
    standing = city.standing()
    whole = 0
    for number, person in city.people.items():
        ours = {
            settlement: standing.get(settlement, (0, ""))[0] for settlement in model.decided(number)
        }
        whole += sum(ours.values())
        if person not in waiting and ours != model.decided(number):
            yield f"{person} is given {ours}, by the rules {model.decided(number)}"
    held = dict(
        city.rows("select state, coalesce(sum(fen), 0)::bigint from mutualaid_due group by state")
    )
    owed = sum(held.get(one, 0) for one in ("open", "lined", "returned"))
    books = {
        "benefits": whole,
        "benefits_payable": -owed,
        "bank": MONEY - model.paid(),
        "benefits_recoverable": owed + held.get("paid", 0) - whole,
    }
    for account, fen in books.items():
        if city.balance(account) != fen:
            yield f"{account} holds {city.balance(account)}, the model {fen}"
    if held.get("paid", 0) != model.paid():
        yield f"dues paid {held.get('paid', 0)}, the bank {model.paid()}"
    twice = city.rows(
        "select due_id from mutualaid_duepayment where live group by 1 having count(*) > 1"
    )
    broken = city.rows(
        "select id from mutualaid_running where uses + taken_over_uses > uses_limit"
        " or decided_fen + taken_over_fen > ceiling_fen"
    )
    stuck = city.rows(
        "select id from treasury_payoutline where state = 'paid' and journal_id is null"
    )
    if twice or broken or stuck:
        yield f"paid twice {twice}, over a limit {broken}, stuck {stuck}"


def lived(city, seed, spoil=None):
    """The office after its days, or what went wrong on the way."""
    office = Office(city, random.Random(seed))
    for day in range(DAYS):
        office.day()
        if spoil is not None and day == DAYS // 2:
            spoil()
        wrong = list(differences(office))
        if wrong:
            return office, wrong
    office.drain()
    return office, list(differences(office))


@pytest.mark.parametrize("seed", SEEDS)
def test_house_and_model_agree_after_every_day(city, seed):
    office, wrong = lived(city, seed)
    told = "\n".join(" ".join(map(str, deed)) for deed in office.done)
    assert wrong == [], f"GONGHUI_SEED={seed}\n{told}"
    left = city.rows("select state, count(*) from mutualaid_due group by 1")
    assert {state for state, _count in left} <= {"paid", "stopped"}, f"GONGHUI_SEED={seed}\n{told}"
    assert {state for _batch, state in office.batches()} == set()


def test_control_a_due_that_nobody_decided_is_found(city):
    """Behind the model's back: one due more by a yuan."""

    def spoil():
        city.connect("superuser", autocommit=True).execute(
            "update mutualaid_due set fen = fen + 100"
            " where id = (select max(id) from mutualaid_due)"
        )

    _office, wrong = lived(city, 1, spoil)
    assert wrong
