"""The HTML report and the words of all reports."""

import base64
import hashlib
import re
import string
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from gonghui.doors.cli import report
from tests.doors.cli.small_city import gonghui, take_in, write_city

FOLDER = Path(report.__file__).parent
WORDS = yaml.load((FOLDER / "words.yaml").read_text("utf-8"), yaml.BaseLoader)
NEVER_OF_THIS_SCHEME = re.compile(r"保险|保费|理赔|赔付|参保")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write_city(folder / "city")
    assert take_in(folder / "city", folder / "store", folder) == 0
    return folder


@pytest.fixture(scope="module", params=["zh", "en"])
def page(home, request):
    out = home / request.param
    published = home / "published.yaml"
    published.write_text("公布: {workers: {数值: '4'}, paid: {数值: '2900'}}", encoding="utf-8")
    arguments = ("replay", home / "store", "--under", "jiaozuo/medical/2022-revised")
    more = ("--until", "2022-10-31", "--published", published, "--out", out)
    assert gonghui("--lang", request.param, *arguments, *more, home=home) == 0
    return (out / "report.html").read_text("utf-8")


class Page(HTMLParser):
    """What a page asks for, and its open elements."""

    VOID = ("meta", "link", "br", "hr", "img")

    def __init__(self, text):
        super().__init__()
        self.addresses, self.open, self.headings, self.ids = [], [], [], set()
        self.styled = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.addresses += [given[name] for name in ("src", "href", "data") if name in given]
        self.styled += "style" in given
        if "id" in given:
            assert given["id"] not in self.ids
            self.ids.add(given["id"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_asks_for_nothing_outside(page):
    read = Page(page)
    assert all(address.startswith(("#", "data:,")) for address in read.addresses)
    assert {address[1:] for address in read.addresses if address[0] == "#"} <= read.ids
    assert read.open == []
    assert read.styled == 0
    assert "<script" not in page
    assert not re.search(r"url\((?!#)", page)  # only places of the page itself


def test_the_policy_allows_this_style_and_nothing_else(page):
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search('Content-Security-Policy" content="([^"]*)"', page)[1]
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_headings_go_down_step_by_step(page):
    headings = Page(page).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(lower <= upper + 1 for upper, lower in pairwise(headings))


def test_titles_state_what_was_found(page):
    titles = re.findall(r"<h[123][^>]*>(.*?)</h", page)
    assert ("2 人多得，半数不超过 100.00 元，没有人减少" in titles) or (
        "2 people gain, half of them at most 100.00 yuan; nobody loses" in titles
    )
    assert ("公布的 2 项数字全部一致，分厘不差" in titles) or (
        "All 2 published figures are met exactly" in titles
    )


def test_it_says_that_the_data_is_synthetic(page):
    assert page.count("合成数据：") + page.count("Synthetic data:") >= 2


def test_charts_are_text_in_two_widths(page):
    charts = re.findall(r'<svg class="chart (\w+)" role="img" aria-label="[^"]+"', page)
    assert charts == ["wide", "narrow"] * 3
    assert "<text" in page


def test_amounts_are_right_aligned(page):
    for cell in re.findall(r"<td( class=\"[^\"]*\")?>[\d,−+]+\.\d\d</td>", page):
        assert cell == ' class="number"'


def test_no_word_of_an_insurer_is_said_of_this_scheme(page):
    assert not NEVER_OF_THIS_SCHEME.findall(
        re.sub('<table class="prose">.*?</table>', "", page, flags=re.DOTALL)
    )
    for words in WORDS.values():
        assert not NEVER_OF_THIS_SCHEME.search(words["zh"])
        assert not re.search(r"\b(premium|policy|insured|claim)", words["en"])


def places(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_name_the_same_values():
    different = [key for key, words in WORDS.items() if places(words["zh"]) != places(words["en"])]
    assert different == []


def test_every_key_has_words_and_every_word_a_use():
    paths = [*FOLDER.parent.glob("*.py"), *FOLDER.rglob("*.py"), *FOLDER.rglob("*.j2")]
    source = "\n".join(path.read_text("utf-8") for path in paths)
    asked = set(re.findall(r"""said\(\s*["'](\w+)["']\s*[,)]""", source))
    assert asked - WORDS.keys() == set()
    made_up = ("reason_", "column_", "figure_", "mode_", "relation_", "section_", "sheet_", "step_")
    unused = [
        key
        for key in WORDS
        if not key.startswith(made_up) and not re.search(rf"""["']{key}["']""", source)
    ]
    assert unused == []


def test_every_reason_has_words():
    from gonghui.core.rulebook.reasons import Reason

    assert [one for one in Reason if f"reason_{one.name.lower()}" not in WORDS] == []


@pytest.mark.parametrize(
    ("language", "fen", "short"),
    [
        ("zh", 10_125_000, "10.13万"),
        ("zh", 897_000, "8,970"),
        ("en", 46_193_000, "461.9k"),
        ("en", 362_583_000, "3.63m"),
        ("en", 5_050, "51"),
    ],
)
def test_short_amounts_round_as_long_ones(monkeypatch, language, fen, short):
    from gonghui.doors.cli.report import charts

    monkeypatch.setattr(charts, "spoken", lambda: language)
    assert charts._short(fen) == short
