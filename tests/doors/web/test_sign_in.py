"""Signing in by pages: what a browser gets, keeps and may do."""

import re
import time
import urllib.request

import pytest

from tests.doors.web.browsing import send, signed_in, token_of
from tests.ground.accounts.codes import code
from tests.ground_fixtures import SECRET
from tests.pages_fixtures import pages_served

pytestmark = pytest.mark.usefixtures("house")


def test_a_page_asks_who_it_is_and_comes_back_to(browser):
    client = browser()
    answer = client.get("/account")
    assert (answer.status_code, answer.url) == (302, "/sign-in?next=%2Faccount")
    answer = signed_in(client, next="/account")
    assert answer.url == "/second-factor?next=%2Faccount"
    assert client.get(answer.url).url == "/account"
    assert (
        "Firefox" in client.get("/account").content.decode()
        or "本机" in client.get("/account").content.decode()
    )


def test_a_wrong_name_and_a_wrong_secret_are_told_alike(browser):
    wrong = [signed_in(browser(), login, "wrong secret") for login in ("clerk", "nobody")]
    assert [answer.status_code for answer in wrong] == [422, 422]
    said = [re.search(r'role="alert">(.*?)</div>', a.content.decode(), re.S)[1] for a in wrong]
    assert said[0] == said[1]
    assert "账号" in said[0] or "口令" in said[0]


def test_the_cookie_cannot_be_read_by_scripts_and_changes_at_each_sign_in(browser):
    client = browser()
    first = signed_in(client).cookies["gonghui"]
    assert first["httponly"] and first["samesite"] == "Lax" and first["path"] == "/"
    before = first.value
    second = signed_in_again(client)
    assert second.value != before
    client.cookies["gonghui"] = before  # the earlier session has ended
    assert client.get("/account").status_code == 302


def signed_in_again(client):
    shown = client.get("/account")
    said = {"csrfmiddlewaretoken": token_of(shown), "login": "clerk", "secret": SECRET}
    return client.post("/sign-in", said).cookies["gonghui"]


def test_a_form_without_its_token_changes_nothing(browser):
    client = browser()
    answer = client.post("/sign-in", {"login": "clerk", "secret": SECRET})
    assert answer.status_code == 403
    assert "gonghui" not in answer.cookies
    assert "过期" in answer.content.decode()


@pytest.mark.parametrize(
    "place", ["https://elsewhere.example/", "//elsewhere.example", "javascript:1"]
)
def test_nobody_is_sent_elsewhere(browser, place):
    answer = signed_in(browser(), next=place)
    assert answer.url == "/second-factor"


def test_signing_out_ends_the_session_itself(browser):
    client = browser()
    signed_in(client)
    kept = client.cookies["gonghui"].value
    send(client, "/sign-out", of="/account")
    client.cookies["gonghui"] = kept
    assert client.get("/account").url.startswith("/sign-in")


def test_nothing_is_signed_out_by_asking(browser):
    client = browser()
    signed_in(client)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/account").status_code == 200


def test_the_second_factor_is_set_up_and_then_asked_for(browser, house):
    from gonghui.ground.accounts.services import second_factors

    client = browser()
    signed_in(client)
    shown = send(client, "/account/second-factor").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', shown)[1].replace(" ", "")
    now = time.time()
    wrong = send(client, "/account/second-factor", {"code": "123 45"})
    assert wrong.status_code == 422
    given = send(client, "/account/second-factor", {"code": code(secret, now)})
    assert given.url == "/account"
    other = browser()
    signed_in(other)
    assert other.get("/account").url == "/second-factor?next=%2Faccount"
    used = send(other, "/second-factor", {"code": code(secret, now)})
    assert used.status_code == 422  # the same code, a second time
    passed = send(other, "/second-factor", {"code": code(secret, now + second_factors.STEP)})
    assert passed.url == "/"
    assert other.get("/account").status_code == 200


def test_a_secret_is_changed_by_who_knows_it_and_other_sessions_end(browser):
    here, there = browser(), browser()
    signed_in(here)
    signed_in(there)
    new = {"new": "another secret of mine", "again": "another secret of mine"}
    assert send(here, "/account/secret", {"old": "wrong", **new}).status_code == 422
    differing = {"old": SECRET, "new": new["new"], "again": "another"}
    assert "不一致" in send(here, "/account/secret", differing).content.decode()
    short = send(here, "/account/secret", {"old": SECRET, "new": "short", "again": "short"})
    assert short.status_code == 422
    assert send(here, "/account/secret", {"old": SECRET, **new}).url == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert signed_in(browser(), secret=new["new"]).status_code == 302


