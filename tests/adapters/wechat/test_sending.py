"""WeChat messages: a token fetched once, the message as the platform wants it, one outcome."""

import functools
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from gonghui.adapters.gateways.calls import call
from gonghui.adapters.gateways.messages import TemplateMessage
from gonghui.adapters.wechat import Tokens, read_account, send
from gonghui.adapters.wechat import sending as sending_module
from gonghui.core.errors import Refusal
from tests.adapters.gateways.stub import closed_port, running_stub

EXAMPLES = Path(sending_module.__file__).with_name("examples")
MESSAGE = TemplateMessage(
    to="o6_bmjrPTlm6_2sgVt7hMZOPfL2M",
    template="contribution-received",
    parameters={"unit": "示例一公司工会", "amount": "5,017.20"},
    reference="m-41",
)
TOKEN = {"access_token": "token-1", "expires_in": 7200, "errcode": 0}

quick = functools.partial(call, connect_seconds=2, answer_seconds=0.5)


def account(url, dialect):
    return replace(read_account(EXAMPLES / f"{dialect}.yaml", "key-id", "key-secret"), endpoint=url)


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def stub():
    with running_stub() as stub:
        yield stub


@pytest.fixture
def tokens():
    return Tokens(quick, Clock())


def sent(stub, tokens, dialect="official", message=MESSAGE):
    return send(account(stub.url, dialect), tokens, message, call=quick)


def test_an_official_account_sends_by_template(stub, tokens):
    stub.will_answer(TOKEN, {"errcode": 0, "errmsg": "ok", "msgid": 200228332})
    came = sent(stub, tokens)
    assert (came.kind, came.reference) == ("sent", "200228332")
    token, message = stub.asked
    assert (token.method, token.path) == ("POST", "/cgi-bin/stable_token")
    assert token.content == {
        "grant_type": "client_credential",
        "appid": "key-id",
        "secret": "key-secret",
    }
    assert (message.method, message.path) == ("POST", "/cgi-bin/message/template/send")
    assert message.query == {"access_token": "token-1"}
    assert message.content == {
        "touser": MESSAGE.to,
        "template_id": "示例模板编号",
        "client_msg_id": "m-41",
        "data": {"thing1": {"value": "示例一公司工会"}, "amount2": {"value": "5,017.20"}},
    }


def test_an_enterprise_application_sends_text(stub, tokens):
    stub.will_answer(TOKEN, {"errcode": 0, "errmsg": "ok", "msgid": "xxxx"})
    came = sent(stub, tokens, "enterprise")
    assert (came.kind, came.reference) == ("sent", "xxxx")
    token, message = stub.asked
    assert (token.method, token.path) == ("GET", "/cgi-bin/gettoken")
    assert token.query == {"corpid": "key-id", "corpsecret": "key-secret"}
    assert (message.method, message.path) == ("POST", "/cgi-bin/message/send")
    assert message.content == {
        "touser": MESSAGE.to,
        "msgtype": "text",
        "agentid": 1000002,
        "text": {"content": "示例一公司工会的互助金5,017.20元已收到。"},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 14400,
    }


def test_a_token_is_fetched_once_and_kept_until_shortly_before_it_ends(stub):
    clock = Clock()
    tokens = Tokens(quick, clock)
    good = {"errcode": 0, "msgid": 1}
    stub.will_answer(TOKEN, good, good, TOKEN | {"access_token": "token-2"}, good)
    for seconds in (0, 6899, 6901):
        clock.seconds = seconds
        assert sent(stub, tokens).kind == "sent"
    used = [asked.query["access_token"] for asked in stub.asked if asked.query]
    assert used == ["token-1", "token-1", "token-2"]


@pytest.mark.parametrize(
    ("dialect", "code"),
    [("official", 40001), ("official", 42001), ("enterprise", 42001), ("enterprise", 40014)],
)
def test_a_token_the_platform_dropped_is_fetched_anew_once(stub, tokens, dialect, code):
    second = TOKEN | {"access_token": "token-2"}
    stub.will_answer(TOKEN, {"errcode": code}, second, {"errcode": 0, "msgid": 1})
    assert sent(stub, tokens, dialect).kind == "sent"
    used = [a.query["access_token"] for a in stub.asked if "access_token" in a.query]
    assert used == ["token-1", "token-2"]


