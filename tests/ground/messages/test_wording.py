"""What is said is data: the same blanks in both languages, no insurer's words."""

from datetime import date

import pytest

from gonghui.ground.messages.wording import read_template, templates
from tests.doors.cli.test_language import foreign_words

SAMPLES = {"text": "示例一公司工会", "fen": 501_720, "number": 100, "date": date(2026, 3, 2)}
GOOD = {
    "title": {"zh": "一", "en": "one"},
    "text": {"zh": "{a}和{b}", "en": "{b} and {a}"},
    "parameters": {"a": "fen"},
    "private": {"b": "text"},
}


@pytest.mark.parametrize("name", templates())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_template_can_be_said(name, language):
    template = templates()[name]
    values = template.checked({blank: SAMPLES[kind] for blank, kind in template.kinds.items()})
    title, text = template.said(values, language)
    assert title and "{" not in title + text
    if "fen" in template.kinds.values():
        assert "5,017.20" in text


@pytest.mark.parametrize("name", templates())
def test_no_insurer_speaks(name):
    template = templates()[name]
    assert foreign_words(template.title["zh"] + template.text["zh"]) == []


def test_a_date_reads_as_the_language_writes_it():
    template = read_template("x", GOOD | {"parameters": {"a": "date"}})
    values = {"a": "2026-03-02", "b": "王"}
    assert template.said(values, "zh")[1] == "2026年3月2日和王"
    assert template.said(values, "en")[1] == "王 and 2026-03-02"


@pytest.mark.parametrize(
    "change",
    [
        {"parameters": {"a": "money"}},
        {"parameters": {"a": "fen", "b": "text"}},
        {"parameters": {"a": "fen", "c": "text"}},
        {"private": {}},
        {"text": {"zh": "{a}", "en": "{b} and {a}"}},
        {"title": {"zh": "{a}", "en": "one"}},
    ],
)
def test_a_template_with_loose_ends_is_refused(change):
    read_template("x", GOOD)
    with pytest.raises(ValueError):
        read_template("x", GOOD | change)


def test_an_amount_is_fen_never_a_float():
    template = read_template("x", GOOD)
    for wrong in (1.5, "1", True, None):
        with pytest.raises(TypeError):
            template.checked({"a": wrong, "b": "王"})