def test_one_ends_ones_other_session_by_its_button(browser):
    here, there = browser(), browser()
    signed_in(here)
    signed_in(there)
    shown = here.get("/account").content.decode()
    number = max(map(int, re.findall(r"/account/sessions/(\d+)/end", shown)))
    send(here, f"/account/sessions/{number}/end", of="/account")
    assert there.get("/account").status_code == 302


def test_who_holds_no_post_is_told_so(browser):
    client = browser()
    signed_in(client, "worker_a")
    answer = client.get("/")
    assert answer.status_code == 422
    assert "没有办成" in answer.content.decode()


def test_posts_are_named_on_the_first_page(browser):
    client = browser()
    signed_in(client)
    shown = client.get("/").content.decode()
    assert "互助办经办人" in shown
    assert "示例市总工会" in shown


def test_every_page_can_be_had_in_english(browser):
    client = browser()
    signed_in(client)
    send(client, "/language", {"language": "en", "next": "/account"}, of="/account")
    shown = client.get("/account").content.decode()
    assert '<html lang="en">' in shown
    assert "My account" in shown
    assert not re.search(
        "[一-鿿]",
        re.sub(
            r"示例市总工会|中文|<dd>.*?</dd>|<h2>.*?</h2>|<a href=\"/account\">.*?</a>", "", shown
        ),
    )


def test_pages_allow_nothing_from_elsewhere_and_are_not_kept(browser):
    answer = browser().get("/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    shown = answer.content.decode()
    assert not re.search(r"<script(?![^>]*src=)|<style| style=| on[a-z]+=|https?://", shown)


def test_what_is_not_there_is_said_alike_to_everybody(browser):
    client = browser()
    nobody = client.get("/nothing")
    signed_in(client)
    assert nobody.status_code == client.get("/nothing").status_code == 404


def test_a_strange_host_is_refused(browser):
    assert browser().get("/sign-in", headers={"host": "elsewhere.example"}).status_code == 400


def test_health_says_whether_pages_can_be_served(browser, connect):
    from django.db import connections

    assert browser().get("/health").json() == {"database": "ready"}
    name = connections["default"].settings_dict["NAME"]
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = "not_there"
    try:
        answer = browser().get("/health")
        assert (answer.status_code, answer.json()) == (503, {"database": "away"})
        assert browser().get("/sign-in").status_code in (200, 503)
    finally:
        connections["default"].close()
        connections["default"].settings_dict["NAME"] = name


def test_a_page_asks_the_database_little(browser):
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    client = browser()
    signed_in(client)
    client.get("/")
    with CaptureQueriesContext(connections["default"]) as asked:
        client.get("/")
    statements = [q["sql"] for q in asked.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 11, statements


def test_guessing_at_many_accounts_from_one_place_waits_and_a_known_browser_does_not(browser):
    from gonghui.ground.accounts.address_sql import MOST_WRONG

    known, guessing = browser(), browser()
    signed_in(known)
    send(known, "/sign-out", of="/account")
    for number in range(MOST_WRONG):
        assert signed_in(guessing, f"nobody{number}", "a wrong secret").status_code == 422
    held = signed_in(guessing, "accountant")
    assert held.status_code == 429
    assert "15" in held.content.decode()
    assert signed_in(known, "accountant").status_code == 429  # known for the clerk only
    assert signed_in(known).status_code == 302


def test_where_wrong_secrets_come_from_is_kept_as_a_hash(browser, connect):
    signed_in(browser(), secret="a wrong secret")
    with connect("superuser") as superuser:
        ((digest, wrong),) = superuser.execute(
            "select digest, wrong from accounts_address"
        ).fetchall()
    assert (len(digest), wrong) == (32, 1)
    assert b"127.0.0.1" not in bytes(digest)


def test_the_first_pages_of_a_new_home_are_chinese(house, cluster, tmp_path):
    """The catalogue is there before anything reads it, also where nobody served before."""
    with (
        pages_served(cluster, tmp_path / "home", tmp_path / "log") as address,
        urllib.request.urlopen(f"{address}/sign-in") as answer,
    ):
        shown = answer.read().decode()
    assert "登录" in shown and "Sign in" not in shown
