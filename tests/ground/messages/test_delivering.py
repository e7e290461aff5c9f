"""Each channel's outcome leads to one state; what nobody knows, a person decides."""

import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.jobs import faults
from tests.adapters.gateways.stub import closed_port, running_stub

PHONE = "13800138000"


@pytest.fixture
def gateway(tmp_path, monkeypatch):
    """An SMS gateway of our own, described as the account of this test."""
    with running_stub() as stub:
        account = tmp_path / "sms.yaml"
        describe(account, stub.url)
        monkeypatch.setenv("GONGHUI_SMS_ACCOUNT", str(account))
        monkeypatch.setenv("GONGHUI_SMS_KEY_ID", "key-id")
        monkeypatch.setenv("GONGHUI_SMS_KEY_SECRET", "key-secret")
        stub.account = account
        yield stub


def describe(file, url):
    file.write_text(
        f"dialect: signed\nendpoint: {url}/\nsign_name: 示例市总工会\n"
        "templates:\n  cover-started:\n    id: T-7\n"
        "    parameters: {name: name, from: starts_on, to: ends_on}\n",
        encoding="utf-8",
    )


@pytest.fixture
def plan():
    yield faults.set_plan
    faults.set_plan("")


def text(outbox, key="cover-1"):
    return outbox.tell(key, channel="sms", address=PHONE)


def dead_letters(outbox):
    from gonghui.ground.messages.queries.letters import dead_letters

    return [(one.state, one.code) for one in dead_letters(outbox.office.head)]


def test_a_text_message_leaves_once(outbox, gateway):
    gateway.will_answer({"result": "taken", "id": "g-1"})
    text(outbox)
    outbox.deliver()
    outbox.deliver()
    (asked,) = gateway.asked
    assert asked.content["to"] == PHONE
    assert asked.content["parameters"] == {
        "name": "王建国",
        "from": "2026年3月1日",
        "to": "2027年3月1日",
    }
    assert outbox.rows("state, code, reference") == [("sent", "taken", "g-1")]


def test_it_goes_to_the_contact_on_file(outbox, gateway):
    office = outbox.office
    contact = add_contact(office)
    gateway.will_answer({"result": "taken", "id": "g-1"})
    outbox.tell("cover-1", channel="sms", contact_id=contact)
    outbox.deliver()
    assert gateway.asked[0].content["to"] == PHONE


def add_contact(office):
    from gonghui.ground.directory.models import PersonContact
    from gonghui.ground.messages.sealed import CONTACT
    from gonghui.ground.vault.services.values import seal_for

    person = office.person["worker_a"]
    with office.officer_a.transaction():
        contact = PersonContact.objects.create(
            person_id=person,
            union_id=office.union["unit_a"],
            kind="phone",
            cipher=b"",
            blind=b"",
            last_four=b"",
            starts_on="2026-01-01",
        )
        (sealed,) = seal_for([person], [PHONE], CONTACT, [contact.pk])
        PersonContact.objects.filter(pk=contact.pk).update(cipher=sealed)
    return contact.pk


def test_somebody_elses_contact_is_refused(outbox):
    contact = add_contact(outbox.office)
    with pytest.raises(Refusal):
        outbox.tell("cover-1", contact_id=contact, person_id=outbox.office.person["officer_a"])


def test_a_busy_gateway_is_asked_again_later(outbox, gateway):
    gateway.will_answer({"result": "busy"}, {"result": "taken", "id": "g-1"})
    text(outbox)
    outbox.deliver()
    assert outbox.rows() == [("waiting", "busy", 1)]
    outbox.at_once()
    outbox.deliver()
    assert outbox.rows() == [("sent", "taken", 2)]
    assert outbox.attempts() == [(1, "retryable", "busy"), (2, "sent", "taken")]
    one, other = (asked.content["reference"] for asked in gateway.asked)
    assert one == other


def test_of_several_only_what_waits_is_sent_again(outbox, gateway):
    gateway.will_answer(
        {"result": "taken"}, {"result": "busy"}, {"result": "refused"}, {"result": "taken"}
    )
    outbox.tell("a", "b", "c", channel="sms", address=PHONE)
    outbox.deliver()
    outbox.at_once()
    outbox.deliver()
    assert outbox.rows("key, state") == [("a", "sent"), ("b", "sent"), ("c", "failed")]
    assert len(gateway.asked) == 4


