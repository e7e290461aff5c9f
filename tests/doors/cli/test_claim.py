"""`gonghui claim …` on the database of a test: the window, the list, what has to be looked at."""

import io
from contextlib import contextmanager

import pytest

from gonghui.core.errors import Refusal
from gonghui.doors.cli import claim as commands
from gonghui.doors.cli import language
from tests.programmes.mutualaid.claiming import NUMBER_ONLY, window
from tests.programmes.mutualaid.enrolling import roster
from tests.programmes.mutualaid.services.test_claim_lists import HEADINGS, row

__all__ = ["window"]  # a fixture

ON = "2022-07-01"
TYPED = (
    *("住院", "2022-06-09", "2022-06-01", "2022-06-09", "三级", "15000", "9000", "6000"),
    *("1000", "500", "13500", "800"),
)


@pytest.fixture
def signed_in(monkeypatch):
    """Whoever acts has proved it already."""

    @contextmanager
    def acting(login, secret_file=None, *, at=""):
        from gonghui.ground.borders.scope import Actor

        yield Actor(f"token of {login}")

    monkeypatch.setattr(commands, "acting", acting)
    language.speak("zh")

    def types(*lines):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    yield types
    language.speak("zh")


def test_at_the_window_everything_is_asked_for_and_said_while_it_is_typed(
    window, signed_in, capsys
):
    ((name,),) = window.rows("select name from directory_person where id = %s", window.worker)
    number = window.certificates[0]
    wrong = [*TYPED]
    wrong[7] = "5999"
    bill = "41060122：0012345678"
    signed_in(number, name, "4108-1", "手术", *wrong, *TYPED[1:], bill, "5")
    commands.file("clerk", signed=True, sms=True, on=ON)
    said = capsys.readouterr()
    assert "“手术”" in said.err  # nothing is written down for it: asked again
    assert "14,999.00" in said.err  # both sides of the sum that does not hold
    assert "✗" in said.out
    assert said.out.count("✓") > 2
    assert f"{name}  甲厂工会" in said.out
    assert "出院小结" in said.out.splitlines()[-1]
    assert number not in said.out
    ((facts, invoices, consents, seen),) = window.rows(
        "select c.facts ->> 'personal_total', (select count(*) from mutualaid_claiminvoice),"
        " (select count(*) from cases_consent), (select count(*) from cases_paper)"
        " from mutualaid_claim c where c.statement_id = '4108-1'"
    )
    assert (facts, invoices, consents, seen) == ("600000", 1, 2, 4)
    ((case_id,),) = window.rows("select id from cases_case")
    assert commands.lacking([case_id], "officer_a") == 1
    assert "出院小结" in capsys.readouterr().out


def test_a_number_of_another_name_is_nobody_at_the_window(window, signed_in):
    for number, name, words in (
        (window.certificates[0], "别人", "another name"),
        (window.certificates[0][:-1] + "0", "王", ""),
        ("410801198001010000", "王", ""),
    ):
        signed_in(number, name, "S1", *TYPED, "", "")
        with pytest.raises(Refusal) as caught:
            commands.file("clerk", on=ON)
        assert words in caught.value.words()
        assert number not in caught.value.words()
    assert window.rows("select count(*) from cases_case") == [(0,)]


def test_by_number_of_the_settlement_alone(window, signed_in, capsys):
    commands.file(
        "clerk", f"#{window.worker}", settlement="S1", signed=True, on=ON, paper=["application"]
    )
    assert "身份证件" in capsys.readouterr().out
    assert window.rows("select statement_id, facts from mutualaid_claim") == [("S1", {})]


def test_a_list_is_handed_in_with_papers_seen_and_comes_back_marked(
    window, signed_in, capsys, tmp_path
):
    names = dict(window.rows("select id, name from directory_person"))
    workers = [
        (names[one], number)
        for one, number in zip(window.workers, window.certificates, strict=True)
    ]
    bad = roster(tmp_path, [row(workers[0], "S0", personal="1")], "bad.csv", HEADINGS)
    assert commands.applications(bad, "officer_a", on=ON) == 1
    said = capsys.readouterr().out
    ((kept,),) = window.rows("select id from mutualaid_claimlist")
    assert f"claim marked {kept}" in said
    commands.marked(kept, tmp_path / "marked.xlsx", "officer_a")
    assert "您好！申请汇总表“bad.csv”已核对" in capsys.readouterr().out
    assert (tmp_path / "marked.xlsx").read_bytes()[:2] == b"PK"
    with pytest.raises(Refusal):
        commands.marked(kept, tmp_path / "marked.xlsx", "officer_a")
    rows = [row(who, f"S{n}", bill=f"00{n}0000001") for n, who in enumerate(workers[:2])]
    good = roster(tmp_path, rows, "good.csv", HEADINGS)
    assert commands.applications(good, "officer_a", on=ON, signed=True, papers_seen=True) == 0
    cases = [case for (case,) in window.rows("select id from cases_case order by id")]
    assert commands.lacking(cases, "officer_a") == 0
    commands.reckon("clerk", ON)
    assert "2" in capsys.readouterr().out
    assert window.rows("select asked_fen from cases_case") == [(300_000,), (300_000,)]


def test_a_reversed_invoice_is_entered_looked_at_and_cleared_by_another(window, signed_in, capsys):
    from gonghui.programmes.mutualaid.claims.invoices import invoice_of

    bill = invoice_of("41060122", "0012345678")
    window.bring(window.asked("S1", changes=NUMBER_ONLY, invoices=(bill,)))
    commands.reverse("41060122:0099999999", "41060122:0012345678", "second_clerk")
    commands.list_("head")
    said = capsys.readouterr().out
    assert "冲红" in said
    ((flag,),) = window.rows("select id from mutualaid_claimflag")
    with pytest.raises(Refusal):
        commands.clear(flag, "换了新票", "clerk")
    commands.clear(flag, "换了新票", "head")
    commands.list_("head")
    assert len(capsys.readouterr().out.splitlines()) == 3  # said that it is cleared; no row


def test_the_rules_say_what_is_assumed(signed_in, capsys):
    from gonghui.programmes.mutualaid.claims.rules import rules

    commands.rules_()
    said = capsys.readouterr().out
    for path in ("two_people_from_yuan", "review_days", "deadlines.filed", "events.death.papers"):
        assert path in said
    assert said.count("自拟") + said.count("拟定") >= 7
    assert all(one.because for one in rules().said if one.assumed)