def test_a_token_dropped_again_and_again_is_no_endless_loop(stub, tokens):
    stub.will_answer(TOKEN, {"errcode": 42001}, TOKEN, {"errcode": 42001})
    came = sent(stub, tokens)
    assert (came.kind, came.code) == ("retryable", "42001")
    assert len(stub.asked) == 4


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"errcode": -1}, "retryable"),
        ({"errcode": 40164}, "permanent"),
        ({"access_token": ""}, "retryable"),
        ({"access_token": "t", "expires_in": "soon"}, "retryable"),
        ((500, {}), "retryable"),
        ("hangs up", "retryable"),
    ],
)
def test_without_a_token_nothing_was_sent(stub, tokens, answer, kind):
    stub.will_answer(answer, (429, {}))
    assert sent(stub, tokens).kind == kind


@pytest.mark.parametrize(
    ("dialect", "answer", "kind"),
    [
        ("official", {"errcode": 43004}, "permanent"),
        ("official", {"errcode": 40003}, "permanent"),
        ("official", {"errcode": 45009}, "retryable"),
        ("official", {"errcode": "0"}, "unknown"),
        ("official", {}, "unknown"),
        ("official", (502, b""), "unknown"),
        ("official", "is silent", "unknown"),
        ("enterprise", {"errcode": 0, "invaliduser": "zhang"}, "permanent"),
        ("enterprise", {"errcode": 81013}, "permanent"),
        ("enterprise", {"errcode": 45033}, "retryable"),
        ("enterprise", "hangs up", "unknown"),
    ],
)
def test_every_answer_has_one_outcome(stub, tokens, dialect, answer, kind):
    stub.will_answer(TOKEN, answer)
    assert sent(stub, tokens, dialect).kind == kind
    assert len(stub.asked) == 2


def test_a_closed_platform_may_be_asked_again(tokens):
    came = send(account(closed_port(), "official"), tokens, MESSAGE, call=quick)
    assert came.kind == "retryable"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": " "}, "recipient-missing"),
        ({"template": "not-agreed"}, "template-unknown"),
        ({"parameters": {"unit": "一"}}, "parameter-missing"),
    ],
)
def test_what_cannot_be_sent_sends_nothing(stub, tokens, changed, code):
    stub.will_answer(TOKEN)
    came = sent(stub, tokens, message=replace(MESSAGE, **changed))
    assert (came.kind, came.code) == ("permanent", code)
    assert [asked for asked in stub.asked if "message" in asked.path] == []


def test_no_recipient_and_no_key_is_logged_or_shown(stub, tokens, caplog):
    caplog.set_level(logging.DEBUG)
    stub.will_answer(TOKEN, {"errcode": 40003, "errmsg": f"invalid {MESSAGE.to}"})
    ours = account(stub.url, "official")
    came = send(ours, tokens, MESSAGE, call=quick)
    told = [repr(came), repr(ours), repr(MESSAGE), caplog.text]
    for secret in (MESSAGE.to, "key-secret", "key-id", "token-1", "示例一公司工会"):
        assert not any(secret in text for text in told)


@pytest.mark.parametrize(
    "text",
    [
        "dialect: official\nendpoint: http://a.invalid\ntemplates: {a: {id: b}}",
        "dialect: enterprise\nendpoint: https://a.invalid\ntemplates: {a: {id: b}}",
        "dialect: enterprise\nagent: x\nendpoint: https://a.invalid\ntemplates: {a: {id: b}}",
        "dialect: semaphore\nendpoint: https://a.invalid\ntemplates: {a: {id: b}}",
    ],
)
def test_a_broken_description_of_a_platform_is_refused(tmp_path, text):
    file = tmp_path / "wechat.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal):
        read_account(file, "a", "b")
