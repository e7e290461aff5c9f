"""What is said: templates in Chinese and English, and what fills their blanks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, TypeAlias

import yaml

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan

TEMPLATES = Path(__file__).parent / "templates"

Language = Literal["zh", "en"]
Value: TypeAlias = str | int | date
_KINDS = {"text": str, "fen": int, "number": int, "date": date}


@dataclass(frozen=True, slots=True)
class Template:
    """A message with blanks. ``private`` ones name people."""

    name: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    parameters: Mapping[str, str]
    private: Mapping[str, str]

    @property
    def kinds(self) -> Mapping[str, str]:
        return {**self.parameters, **self.private}

    def checked(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """The values, if there is one of the right kind for every blank and no other."""
        for name in self.kinds.keys() ^ values.keys():
            raise Refusal(
                N_("The message “{template}” has no value for “{name}”, or no such blank."),
                N_("Compare the blanks of the template."),
                template=self.name,
                name=name,
            )
        for name, kind in self.kinds.items():
            if not isinstance(values[name], _KINDS[kind]) or isinstance(values[name], bool):
                raise TypeError(f"{self.name}: {name} is a {kind}")
        return dict(values)

    def filled(self, values: Mapping[str, Any], language: str) -> dict[str, str]:
        """Each value in words; a date may come as text, as JSON keeps it."""
        return {name: _in_words(kind, values[name], language) for name, kind in self.kinds.items()}

    def said(self, values: Mapping[str, Any], language: str) -> tuple[str, str]:
        """Title and text."""
        words = self.filled(values, language)
        return self.title[language], self.text[language].format(**words)


def _in_words(kind: str, value: Any, language: str) -> str:  # noqa: ANN401
    if kind == "fen":
        return format_yuan(value)
    if kind == "date":
        day = value if isinstance(value, date) else date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()
    return str(value)


@cache
def templates() -> dict[str, Template]:
    """All that ship, by name."""
    found: dict[str, Template] = {}
    for path in sorted(TEMPLATES.glob("*.yaml")):
        for name, entry in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader).items():
            if name in found:
                raise ValueError(f"{path.name}: {name} stands in two files")
            found[name] = read_template(name, entry)
    return found


def template_named(name: str) -> Template:
    template = templates().get(name)
    if template is None:
        raise Refusal(
            N_("There is no message “{name}”."), N_("Choose one of the templates."), name=name
        )
    return template


def read_template(name: str, entry: Mapping[str, Any]) -> Template:
    """One entry of a file, checked: the same blanks in both languages, each with its kind."""
    template = Template(
        name, entry["title"], entry["text"], entry["parameters"], entry.get("private", {})
    )
    if both := template.parameters.keys() & template.private.keys():
        raise ValueError(f"{name}: {sorted(both)} cannot be private and not")
    if unknown := set(template.kinds.values()) - _KINDS.keys():
        raise ValueError(f"{name}: no such kinds: {sorted(unknown)}")
    for language in ("zh", "en"):
        if "{" in template.title[language]:
            raise ValueError(f"{name}: a title has no blanks")
        blanks = {blank for _, blank, _, _ in Formatter().parse(template.text[language]) if blank}
        if blanks != template.kinds.keys():
            raise ValueError(f"{name}: {language} has other blanks than its parameters")
    return template
