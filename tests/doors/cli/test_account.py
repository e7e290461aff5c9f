"""Accounts by command: opened once, with a secret in a file of its own; closed at once."""

import pytest

from gonghui.doors.cli import house as house_of_commands
from gonghui.doors.cli import main
from tests.ground_fixtures import SECRET


@pytest.fixture
def command(house, tmp_path, monkeypatch):
    monkeypatch.setattr(house_of_commands, "_how", [lambda: None])
    monkeypatch.setenv("GONGHUI_HOME", str(tmp_path))
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)

    def run(*words):
        return main.run(["--lang", "en", *map(str, words)])

    return run


def test_an_account_is_opened_used_and_closed(command, house, tmp_path, capsys):
    from gonghui.core.errors import Refusal
    from gonghui.ground.accounts.services.sessions import sign_in

    opening = (
        "account",
        "open",
        "second",
        "--person",
        house.person["officer_a"],
        "--as",
        "founder",
    )
    assert command(*opening) == 0
    path = tmp_path / "secrets" / "second"
    assert path.stat().st_mode & 0o077 == 0
    secret = path.read_text().strip()
    with sign_in("second", secret).transaction() as scope:
        assert scope.person_id == house.person["officer_a"]
    assert command(*opening) == 3
    assert "already" in capsys.readouterr().err
    assert command("account", "disable", "second", "--as", "founder") == 0
    with pytest.raises(Refusal):
        sign_in("second", secret)


def test_an_officer_opens_no_account(command, house):
    asked = ("account", "open", "x", "--person", house.person["officer_b"], "--as", "officer_a")
    assert command(*asked) == 3


def test_a_new_secret_ends_the_old(command, house, tmp_path):
    from gonghui.core.errors import Refusal
    from gonghui.ground.accounts.services.sessions import sign_in

    assert command("account", "secret", "officer_a", "--as", "officer_a") == 0
    with pytest.raises(Refusal):
        sign_in("officer_a", SECRET)
    sign_in("officer_a", (tmp_path / "secrets" / "officer_a").read_text().strip())


def test_a_lost_second_factor_is_taken_away(command, capsys):
    import time

    from gonghui.ground.accounts.services import second_factors
    from gonghui.ground.accounts.services.sessions import sign_in
    from tests.ground.accounts.codes import code

    clerk = sign_in("clerk", SECRET)
    new = second_factors.begin_second_factor(clerk, login="clerk", issuer="x")
    assert second_factors.give_second_factor(clerk, code(new.secret, time.time()))
    assert command("account", "drop-factor", "clerk", "--as", "clerk") == 3
    assert command("account", "drop-factor", "clerk", "--as", "founder") == 0
    assert "without a second factor" in capsys.readouterr().out
    assert command("account", "drop-factor", "clerk", "--as", "founder") == 3
