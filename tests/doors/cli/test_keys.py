"""`gonghui keys`, as whoever looks after the keys runs it."""

from datetime import date

import pytest

from gonghui.doors.cli import house as door_of_house
from gonghui.doors.cli import keys as commands
from gonghui.doors.cli import main
from gonghui.ground.vault.keyring import read_keyring
from tests.ground_fixtures import SECRET
from tests.vault_fixtures import guardian, keys

__all__ = ["guardian", "keys"]  # fixtures
TODAY = date(2022, 3, 1)


@pytest.fixture(autouse=True)
def furnished(monkeypatch):
    """The commands are there, whoever ran before."""
    more = door_of_house.more_commands()
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])
    monkeypatch.setattr(door_of_house, "_more", list(more))
    if not any(group.name == "keys" for group in main.program().registered_groups):
        door_of_house.furnish(lambda: None, (*more, commands))


@pytest.fixture
def office(house, gonghui, guardian, connect, monkeypatch):
    """``office("keys", "status")`` in English, by the guardian of keys."""
    superuser = connect("superuser", autocommit=True)
    superuser.execute(
        "update accounts_account a set salt = b.salt, verifier = b.verifier"
        " from accounts_account b where a.login = 'guardian' and b.login = 'clerk'"
    )
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)

    def run(*arguments, who="guardian"):
        return gonghui(*arguments, "--as", who, "--lang", "en")

    return run


@pytest.fixture
def two(house, keys):
    from gonghui.ground.directory.services.persons import Newcomer, register_persons

    numbers = ("990800199001010010", "990800199001010037")
    people = [Newcomer(house.union["unit_a"], "山雄信", number=number) for number in numbers]
    register_persons(house.officer_a, people, on=TODAY)


def lines(answer):
    assert (answer.code, answer.err) == (0, ""), answer
    return [" ".join(line.split()) for line in answer.out.splitlines()]


def test_keys_are_changed_and_the_old_one_taken_away(office, keys, two):
    before = lines(office("keys", "status"))
    assert before[0] == "Profile intl; held in software, not assessed."
    assert before[-1] == "1 2 current"
    assert lines(office("keys", "rotate", "--step", 1)) == [
        "Key 2 is current; 2 data keys were brought over, 0 are left."
    ]
    assert lines(office("keys", "retire", 1)) == ["Key 1 is no longer in the file."]
    assert lines(office("keys", "status"))[-1] == "2 2 current"
    assert list(read_keyring(keys).masters) == [2]


def test_a_change_that_was_cut_off_is_gone_on_with(office, guardian, keys, two):
    from gonghui.ground.directory.services.secrets import begin_rotation, rotate_step

    begin_rotation(guardian)
    rotate_step(guardian, limit=1)
    assert lines(office("keys", "rotate")) == [
        "Key 2 is current; 1 data keys were brought over, 0 are left."
    ]


@pytest.mark.parametrize("command", [("status",), ("rotate",), ("retire", 1)])
def test_nobody_else_may(office, keys, two, command):
    answer = office("keys", *command, who="clerk")
    assert answer.code == 3
    assert "do not allow this: key.rotate" in answer.err
    assert list(read_keyring(keys).masters) == [1]


def test_three_papers_of_five_bring_the_passphrase_back(gonghui, tmp_path):
    papers = tmp_path / "papers"
    made = gonghui("keys", "share", papers, "--lang", "en")
    assert made.code == 0, made
    passphrase = (papers / "passphrase").read_text()
    assert {path.stat().st_mode & 0o777 for path in papers.iterdir()} == {0o600}
    assert papers.stat().st_mode & 0o777 == 0o700
    given = [papers / f"share-{number}.txt" for number in (5, 1, 3)]
    again = gonghui("keys", "combine", *given, "--out", tmp_path / "again", "--lang", "en")
    assert again.code == 0, again
    assert (tmp_path / "again").read_text() == passphrase
    assert passphrase.strip() not in made.out + again.out
    few = gonghui("keys", "combine", *given[:2], "--out", tmp_path / "no", "--lang", "en")
    assert few.code == 3
    assert "2 different shares are not enough; 3 are needed" in few.err
    assert gonghui("keys", "share", papers).code == 3
    assert gonghui("keys", "share", tmp_path / "x", "--needed", 4, "--shares", 3).code == 3
