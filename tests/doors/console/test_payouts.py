"""Payouts on pages: each step by whom it is for, with the second factor where money leaves."""

import re

import pytest

from tests.doors.web.browsing import send, set_up, signed_in
from tests.payout_fixtures import *  # noqa: F403  (fixtures are known by their names)


@pytest.fixture
def as_(browser):
    def signed(login):
        client = browser()
        assert signed_in(client, login).status_code == 302
        return client

    return signed


def text(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())


def test_a_batch_is_listed_and_opened(till, as_):
    batch = till.batch("released", 3)
    client = as_("accountant")
    shown = client.get("/payouts")
    assert f'href="/payouts/{batch}"' in shown.content.decode()
    page = text(client.get(f"/payouts/{batch}"))
    assert "已发出" in page and "待银行回盘" in page and "100.02" in page


def test_nobody_without_the_ledger_enters(till, as_):
    batch = till.batch("released", 1)
    client = as_("officer_a")
    assert client.get("/payouts").status_code == 422
    assert "/payouts" not in client.get("/").content.decode()
    assert client.get(f"/payouts/{batch}").status_code == 422


def test_a_batch_is_checked_by_another(till, as_):
    batch = till.draft()
    place = f"/payouts/{batch}"
    assert send(as_("accountant"), f"{place}/check", of=place).status_code == 302
    assert till.state(batch) == "checked"


def test_money_does_not_leave_without_a_second_factor(till, as_):
    batch = till.batch("checked")
    place = f"/payouts/{batch}"
    answer = send(as_("head"), f"{place}/approve", of=place)
    assert answer.status_code == 302 and "second-factor" in answer.url
    assert till.state(batch) == "checked"
    client = as_("head")
    set_up(client)
    assert send(client, f"{place}/approve", of=place).status_code == 302
    assert till.state(batch) == "approved"


def test_the_sealed_file_is_the_same_every_time(till, as_):
    batch = till.batch("sealed")
    client, place = as_("cashier"), f"/payouts/{batch}"
    set_up(client)
    first, second = (send(client, f"{place}/file", of=place) for _ in range(2))
    assert first.content == second.content
    assert first.headers["Content-Disposition"].startswith("attachment")


def test_whoever_made_it_does_not_approve_it(till, as_):
    batch = till.batch("checked", actor=till.house.head)
    client, place = as_("head"), f"/payouts/{batch}"
    set_up(client)
    assert send(client, f"{place}/approve", of=place).status_code == 422
    assert till.state(batch) == "checked"


def test_the_banks_answer_is_taken_and_counts_once(till, as_):
    from django.core.files.uploadedfile import SimpleUploadedFile

    batch = till.batch("released", 2)
    rows = [f"{one.reference},成功,{one.fen / 100:.2f},2022-10-20," for one in till.lines(batch)]
    from tests.bank_simulator import HEADINGS

    content = "\n".join([HEADINGS, *rows, ""]).encode()
    client = as_("cashier")
    for _ in range(2):
        file = SimpleUploadedFile("回盘.csv", content)
        said = {"fund": "mutualaid", "file": file}
        assert send(client, "/payouts/answer", said, of="/payouts").status_code == 302
    assert till.states(batch) == {"paid"}
    assert till.state(batch) == "answered"
    assert "待办结" in text(client.get("/"))
    place = f"/payouts/{batch}"
    assert send(client, f"{place}/close", of=place).status_code == 302
    assert till.state(batch) == "closed"


def test_a_file_that_is_no_answer_is_refused_with_words(till, as_):
    from django.core.files.uploadedfile import SimpleUploadedFile

    till.batch("released", 1)
    file = SimpleUploadedFile("x.csv", b"\x00\x01")
    said = {"fund": "mutualaid", "file": file}
    answer = send(as_("cashier"), "/payouts/answer", said, of="/payouts")
    assert answer.status_code == 422
    assert "x.csv" in text(answer)
