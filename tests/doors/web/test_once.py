"""A form sent twice acts once (P20)."""

import re
import threading
import uuid

import pytest
from django.db import connections

from tests.doors.web.browsing import signed_in, token_of
from tests.ground_fixtures import SECRET

NEW = "another secret of mine"
SAID = {"old": SECRET, "new": NEW, "again": NEW}


@pytest.fixture
def form(browser, house):
    """The clerk's page with a form, and what is hidden in it."""
    client = browser()
    signed_in(client)
    shown = client.get("/account/secret")
    key = re.search(r'name="once" value="([0-9a-f-]+)"', shown.content.decode())[1]
    return client, {"csrfmiddlewaretoken": token_of(shown), "once": key}


def changes(connect):
    with connect("superuser") as superuser:
        return superuser.execute(
            "select count(*) from audit_event where action = 'account.secret_changed'"
        ).fetchone()[0]


def at_once(send, times):
    """Eight at a barrier; what each was answered."""
    answers, start = [None] * times, threading.Barrier(times)

    def one(number):
        try:
            start.wait()
            answers[number] = send()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [(answer.status_code, answer.headers.get("Location")) for answer in answers]


def sender(client, said):
    """Sends it as its own browser would: clients are not for several threads."""
    from django.test import Client

    def send():
        copy = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
        copy.cookies = client.cookies.copy()
        return copy.post("/account/secret", said)

    return send


def test_the_same_form_eight_times_at_once_acts_once_and_is_answered_alike(form, connect):
    client, hidden = form
    before = changes(connect)
    answers = at_once(sender(client, {**hidden, **SAID}), 8)
    assert set(answers) == {(302, "/account")}
    assert changes(connect) - before == 1


def test_control_with_keys_of_their_own_two_forms_act_twice(form, connect):
    """What the key prevents: the same entries, sent again."""
    client, hidden = form
    before, keep = changes(connect), {"old": SECRET, "new": SECRET, "again": SECRET}
    for _ in range(2):
        said = {**hidden, **keep, "once": str(uuid.uuid4())}
        assert sender(client, said)().status_code == 302
    assert changes(connect) - before == 2


def test_the_same_key_with_other_entries_is_refused(form, connect):
    client, hidden = form
    send = sender(client, {**hidden, **SAID})
    assert send().status_code == 302
    other = "a third secret of mine"
    again = sender(client, {**hidden, "old": NEW, "new": other, "again": other})()
    assert again.status_code == 422
    assert changes(connect) == 1


def test_what_was_refused_may_be_sent_again_with_the_same_key(form, connect):
    client, hidden = form
    assert sender(client, {**hidden, **SAID, "again": "?"})().status_code == 422
    assert sender(client, {**hidden, **SAID})().status_code == 302


def test_a_key_of_somebody_else_is_refused(form, browser):
    client, hidden = form
    assert sender(client, {**hidden, **SAID})().status_code == 302
    other = browser()
    signed_in(other, "accountant")
    shown = other.get("/account/secret")
    said = {**SAID, "once": hidden["once"], "csrfmiddlewaretoken": token_of(shown)}
    assert other.post("/account/secret", said).status_code == 422


@pytest.mark.parametrize("key", ["", "1", "not a key"])
def test_a_form_without_its_key_is_refused(form, key, connect):
    client, hidden = form
    before = changes(connect)
    assert sender(client, {**hidden, **SAID, "once": key})().status_code == 422
    assert changes(connect) == before


def test_old_keys_are_taken_away(form, connect):
    client, hidden = form
    sender(client, {**hidden, **SAID})()
    with connect("superuser") as superuser:
        superuser.execute("update web_answer set made_at = made_at - interval '8 days'")
    from gonghui.doors.web.once import prune_answers

    assert prune_answers() == 1
    assert prune_answers() == 0
