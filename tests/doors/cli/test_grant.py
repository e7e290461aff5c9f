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
    for module in ("acting", "notice"):
        monkeypatch.setattr(f"gonghui.doors.cli.{module}.open_house", lambda: None)
    minute = Path(tmp_path / "minute.pdf")
    minute.write_bytes(b"%PDF minute")

    def answer(line, ending=0):
        words = [*line.replace("MINUTE", str(minute)).split(), "--lang", "en"]
        given = re.sub(r"<(\w+)>", lambda one: str(house.person[one[1]]), "\0".join(words))
        assert run(given.split("\0")) == ending
        shown = capsys.readouterr()
        return shown.out + shown.err

    return answer


def test_from_her_application_to_what_is_due_and_the_notice(said, connect, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("丈夫失业，住院自费十二万", encoding="utf-8")
    said("grant agree <worker_a> --as worker_a")
    filing = f"grant file <worker_a> --unit unit_a --circumstances {words} --on 2022-10-10"
    assert "case 1" in said(f"{filing} --as worker_a")
    look = ("grant gate 1 --finding 走访 --in-difficulty --stated 120,000"
            " --because 结算单 --on 2022-10-20 --as clerk")  # fmt: skip
    assert "her unit has confirmed" in said(look, ending=3)
    said("case confirm 1 --on 2022-10-12 --as officer_a")
    shown = said(look)
    assert "党组" in shown and "no members on record" in shown and "quorum is assumed" in shown
    shown = said("grant meeting MINUTE --number 纪12号 --chair <founder> --unreported 40,000"
                 " --because 估计 --on 2022-10-31 --as clerk")  # fmt: skip
    assert "160,000.00" in shown and "an estimate" in shown
    said("grant present 1 --member <accountant> --attending <cashier> --as clerk")
    refusal = said("grant record 2 --meeting 1 --reason 研究 --as clerk", ending=3)
    assert "never computed" in refusal
    said("grant record 2 --meeting 1 --amount 60,000 --reason 研究 --as clerk")
    assert "its minute says what" in said("case accept 1 --yuan 60,000 --as head", ending=3)
    said("grant confirm 1 --on 2022-11-03 --as clerk", ending=3)
    assert "60,000.00" in said("grant confirm 1 --on 2022-11-03 --as head")
    late = said("grant present 1 --member <head> --as clerk", ending=3)
    assert "minute is confirmed" in late
    assert "accepted" in said("case show 1 --as worker_a --herself")
    due = "select d.fen, d.state, j.booked_on::text from mutualaid_due d" + (
        " join treasury_journal j on j.source = 'mutualaid.grant:' || d.grant_id"
    )
    assert connect("superuser").execute(due).fetchall() == [(60_000_00, "open", "2022-11-03")]
    assert "100,000.00" in said("grant list --as auditor")
    said(f"grant minute 1 --pdf {tmp_path / 'minute_1.pdf'} --only 1 --as clerk")
    assert (tmp_path / "minute_1.pdf").read_bytes().startswith(b"%PDF")
    said("notice draft --month 2022-11-01 --title 公示 --as clerk")
    assert "2022-11-12" in said("notice publish 1 --on 2022-11-04 --as head")
    assert "Nothing of it stands" in said("notice show 1 --as clerk")  # long over
    pdf = tmp_path / "notice.pdf"
    assert "Nothing of it stands" in said(f"notice show 1 --pdf {pdf} --as clerk", ending=3)
    assert not pdf.exists()
    assert "1 notices" in said("notice sweep")  # by the clock, for nobody
    assert "0 notices" in said("notice sweep --as clerk")
    ask = "case ask-review 1 --reason 又住院 --herself --on 2022-11-05 --as worker_a"
    said(ask)
    again = "grant reconsider 1 --meeting 1 --amount 70,000 --reason 复议 --new-facts 又住院"
    said(f"{again} --as clerk")
    said("grant strike 2 --because 误 --as clerk")
    said(f"{again} --as second_clerk")
    assert "10,000.00" in said("grant confirm 3 --on 2022-11-20 --as clerk")
    assert "reviewed" in said("case show 1 --as worker_a --herself")
