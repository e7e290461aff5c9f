"""`gonghui audit`, from the arguments to the exit code."""

from __future__ import annotations

import pytest

from gonghui.doors.cli import audit as commands
from gonghui.doors.cli import house as door_of_house
from gonghui.doors.cli import main
from gonghui.ground.audit.services.events import record
from tests.ground.audit.judging import asked
from tests.ground_fixtures import SECRET


@pytest.fixture
def furnished(monkeypatch):
    """The commands are there, whoever ran before."""
    more = door_of_house.more_commands()
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])
    monkeypatch.setattr(door_of_house, "_more", list(more))
    if not any(group.name == "audit" for group in main.program().registered_groups):
        door_of_house.furnish(lambda: None, (*more, commands))


@pytest.fixture
def office(furnished, house, gonghui, connect, monkeypatch, tmp_path):
    """``office("seal")``, in English; the auditor may hand the trail out."""
    connect("superuser", autocommit=True).execute(
        "insert into directory_post (person_id, union_id, kind_id, starts_on)"
        " values (%s, %s, 'audit_administrator', '2021-01-01')",
        [house.person["auditor"], house.union["city"]],
    )
    monkeypatch.setenv("GONGHUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)

    def run(*arguments, lang="en"):
        return gonghui("audit", *arguments, "--lang", lang)

    return run


@pytest.fixture
def keyed(office):
    answer = office("key")
    assert (answer.code, answer.err) == (0, "")
    return office


def show(house, times=1):
    for _ in range(times):
        with house.clerk.transaction():
            record("number.shown", person_seen=house.person["worker_a"], purpose="核对领款人")


def sealed(office):
    """Seals until nothing waits: transactions of other tests hold the sealer up."""
    for _ in range(600):
        answer = office("seal")
        assert (answer.code, answer.err) == (0, "")
        if answer.out.endswith(" 0 wait.\n"):
            return
    raise AssertionError(answer)


def test_without_a_key_nothing_is_sealed_and_what_to_do_is_said(office):
    answer = office("seal")
    assert (answer.code, answer.out) == (3, "")
    assert "gonghui audit key" in answer.err


def test_a_second_key_is_refused(keyed):
    assert keyed("key").code == 3


def test_seal_hand_out_judge(keyed, house, tmp_path):
    show(house, 3)
    sealed(keyed)
    head = keyed("head", "--out", tmp_path / "kept.txt")
    assert (head.code, head.err) == (0, "")
    roster = tmp_path / "roster.xlsx"
    roster.write_bytes(b"the roster")
    answer = keyed("export", tmp_path / "trail", "--as", "auditor")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[1] == (
        f"To be judged: python3 verify_audit.py {tmp_path / 'trail'} --head FILE"
    )
    code, said = asked(tmp_path / "trail", "--head", tmp_path / "kept.txt")
    assert (code, said.splitlines()[0]) == (0, "可信 / trusted: yes")
    again = keyed("export", tmp_path / "trail", "--as", "auditor")
    assert (again.code, "is not empty" in again.err) == (3, True)
    beside = keyed("export", tmp_path / "second", "--as", "auditor", "--file", roster)
    assert beside.code == 0
    code, said = asked(tmp_path / "second", "--head", tmp_path / "kept.txt")
    assert (code, "no entry speaks of this file" in said) == (1, True)


def test_the_hand_out_is_on_record_and_for_few(keyed, house, tmp_path, connect):
    for who in ("clerk", "auditor"):
        keyed("export", tmp_path / who, "--as", who)
    rows = connect("superuser").execute(
        "select actor_id from audit_event where action = 'audit.exported'"
    )
    assert rows.fetchall() == [(house.person["auditor"],)]
    assert not (tmp_path / "clerk").exists()


def test_the_head_goes_into_a_folder_by_day_and_is_never_overwritten(keyed, tmp_path):
    first, second = keyed("head"), keyed("head")
    assert (first.code, second.code) == (0, 0)
    assert len(list((tmp_path / "home" / "heads").iterdir())) == 2
    keyed("head", "--out", tmp_path / "kept.txt")
    assert keyed("head", "--out", tmp_path / "kept.txt").code == 3


def test_signatures_are_checked_with_the_public_key(keyed, house, tmp_path):
    show(house)
    keyed("head", "--out", tmp_path / "kept.txt")
    keyed("export", tmp_path / "trail", "--as", "auditor")
    public = tmp_path / "home" / "keys" / "audit-signing.pub.pem"
    for file in (tmp_path / "kept.txt", tmp_path / "trail" / "trail.txt"):
        answer = keyed("check-signature", file, "--key", public)
        assert (answer.code, answer.err) == (0, "")
    assert answer.out == "1 heads, all signed by a key named here.\n"
    public.rename(tmp_path / "of before.pem")
    (tmp_path / "home" / "keys" / "audit-signing.pem").unlink()
    keyed("key")
    answer = keyed("check-signature", tmp_path / "kept.txt")
    assert (answer.code, answer.out.startswith("Block 1: the signature is not by")) == (1, True)
    both = keyed(
        "check-signature", tmp_path / "kept.txt", "--key", public,
        "--key", tmp_path / "of before.pem",
    )  # fmt: skip
    assert both.code == 0
    assert keyed("check-signature", public).code == 3


def test_who_saw_is_answered_as_far_as_one_may_see(keyed, house):
    show(house)
    worker = house.person["worker_a"]
    answer = keyed("who-saw", f"#{worker}", "--as", "auditor")
    assert (answer.code, answer.err) == (0, "")
    head, _, row = answer.out.splitlines()
    assert head.split() == ["entry", "when", "who", "action", "what", "for"]
    assert row.split()[3:] == ["clerk", "number.shown", "核对领款人"]
    chinese = keyed("who-saw", f"#{worker}", "--as", "auditor", lang="zh").out.splitlines()
    assert chinese[0].split() == ["编号", "时间", "查看人", "操作", "用途"]
    nobody = keyed("who-saw", f"#{worker}", "--as", "officer_b")
    assert nobody.out == "Nobody, as far as you may see.\n"
    assert keyed("who-saw", "worker_a", "--as", "auditor").out == answer.out
    assert keyed("who-saw", f"#{worker}", "--as", "worker_a").code == 3  # no post: not by this way


def test_long_answers_go_on(keyed, house, monkeypatch):
    monkeypatch.setattr(commands, "HOW_MANY", 3)
    show(house, 4)
    worker = house.person["worker_a"]
    first = keyed("who-saw", f"#{worker}", "--as", "auditor").out.splitlines()
    assert len(first) == 2 + 3 + 1
    before = first[-1].rpartition(" ")[2]
    rest = keyed("who-saw", f"#{worker}", "--as", "auditor", "--before", before).out.splitlines()
    assert len(rest) == 2 + 1


def test_an_unknown_hash_is_refused(keyed):
    answer = keyed("seal", "--hash", "md5")
    assert (answer.code, "Choose sha256 or sm3." in answer.err) == (3, True)
    assert keyed("seal", "--hash", "sm3").code == 0
