"""Which language the command line speaks, and the catalogue that says it.

Sources are English: ``_("…")`` here at the doors, ``N_("…")`` in ``core``, which is translated when
it is shown. Chinese is spoken unless English is asked for. The catalogue is read as written: no
binary is kept and none can be stale. Its few hundred entries take some milliseconds, where a
library made for translators would take a tenth of a second to import.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from gonghui.core.errors import N_, Refusal

Language = Literal["zh", "en"]
CATALOGUE = (
    Path(__file__).parents[2] / "locale" / "zh_Hans" / "LC_MESSAGES" / "gonghui.po"
)  # beside the floors, as it serves every door

_ENTRY = re.compile(
    r'^msgid (?P<source>(?:".*"\n)+)msgstr (?P<words>(?:".*"(?:\n|\Z))+)', re.MULTILINE
)
_speaking: list[Language] = ["zh"]


def _(message: str) -> str:
    """A message in the language spoken."""
    return message if spoken() == "en" else _chinese().get(message, message)


def spoken() -> Language:
    """The language spoken."""
    return _speaking[0]


def speak(language: Language) -> None:
    """From here on, this language is spoken."""
    _speaking[0] = language


def choose(
    arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> tuple[Language, list[str]]:
    """The language asked for, and the arguments without ``--lang``, which may stand anywhere.

    It is taken out before the commands are known, as their help is made in it.
    """
    asked, rest = environment.get("GONGHUI_LANG", ""), []
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--":
            rest += [argument, *remaining]
        elif argument == "--lang":
            asked = next(remaining, "?")
        elif argument.startswith("--lang="):
            asked = argument.partition("=")[2]
        else:
            rest.append(argument)
    if asked in ("", "zh"):
        return "zh", rest
    if asked == "en":
        return "en", rest
    raise Refusal(N_("“{asked}” is no language of Gonghui."), N_("Choose zh or en."), asked=asked)


@cache
def _chinese() -> Mapping[str, str]:
    return read_catalogue(CATALOGUE.read_text(encoding="utf-8"))


def read_catalogue(text: str) -> dict[str, str]:
    """Sources and their words; the catalogue's own header has the source ""."""
    return {
        _unquoted(entry["source"]): _unquoted(entry["words"]) for entry in _ENTRY.finditer(text)
    }


def _unquoted(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.splitlines())
