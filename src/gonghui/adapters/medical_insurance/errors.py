"""Refusals of whole files, and the words for everything that can be wrong with one.

The words are data, in Chinese and English (``messages.yaml``); a message has a code by which tests
and statistics know it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from gonghui.core.errors import Place, Refusal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Message:
    """What is wrong and what to do about it, in one language."""

    wrong: str
    do: str


@cache
def messages(language: Language) -> dict[str, Message]:
    text = Path(__file__).with_name("messages.yaml").read_text("utf-8")
    entries = yaml.load(text, yaml.CSafeLoader)
    return {code: Message(**entry[language]) for code, entry in entries.items()}


class FeedRefused(Refusal):
    """A file that cannot be taken in at all; nothing was written."""

    def __init__(
        self, code: str, file: Path | str, *, row: int = 0, field: str = "", value: object = ""
    ) -> None:
        message = messages("en")[code]
        place = Place(str(file), row)
        super().__init__(message.wrong, message.do, place=place, field=field, value=value)
        self.code = code

    def words_in(self, language: Language) -> str:
        """One line in a language: file, row, field, what is wrong, what to do."""
        message = messages(language)[self.code]
        chinese = {self.what: message.wrong, self.todo: message.do}
        return super().words(lambda template: chinese[template])

    def words(self, translate: Callable[[str], str] | None = None) -> str:
        """In Chinese, the language of the clerks, unless a translation is asked for."""
        return super().words(translate) if translate else self.words_in("zh")
