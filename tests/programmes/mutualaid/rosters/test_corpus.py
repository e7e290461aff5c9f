"""The corpus of bad rosters: every file has exactly the outcome that the manifest says.

``corpus/manifest.yaml`` is read by people, too; the files are made by the modules beside it.
"""

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from gonghui.adapters.spreadsheets import Limits, SpreadsheetRefused
from gonghui.core.errors import masked_numbers
from gonghui.doors.cli.language import _, speak
from gonghui.ground.directory.identity import CheckedColumn
from gonghui.programmes.mutualaid.rosters import (
    Expectations,
    RosterRefused,
    Unit,
    cells,
    check_roster,
    checking,
    documents,
    read_roster,
    reading,
)
from gonghui.programmes.mutualaid.rosters.findings import ERRORS, NOTICES, WARNINGS
from gonghui.programmes.mutualaid.rosters.message import message_for, message_for_refusal
from gonghui.programmes.mutualaid.rosters.rows import Rows
from tests.programmes.mutualaid.rosters.corpus.people import MAKERS

CORPUS = Path(__file__).with_name("corpus")
for _module in ("cells", "tables", "files"):
    import_module(f"tests.programmes.mutualaid.rosters.corpus.{_module}")
MANIFEST = yaml.safe_load((CORPUS / "manifest.yaml").read_text("utf-8"))
ON = date(2021, 12, 20)
ONE_UNIT = Expectations(
    on=ON, units=[Unit(1, "示例厂", "91990800MA0000001L")], most_shares=2, fee_fen=8000
)
CITY = Expectations(
    on=ON,
    units=[
        Unit(1, "示例第一机械厂", "91990800MA0000001L"),
        Unit(2, "示例第二机械厂", "91990800MA0000002P"),
        Unit(3, "同名厂", code="000777"),
        Unit(4, "同名厂", code="000778"),
    ],
)
LIMITS = Limits(memory_bytes=1 << 30)


def expectations(name):
    return CITY if name.startswith("city-") else ONE_UNIT


def outcome(name):
    """What the manifest would say of a file."""
    data = MAKERS[name]()
    try:
        roster = check_roster(read_roster(data, name, limits=LIMITS), expectations(name))
    except (SpreadsheetRefused, RosterRefused) as refused:
        said = {"refused": refused.code, "says": refused.words(_)}
        if refused.place.line:
            said["row"] = refused.place.line
        return said, message_for_refusal(refused, name, _)
    marked = {}
    for finding in roster.findings:
        marked.setdefault(finding.row, []).append(finding.code)
    counts = roster.counts
    assert counts["rows_in"] == sum(counts[one] for one in ("good", "warned", "bad", "skipped"))
    said = {key: counts[key] for key in ("good", "warned", "bad") if counts[key]}
    said["rows"] = {row: sorted(codes) for row, codes in marked.items()}
    said["skipped"] = {skipped.row: skipped.why for skipped in roster.skipped}
    said["notices"] = [notice.code for notice in roster.notices]
    return {key: value for key, value in said.items() if value}, message_for(roster, _)


@pytest.fixture(autouse=True)
def chinese():
    speak("zh")


@pytest.mark.parametrize("name", MANIFEST)
def test_every_file_has_its_outcome(name):
    expected = {key: value for key, value in MANIFEST[name].items() if key != "about"}
    found, message = outcome(name)
    says = expected.pop("says", "")
    assert says in found.pop("says", "")
    assert found == expected
    assert_tells_nobody(message)
    assert len(message) < 1_500, "a message can be read on a telephone"


def assert_tells_nobody(message):
    assert masked_numbers(message) == message


def test_the_corpus_is_whole():
    assert set(MANIFEST) == set(MAKERS)
    assert len(MANIFEST) >= 55
    assert all(entry["about"] for entry in MANIFEST.values())


def test_every_code_of_ours_is_somewhere_in_the_corpus():
    """Those that the directory and the booking add are tested there."""
    of_the_house = {
        *("covered_elsewhere", "covered_in_other_unit", "number_replaced", "name_differs"),
        *("ask_office", "enrolled"),
    }
    shown = set()
    for entry in MANIFEST.values():
        shown |= {code for codes in entry.get("rows", {}).values() for code in codes}
        shown |= set(entry.get("notices", ()))
    assert (ERRORS | WARNINGS | NOTICES).keys() - shown == of_the_house


# Controls: a check left out, and files of the corpus show it.


def _believes_every_number(kinds, numbers, on):
    return CheckedColumn(list(kinds), list(numbers), [None] * len(numbers), [""] * len(numbers))


def _takes_every_row(table):
    return Rows(list(range(table.first, table.sheet.height)), [], [])


LEFT_OUT = [
    (documents, "check_documents", _believes_every_number, "check-digit.xlsx"),
    (documents, "check_documents", _believes_every_number, "power-of-ten.csv"),
    (checking, "sort_rows", _takes_every_row, "totals.xlsx"),
    (checking, "sort_rows", _takes_every_row, "subtotals-signatures-and-remarks.xlsx"),
    (checking, "without_repetitions", lambda roster: None, "row-repeated.xlsx"),
    (checking, "without_repetitions", lambda roster: None, "duplicate-in-15-and-18-digits.xlsx"),
    (reading, "fill_merged", lambda *_: None, "names-merged.xlsx"),
    (cells.Cells, "cleaned", lambda own: None, "zero-width.xlsx"),
    (cells.Cells, "without_errors", lambda own: None, "ref-error.xlsx"),
]


@pytest.mark.parametrize(("place", "check", "instead", "name"), LEFT_OUT)
def test_control_a_check_left_out_is_noticed(monkeypatch, place, check, instead, name):
    assert _agrees(name)
    monkeypatch.setattr(place, check, instead)
    assert not _agrees(name)


def _agrees(name):
    found, _message = outcome(name)
    ignored = ("about", "says")
    return {key: value for key, value in MANIFEST[name].items() if key not in ignored} == {
        key: value for key, value in found.items() if key not in ignored
    }
