"""Caps and counts hold however many decide at once; feeds end the same in every order.

Every random choice is drawn before the threads start.
"""

import os
import random
from threading import Barrier, Thread

import pytest

from tests.programmes.mutualaid.feeding import ON, filed, insured, taken_back

SOAK = bool(os.environ.get("GONGHUI_SOAK"))
RACES = 300 if SOAK else 4
ORDERS = 200 if SOAK else 12


@pytest.fixture
def city(house, tmp_path, connect):
    return insured(house, tmp_path, connect)


def at_once(*deeds):
    """All deeds at a barrier, each on a connection of its own; what each raised, or None."""
    from django.db import connections

    barrier, ended = Barrier(len(deeds)), [None] * len(deeds)

    def run(place, deed):
        try:
            barrier.wait()
            deed()
        except Exception as error:  # told to the test
            ended[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def decided_sum(city):
    return city.row(
        "select coalesce(sum(d.amount_fen), 0)::bigint, coalesce(sum(d.uses), 0)::bigint"
        " from mutualaid_decision d where not exists (select from mutualaid_decision l"
        " where l.supersedes_id = d.id)"
    )


def prove(city):
    """Decisions, running accounts, dues and the ledger say one sum."""
    fen, uses = decided_sum(city)
    running = city.row(
        "select sum(decided_fen)::bigint, sum(uses)::bigint from mutualaid_running"
        " where \"window\" = 'period'"
    )
    dues = city.row(
        "select coalesce(sum(fen), 0)::bigint from mutualaid_due where state <> 'stopped'"
    )
    assert running == (fen, uses)
    assert dues == (fen,)
    assert city.balance("benefits") == fen == -city.balance("benefits_payable")


def test_four_who_decide_one_person_at_once_decide_once(city):
    one, _ = city.numbers
    actors = [city.house.clerk, city.house.head] * 2
    for race in range(RACES):
        city.take([filed(f"S{race}", one, bears=150_000)], name=f"{race}.csv")
        ended = at_once(*(lambda actor=actor: city.decide(actor=actor) for actor in actors))
        assert ended == [None] * 4
        prove(city)
    fen, uses = decided_sum(city)
    assert (fen, uses) == (150_000, 2)
    assert len(city.standing()) == RACES


def test_settlements_that_come_while_others_decide_are_not_lost(city):
    one, other = city.numbers
    for race in range(RACES):
        rows = [filed(f"S{race}", one, bears=150_000), filed(f"T{race}", other, bears=150_000)]
        ended = at_once(
            lambda rows=rows, race=race: city.take(rows, name=f"{race}.csv"),
            city.decide_all,
            lambda: city.decide(1),
        )
        assert ended == [None] * 3
    city.decide_all()
    prove(city)
    assert len(city.standing()) == 2 * RACES
    assert decided_sum(city) == (300_000, 4)


def test_one_feed_sent_by_two_at_once_counts_once(city):
    one, other = city.numbers
    for race in range(RACES):
        rows = [filed(f"S{race}", one), filed(f"T{race}", other)]
        more = [*rows, filed(f"U{race}", one)]
        ended = at_once(
            lambda rows=rows: city.take(rows, actor=city.house.clerk),
            lambda rows=rows: city.take(rows, actor=city.house.head),
            lambda more=more: city.take(more, name="more.csv"),
        )
        assert ended == [None] * 3
    assert city.row("select count(*), count(distinct settlement_id) from mutualaid_settlement") == (
        3 * RACES,
        3 * RACES,
    )


LOCKS = (
    "perform from public.mutualaid_running r\n    where r.scheme_id = of_scheme and"
    " r.person_id = any(persons)\n    order by r.person_id, r.id for update;",
    "delete from public.mutualaid_waiting w where w.scheme_id = of_scheme and"
    " w.person_id = any(rows);",
)
CHAIN = ("drop index decision_one_first",)
CHECKS = (
    "alter table mutualaid_running drop constraint running_ceiling",
    "alter table mutualaid_running drop constraint running_uses",
)


@pytest.mark.parametrize(
    ("taken_away", "refused", "decided"),
    [((), 1, 300_000), (CHAIN, 1, 300_000), ((*CHAIN, *CHECKS), 0, 500_000)],
    ids=["the chain refuses", "then the check refuses", "then the cap breaks"],
)
def test_control_without_the_row_lock_the_cap_breaks(
    city, monkeypatch, taken_away, refused, decided
):
    """Two decide one person from the same standing: what the lock prevents, the chain of decisions
    refuses, and behind it the check on the running account; without all three it happens."""
    from gonghui.programmes.mutualaid.services import decisions

    superuser = city.connect("superuser")
    (body,) = superuser.execute(
        "select pg_get_functiondef(p.oid) from pg_proc p where p.proname = 'open_histories'"
    ).fetchone()
    for lock in LOCKS:
        assert lock in body
        body = body.replace(lock, "")
    superuser.execute(body)
    for statement in taken_away:
        superuser.execute(statement)
    superuser.commit()
    earlier = {"SETL_TIME": "2022-02-15 10:00:00"}
    city.take([filed("S0", city.numbers[0], bears=200_000, **earlier)])
    city.decide()
    city.take([filed("S1", city.numbers[0], bears=1_000_000)])
    reached, book = Barrier(2, timeout=30), decisions._book

    def together(*arguments):
        reached.wait()  # both have read what stands before either writes
        book(*arguments)

    monkeypatch.setattr(decisions, "_book", together)
    ended = at_once(
        lambda: city.decide(actor=city.house.clerk), lambda: city.decide(actor=city.house.head)
    )
    assert sum(error is not None for error in ended) == refused, ended
    assert decided_sum(city)[0] == decided


def orders(rows, count):
    """The same rows in files, in random orders, with repeats and cuts."""
    from tests.programmes.mutualaid.feeding import as_csv

    for seed in range(count):
        draw = random.Random(seed)
        shuffled = draw.sample(rows, len(rows))
        files = []
        while shuffled:
            size = draw.randint(1, 3)
            files.append(as_csv(shuffled[:size]))
            shuffled = shuffled[size:]
        files += draw.choices(files, k=max(1, len(files) // 5))
        cut = draw.choice(files)
        files.append(cut[: draw.randrange(len(cut) // 2, len(cut))])
        draw.shuffle(files)
        yield files


def test_feeds_in_any_order_with_repeats_and_cuts_end_the_same(city):
    from gonghui.core.errors import Refusal

    one, other = city.numbers
    ends = set()
    rows = [
        filed("S", one, bears=150_000),
        taken_back("R", "S", one, bears=150_000),
        filed("T", one, bears=250_000, SETL_TIME="2022-03-15 10:00:00"),
        filed("U", other, bears=350_000),
        filed("V", one, bears=100_000, SETL_TIME="2022-02-15 10:00:00"),
    ]
    superuser = city.connect("superuser")
    for files in orders(rows, ORDERS):
        for place, content in enumerate(files):
            try:
                city.take(content, name=f"{place}.csv")
            except Refusal:
                continue  # cut in the heading: refused whole
            if place % 2:
                city.decide_all(on=ON)
        city.decide_all(on=ON)
        prove(city)
        sums = city.row("select sum(rows_in), sum(accepted + rejected + waiting)"
                        " from mutualaid_feedfile")  # fmt: skip
        assert sums[0] == sums[1]
        ends.add(repr(sorted(city.standing().items())))
        superuser.execute("set session_replication_role = replica")
        for table in ("feedrow", "feedfile", "settlement", "reversal", "waiting", "running", "turn",
                      "decision", "due", "recovery"):  # fmt: skip
            superuser.execute(f"delete from mutualaid_{table}")
        for table in ("line", "proved", "balance", "journal"):
            superuser.execute(f"delete from treasury_{table}")
        superuser.commit()
    assert len(ends) == 1
