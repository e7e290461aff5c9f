"""What is decided by rows is what is decided by the files they were loaded from."""

from datetime import date

import pytest

from gonghui.core.adjudication.cases import cases_of
from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.calendar import WorkingDays
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import timeline
from tests.core.rulebook.books import book
from tests.programmes.mutualaid.federation import ON, SCHEME, furnish_scheme, load, refused

PACKAGED = Shelf.packaged()


@pytest.fixture
def scheme(house):
    return furnish_scheme(house)


def load_scheme(house, code):
    from gonghui.programmes.mutualaid.services.editions import load_packaged
    from gonghui.programmes.mutualaid.services.schemes import found_scheme

    found_scheme(house.head, code, code)
    return load_packaged(house.head, house.clerk, code, on=ON)


def told(fold, history):
    """Every decision with amount, reason and trace."""
    return [
        (row.settlement, row.kind, row.amount_fen, row.reason, row.uses, row.gates, row.values)
        for row in fold.fold(history)
    ]


def test_rows_and_files_give_one_program_and_the_same_decisions(house):
    from gonghui.programmes.mutualaid.queries import editions

    days = WorkingDays.load()
    cases = 0
    for code in sorted({one.rpartition("/")[0] for one in PACKAGED.ids} - {SCHEME}):
        load_scheme(house, code)
        with house.officer_a.transaction():
            by_rows = editions.program(code)
        by_files = compile_segments(timeline(PACKAGED, code))
        for said in ("hashes", "starts", "ends", "parameters", "shape"):
            assert getattr(by_rows, said) == getattr(by_files, said), (code, said)
        folds = HistoryFold(by_rows, days), HistoryFold(by_files, days)
        for edition in PACKAGED.scheme(code):
            for case in cases_of(PACKAGED, edition.id):
                mine, theirs = (told(fold, case.history) for fold in folds)
                assert mine == theirs, case.name
                cases += 1
    assert cases > 50


def test_a_day_has_its_rules_or_is_refused(house, scheme, tmp_path):
    from gonghui.programmes.mutualaid.queries.editions import edition_on, row_on, segments

    with house.officer_a.transaction():
        assert segments(SCHEME) == ()
        for asked in (edition_on, row_on):
            with refused("No edition of example/medical is in force on 2022-05-01"):
                asked(SCHEME, date(2022, 5, 1))
    (row,) = load(house, tmp_path)
    with house.officer_a.transaction():
        assert edition_on(SCHEME, date(2022, 12, 31)).id == f"{SCHEME}/2022"
        assert row_on(SCHEME, date(2022, 1, 1)) == row
        for day in (date(2021, 12, 31), date(2023, 1, 1)):
            for asked in (edition_on, row_on):
                with refused("in force on"):
                    asked(SCHEME, day)


def test_a_scheme_that_is_not_there_is_refused_with_those_that_are(house, scheme):
    from gonghui.programmes.mutualaid.queries.editions import shelf

    with house.head.transaction(), refused("Known are: example/medical."):
        shelf("nowhere/medical")


TAMPERED = {
    "the rule book": ("source = %s", "a hash differs"),
    "the rule book and its hash": ("source = %s, source_sha256 = sha256(%s)", "read otherwise"),
    "the canonical form": ("canonical = %s", "a hash differs"),
    "the canonical form and its hash": (
        "canonical = %s, sha256 = sha256(%s)",
        "read otherwise",
    ),
    "a text where there was none": ("words = %s", "a hash differs"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_row_that_was_tampered_with_decides_nothing(house, scheme, tmp_path, connect, what):
    from gonghui.programmes.mutualaid.queries.editions import program
    from tests.core.rulebook.books import written

    load(house, tmp_path)
    change, words = TAMPERED[what]
    with connect("superuser") as superuser:
        superuser.execute("alter table mutualaid_edition disable trigger stays")
        for column in ("sha256", "source_sha256", "words_sha256"):
            superuser.execute(f"alter table mutualaid_edition drop constraint edition_{column}")
        other = written(book({"contribution.fee": "8 yuan"})).encode()
        superuser.execute(f"update mutualaid_edition set {change}", [other] * change.count("%s"))
    with house.head.transaction(), refused(words):
        program(SCHEME)


def test_a_whole_row_replaced_by_another_edition_is_still_not_what_two_people_confirmed(
    house, scheme, tmp_path, connect
):
    """Reading cannot know; the examination of the house compares it with the statement."""
    from gonghui.programmes.mutualaid.publication.texts import Text
    from gonghui.programmes.mutualaid.queries.proofs import prove_editions
    from tests.core.rulebook.books import shelf

    load(house, tmp_path)
    keeper = connect("keeper")
    assert list(prove_editions(keeper)) == []
    other = shelf(tmp_path / "other", book({"contribution.fee": "8 yuan"}))
    text = Text.read(other, f"{SCHEME}/2022")
    with connect("superuser") as superuser:
        superuser.execute("alter table mutualaid_edition disable trigger stays")
        superuser.execute(
            "update mutualaid_edition set source = %s, source_sha256 = sha256(%s), canonical = %s,"
            " sha256 = sha256(%s)",
            [text.source.book, text.source.book, text.canonical, text.canonical],
        )
    found = {one.place for one in prove_editions(connect("keeper"))}
    assert found == {f"{SCHEME}/2022 edition_sha256", f"{SCHEME}/2022 source_sha256"}


def test_an_edition_that_was_put_in_past_two_people_is_found(house, scheme, tmp_path, connect):
    from gonghui.programmes.mutualaid.queries.proofs import prove_editions

    load(house, tmp_path)
    with connect("superuser") as superuser:
        superuser.execute("alter table mutualaid_confirmation disable trigger stays")
        superuser.execute(
            "delete from mutualaid_confirmation where person_id = %s", [house.person["clerk"]]
        )
        superuser.execute("alter table mutualaid_editionspan disable trigger span_shrinks")
        superuser.execute("delete from mutualaid_editionspan")
    said = [one.said for one in prove_editions(connect("keeper"))]
    assert said == [
        "The edition was not confirmed by two people.",
        "The edition is published but never in force.",
    ]
