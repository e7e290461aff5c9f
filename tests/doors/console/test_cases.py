"""Applications on pages: what waits for whom, the desk, and what is done at it."""

import re

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.doors.web.browsing import send, signed_in

MOST_STATEMENTS = 40


@pytest.fixture
def as_(browser):
    def signed(login):
        client = browser()
        assert signed_in(client, login).status_code == 302
        return client

    return signed


def text(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def links(answer):
    return [int(one) for one in re.findall(r'href="/cases/(\d+)"', answer.content.decode())]


def test_each_sees_what_her_post_carries_on(window, as_):
    (opened,) = window.bring(window.asked())
    assert links(as_("officer_a").get("/cases")) == [opened.case_id]
    assert links(as_("head").get("/cases")) == []
    assert "待单位审核" in text(as_("officer_a").get("/"))
    window.confirmed(opened)
    assert links(as_("officer_a").get("/cases")) == []
    assert links(as_("head").get("/cases")) == [opened.case_id]
    assert links(as_("officer_b").get("/cases")) == []


def test_the_unit_confirms_and_is_led_to_the_next(window, as_):
    first, second = window.bring(window.asked("S1"), window.asked("S2", worker=window.workers[1]))
    client = as_("officer_a")
    answer = send(
        client, f"/cases/{first.case_id}/deeds", {"deed": "confirm"}, of=f"/cases/{first.case_id}"
    )
    assert answer.status_code == 302
    assert answer.url == f"/cases/{second.case_id}?did={first.case_id}"
    assert window.state(first) == "confirmed"
    assert "单位已审核" in text(client.get(answer.url))


def test_the_desk_shows_paper_insurer_and_what_the_rules_give(window, as_):
    (opened,) = window.bring(window.asked())
    window.confirmed(opened)
    shown = text(as_("head").get(f"/cases/{opened.case_id}"))
    assert "医疗费总额" in shown and "15,000.00" in shown
    assert "cover from" not in shown and "保障起" in shown
    assert "按细则应给付" in shown and re.search(r"[1-9][\d,]*\.\d\d +元", shown)


def test_what_is_granted_is_decided_and_owed(window, as_):
    (opened,) = window.bring(window.asked())
    window.confirmed(opened)
    place = f"/cases/{opened.case_id}"
    answer = send(as_("head"), f"{place}/deeds", {"deed": "accept"}, of=place)
    assert answer.status_code == 302, text(answer)
    assert window.state(opened) == "accepted"
    ((dues,),) = window.rows("select count(*) from mutualaid_due where state = 'open'")
    assert dues == 1


def test_a_refusal_needs_reason_and_clause(window, as_):
    (opened,) = window.bring(window.asked())
    window.confirmed(opened)
    place, client = f"/cases/{opened.case_id}", as_("head")
    answer = send(client, f"{place}/deeds", {"deed": "refuse", "reason": "不在保障期"}, of=place)
    assert answer.status_code == 422
    assert window.state(opened) == "confirmed"
    said = {"deed": "refuse", "reason": "不在保障期", "clause": "第三条"}
    assert send(client, f"{place}/deeds", said, of=place).status_code == 302
    assert window.state(opened) == "refused"


def test_an_application_changed_meanwhile_is_not_decided_unseen(window, as_):
    (opened,) = window.bring(window.asked())
    place, client = f"/cases/{opened.case_id}", as_("officer_a")
    said = {"deed": "confirm", "version": "0"}
    assert send(client, f"{place}/deeds", said, of=place).status_code == 422
    assert window.state(opened) == "filed"


def test_another_units_application_is_not_there(window, as_):
    (opened,) = window.bring(window.asked())
    client = as_("officer_b")
    assert client.get(f"/cases/{opened.case_id}").status_code == 404
    assert client.get(f"/cases/{opened.case_id}/papers/1/1").status_code == 404
    answer = send(client, f"/cases/{opened.case_id}/deeds", {"deed": "confirm"}, of="/")
    assert answer.status_code in (404, 422)


def test_the_desk_asks_as_often_for_many_as_for_one(window, as_):
    (opened,) = window.bring(window.asked())
    window.confirmed(opened)
    client = as_("head")
    client.get("/cases")
    with CaptureQueriesContext(connections["default"]) as captured:
        client.get(f"/cases/{opened.case_id}")
    asked = [one["sql"] for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(asked) <= MOST_STATEMENTS, asked
