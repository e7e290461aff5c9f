"""Text messages leave as the gateway wants them, once, and come back with one outcome."""

import functools
import hashlib
import hmac
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gonghui.adapters.gateways.calls import call
from gonghui.adapters.gateways.messages import TemplateMessage
from gonghui.adapters.sms import aliyun, read_account, send
from gonghui.adapters.sms import sending as sending_module
from gonghui.core.errors import Refusal
from tests.adapters.gateways.stub import closed_port, running_stub

EXAMPLES = Path(sending_module.__file__).with_name("examples")
PHONE = "13800138000"
MESSAGE = TemplateMessage(
    to=PHONE,
    template="contribution-received",
    parameters={"unit": "示例一公司工会", "amount": "5,017.20", "name": "王建国"},
    reference="m-41",
)
AT = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)

quick = functools.partial(call, connect_seconds=2, answer_seconds=0.5)


def account(stub_url, dialect):
    read = read_account(EXAMPLES / f"{dialect}.yaml", "key-id", "key-secret")
    return replace(read, endpoint=f"{stub_url}/v1/messages" if dialect == "signed" else stub_url)


def sent(account, message=MESSAGE):
    return send(account, message, call=quick, now=lambda: AT, nonce=lambda: "nonce-1")


@pytest.fixture
def stub():
    with running_stub() as stub:
        yield stub


def test_the_signature_is_that_of_the_providers_published_example():
    example = replace(
        account("", "aliyun"),
        endpoint="https://ecs.cn-shanghai.aliyuncs.com/",
        key_id="YourAccessKeyId",
        key_secret="YourAccessKeySecret",
    )
    image = "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"
    request = aliyun.signed(
        example,
        "RunInstances",
        "2014-05-26",
        {"RegionId": "cn-shanghai", "ImageId": image},
        datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        "3156853299f313e23d1673dc12e1703d",
    )
    assert request.headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_aliyun_is_asked_for_one_message_to_one_number(stub):
    stub.will_answer({"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0"})
    came = sent(account(stub.url, "aliyun"))
    assert (came.kind, came.code, came.reference) == ("sent", "OK", "900619746936498440^0")
    (asked,) = stub.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/", b"")
    parameters = dict(asked.query)
    assert json.loads(parameters.pop("TemplateParam")) == {
        "unit": "示例一公司工会",
        "amount": "5,017.20",
    }
    assert parameters == {
        "PhoneNumbers": PHONE,
        "SignName": "示例市总工会",
        "TemplateCode": "SMS_000000001",
        "OutId": "m-41",
    }
    assert asked.headers["x-acs-action"] == "SendSms"
    assert asked.headers["x-acs-date"] == "2026-03-02T01:02:03Z"


def test_the_gateway_finds_aliyuns_signature_over_what_it_received(stub):
    stub.will_answer({"Code": "OK"})
    sent(account(stub.url, "aliyun"))
    (asked,) = stub.asked
    names = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
    lines = "".join(f"{name}:{asked.headers[name]}\n" for name in names.split(";"))
    nothing = hashlib.sha256(asked.body).hexdigest()
    canonical = f"POST\n/\n{asked.raw_query}\n{lines}\n{names}\n{nothing}"
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    expected = hmac.new(b"key-secret", to_sign.encode(), "sha256").hexdigest()
    assert asked.headers["authorization"] == (
        f"ACS3-HMAC-SHA256 Credential=key-id,SignedHeaders={names},Signature={expected}"
    )


def test_the_signed_dialect_is_as_its_readme_says(stub):
    stub.will_answer({"result": "taken", "id": "g-7"})
    came = sent(account(stub.url, "signed"))
    assert (came.kind, came.code, came.reference) == ("sent", "taken", "g-7")
    (asked,) = stub.asked
    assert asked.content == {
        "to": PHONE,
        "template": "T-001",
        "parameters": {"unit": "示例一公司工会", "amount": "5,017.20"},
        "sign_name": "示例市总工会",
        "reference": "m-41",
    }
    digest = hashlib.sha256(asked.body).hexdigest()
    timestamp = str(int(AT.timestamp()))
    lines = "\n".join(("POST", "/v1/messages", timestamp, "nonce-1", digest))
    expected = hmac.new(b"key-secret", lines.encode(), "sha256").hexdigest()
    assert asked.headers["x-signature"] == expected
    assert (asked.headers["x-key-id"], asked.headers["x-timestamp"]) == ("key-id", timestamp)


