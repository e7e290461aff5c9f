"""The catalogue says everything, nothing else, and in the words of this scheme."""

import ast
import io
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from gonghui.core.errors import Refusal
from gonghui.doors.cli import language
from gonghui.doors.cli.language import CATALOGUE, choose, read_catalogue, speak

PACKAGE = Path(__file__).parents[3] / "src" / "gonghui"

MARKS = ("_", "N_", "gettext", "gettext_lazy")
OF_WHAT_IS_MARKED_ELSEWHERE = ("_", "gettext")

# This scheme is mutual aid. Of other payers the words are right: medical and commercial insurance.
FORBIDDEN = re.compile(r"保险|保费|理赔|赔付|赔款|投保|承保|保单")
OTHERS = re.compile(
    r"(基本|补充|重特大疾病|社会|职工|居民|城镇|大病)*医疗保险(?:费|金|基金)?|商业(医疗)?保险(已?(全部)?赔付)?|大病保险"
    r"|社会保险|工伤保险|生育保险|中国职工保险互助会|失业保险|养老保险"
)


def messages(source):
    """What is marked for translation; babel does not look into f-strings, this does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
            (argument,) = node.args
            if isinstance(argument, ast.Constant):
                yield argument.value
            else:
                assert node.func.id in OF_WHAT_IS_MARKED_ELSEWHERE, (
                    f"it marks a literal: {ast.unparse(node)}"
                )


def messages_of_pages(source):
    """What a template marks for translation."""
    marked = io.BytesIO(templatize(source).encode())
    for _line, _function, message, _comments in extract_python(marked, ["gettext", "_"], [], {}):
        yield message


def spoken_sources():
    of_code = (messages(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py"))
    of_pages = (
        messages_of_pages(path.read_text(encoding="utf-8"))
        for path in PACKAGE.glob("doors/*/templates/**/*.html")
        if "load i18n" in path.read_text(encoding="utf-8")
    )
    return {message for each in (*of_code, *of_pages) for message in each}


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans", abort_invalid=True)


def test_every_sentence_has_its_chinese(catalogue):
    known = {message.id for message in catalogue if message.id and message.string}
    missing = sorted(spoken_sources() - known)
    assert not missing, "add to the catalogue:\n\n" + "\n\n".join(
        f"msgid {quoted(message)}\nmsgstr {quoted('')}" for message in missing
    )


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_nothing_is_kept_that_is_no_longer_said(catalogue):
    assert {message.id for message in catalogue if message.id} - spoken_sources() == set()
    assert list(catalogue.obsolete) == []
    assert [message.id for message in catalogue if message.fuzzy] == []


def names(template):
    return {name.split(":")[0] for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_the_chinese_fills_the_same_names(catalogue):
    differing = {
        message.id: message.string
        for message in catalogue
        if message.id and names(message.string) - names(message.id)
    }
    assert differing == {}
    lost = {
        message.id
        for message in catalogue
        if message.id and names(message.id) - names(message.string)
    }
    assert lost == set()


def test_it_is_read_as_babel_reads_it(catalogue):
    mine = read_catalogue(CATALOGUE.read_text(encoding="utf-8"))
    mine.pop("")
    assert mine == {message.id: message.string for message in catalogue if message.id}


def foreign_words(text):
    return FORBIDDEN.findall(OTHERS.sub("", text))


def test_no_insurer_speaks_here(catalogue):
    found = {message.id: foreign_words(message.string) for message in catalogue if message.id}
    assert {key: words for key, words in found.items() if words} == {}


@pytest.mark.parametrize("kind", ["*/*/*.yaml", "*/*/cases/*/*.yaml"])
def test_no_insurer_speaks_in_the_books(kind):
    books = PACKAGE / "books" / "rulebooks"
    found = {
        path.relative_to(books).as_posix(): foreign_words(path.read_text(encoding="utf-8"))
        for path in books.glob(kind)
    }
    assert found
    assert {path: words for path, words in found.items() if words} == {}


def test_nor_in_the_sentences_workers_are_told():
    assert foreign_words((PACKAGE / "books" / "sentences.yaml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", ["保费", "本保险的赔付率", "向保险公司理赔", "职工互助保险"])
def test_an_insurers_word_is_caught(text):
    assert foreign_words(text)


@pytest.mark.parametrize("text", ["基本医疗保险", "商业保险赔付", "医保", "免赔额", "互助保障期"])
def test_words_for_other_payers_may_stand(text):
    assert foreign_words(text) == []


def test_sentences_of_templates_are_seen():
    source = '{% load i18n %}<p title="{% translate \'Title\' %}">{% translate "Don\'t" %}</p>'
    assert list(messages_of_pages(source)) == ["Title", "Don't"]


def test_sentences_inside_f_strings_are_seen():
    assert list(messages("print(f\"{_('Usage')} x\")")) == ["Usage"]
    with pytest.raises(AssertionError):
        list(messages("N_(name)"))


def test_chinese_unless_english_is_asked_for():
    assert choose(["check", "--all"], {}) == ("zh", ["check", "--all"])
    assert choose(["check", "--lang", "en", "--all"], {}) == ("en", ["check", "--all"])
    assert choose(["--lang=en", "check"], {"GONGHUI_LANG": "zh"}) == ("en", ["check"])
    assert choose(["check"], {"GONGHUI_LANG": "en"}) == ("en", ["check"])
    assert choose(["a", "--", "--lang"], {}) == ("zh", ["a", "--", "--lang"])
    for arguments, environment in (
        (["--lang"], {}),
        (["--lang", "de"], {}),
        ([], {"GONGHUI_LANG": "deutsch"}),
    ):
        with pytest.raises(Refusal):
            choose(arguments, environment)


def test_an_unknown_sentence_stays_as_it_is():
    speak("zh")
    assert language._("There is no band.") == "没有分档。"
    assert language._("never said") == "never said"
    speak("en")
    assert language._("There is no band.") == "There is no band."
    speak("zh")
