"""A working day with canary people, in a process of its own: what it leaves behind is searched.

``python -m tests.proofs.canary_day INBOX LOG``: the people as JSON on standard input. Rosters lie
in the inbox, which is the officers' machine; everything Gonghui itself writes lies elsewhere.
"""

import json
import logging
import sys
from datetime import date
from pathlib import Path

import psycopg

from gonghui.config.cluster import Cluster
from gonghui.config.environment import environment
from gonghui.config.startup import open_house
from tests.proofs.canaries import Canary, check_character
from tests.vault_fixtures import appoint

ON = date(2021, 12, 20)
HEADINGS = ("姓名", "证件号码", "单位", "手机号", "银行卡号")
UNIT = "甲厂工会"


def main(inbox, log):
    logging.basicConfig(filename=log, level=logging.DEBUG, encoding="utf-8")
    people = [Canary(**one) for one in json.load(sys.stdin)]
    open_house()
    from django.db import connections

    for connection in connections.all():
        connection.force_debug_cursor = True  # each statement goes to the log with its values
    logging.getLogger("django.db.backends").setLevel(logging.DEBUG)
    house = furnished(Cluster(environment().home))
    many, few = people[:-20], people[-20:]
    book_rosters(house, many, few, inbox)
    ids = register_singly(house, few)
    ask(house, people, ids)
    look_after_keys(house.guardian)
    run_jobs()
    print(json.dumps({"people": len(people)}))


def furnished(cluster):
    """The cast of the tests, and somebody who looks after the keys."""
    from tests.ground_fixtures import House, furnish

    with psycopg.connect(**cluster.superuser("gonghui")) as superuser:
        furnish(superuser)
        # A unit of this size may ask about so many people on one day.
        superuser.execute("update directory_union set workforce = 9999 where code = 'unit_a'")
        unions = superuser.execute("select code, id from directory_union").fetchall()
        house = House("gonghui", dict(unions))
        appoint(house, superuser, "guardian", ["key.rotate"])
        persons = superuser.execute("select login, person_id from accounts_account").fetchall()
    house.person.update(persons)
    return house


def attempt(act, *said, **named):
    """What is refused is told to somebody, and logged as a careless programme would log it."""
    from gonghui.core.errors import Refusal

    try:
        return act(*said, **named)
    except Refusal as refusal:
        logging.exception("refused: %s", refusal.words())
    except Exception:
        logging.exception("failed")
    return None


def sent(inbox, name, rows):
    from tests.programmes.mutualaid.enrolling import roster

    return roster(inbox, rows, name, HEADINGS)


def line(one, unit=UNIT):
    return one.name, one.identity, unit, one.phone, one.card


def book_rosters(house, many, few, inbox):
    """A roster that is good; one full of mistakes; one of another unit that asks too much."""
    from gonghui.programmes.mutualaid.rosters.message import message_for
    from gonghui.programmes.mutualaid.services.rosters import book_roster, check_roster
    from tests.programmes.mutualaid.enrolling import PERIOD, open_for_rosters
    from tests.programmes.mutualaid.federation import SCHEME

    open_for_rosters(house, inbox)

    def check(actor, path):
        return check_roster(actor, path, scheme=SCHEME, period_on=PERIOD, on=ON)

    good = check(house.officer_a, sent(inbox, "good.csv", map(line, many)))
    booked = attempt(book_roster, house.officer_a, good, on=ON)
    assert booked is not None and booked.rows == len(many), booked
    attempt(book_roster, house.officer_a, good, on=ON)
    spoilt = [spoil(one, number) for number, one in enumerate(few)]
    for actor, name, rows in (
        (house.officer_a, "bad.csv", spoilt),
        (house.officer_a, "twice.csv", [line(few[0]), line(few[0])]),
        (house.officer_b, "elsewhere.csv", [line(one, "丙矿工会") for one in many[:20]]),
    ):
        preview = attempt(check, actor, sent(inbox, name, rows))
        if preview is not None:
            logging.info("told the officer: %s", message_for(preview.roster, str))
            attempt(book_roster, actor, preview, on=ON)


def spoil(one, number):
    """The mistakes clerks make, each of which leaves most of a number readable."""
    body = one.identity[:-1]
    wrong = next(c for c in "0123456789" if c != check_character(body))
    return (
        (one.name, body + wrong, UNIT, one.phone, one.card),
        (one.name, one.identity + " ", UNIT, one.phone + "0", one.card),
        (one.name, f"{int(body)}0", UNIT, one.phone, one.card[:-1]),
        ("", one.identity, UNIT, one.phone, one.card),
        (one.identity, one.name, UNIT, one.card, one.phone),
    )[number % 5]


def register_singly(house, few):
    """One by one, again at another unit, with another number, with one that is somebody else's."""
    from gonghui.ground.directory.services.persons import (
        Newcomer,
        correct_number,
        register_person,
    )

    first, second = few[: len(few) // 2], few[len(few) // 2 :]
    ids = []
    for one, other in zip(first, second, strict=True):
        newcomer = Newcomer(house.union["unit_a"], one.name, number=one.identity)
        ids.append(attempt(register_person, house.officer_a, newcomer, on=ON).person_id)
        again = Newcomer(house.union["unit_b"], other.name, number=one.identity)
        attempt(register_person, house.officer_b, again, on=ON)
        said = {"because": f"原件为{other.identity}", "on": ON}
        attempt(correct_number, house.clerk, ids[-1], other.identity, **said)
        attempt(correct_number, house.clerk, ids[0], one.identity[:-1] + "?", **said)
    attempt(correct_number, house.clerk, ids[0], second[-1].identity, because="x", on=ON)
    return ids


def ask(house, people, ids):
    """Searches that find and that do not; showings, some with the number in their purpose."""
    from gonghui.ground.directory.models import PersonContact, PersonNumber
    from gonghui.ground.directory.queries.persons import find_persons
    from gonghui.ground.directory.services.reveals import reveal, reveal_several

    for one in people[:30]:
        for typed in (one.identity, one.identity[-4:], f" {one.identity[:6]}-{one.identity[6:]}"):
            attempt(find_persons, house.clerk, typed)
            attempt(find_persons, house.officer_b, typed)
        attempt(find_persons, house.clerk, f"{one.identity}' or 1=1\x00")
    with house.clerk.transaction():
        numbers = list(PersonNumber.objects.order_by("id").values_list("id", flat=True))
        contacts = list(PersonContact.objects.order_by("id").values_list("id", flat=True))
    shown = {}
    for at in range(0, len(numbers), 500):
        shown |= reveal_several(house.clerk, "number", numbers[at : at + 500], "核对")
    known = {one.identity for one in people}
    assert known >= set(shown.values())
    assert len(shown) >= len(people) - 20
    assert reveal(house.clerk, "contact", contacts[0], f"打电话{people[0].phone}") in {
        secret for one in people for secret in one.secrets
    }
    attempt(reveal, house.officer_b, "number", numbers[0], people[0].identity)
    attempt(reveal, house.clerk, "number", 7_777_777, people[0].identity)


def look_after_keys(guardian):
    from gonghui.ground.directory.services.secrets import begin_rotation, rotate_step

    begin_rotation(guardian)
    while (step := rotate_step(guardian, limit=100)).after is not None:
        assert step.rewrapped


def run_jobs():
    """Whatever was ordered on the way is done now."""
    from gonghui.ground.jobs.services.running import run_until_empty

    run_until_empty()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
