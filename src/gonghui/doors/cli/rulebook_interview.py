"""Asking for an edition, one question at a time: prompts, checks, clauses; or a file of answers.

An answer is kept as the language writes it: ``{is: 80 yuan, clause: fee}``, or assumed, with its
reason.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
import yaml

from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.rulebook.document import Node, parse
from gonghui.core.rulebook.fields import HOSPITAL_LEVELS
from gonghui.core.rulebook.questions import Question
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import complain, in_words, pad, width

Check = Callable[[str], object]
Entry = dict[str, Any]
"""What stands in the file: plain text, numbers, lists and mappings."""

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_LEVEL = re.compile(r"\s*(\S+?)\s*[:：=＝ ]\s*(.+?)\s*")


def choice_of(choices: Sequence[str]) -> Check:
    """One of some words."""

    def check(text: str) -> str:
        if text in choices:
            return text
        raise Refusal(
            N_("“{said}” is not known here."),
            N_("Choose one of: {choices}."),
            said=text,
            choices=", ".join(choices),
        )

    return check


def identifier(text: str) -> str:
    if IDENTIFIER.fullmatch(text):
        return text
    raise Refusal(
        N_("“{said}” is not an identifier."),
        N_("Use lower-case English letters, digits and _, starting with a letter."),
        said=text,
    )


def listed(check: Check) -> Check:
    """Several, with commas between."""
    return lambda text: [check(part) for part in split(text)]


def split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,，、]", text) if part.strip()]


def by_level(text: str, check: Check) -> Entry | None:
    """``一级 60%, 二级 55%, 三级 50%, 未定级 50%`` as a table; None for a single value."""
    spellings = {word: word for word in HOSPITAL_LEVELS.words} | {
        label: word for word, (_code, label) in HOSPITAL_LEVELS.words.items()
    }
    rows: Entry = {}
    parts = re.split(r"[,，;；、](?!\d{3}\b)", text)  # not the comma of 1,500
    for part in parts:
        match = _LEVEL.fullmatch(part)
        if match is None or match[1] not in spellings:
            break
        check(match[2])
        rows[HOSPITAL_LEVELS.words[spellings[match[1]]][1]] = match[2]
    else:
        missing = [label for _code, label in HOSPITAL_LEVELS.words.values() if label not in rows]
        if missing:
            raise Refusal(
                N_("The table has no row “{key}”."), N_("Name every level."), key=missing[0]
            )
        return {"by": "hospital_level", "rows": rows}
    return None


@dataclass
class Interview:
    """Questions asked in turn. ``answered`` holds every answer by its key, as given."""

    given: Mapping[str, Node] = field(default_factory=dict)
    file: str = ""
    reason: str = ""
    answered: Entry = field(default_factory=dict)
    clauses: dict[str, tuple[str, str]] = field(default_factory=dict)
    _number: int = 0

    @classmethod
    def of(cls, answers: Path | None) -> Interview:
        if answers is None:
            return cls()
        tree = parse(answers.read_bytes(), str(answers))
        return cls(given=tree.mapping, file=str(answers))

    # questions

    def plain(self, key: str, asks: str, check: Check = str, default: str = "") -> str:
        """An answer that cites nothing: names, ids, labels."""
        return self._ask(key, asks, check, default)[0]

    def number(self, key: str, asks: str, check: Check, *, levels: bool = False) -> Entry:
        """A number with its clause; where ``levels``, also a table by hospital level."""
        table: list[Entry] = []

        def check_both(text: str) -> object:
            found = by_level(text, check) if levels else None
            table[:] = [found] if found else []
            return found or check(text)

        if levels:
            asks += " " + _("(or by level: 一级 …, 二级 …, 三级 …, 未定级 …)")
        text, node = self._ask(key, asks, check_both)
        citation = self._citation(key, node)
        return {**table[0], **citation} if table else {"is": text, **citation}

    def word(self, key: str, question: Question, *, but: str = "") -> Entry:
        """The answer to one of the language's questions; ``but`` is no choice here."""
        choices = {word: said for word, said in question.choices.items() if word != but}
        asks = _(question.asks)
        if question.number:
            asks += " " + _("(question {number})").format(number=question.number)
        text, node = self._ask(key, asks, choice_of([*choices]), "", choices)
        return {"is": text, **self._citation(key, node)}

    def one_of(self, key: str, asks: str, choices: Mapping[str, str]) -> Entry:
        """A word of the language that answers no question of the list."""
        text, node = self._ask(key, asks, choice_of([*choices]), "", choices)
        return {"is": text, **self._citation(key, node)}

    def several(self, key: str, asks: str, check: Check, default: str = "") -> Entry:
        """A list with its clause."""
        text, node = self._ask(key, asks, listed(check), default)
        return {"is": split(text), **self._citation(key, node)}

    def order(self, key: str, asks: str, words: Sequence[str]) -> Entry:
        """All of some words in an order, with its clause."""

        def check(text: str) -> None:
            if sorted(split(text)) != sorted(words):
                raise Refusal(
                    N_("Here each of {choices} stands once."),
                    N_("Write them in their order, with commas between."),
                    choices=", ".join(words),
                )

        text, node = self._ask(key, asks, check, ", ".join(words))
        return {"is": split(text), **self._citation(key, node)}

    def how_many(self, key: str, asks: str) -> int:
        """A small number that is not written into the file."""
        return int(self.plain(key, asks, choice_of([*map(str, range(10))])))

    # asking

    def _ask(
        self,
        key: str,
        asks: str,
        check: Check,
        default: str = "",
        choices: Mapping[str, str] | None = None,
    ) -> tuple[str, Node | None]:
        """The text of an answer, and its node when it came from the file."""
        if key in self.given:
            node = self.given[key]
            value = node.mapping["is"] if node.is_mapping and "is" in node.mapping else node
            try:
                check(value.text)
            except Refusal as refusal:
                raise refusal.at(value.place, key) from None
            self.answered[key] = value.text
            return value.text, node
        if self.given and not sys.stdin.isatty():
            raise Refusal(
                N_("“{key}” is not answered: {asks}"),
                N_("Add “{key}: …” to the answers."),
                place=Place(self.file),
                key=key,
                asks=asks,
            )
        self._number += 1
        print(f"\n{self._number}. {asks}")
        columns = max((width(word) for word in choices or {}), default=0)
        for word, said in (choices or {}).items():
            print(f"   {pad(word, columns)}  {_(said)}")
        while True:
            suffix = f"[{default}] > " if default else "> "
            text = str(
                typer.prompt("  ", default=default, show_default=False, prompt_suffix=suffix)
            ).strip()
            try:
                check(text)
            except Refusal as refusal:
                complain(f"   {in_words(refusal)}")
                continue
            self.answered[key] = text
            return text, None

    def _citation(self, key: str, node: Node | None) -> Entry:
        """The clause of an answer, or that it is assumed and why."""
        if node is None:
            return self._ask_citation(key)
        said = node.mapping if node.is_mapping else {}
        if "clause" in said:
            clause = said["clause"].text
            self._know(clause, said["clause"])
            self.answered[key] = {"is": self.answered[key], "clause": clause}
            return {"clause": clause}
        because = said["because"].text if "because" in said else self.reason
        return {"assumed": True, "because": because}

    def _ask_citation(self, key: str) -> Entry:
        print(
            "   "
            + _("Clause? Its id, or Enter: assumed, “{reason}”; or ?reason").format(
                reason=self.reason
            )
        )
        while True:
            said = str(
                typer.prompt("  ", default="", show_default=False, prompt_suffix="〔〕> ")
            ).strip()
            if not said or said.startswith(("?", "？")):
                because = said[1:].strip() or self.reason
                self.answered[key] = {"is": self.answered[key], "because": because}
                return {"assumed": True, "because": because}
            try:
                self._know(identifier(said), None)
            except Refusal as refusal:
                complain(f"   {in_words(refusal)}")
                continue
            self.answered[key] = {"is": self.answered[key], "clause": said}
            return {"clause": said}

    def _know(self, clause: str, node: Node | None) -> None:
        """A clause by its id; of a new one the title and words are asked."""
        if clause in self.clauses:
            return
        title = self.plain(
            f"clauses.{clause}.title", _("Title of the clause “{id}”").format(id=clause)
        )
        words = self.plain(
            f"clauses.{clause}.words",
            _("Its words, as the source has them (may be added later)"),
            default=_("(to be copied from the source)"),
        )
        self.clauses[clause] = title, words

    def refuse_unasked(self) -> None:
        """An answer to nothing is a mistake in its key."""
        for key, node in self.given.items():
            if key not in self.answered:
                raise Refusal(
                    N_("No question is asked by the name of “{key}”."),
                    N_("Correct the key, or remove the answer."),
                    place=node.key_place,
                    key=key,
                )

    def so_far(self) -> str:
        """The answers given, as a file that can be corrected and given again."""
        return yaml.safe_dump(self.answered, allow_unicode=True, sort_keys=False)
