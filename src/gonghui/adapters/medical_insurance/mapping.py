"""How one source names and codes its facts: a mapping, data in ``mappings/*.yaml``.

The same code means different things by installation, so a mapping is checked: by itself when it is
read, and against the accounting identities on every row it maps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from gonghui.adapters.medical_insurance.errors import FeedRefused
from gonghui.core.errors import Refusal
from gonghui.core.rulebook.expressions import Expression, parse
from gonghui.core.rulebook.expressions import fields as fields_of
from gonghui.core.rulebook.fields import FIELDS, Field

MAPPINGS = Path(__file__).parent / "mappings"

Format = Literal["settlements", "persons", "covers"]
Kind = Literal["identifier", "words", "certificate", "flag"]

KEYS: dict[Format, dict[str, Kind]] = {
    "settlements": {
        "settlement_id": "identifier",
        "original_id": "identifier",
        "visit_id": "identifier",
        "person_id": "certificate",
        "reversal": "flag",
        "valid": "flag",
        "interim": "flag",
    },
    "persons": {
        "person_id": "certificate",
        "name": "words",
        "unit_id": "identifier",
        "unit_name": "words",
    },
    "covers": {"person_id": "certificate", "unit_id": "identifier", "unit_name": "words"},
}
"""What a file of each format holds beside the facts of the dictionary."""

_FACTS_OF = {"settlements": "event", "persons": "person", "covers": "cover"}
_TRUE = dict.fromkeys(("1", "是", "true", "True", "TRUE", "yes", "Y"), 1)
_FALSE = dict.fromkeys(("0", "否", "false", "False", "FALSE", "no", "N"), 0)
FLAG_WORDS = _TRUE | _FALSE


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes of one column mean. Identifiers and Chinese names are among the words."""

    words: Mapping[str, int]
    first: int | None = None
    """Only so many characters of the code count."""
    otherwise: int | None = None
    """What a code that is not listed means; None: it is refused."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Two amounts that are one, to the fen."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """A mapping, read and checked."""

    name: str
    format: Format
    title: Mapping[str, str]
    headings: Mapping[str, tuple[str, ...]]
    """For each key and fact, the headings under which a file may hold it, the first first."""
    needed_columns: tuple[str, ...]
    needed_cells: tuple[str, ...]
    needed_of_stays: tuple[str, ...]
    """Like ``needed_cells``, of hospital stays only."""
    codes: Mapping[str, Codes]
    derived: tuple[tuple[str, Expression], ...] = ()
    identities: tuple[Identity, ...] = ()
    takes_interim: bool = True
    counts_both_ends: bool = False

    def columns(self, headings: Iterable[str]) -> dict[str, str]:
        """Which heading of a file holds which key or fact."""
        spelled = {heading.casefold(): heading for heading in headings}
        return {
            name: spelled[found]
            for name, accepted in self.headings.items()
            if (found := next((h for h in accepted if h in spelled), None)) is not None
        }


def path_of_mapping(name: str | Path) -> Path:
    """The file of a mapping that ships, by its name, or of one's own."""
    path = Path(name)
    return path if path.suffix == ".yaml" else MAPPINGS / f"{name}.yaml"


def known_mappings() -> list[str]:
    """The names of the mappings of settlements that ship."""
    names = sorted(path.stem for path in MAPPINGS.glob("*.yaml"))
    return [name for name in names if load_mapping(name).format == "settlements"]


@cache
def load_mapping(name: str | Path) -> SourceMapping:
    """A mapping that ships (``national``) or a file of one's own (``…/our-city.yaml``)."""
    path = path_of_mapping(name)
    if path.parent == MAPPINGS and not path.is_file():
        raise FeedRefused("mapping_unknown", str(name), value=", ".join(known_mappings()))
    entry = _entry(path)
    try:
        return _read(path.stem, entry)
    except (KeyError, TypeError, ValueError, Refusal) as error:
        raise FeedRefused("mapping_broken", path, value=error) from error


