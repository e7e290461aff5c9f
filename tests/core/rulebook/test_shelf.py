"""The shelf: editions by id, without gap or overlap, each under its own name."""

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.shelf import Shelf, in_force
from tests.core.rulebook.books import book, revision, shelf, written

SCHEME = "example/medical"


def later(since: str) -> dict:
    return book({"edition": "'2023'", "valid": f"{{from: {since}}}"})


def refused(read) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read()
    return caught.value


def test_a_shelf_knows_what_it_holds(tmp_path):
    kept = shelf(tmp_path, later("2023-01-01"), book(), texts={f"{SCHEME}/2022": "## a\n甲\n"})
    (tmp_path / SCHEME / "cases" / "2022").mkdir(parents=True)
    (tmp_path / SCHEME / "cases" / "2022" / "one.yaml").write_text("events: []")
    assert kept.ids == (f"{SCHEME}/2022", f"{SCHEME}/2023")
    assert [one.name for one in kept.scheme(SCHEME)] == ["2022", "2023"]
    assert [one.id for one in kept.edition(f"{SCHEME}/2022").clauses] == ["a"]


def test_an_edition_is_read_once(tmp_path):
    kept = shelf(tmp_path, book())
    assert kept.edition(f"{SCHEME}/2022") is kept.edition(f"{SCHEME}/2022")


@pytest.mark.parametrize(
    "name",
    ["example/medical/2021", "example/medical", "medical/2022", "2022", "", "../medical/2022",
     "example/medical/../medical/2022", "/etc/passwd", "example/medical/2022.yaml"],
)  # fmt: skip
def test_an_edition_that_is_not_there_is_refused_with_those_that_are(tmp_path, name):
    kept = shelf(tmp_path, book(), later("2023-01-01"))
    words = refused(lambda: kept.edition(name)).words()
    assert f"There is no edition “{name}”" in words
    assert "Known are: example/medical/2022, example/medical/2023." in words


def test_a_scheme_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    words = refused(lambda: shelf(tmp_path, book()).scheme("nowhere/medical")).words()
    assert "There is no scheme “nowhere/medical”. Known are: example/medical." in words


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("2023-01-02", "some days have no edition in force"),
        ("2022-12-31", "On some days both example/medical/2022 and example/medical/2023"),
    ],
)
def test_a_gap_and_an_overlap_are_refused_naming_both(tmp_path, since, words):
    said = refused(lambda: shelf(tmp_path, book(), later(since)).scheme(SCHEME)).words()
    assert words in said
    assert "example/medical/2022" in said
    assert "example/medical/2023" in said
    assert f"“until” of the one (2023-01-01) be “from” of the other ({since})" in said


def test_an_open_edition_followed_by_another_overlaps(tmp_path):
    endless = book({"valid.until": None})
    said = refused(lambda: shelf(tmp_path, endless, later("2023-01-01")).scheme(SCHEME)).words()
    assert "are in force" in said


@pytest.mark.parametrize(
    ("path", "key"),
    [("example/medical/2023", "edition"), ("example/dental/2022", "scheme"),
     ("other/medical/2022", "scheme")],
)  # fmt: skip
def test_a_file_kept_under_another_name_is_refused_every_time(tmp_path, path, key):
    file = tmp_path / f"{path}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(written(book()), encoding="utf-8")
    kept = Shelf(tmp_path)
    for _ in range(2):
        refusal = refused(lambda: kept.edition(path))
        assert "The file is kept as" in refusal.words()
        assert (refusal.place.file, refusal.field) == (f"{path}.yaml", key)


def test_a_loose_file_stands_in_for_its_id(tmp_path):
    kept = shelf(tmp_path / "shelf", book())
    draft = tmp_path / "draft.yaml"
    draft.write_text(written(book({"title": "草案"})), encoding="utf-8")
    assert kept.edition(f"{SCHEME}/2022").title == "算例"
    assert Shelf(tmp_path / "shelf", draft).edition(f"{SCHEME}/2022").title == "草案"


def test_a_shelf_beneath_is_read_where_this_one_lacks_an_edition(tmp_path):
    beneath = shelf(tmp_path / "beneath", book(), book({"edition": "2023"}))
    above = shelf(tmp_path / "above", book({"title": "草案"}))
    both = Shelf(above.folder, beneath=beneath.folder)
    assert (both.own, both.ids) == (above.ids, beneath.ids)
    assert both.edition(f"{SCHEME}/2022").title == "草案"
    assert both.edition(f"{SCHEME}/2023").title == "算例"
    assert both.shown(beneath.folder / SCHEME / "2023.yaml") == f"{SCHEME}/2023.yaml"
    assert both.without(f"{SCHEME}/2023").ids == (f"{SCHEME}/2022",)
    assert both.ids == beneath.ids


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"- a\n- b\n", "“key: value” are needed"),
        (b"just words", "“key: value” are needed"),
        ("标题: 焦作".encode("gb18030"), "not UTF-8"),
        (b"title: x\n", "has no “title”|missing"),
        (b"a: &a [1]\n", "Anchors"),
    ],
)
def test_a_file_that_is_no_edition_is_refused_with_its_name(tmp_path, content, words):
    kept = shelf(tmp_path, book())
    file = tmp_path / SCHEME / "2022.yaml"
    file.write_bytes(content)
    refusal = refused(lambda: kept.edition(f"{SCHEME}/2022"))
    assert refusal.place.file == f"{SCHEME}/2022.yaml"
    assert any(word in refusal.words() for word in words.split("|"))


def test_a_text_is_utf_8_with_or_without_mark_and_has_each_clause_once(tmp_path):
    name = f"{SCHEME}/2022"
    text = tmp_path / SCHEME / "text" / "2022.md"
    shelf(tmp_path, book(), texts={name: ""})
    text.write_bytes("## fee 互助金\n80元\n".encode("utf-8-sig"))
    assert [one.id for one in Shelf(tmp_path).edition(name).clauses] == ["fee"]
    text.write_bytes("## fee 互助金\n80元\n".encode("gb18030"))
    refusal = refused(lambda: Shelf(tmp_path).edition(name))
    assert (refusal.place.file, "UTF-8" in refusal.words()) == (f"{SCHEME}/text/2022.md", True)
    text.write_text("## fee 甲\n80元\n## fee 乙\n70元\n", encoding="utf-8")
    refusal = refused(lambda: Shelf(tmp_path).edition(name))
    assert "“fee” stands twice" in refusal.words()
    assert refusal.place.file == f"{SCHEME}/text/2022.md"


def test_the_edition_in_force_is_from_its_first_day_until_the_day_after_its_last(tmp_path):
    editions = shelf(tmp_path, book(), revision("{at: contribution.fee, is: 7 yuan}")).scheme(
        SCHEME
    )
    names = {
        day: getattr(in_force(editions, parse_day(day)), "name", None)
        for day in ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01", "2024-01-01")
    }
    assert names == {
        "2021-12-31": None,
        "2022-01-01": "2022",
        "2022-12-31": "2022",
        "2023-01-01": "2023",
        "2024-01-01": None,
    }
