"""What the worker is told, from the sentences file alone."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tests.oracle import days
from tests.oracle.story import Use

FILE = Path(__file__).parents[2] / "src" / "gonghui" / "books" / "sentences.yaml"
SENTENCES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
DATES = {"zh": days.in_chinese, "en": days.in_english}


def sentence(reason: str, words: Mapping[str, Any], uses: Iterable[Use], language: str) -> str:
    """The sentence of one decision; what was paid is followed by the uses it drew on."""
    said = [_filled(SENTENCES["reasons"][reason][language], words, language)]
    if reason in ("paid", "cut"):
        for use in uses:
            said.append(
                _filled(
                    SENTENCES["uses"][language],
                    {"limit": use.label, "number": use.number, "limit_value": use.limit},
                    language,
                )
            )
    return (" " if language == "en" else "").join(said)


def gate_sentence(gate: Mapping, language: str) -> str:
    words = {"gate": gate["label"], "body": gate["decided_by"]}
    return _filled(SENTENCES["gate"][language], words, language)


def _filled(template: str, words: Mapping[str, Any], language: str) -> str:
    return template.format_map({key: _said(word, language) for key, word in words.items()})


def _said(word: Any, language: str) -> str:
    if isinstance(word, date):
        return DATES[language](word)
    if word is None:  # the one limit that an edition gives no label
        return SENTENCES["loss_ceiling"][language]
    return str(word)