@pytest.mark.parametrize(
    ("dialect", "answer", "kind"),
    [
        ("aliyun", {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}, "permanent"),
        ("aliyun", (400, {"Code": "InvalidAccessKeyId.NotFound"}), "permanent"),
        ("aliyun", {"Code": "isv.BUSINESS_LIMIT_CONTROL"}, "retryable"),
        ("aliyun", (400, {"Code": "Throttling.User"}), "retryable"),
        ("aliyun", {"Code": "isp.SYSTEM_ERROR"}, "unknown"),
        ("aliyun", {}, "unknown"),
        ("aliyun", (500, {"Code": "OK"}), "unknown"),
        ("aliyun", "hangs up", "unknown"),
        ("aliyun", "is silent", "unknown"),
        ("signed", {"result": "repeated", "id": "g-7"}, "sent"),
        ("signed", {"result": "busy"}, "retryable"),
        ("signed", {"result": "refused", "reason": "blacklist"}, "permanent"),
        ("signed", {"result": "perhaps"}, "unknown"),
        ("signed", (502, b""), "unknown"),
        ("signed", "hangs up", "unknown"),
    ],
)
def test_every_answer_has_one_outcome(stub, dialect, answer, kind):
    stub.will_answer(answer)
    assert sent(account(stub.url, dialect)).kind == kind
    assert len(stub.asked) == 1


@pytest.mark.parametrize("dialect", ["aliyun", "signed"])
def test_a_closed_gateway_may_be_asked_again(dialect):
    assert sent(account(closed_port(), dialect)).kind == "retryable"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": "12345"}, "phone-malformed"),
        ({"to": "1380013800０"}, "phone-malformed"),
        ({"to": "13800138000,13900139000"}, "phone-malformed"),
        ({"template": "not-agreed"}, "template-unknown"),
        ({"parameters": {"unit": "一"}}, "parameter-missing"),
    ],
)
def test_what_cannot_be_sent_asks_nobody(stub, changed, code):
    came = sent(account(stub.url, "aliyun"), replace(MESSAGE, **changed))
    assert (came.kind, came.code) == ("permanent", code)
    assert stub.asked == []


@pytest.mark.parametrize("written", ["+8613800138000", "138 0013 8000", "86-138-0013-8000"])
def test_a_number_is_sent_in_one_spelling(stub, written):
    stub.will_answer({"Code": "OK"})
    sent(account(stub.url, "aliyun"), replace(MESSAGE, to=written))
    assert stub.asked[0].query["PhoneNumbers"] == PHONE


def test_no_number_and_no_key_is_logged_or_shown(stub, caplog):
    caplog.set_level(logging.DEBUG)
    stub.will_answer(
        {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": f"{PHONE} is wrong"}, (500, {})
    )
    ours = account(stub.url, "aliyun")
    told = [repr(sent(ours)), repr(sent(ours)), repr(ours), repr(MESSAGE), caplog.text]
    for secret in (PHONE, "key-secret", "key-id", "王建国"):
        assert not any(secret in text for text in told)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "dialect: pigeon",
        "dialect: aliyun\nendpoint: http://a.invalid\nsign_name: 一\ntemplates: {a: {id: b}}",
        "dialect: aliyun\nendpoint: https://a.invalid\nsign_name: 一\ntemplates: {}",
        "dialect: aliyun\nendpoint: https://a.invalid\nsign_name: 一\ntemplates: {a: {ID: b}}",
        "dialect: aliyun\nendpoint: https://a.invalid\nsign_name: 一\n"
        "templates: {a: {id: b, parameters: [unit]}}",
        "dialect: [",
    ],
)
def test_a_broken_description_of_a_gateway_is_refused(tmp_path, text):
    file = tmp_path / "sms.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal):
        read_account(file, "a", "b")


def test_a_missing_description_is_refused(tmp_path):
    with pytest.raises(Refusal):
        read_account(tmp_path / "none.yaml", "a", "b")
