"""The page on file formats names every code, with its level and its sentence."""

from pathlib import Path

import pytest

from gonghui.adapters.spreadsheets import errors as of_files
from gonghui.doors.cli.language import _, speak
from gonghui.programmes.mutualaid.rosters import errors as of_rosters
from gonghui.programmes.mutualaid.rosters.findings import ERRORS, NOTICES, WARNINGS

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "file-formats.md"


@pytest.mark.parametrize("codes", [of_files.SENTENCES, of_rosters.SENTENCES])
def test_every_refusal_is_named(codes):
    text = PAGE.read_text("utf-8")
    assert [code for code in codes if f"`{code}`" not in text] == []


def test_every_finding_is_named_with_its_sentence():
    speak("zh")
    lines = PAGE.read_text("utf-8").splitlines()
    for codes, mark in ((ERRORS, "—"), (WARNINGS, ""), (NOTICES, "")):
        for code, (what, _todo) in codes.items():
            assert f"| `{code}` | {mark} | {_(what)} |" in lines, code
