"""The oracle's own dictionary says what the engine's does. The one place that knows both."""

import ast
from pathlib import Path

from gonghui.core.rulebook.fields import FIELDS, MAX_AMOUNT_FEN, NONE
from tests.oracle import dictionary


def test_the_same_facts_by_the_same_names_with_the_same_defaults():
    assert dictionary.FACTS.keys() == FIELDS.keys()
    for name, field in FIELDS.items():
        for spelling in (name, field.label, *field.national, *field.aliases):
            assert dictionary.identifier(spelling) == name
        assert dictionary.DEFAULTS[name] == field.default
    units = {
        "fen": dictionary.AMOUNTS,
        "day": dictionary.DATES,
        "flag": dictionary.FLAGS,
        "number": dictionary.NUMBERS,
        "code": dictionary.CODES,
    }
    assert all(name in units[field.unit] for name, field in FIELDS.items())
    assert (dictionary.NOT_STATED, dictionary.MAX_AMOUNT_FEN) == (NONE, MAX_AMOUNT_FEN)


def test_the_same_words_for_every_code():
    for name in dictionary.CODES:
        words = FIELDS[name].vocabulary.words
        assert len(dictionary.WORDS[name].split()) == 2 * len(words)
        for identifier, (number, label) in words.items():
            assert dictionary.code(name, identifier) == number
            assert dictionary.code(name, label) == number


def test_nothing_else_of_the_oracle_imports_the_package():
    for module in Path(__file__).parent.glob("*.py"):
        if module != Path(__file__):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not any(name.split(".")[0] == "gonghui" for name in names), module