def test_what_stays_busy_ends_on_the_list(outbox, gateway):
    gateway.will_answer(*[{"result": "busy"}] * 8)
    text(outbox)
    for _ in range(8):
        outbox.at_once()
        outbox.deliver()
    assert outbox.rows() == [("failed", "busy", 8)]
    assert dead_letters(outbox) == [("failed", "busy")]


def test_where_nobody_listens_it_waits(outbox, gateway):
    describe(gateway.account, closed_port())
    text(outbox)
    outbox.deliver()
    assert outbox.rows("state") == [("waiting",)]


@pytest.mark.parametrize("answer", ["hangs up", (500, {}), {"result": "perhaps"}])
def test_an_unknown_answer_is_never_sent_again_by_machine(outbox, gateway, answer):
    gateway.will_answer(answer, {"result": "taken"})
    text(outbox)
    for _ in range(3):
        outbox.deliver()
        outbox.at_once()
    assert outbox.rows("state, attempts") == [("unknown", 1)]
    assert len(gateway.asked) == 1
    assert [state for state, _ in dead_letters(outbox)] == ["unknown"]


@pytest.mark.parametrize(
    ("point", "asked"), [("messages.before_call", 0), ("messages.after_call", 1)]
)
def test_broken_off_in_the_middle_it_is_unknown(outbox, gateway, plan, point, asked):
    """Whoever finds it cannot know whether it left; in one of the two cases it did."""
    gateway.will_answer({"result": "taken", "id": "g-1"}, {"result": "taken", "id": "g-2"})
    text(outbox)
    plan(f"{point}=raise")
    outbox.deliver()
    outbox.at_once()
    outbox.deliver()
    assert outbox.rows() == [("unknown", "interrupted", 1)]
    assert len(gateway.asked) == asked
    assert outbox.attempts() == [(1, "unknown", "interrupted")]


def test_control_an_attempt_noted_after_the_call_sends_twice(outbox, gateway, plan, monkeypatch):
    """The broken variant: call first, write afterwards."""
    from gonghui.ground.messages.services import delivering

    def broken(turn, message_id, *, last=False):
        with turn.step():
            message = delivering.Message.objects.get(pk=message_id)
            channel = delivering.CHANNELS[message.channel]
            letter = delivering._letter(message, channel)
        channel.send(letter)
        faults.fault("messages.after_call")
        with turn.step():
            delivering.Message.objects.filter(pk=message_id).update(state="sent")
        return False

    monkeypatch.setattr(delivering, "deliver_one", broken)
    gateway.will_answer({"result": "taken", "id": "g-1"}, {"result": "taken", "id": "g-2"})
    text(outbox)
    plan("messages.after_call=raise")
    outbox.deliver()
    outbox.at_once()
    outbox.deliver()
    assert len(gateway.asked) == 2


def test_a_person_has_an_unknown_one_sent_again(outbox, gateway):
    from gonghui.ground.messages.services.mending import send_again

    office = outbox.office
    gateway.will_answer("hangs up", {"result": "repeated", "id": "g-1"})
    (made,) = text(outbox)
    outbox.deliver()
    for actor, because in ((office.officer_a, "asked her"), (office.head, "  ")):
        with pytest.raises(Refusal):
            send_again(actor, made, because)
    send_again(office.head, made, "asked her, nothing came")
    outbox.deliver()
    assert outbox.rows() == [("sent", "repeated", 2)]
    one, other = (asked.content["reference"] for asked in gateway.asked)
    assert one == other  # so that the gateway may say: I had it
    event = office.superuser.execute(
        "select action, actor_id, subject_id from audit_event where action like 'message.%'"
    ).fetchall()
    assert event == [("message.retried", office.person["head"], made)]
    with pytest.raises(Refusal):
        send_again(office.head, made, "once more")


