"""A call ends in one of three ways, and says which: not sent, answered, no answer."""

import functools

import pytest

from gonghui.adapters.gateways.calls import NoAnswer, NotSent, Request, call, check_endpoint
from gonghui.adapters.gateways.messages import carried_out, outcome
from gonghui.core.errors import Refusal
from tests.adapters.gateways.stub import MISDEEDS, closed_port, running_stub

quick = functools.partial(call, connect_seconds=2, answer_seconds=0.5)


@pytest.fixture
def stub():
    with running_stub() as stub:
        yield stub


def judge(content):
    return outcome("sent", content["code"])


def test_a_reply_comes_back_whatever_its_status(stub):
    stub.will_answer((404, {"code": "gone"}))
    reply = call(Request("POST", f"{stub.url}/a?b=c", {"X-One": "1"}, b"body"))
    assert (reply.status, reply.body) == (404, b'{"code": "gone"}')
    (asked,) = stub.asked
    assert (asked.method, asked.path, asked.query, asked.body) == (
        "POST",
        "/a",
        {"b": "c"},
        b"body",
    )
    assert asked.headers["x-one"] == "1"


def test_where_nobody_listens_nothing_was_sent():
    with pytest.raises(NotSent):
        quick(Request("POST", closed_port()))


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_once_it_left_only_the_gateway_knows(stub, misdeed):
    stub.will_answer(misdeed)
    with pytest.raises(NoAnswer):
        quick(Request("POST", stub.url, body=b"x"))
    assert len(stub.asked) == 1


def test_no_redirect_is_followed(stub):
    stub.will_answer((302, {}))
    assert call(Request("POST", stub.url)).status == 302
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ({"code": "OK"}, "sent", "OK"),
        ((400, {"code": "bad"}), "sent", "bad"),  # the dialect judges, here one that says yes
        ((429, {}), "retryable", "http-429"),
        ((500, {"code": "OK"}), "unknown", "http-500"),
        ((503, b"try later"), "unknown", "http-503"),
        ((302, {}), "permanent", "http-302"),
        ((403, b"no"), "permanent", "http-403"),
        ((200, b"<html>"), "unknown", "http-200"),
        ((200, b"[]"), "unknown", "http-200"),
        ((200, b"[" * 60_000), "unknown", "http-200"),
        ("hangs up", "unknown", "no-answer-RemoteDisconnected"),
    ],
)
def test_what_http_alone_tells(stub, answer, kind, code):
    stub.will_answer(answer)
    came = carried_out(Request("POST", stub.url), judge, quick)
    assert (came.kind, came.code) == (kind, code)


def test_what_was_never_sent_may_be_sent_again():
    came = carried_out(Request("POST", closed_port()), judge, quick)
    assert (came.kind, came.code) == ("retryable", "not-sent-ConnectionRefusedError")


@pytest.mark.parametrize(
    "address",
    [
        "http://sms.example.invalid/",
        "http://localhost.example.invalid/",
        "http://10.0.0.1/",
        "ftp://127.0.0.1/",
        "https://",
        "https://user@sms.example.invalid/",
        "file:///etc/passwd",
        "",
    ],
)
def test_plain_http_goes_no_further_than_this_machine(address):
    with pytest.raises(Refusal):
        check_endpoint(address)
    with pytest.raises(Refusal):
        call(Request("GET", address))


@pytest.mark.parametrize("address", ["https://sms.example.invalid/x", "http://[::1]:80/"])
def test_https_and_loopback_may_be_called(address):
    assert check_endpoint(address) == address


def test_nothing_of_a_request_shows_in_its_text():
    request = Request(
        "POST", "https://a.invalid/?to=13800138000", {"key": "s3cret"}, b"13800138000"
    )
    assert repr(request) == "Request(method='POST')"


def test_a_gateways_words_are_cut_to_what_is_harmless():
    came = outcome("permanent", "number 13800138000 is\nforged: 号码", "9006197469^0" + "x" * 99)
    assert came.code == "numberisforged:"
    assert came.reference == ("9006197469^0" + "x" * 99)[:64]
