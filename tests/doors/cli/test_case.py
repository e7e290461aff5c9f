"""`gonghui case …` on the database of a test."""

from contextlib import contextmanager

import pytest

from gonghui.doors.cli import case as commands
from tests.verbs.cases.conftest import desk, trial

__all__ = ["desk", "trial"]  # fixtures

ON = "2022-10-10"


@pytest.fixture
def signed_in(monkeypatch):
    """Whoever acts has proved it already."""

    @contextmanager
    def acting(login, secret_file=None, *, at=""):
        from gonghui.ground.borders.scope import Actor

        yield Actor(f"token of {login}")

    monkeypatch.setattr(commands, "acting", acting)


def test_from_the_window_to_the_last_word(desk, signed_in, capsys, tmp_path):
    secret = tmp_path / "inputs.json"
    secret.write_text('{"diagnosis": "肺炎"}', encoding="utf-8")
    commands.open_(
        "trial", desk.subject, desk.unit, "clerk", "window", "50", ["statement"], secret, ON
    )
    case_id = int(capsys.readouterr().out.split()[1])
    commands.file([case_id], "clerk", on=ON)
    commands.confirm([case_id], "officer_a", on=ON)
    commands.pass_([case_id], "county_clerk_a", on=ON)
    commands.refuse(case_id, "head", "不在期内", "第五条", ON)
    commands.ask_review(case_id, "worker_a", "请再看", True, ON)
    commands.decide_review(case_id, "second_clerk", "改正", "", "40", on=ON)
    assert capsys.readouterr().out.split() == [
        word
        for state in ("已申请", "已确认", "审核中", "不予同意", "复核中", "已复核")
        for word in (str(case_id), state)
    ]
    commands.show(case_id, "worker_a", True)
    commands.list_("head")
    said = capsys.readouterr().out
    assert "不在期内" in said
    assert "50.00" in said
    assert "肺炎" not in said
    commands.confirm([case_id, 999], "officer_a", on=ON)
    assert "没有这一件" in capsys.readouterr().out
