"""The Writing section: what a rule-book file may hold, and that everything stays text."""

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.rulebook.document import MAX_BYTES, MAX_DEPTH, parse

BOMB = "\n".join(
    ["a: &a [x, x]", *(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]"
                       for n in range(20))]
)  # fmt: skip


def refused(data: str | bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(data.encode() if isinstance(data, str) else data, "book.yaml")
    assert caught.value.todo
    assert "{" not in caught.value.words()
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        pytest.param("a: &x 1\n", 1, 4, "Anchors", id="anchor on a value"),
        pytest.param("b: 1\na: &x {c: 1}\n", 2, 4, "Anchors", id="anchor on a mapping"),
        pytest.param("&x a: 1\n", 1, 1, "Anchors", id="anchor on a key"),
        pytest.param("b: 1\na: [1, *x]\n", 2, 8, "aliases", id="alias"),
        pytest.param(BOMB, 1, 4, "aliases", id="YAML bomb"),
        pytest.param("a: !!int 1\n", 1, 4, "Tags", id="tag of YAML"),
        pytest.param("a: !x {b: 1}\n", 1, 4, "Tags", id="tag of one's own"),
        pytest.param("a: !!python/object/apply:os.system [ls]\n", 1, 4, "Tags", id="tag of Python"),
        pytest.param("a: 1\n<<: {b: 2}\n", 2, 1, "“<<”", id="merge key"),
        pytest.param("a: 1\nb: 2\na: 3\n", 3, 1, "“a”", id="key twice"),
        pytest.param("x: {a: 1, a: 1}\n", 1, 11, "“a”", id="key twice in a line"),
        pytest.param("'a': 1\na: 1\n", 2, 1, "“a”", id="key twice, once quoted"),
        pytest.param("? [a, b]\n: 1\n", 1, 3, "not text", id="a list as key"),
        pytest.param("a: 1\n---\nb: 1\n", 2, 1, "exactly one", id="two documents"),
        pytest.param("", 0, 0, "exactly one", id="empty file"),
        pytest.param("# nothing\n", 0, 0, "exactly one", id="only a comment"),
        pytest.param("a: [1, 2\nb: 3\n", 2, 2, "cannot be read as YAML", id="open bracket"),
        pytest.param("a: 1\n  b: 2\n", 2, 4, "cannot be read as YAML", id="wrong indentation"),
        pytest.param('a: "x\n', 2, 1, "cannot be read as YAML", id="open quote"),
        pytest.param("a: 1\n\tb: 2\n", 2, 1, "cannot be read as YAML", id="a tab"),
        pytest.param("a: \0\n", 0, 0, "cannot be read as YAML", id="a NUL"),
        pytest.param("a: @x\n", 1, 4, "cannot be read as YAML", id="a reserved sign"),
    ],
)
def test_what_yaml_has_and_a_rule_book_has_not(text, line, column, words):
    refusal = refused(text)
    assert words in refusal.words()
    assert (refusal.place.file, refusal.place.line, refusal.place.column) == (
        "book.yaml",
        line,
        column,
    )


def test_a_file_that_is_not_utf_8_is_refused_at_its_line():
    refusal = refused("a: 1\nb: 焦作\n".encode("gb18030"))
    assert (refusal.place.line, refusal.place.column) == (2, 1)
    assert "UTF-8" in refusal.words()


def test_a_byte_order_mark_is_no_part_of_the_first_key():
    assert list(parse("焦作: 1\n".encode("utf-8-sig"), "x").mapping) == ["焦作"]


def test_a_file_may_have_256_kib_and_no_byte_more():
    full = b"a: " + b"x" * (MAX_BYTES - 3)
    assert len(parse(full, "x").mapping["a"].text) == MAX_BYTES - 3
    assert f"has {MAX_BYTES + 1} bytes" in refused(full + b"x").words()


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_any_depth_of_nesting_is_refused_at_once(opening):
    # To the file's full size: a parser that first reads all of it needs hours for this.
    refusal = refused(opening * (MAX_BYTES // len(opening)))
    assert refusal.place.line == 1
    assert refusal.place.column <= len(opening) * (MAX_DEPTH + 2)


def test_nesting_is_allowed_to_the_limit():
    deep = parse(b"[" * MAX_DEPTH + b"x" + b"]" * MAX_DEPTH, "x")
    for _ in range(MAX_DEPTH):
        (deep,) = deep.items
    assert deep.text == "x"
    assert "nested" in refused("[" * (MAX_DEPTH + 1) + "x" + "]" * (MAX_DEPTH + 1)).words()


@pytest.mark.parametrize(
    "word",
    ["yes", "no", "true", "null", "~", "1e3", "2022-01-01", "010", "0x1F", "1_000", "0.1", "12:30",
     ".inf", "NaN", "=", "80 yuan", "60%"],
)  # fmt: skip
def test_every_scalar_stays_text(word):
    assert parse(f"a: {word}\n{word!r}: 1".encode(), "x").mapping["a"].text == word
    assert parse(f"[{word}]".encode(), "x").items[0].text == word


def test_an_entry_without_value_is_an_empty_text():
    assert parse(b"a:\n", "x").mapping["a"].text == ""


def test_entries_know_their_places_and_what_people_call_them():
    tree = parse(b"a:\n  - {id: first, rate: {is: 5%}}\n  - [x]\n", "x")
    first, second = tree.mapping["a"].items
    rate = first.mapping["rate"]
    assert (first.path, rate.path, rate.mapping["is"].path) == ("a.first", *["a.first.rate"] * 2)
    assert (second.path, second.items[0].path) == ("a.2", "a.2.1")
    assert (rate.place.line, rate.place.column) == (2, 23)
    assert rate.key_place is not None
    assert rate.key_place.column == 17


@pytest.mark.parametrize(
    ("text", "asked"),
    [("a: [1]", "text"), ("a: {b: 1}", "text"), ("a: 1", "items"), ("a: {b: 1}", "items"),
     ("a: 1", "mapping"), ("a: [1]", "mapping")],
)  # fmt: skip
def test_a_value_of_another_form_than_needed_is_refused_with_its_place(text, asked):
    node = parse(text.encode(), "book.yaml").mapping["a"]
    with pytest.raises(Refusal) as caught:
        getattr(node, asked)
    assert str(caught.value).startswith("book.yaml:1:4: a: Here ")
