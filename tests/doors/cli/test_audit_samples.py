"""`gonghui audit sample` and its company: an auditor's week, from the draw to the bank's line."""

import re

import openpyxl
import pytest

from tests.ground_fixtures import SECRET
from tests.programmes.mutualaid.auditing.city import audited
from tests.vault_fixtures import keys

__all__ = ["keys"]
PERIOD = ("--period", "2022-01..2022-10")


@pytest.fixture
def city(house, keys, tmp_path, connect, monkeypatch):
    monkeypatch.setenv("GONGHUI_SECRET", SECRET)
    monkeypatch.setattr("gonghui.doors.cli.acting.open_house", lambda: None)
    return audited(house, tmp_path / "files", connect)


def test_an_auditor_draws_writes_down_and_asks(city, gonghui, tmp_path):
    def audit(*arguments, code=0, as_="auditor", lang="en"):
        answer = gonghui("audit", *arguments, "--as", as_, "--lang", lang)
        assert answer.code == code, answer
        return answer.out + answer.err

    said = audit("sample", *PERIOD, "--size", 3, "--seed", "s1")
    assert "Sample 1: 3 of 6 payments" in said and "Seed: s1" in said
    digest = re.search(r"SHA-256: (\w{64})", said)[1]
    assert digest in audit("sample", *PERIOD, "--size", 3, "--seed", "s1", lang="zh")
    layered = audit("sample", *PERIOD, "--size", 4, "--by", "amount", "--bands", "700",
                    "--share", "money")  # fmt: skip
    assert "2 samples of this period were drawn before." in layered
    assert re.search(r"^700\+ +\d +[\d,.]+ +\d$", layered, re.MULTILINE)
    assert "yuan" in audit("sample", "--period", "2022", "--size", 2, "--by", "yuan")
    assert len(audit("samples").splitlines()) == 2 + 4
    audit("population", 1, "--out", tmp_path / "population.csv")
    assert (tmp_path / "population.csv").read_bytes().count(b"\n") == 7
    assert "the same today" in audit("verify", 1)
    written = audit("paper", 1, "--xlsx", tmp_path / "paper.xlsx", lang="zh")
    assert "3" in written and (tmp_path / "paper.xlsx").stat().st_mode & 0o077 == 0
    names = openpyxl.load_workbook(tmp_path / "paper.xlsx").sheetnames
    assert names == ["抽样底稿", "汇总与核对", "说明"]
    assert "6222000000000" in audit("reveal", 1, 2, "--because", "核对回单")
    shown = audit("trace", city.references()[0])
    assert [line.split()[0] for line in shown.splitlines()[2:]] == [
        "bank", "payment", "voucher", "due", "decision", "edition", "settlement", "feed",
    ]  # fmt: skip
    audit("trace", "payment 7", code=3)

    clean = audit("exceptions", *PERIOD, "--xlsx", tmp_path / "clean.xlsx")
    assert len(clean.splitlines()) == 2 + 10 + 1
    assert openpyxl.load_workbook(tmp_path / "clean.xlsx").sheetnames == ["总览"]
    city.change(
        ("update treasury_payoutline set account_blind = 'x' where reference = any(%s)",
         city.references()[:2]),
        ("update treasury_payoutline set state = 'returned' where reference = %s",
         city.references()[2]),
    )  # fmt: skip
    found = audit("exceptions", *PERIOD, "--only", "one_card", "--xlsx", tmp_path / "found.xlsx")
    assert found.count("account 1") == 2 and city.references()[0] in found
    book = openpyxl.load_workbook(tmp_path / "found.xlsx")
    assert book.sheetnames == ["总览", "one_card"]
    assert book["one_card"].max_row == 1 + 2
    changed = audit("verify", 1, code=1)
    assert f"gone  {city.references()[2]}" in changed
    assert "since sample 2" in audit("sample", *PERIOD, "--size", 3, "--seed", "s1")

    for words in (("sample", *PERIOD, "--size", 3), ("exceptions", *PERIOD),
                  ("verify", 1), ("trace", city.references()[0])):  # fmt: skip
        assert "audit.sample" in audit(*words, code=3, as_="head")
    for period in ("2022-10..2022-01", "2022-13", "soon"):
        audit("exceptions", "--period", period, code=3)
