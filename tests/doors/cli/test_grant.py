"""`gonghui grant` and `gonghui notice`: from the gate to the notice, in one process each."""

import re
from pathlib import Path

import pytest

from gonghui.doors.cli.main import run
from tests.ground_fixtures import SECRET
from tests.programmes.mutualaid.granting import open_city


@pytest.fixture
def said(house, tmp_path, connect, capsys, monkeypatch):
    city = open_city(house, tmp_path, connect)
    city.hardship("worker_a")
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)
    monkeypatch.setattr("gonghui.doors.cli.acting.open_house", lambda: None)
    minute = Path(tmp_path / "minute.pdf")
    minute.write_bytes(b"%PDF minute")

    def answer(line, ending=0):
        words = [*line.replace("MINUTE", str(minute)).split(), "--lang", "en"]
        given = re.sub(r"<(\w+)>", lambda one: str(house.person[one[1]]), "\0".join(words))
        assert run(given.split("\0")) == ending
        shown = capsys.readouterr()
        return shown.out + shown.err

    return answer


def test_an_office_walks_from_the_gate_to_the_notice(said):
    said("grant gate <worker_a> --unit unit_a --finding 走访 --in-difficulty --stated 120,000"
         " --because 结算单 --on 2022-10-20 --as clerk")  # fmt: skip
    shown = said("grant meeting MINUTE --number 纪12号 --chair <founder> --unreported 40,000"
                 " --because 估计 --on 2022-10-31 --as clerk")  # fmt: skip
    assert "160,000.00" in shown and "an estimate" in shown
    refusal = said("grant record 1 --meeting 1 --reason 研究 --as clerk", ending=3)
    assert "never computed" in refusal
    said("grant record 1 --meeting 1 --amount 60,000 --reason 研究 --as clerk")
    said("grant confirm 1 --on 2022-11-03 --as clerk", ending=3)
    assert "60,000.00" in said("grant confirm 1 --on 2022-11-03 --as head")
    assert "100,000.00" in said("grant list --as auditor")
    said("notice draft --month 2022-11-01 --title 公示 --as clerk")
    assert "2022-11-12" in said("notice publish 1 --on 2022-11-04 --as head")
    assert "Nothing of it stands" in said("notice show 1 --as clerk")  # long over
    assert "1 notices" in said("notice sweep --as clerk")
