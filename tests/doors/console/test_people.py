"""People and unions on pages: found, shown, and shown to nobody else."""

import re
from datetime import date

import pytest

from tests.doors.web.browsing import send, set_up, signed_in, token_of
from tests.programmes.mutualaid.rosters.corpus.people import number


@pytest.fixture
def as_(browser):
    """A browser in which somebody signed in."""

    def signed(login):
        client = browser()
        assert signed_in(client, login).status_code == 302
        return client

    return signed


@pytest.fixture
def zhang(house):
    """A worker of unit A with a number: her id, the number's, the number."""
    from gonghui.ground.directory.models import PersonNumber
    from gonghui.ground.directory.services.persons import Newcomer, register_person

    newcomer = Newcomer(house.union["unit_a"], "张小草", number=number(serial=7))
    made = register_person(house.officer_a, newcomer, on=date(2022, 1, 5))
    with house.officer_a.transaction():
        number_id = PersonNumber.objects.get(person_id=made.person_id).pk
    return made.person_id, number_id, newcomer.number


def text(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


@pytest.mark.parametrize("typed", ["张小草", "张小", "zhangxiaocao", "zxc", "whole", "last four"])
def test_somebody_is_found_by_name_sound_and_number(as_, zhang, typed):
    person, _number_id, number = zhang
    typed = {"whole": number, "last four": number[-4:]}.get(typed, typed)
    shown = search(as_("clerk"), typed)
    assert f'href="/people/{person}"' in shown
    assert number not in shown.replace(f'value="{number}"', "")
    assert f'href="/people/{person}"' not in search(as_("officer_b"), typed)


def search(client, typed):
    """What the box in the frame answers with."""
    answer = send(client, "/people", {"q": typed}, of="/")
    if answer.status_code == 302:
        answer = client.get(answer.url)
    return answer.content.decode()


def test_no_number_is_taken_from_an_address(as_, zhang):
    """It would stand in histories and in logs (P11)."""
    person, _number_id, number = zhang
    client = as_("clerk")
    assert f"/people/{person}" not in client.get("/people", {"q": number}).content.decode()
    answer = send(client, "/people", {"q": number}, of="/")
    assert answer.status_code == 200  # answered at once, not sent on to an address


def test_a_union_is_found_by_its_words(as_, house):
    shown = as_("clerk").get("/people", {"q": "甲厂"}).content.decode()
    assert f'href="/unions/{house.union["unit_a"]}"' in shown


def test_nothing_typed_says_what_can_be_typed(as_):
    assert "拼音" in text(as_("clerk").get("/people"))


def test_nobody_found_says_so(as_):
    assert "没有找到" in text(as_("clerk").get("/people", {"q": "无此人"}))


@pytest.mark.parametrize("typed", ["'", "%", "\\", "_", "a" * 5000, "\x00", "1' or '1'='1", "😀"])
def test_odd_things_typed_find_nobody(as_, typed):
    answer = as_("clerk").get("/people", {"q": typed})
    assert answer.status_code == (400 if "\0" in typed else 200)
    assert "/people/1" not in answer.content.decode()


@pytest.mark.parametrize("after", ["", ":", "x:y", "张:99999999999999999999", "::1", "a:-1"])
def test_an_odd_place_in_a_list_begins_it(as_, after):
    assert as_("clerk").get("/people", {"q": "张", "after": after}).status_code == 200


def test_an_officer_sees_her_own_unit_and_no_other_and_is_told_so_alike(as_, house):
    client = as_("officer_a")
    assert client.get(f"/people/{house.person['worker_a']}").status_code == 200
    foreign = client.get(f"/people/{house.person['worker_b']}")
    missing = client.get("/people/999999999")
    assert foreign.status_code == missing.status_code == 404
    forms = re.compile(r'value="[^"]+"|"X-CSRFToken": "\w+"')
    assert forms.sub("", foreign.content.decode()) == forms.sub("", missing.content.decode())


def test_the_tree_is_walked_down_and_up(as_, house):
    client = as_("clerk")
    shown = client.get("/unions").content.decode()
    county = house.union["county_a"]
    assert f"/unions/{county}" in shown
    shown = client.get(f"/unions/{county}").content.decode()
    assert f"/unions/{house.union['unit_a']}" in shown
    assert f"/unions/{house.union['city']}" in shown
    assert as_("officer_a").get("/unions").status_code == 200


def test_an_auditor_may_not_read_decisions_that_are_not_hers(as_):
    assert as_("officer_a").get("/decisions/1").status_code == 422
    assert as_("clerk").get("/decisions/999999999").status_code == 404


def test_a_full_number_wants_a_second_factor_and_a_purpose_and_is_on_record(as_, house, zhang):
    person, number_id, number = zhang
    client = as_("clerk")
    page = f"/people/{person}"
    reveal = f"{page}/numbers/{number_id}/reveal"
    assert number not in client.get(page).content.decode()
    assert client.get(reveal).status_code == 405
    without = send(client, reveal, {"purpose": "核对银行户名"}, of=page)
    assert (without.status_code, without.url) == (302, "/account/second-factor")
    set_up(client)
    nothing = send(client, reveal, {"purpose": "  "}, of=page)
    assert nothing.status_code == 422
    assert number not in nothing.content.decode()
    shown = send(client, reveal, {"purpose": "核对银行户名"}, of=page)
    assert number in shown.content.decode()
    assert "核对银行户名" in shown.content.decode()  # she reads it here, too
    assert number not in client.get(page).content.decode()
    other = f"/people/{house.person['worker_b']}/numbers/{number_id}/reveal"
    assert send(client, other, {"purpose": "x"}, of=page).status_code == 404


def test_a_page_of_a_person_asks_the_database_little(as_, house):
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    client = as_("clerk")
    client.get(f"/people/{house.person['worker_a']}")
    with CaptureQueriesContext(connections["default"]) as asked:
        client.get(f"/people/{house.person['worker_a']}")
    statements = [q["sql"] for q in asked.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 16, statements
    assert token_of(client.get("/account"))
