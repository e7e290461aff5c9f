"""E-mail over a server of our own on loopback, in all the ways a server can answer."""

import asyncio
import email
import email.policy

import pytest
from aiosmtpd.controller import Controller

from gonghui.ground.messages.channels import CHANNELS, Letter
from tests.adapters.gateways.stub import closed_port

LETTER = Letter(
    reference="m1-abc",
    address="wang.jianguo@example.invalid",
    template="cover-started",
    title="互助保障已生效",
    text="王建国：您参加的职工医疗互助保障已生效。",
    words={},
)


class Server:
    """Keeps what it took; answers a command as told."""

    def __init__(self):
        self.taken, self.answers, self.hang_up_at = [], {}, ""

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        return self.answer("MAIL", envelope, "mail_from", address)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.hang_up_at == "DATA":
            self.taken.append(envelope.content)
            server.transport.abort()
            await asyncio.sleep(0.1)
        if "DATA" not in self.answers:
            self.taken.append(envelope.content)
        return self.answers.get("DATA", "250 OK")

    def answer(self, command, envelope, field, value):
        if command not in self.answers:
            setattr(envelope, field, value)
        return self.answers.get(command, "250 OK")


@pytest.fixture
def server(django_ready, monkeypatch):
    handler = Server()
    port = int(closed_port().rpartition(":")[2])
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("GONGHUI_SMTP", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("GONGHUI_MAIL_FROM", "示例市总工会 <office@example.invalid>")
    yield handler
    controller.stop()


def sent(letter=LETTER):
    return CHANNELS["email"].send(letter)


def test_a_mail_arrives_as_written(server):
    came = sent()
    assert (came.kind, came.code) == ("sent", "smtp-250")
    (content,) = server.taken
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert mail["Subject"] == "互助保障已生效"
    assert mail["To"] == LETTER.address
    assert mail["From"] == "示例市总工会 <office@example.invalid>"
    assert mail["Message-ID"] == "<m1-abc@example.invalid>"
    assert mail.get_content().strip() == LETTER.text


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("MAIL", "550 not you", "permanent"),
        ("RCPT", "550 no such box", "permanent"),
        ("RCPT", "450 later", "retryable"),
        ("DATA", "554 refused", "permanent"),
        ("DATA", "451 later", "retryable"),
    ],
)
def test_a_servers_answer_is_a_certain_one(server, command, answer, kind):
    server.answers[command] = answer
    came = sent()
    assert (came.kind, came.code) == (kind, f"smtp-{answer[:3]}")
    assert server.taken == []


def test_a_connection_lost_with_the_mail_on_its_way_is_unknown(server):
    server.hang_up_at = "DATA"
    assert sent().kind == "unknown"
    assert len(server.taken) == 1


def test_where_nobody_listens_it_may_be_sent_again(server, monkeypatch):
    monkeypatch.setenv("GONGHUI_SMTP", closed_port().replace("http", "smtp"))
    assert sent().kind == "retryable"


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b@c", "a@b.invalid, c@d.invalid", "a@b.invalid\nBcc: x@y.invalid"]
)
def test_what_is_no_address_asks_nobody(server, address):
    from dataclasses import replace

    came = sent(replace(LETTER, address=address))
    assert (came.kind, came.code) == ("permanent", "address-malformed")


def test_nothing_of_a_letter_shows_in_its_text():
    for secret in ("wang.jianguo", "王建国"):
        assert secret not in repr(LETTER)
