"""Which of our templates is which of a gateway's: data, in a file of the city's own.

Keys are no data: they come from the environment and stand in no file and no text of an account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gonghui.core.errors import N_, Place, Refusal


@dataclass(frozen=True, slots=True)
class GatewayTemplate:
    """A template as the gateway has approved it."""

    id: str
    parameters: Mapping[str, str]
    """The gateway's name of each blank, and ours."""

    def filled(self, ours: Mapping[str, str]) -> dict[str, str]:
        return {theirs: ours[name] for theirs, name in self.parameters.items()}


def read_entry(path: Path) -> dict[str, Any]:
    """The file's content, every scalar as text."""
    try:
        entry = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise broken(path, type(error).__name__) from error
    if not isinstance(entry, dict):
        raise broken(path, "?")
    return entry


def read_templates(path: Path, entry: Mapping[str, Any]) -> dict[str, GatewayTemplate]:
    templates = entry.get("templates")
    if not isinstance(templates, dict) or not templates:
        raise broken(path, "templates")
    return {name: _template(path, name, one) for name, one in templates.items()}


def _template(path: Path, name: str, entry: object) -> GatewayTemplate:
    if not isinstance(entry, dict) or set(entry) - {"id", "parameters"} or not entry.get("id"):
        raise broken(path, f"templates.{name}")
    parameters = entry.get("parameters") or {}
    if not isinstance(parameters, dict) or not all(isinstance(p, str) for p in parameters.values()):
        raise broken(path, f"templates.{name}.parameters")
    return GatewayTemplate(str(entry["id"]), parameters)


def text_of(path: Path, entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value:
        raise broken(path, name)
    return value


def broken(path: Path, field: str) -> Refusal:
    return Refusal(
        N_("This is not the description of a gateway."),
        N_("Compare it with the example in the adapter's folder."),
        place=Place(str(path)),
        field=field,
    )