def _entry(path: Path, depth: int = 0) -> dict[str, Any]:
    """The file's content over what it extends: columns and codes one by one, the rest whole."""
    try:
        # BaseLoader: every scalar stays text, so that the code 01 is not the number 1.
        own = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    except OSError as error:
        raise FeedRefused("file_missing", path) from error
    except yaml.YAMLError as error:
        raise FeedRefused("mapping_broken", path, value=error) from error
    if not isinstance(own, dict):
        raise FeedRefused("mapping_broken", path, value="not a mapping")
    if "extends" not in own:
        return own
    if depth > 3:
        raise FeedRefused("mapping_broken", path, value="extends itself, or too often")
    beside = path.with_name(f"{own['extends']}.yaml")
    shipped = MAPPINGS / beside.name
    base = _entry(shipped if shipped.is_file() and not beside.is_file() else beside, depth + 1)
    merged = {key: base.get(key, {}) | own.get(key, {}) for key in ("columns", "codes")}
    return base | own | merged


def _read(name: str, entry: Mapping[str, Any]) -> SourceMapping:
    format_ = cast(Format, _choice(entry, "format", tuple(KEYS)))
    needed = entry["needed"]
    derived = tuple((d["field"], parse(d["is"])) for d in entry.get("derived", ()))
    identities = tuple(
        Identity(parse(i["left"]), parse(i["right"])) for i in entry.get("identities", ())
    )
    headings = _headings(format_, entry["columns"])
    mentioned = {
        *needed["columns"],
        *needed["cells"],
        *needed.get("stays", ()),
        *(field for field, _ in derived),
    }
    for expression in (e for i in identities for e in (i.left, i.right)):
        mentioned |= set(fields_of(expression))
    if unknown := mentioned - headings.keys():
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return SourceMapping(
        name=name,
        format=format_,
        title=entry["title"],
        headings=headings,
        needed_columns=tuple(needed["columns"]),
        needed_cells=tuple(needed["cells"]),
        needed_of_stays=tuple(needed.get("stays", ())),
        codes=_codes(headings, entry.get("codes", {})),
        derived=derived,
        identities=identities,
        takes_interim=_choice(entry, "interim", ("accept", "refuse")) == "accept",
        counts_both_ends=_choice(entry, "stay_days", ("nights", "both_ends")) == "both_ends",
    )


def _choice(entry: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str:
    word = entry.get(key, choices[0])
    if word not in choices:
        raise ValueError(f"{key} must be one of {', '.join(choices)}")
    return str(word)


def _headings(format_: Format, columns: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    keys = KEYS[format_]
    if unknown := columns.keys() - keys.keys() - FIELDS.keys():
        raise ValueError(f"unknown columns: {', '.join(sorted(unknown))}")
    stated = {name: tuple(map(str.casefold, names)) for name, names in columns.items()}
    taken = [heading for names in stated.values() for heading in names]
    if twice := {heading for heading in taken if taken.count(heading) > 1}:
        raise ValueError(f"one heading feeds two columns: {', '.join(sorted(twice))}")
    own = {
        field.name: tuple(h for h in _spellings(field) if h not in taken)
        for field in FIELDS.values()
        if field.whose == _FACTS_OF[format_] and field.name not in stated
    }
    return {name: stated.get(name, ()) for name in keys} | own | stated


def _spellings(field: Field) -> tuple[str, ...]:
    names = (field.name, field.label, *field.national, *field.aliases)
    return tuple(dict.fromkeys(name.casefold() for name in names))


def _codes(headings: Iterable[str], entries: Mapping[str, Mapping[str, str]]) -> dict[str, Codes]:
    codes = {}
    for name in headings:
        field = FIELDS.get(name)
        if field is None or field.unit not in ("code", "flag"):
            continue
        entry = dict(entries.get(name, {}))
        first, otherwise = entry.pop("first", None), entry.pop("otherwise", None)
        known = _known_words(field)
        codes[name] = Codes(
            words=known | {code: known[word] for code, word in entry.items()},
            first=None if first is None else int(first),
            otherwise=None if otherwise is None else known[otherwise],
        )
    return codes


def _known_words(field: Field) -> dict[str, int]:
    if field.vocabulary is None:
        return FLAG_WORDS
    words = field.vocabulary.words.items()
    return {spelling: code for word, (code, label) in words for spelling in (word, label)}
