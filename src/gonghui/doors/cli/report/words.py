"""The words of summaries, explanations, workbook and report, in the language spoken.

They stand in ``words.yaml``, Chinese and English beside each other, as the sentences of the
decisions do: whoever changes one sees the other.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from gonghui.doors.cli.language import spoken


def said(key: str, **values: object) -> str:
    """The words of a key, filled in. A key or value that is missing is a fault of ours."""
    template = _words()[key][spoken()]
    return template.format(**values) if values else template


@cache
def _words() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = yaml.load(
        text,
        Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader),  # "yes" is a word
    )
    return words


def day_words(day: int) -> str:
    """2022-01-31: the same in both languages, and what a clerk types."""
    from gonghui.core.periods import date_of

    return date_of(day).isoformat()


def percent(part: int, whole: int, decimals: int = 2) -> str:
    """``19.14%``: exact division, rounded half up; – where there is nothing to divide by."""
    if whole <= 0:
        return "–"
    scale = 10 ** (decimals + 2)
    value = (2 * part * scale + whole) // (2 * whole)
    text = f"{value:0{decimals + 1}d}"
    return f"{text[:-decimals]}.{text[-decimals:]}%"


def times(part: int, whole: int) -> str:
    """``4.57``: how many times ``whole`` goes into ``part``, rounded half up."""
    if whole <= 0:
        return "–"
    value = (200 * part + whole) // (2 * whole)
    return f"{value // 100}.{value % 100:02d}"


def in_ten_thousands(fen: int) -> str:
    """Yuan in running text: ``96.03万`` in Chinese, ``960,290`` in English."""
    if spoken() == "en" or abs(fen) < 1_000_000:
        return f"{(abs(fen) + 50) // 100 * (1 if fen >= 0 else -1):,}"
    sign, hundredths = ("-" if fen < 0 else ""), (abs(fen) + 5_000) // 10_000
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02d}万"
