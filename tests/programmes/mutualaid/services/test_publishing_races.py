"""Two who publish at once: one edition, whoever comes first."""

from threading import Barrier, Thread

import psycopg
import pytest

from tests.core.rulebook.books import book
from tests.programmes.mutualaid.federation import furnish_scheme
from tests.programmes.mutualaid.services.test_editions import prepared, spans

RACES = 10


@pytest.fixture
def scheme(house):
    return furnish_scheme(house)


def confirmed(house, said):
    from gonghui.programmes.mutualaid.services.editions import confirm

    waiting = prepared(house, said)
    for who in (house.head, house.clerk):
        confirm(who, waiting.pk, bytes(waiting.digest))
    return waiting.pk


def race(sql_as_web, contenders):
    """Each publishes in a transaction of its own, all at once; what each was answered."""
    start, answers = Barrier(len(contenders)), []

    def publish(raw, number):
        start.wait()
        try:
            raw.execute("select gate.publish_edition(%s)", [number])
            raw.commit()
            answers.append("published")
        except psycopg.Error as error:
            answers.append(error.sqlstate)

    threads = [Thread(target=publish, args=(sql_as_web(who), one)) for who, one in contenders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_one_publication_is_published_once(house, scheme, sql_as_web):
    number = confirmed(house, book())
    contenders = [(who, number) for who in (house.head, house.clerk) * 2]
    assert race(sql_as_web, contenders) == ["GH003"] * 3 + ["published"]
    assert len(spans(house)) == 1


def test_of_two_editions_for_the_same_days_one_comes_into_force(house, scheme, sql_as_web):
    """Again and again: the later one speaks of editions in force that are no longer so."""
    for number in range(RACES):
        year = 2022 + number
        valid = f"{{from: {year}-01-01, until: {year + 1}-01-01}}"
        one, other = (
            confirmed(house, book({"edition": f"'{year}-{name}'", "valid": valid}))
            for name in ("a", "b")
        )
        answers = race(sql_as_web, [(house.head, one), (house.clerk, other)])
        assert answers == ["GH004", "published"], number
    assert len(spans(house)) == RACES