def test_a_person_gives_one_up(outbox, gateway):
    from gonghui.ground.messages.services.mending import drop_message

    gateway.will_answer({"result": "refused", "reason": "blacklist"})
    (made,) = text(outbox)
    outbox.deliver()
    assert dead_letters(outbox) == [("failed", "blacklist")]
    with pytest.raises(Refusal):
        drop_message(outbox.office.officer_b, made, "not hers")
    drop_message(outbox.office.head, made, "told by 138-0000-1234")
    assert dead_letters(outbox) == []
    assert outbox.rows("state") == [("dropped",)]
    kept = outbox.office.superuser.execute(
        "select details::jsonb ->> 'because' from audit_event where action = 'message.dropped'"
    ).fetchone()
    assert kept == ("told by *******1234",)


@pytest.mark.parametrize("channel", ["sms", "wechat", "email"])
def test_a_channel_that_nobody_set_up_says_so(outbox, monkeypatch, channel):
    for name in ("GONGHUI_SMS_ACCOUNT", "GONGHUI_WECHAT_ACCOUNT", "GONGHUI_SMTP"):
        monkeypatch.delenv(name, raising=False)
    outbox.tell("cover-1", channel=channel, address="x@example.invalid")
    outbox.deliver()
    assert dead_letters(outbox) == [("failed", "not-configured")]


def test_without_an_address_nothing_leaves(outbox, gateway):
    outbox.tell("cover-1", channel="sms")
    outbox.deliver()
    assert gateway.asked == []
    assert outbox.rows("state") == [("failed",)]


def test_whose_key_is_destroyed_is_told_nothing_more(outbox, gateway):
    """P28: what was sealed under it cannot be read by anybody."""
    text(outbox)
    outbox.office.superuser.execute("update vault_datakey set wrapped = null, destroyed_at = now()")
    outbox.deliver()
    assert gateway.asked == []
    assert outbox.rows("state") == [("failed",)]


def test_on_the_screen(outbox, capfd):
    outbox.tell("cover-1", channel="console", address=PHONE)
    outbox.deliver()
    said = capfd.readouterr().out
    assert "…8000 互助保障已生效: 王建国" in said
    assert PHONE not in said


def test_by_wechat(outbox, tmp_path, monkeypatch):
    with running_stub() as stub:
        account = tmp_path / "wechat.yaml"
        account.write_text(
            f"dialect: official\nendpoint: {stub.url}\ntemplates:\n  cover-started:\n"
            "    id: T\n    parameters: {thing1: name, time2: starts_on}\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("GONGHUI_WECHAT_ACCOUNT", str(account))
        monkeypatch.setenv("GONGHUI_WECHAT_ID", "key-id")
        stub.will_answer({"access_token": "t", "expires_in": 7200}, {"errcode": 0, "msgid": 7})
        outbox.tell("cover-1", channel="wechat", address="openid-1")
        outbox.deliver()
        assert stub.asked[1].content["touser"] == "openid-1"
    assert outbox.rows("state, reference") == [("sent", "7")]


def test_a_full_disk_is_no_outcome_but_a_wait(outbox, monkeypatch):
    outbox.folder.write_text("in the way")
    outbox.tell("cover-1")
    outbox.deliver()
    assert outbox.rows("state, code") == [("waiting", "FileExistsError")]
    outbox.folder.unlink()
    outbox.at_once()
    outbox.deliver()
    assert len(outbox.files()) == 1


def test_files_are_for_this_user_only(outbox):
    outbox.tell("cover-1")
    outbox.deliver()
    (path,) = outbox.folder.glob("*")
    assert path.stat().st_mode & 0o077 == 0
    assert outbox.folder.stat().st_mode & 0o077 == 0


def test_what_a_killed_worker_left_half_written_goes_with_the_next_attempt(outbox):
    (made,) = outbox.tell("cover-1")
    outbox.folder.mkdir()
    outbox.deliver()
    (written,) = outbox.folder.glob("*.txt")
    (outbox.folder / f".{written.stem}.4711").write_text("王")
    from gonghui.ground.messages.services.mending import send_again

    outbox.office.superuser.execute("update messages_message set state = 'unknown'")
    send_again(outbox.office.head, made, "the file was lost")
    outbox.deliver()
    assert [path.name for path in outbox.folder.iterdir()] == [written.name]
