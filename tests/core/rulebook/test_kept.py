"""Editions kept as bytes give what the same editions in a folder give."""

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.periods import FOREVER, parse_day
from gonghui.core.rulebook.canonical import edition_hash
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.kept import KeptEditions
from gonghui.core.rulebook.shelf import Shelf, Source
from gonghui.core.rulebook.timeline import timeline
from tests.core.rulebook.books import book, revision, shelf

SCHEME = "example/medical"
PACKAGED = Shelf.packaged()


def kept(books: Shelf, scheme: str, spans=None) -> KeptEditions:
    """The editions of one scheme, as bytes."""
    ids = [one for one in books.ids if one.startswith(f"{scheme}/")]
    return KeptEditions({one: books.source(one) for one in ids}, spans)


@pytest.mark.parametrize("scheme", sorted({one.rpartition("/")[0] for one in PACKAGED.ids}))
def test_bytes_and_files_give_the_same_editions_and_program(scheme):
    books = kept(PACKAGED, scheme)
    assert [edition_hash(one) for one in books.scheme(scheme)] == [
        edition_hash(one) for one in PACKAGED.scheme(scheme)
    ]
    programs = [compile_segments(timeline(one, scheme)) for one in (books, PACKAGED)]
    mine, packaged = ((one.hashes, one.starts, one.ends, one.parameters) for one in programs)
    assert mine == packaged


def test_an_edition_that_is_not_kept_is_refused_with_those_that_are():
    books = KeptEditions({f"{SCHEME}/2022": Source(b"")})
    with pytest.raises(Refusal, match="no edition") as refused:
        books.edition(f"{SCHEME}/2023")
    assert f"Known are: {SCHEME}/2022." in refused.value.words()


def test_refusals_name_the_file_that_the_bytes_came_from(tmp_path):
    written = shelf(tmp_path, book({"title": None}))
    with pytest.raises(Refusal) as refused:
        kept(written, SCHEME).edition(f"{SCHEME}/2022")
    assert refused.value.place.file == f"{SCHEME}/2022.yaml"


def cut_short(tmp_path):
    """An edition without an end, and one that takes its place in the middle of its period."""
    endless = book({"valid.until": None})
    rate = "{at: benefits.hospital.rate, add: 10 points, effect: whole_period}"
    return shelf(tmp_path, endless, revision(rate, since="2022-11-15"))


def test_an_edition_may_be_in_force_for_less_than_it_states_and_keeps_its_hash(tmp_path):
    written = cut_short(tmp_path)
    since, turn = parse_day("2022-01-01"), parse_day("2022-11-15")
    books = kept(written, SCHEME, {f"{SCHEME}/2022": (since, turn)})
    first, second = books.scheme(SCHEME)
    assert books.span(first) == (since, turn)
    assert first.valid_until == FOREVER
    assert edition_hash(first) == edition_hash(written.edition(f"{SCHEME}/2022"))
    # The change counts for the whole period, so the days before the turn have the later rate, too.
    segments = timeline(books, SCHEME)
    assert [(one.since, one.edition.benefits[0].rate.plain // 100) for one in segments] == [
        (since, 60)
    ]
    assert second.id == f"{SCHEME}/2023"


def test_without_the_cut_both_are_in_force(tmp_path):
    with pytest.raises(Refusal, match="both"):
        kept(cut_short(tmp_path), SCHEME).scheme(SCHEME)
