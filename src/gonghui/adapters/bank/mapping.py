"""How one bank exports a statement: a mapping, data in ``mappings/*.yaml``, checked when read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from gonghui.adapters.bank.findings import StatementRefused

MAPPINGS = Path(__file__).parent / "mappings"

COLUMNS = (
    *("booked_on", "booked_at", "amount_in", "amount_out", "amount", "direction", "currency"),
    *("counter_account", "counter_name", "counter_bank", "purpose", "remark", "serial", "balance"),
)
"""What a column can hold. Money is either in ``amount_in`` and ``amount_out``, or in ``amount``
with its sign, or in ``amount`` with a ``direction``."""

HEAD = (
    *("account", "account_name", "opening", "closing"),
    *("total_in", "total_out", "count_in", "count_out", "count"),
)
"""What may be said above or below the payments."""

Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class BankMapping:
    name: str
    title: Mapping[str, str]
    headings: Mapping[str, tuple[str, ...]]
    """For each column, the headings under which a file may hold it, folded; the first first."""
    head: Mapping[str, tuple[str, ...]]
    directions: Mapping[str, Direction]
    totals: tuple[str, ...]
    foot: tuple[str, ...]
    """Beginnings of rows below the payments that are none."""
    needed: tuple[str, ...]
    words: tuple[str, ...]
    """The headings as they are printed: by them a text file's encoding is known."""
    serial_unique: bool
    signed: bool
    """The one column of amounts shows money out with a minus."""

    def columns(self, cells: list[str]) -> dict[str, int]:
        """Which cell of a row of headings is which column."""
        folded = [fold(cell) for cell in cells]
        return {
            name: folded.index(found)
            for name, accepted in self.headings.items()
            if (found := next((h for h in accepted if h in folded), None)) is not None
        }

    def missing(self, found: Mapping[str, int]) -> list[str]:
        """What a statement of this bank cannot do without and the heading does not hold."""
        lacking = [name for name in self.needed if name not in found]
        if {"amount_in", "amount_out"} <= found.keys():
            return lacking
        if "amount" not in found:
            return [*lacking, "amount"]
        return lacking if self.signed or "direction" in found else [*lacking, "direction"]

    def printed(self, name: str) -> str:
        """What a clerk would look for: the column's first heading."""
        if name == "amount" and "amount_in" in self.headings:
            return "/".join(self.headings[one][0] for one in ("amount_in", "amount_out"))
        return self.headings.get(name, (name,))[0]


def fold(text: str) -> str:
    """A heading without what does not tell headings apart: width, spaces, a unit in brackets."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"\((?:人民币|元|CNY|RMB|[¥￥])+\)", "", plain, flags=re.IGNORECASE)
    return re.sub(r"[\s:*]", "", plain).casefold()


def known_mappings() -> list[str]:
    """Those that ship; ``generic`` last, since its headings are many banks'."""
    names = sorted(path.stem for path in MAPPINGS.glob("*.yaml"))
    return sorted(names, key=lambda name: name == "generic")


@cache
def load_mapping(name: str | Path) -> BankMapping:
    """A mapping that ships (``icbc``), or a file of one's own (``…/our-bank.yaml``)."""
    path = Path(name)
    if path.suffix != ".yaml":
        path = MAPPINGS / f"{name}.yaml"
        if str(name) not in known_mappings():
            raise StatementRefused("mapping_unknown", str(name), value=", ".join(known_mappings()))
    try:
        # BaseLoader: every scalar stays text.
        entry = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        return _read(path.stem, entry)
    except (OSError, KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
        raise StatementRefused("mapping_broken", str(path), value=error) from error


def _read(name: str, entry: Mapping[str, Any]) -> BankMapping:
    headings = {key: tuple(map(fold, words)) for key, words in entry["columns"].items()}
    if unknown := headings.keys() - set(COLUMNS):
        raise ValueError(f"unknown columns: {', '.join(sorted(unknown))}")
    taken = [heading for words in headings.values() for heading in words]
    if twice := {heading for heading in taken if taken.count(heading) > 1}:
        raise ValueError(f"one heading feeds two columns: {', '.join(sorted(twice))}")
    head = {key: tuple(map(fold, words)) for key, words in entry.get("head", {}).items()}
    if unknown := head.keys() - set(HEAD):
        raise ValueError(f"unknown in head: {', '.join(sorted(unknown))}")
    needed = tuple(entry.get("needed", ("booked_on",)))
    if unknown := set(needed) - headings.keys():
        raise ValueError(f"needed but not mapped: {', '.join(sorted(unknown))}")
    return BankMapping(
        name=name,
        title=entry["title"],
        headings=headings,
        head=head,
        directions=_directions(entry.get("directions", {})),
        totals=tuple(map(fold, entry.get("totals", ()))),
        foot=tuple(map(fold, entry.get("foot", ()))),
        needed=needed,
        words=tuple(word for words in entry["columns"].values() for word in words),
        serial_unique=_choice(entry, "serial", ("unique", "repeated")) == "unique",
        signed=_choice(entry, "amount", ("unsigned", "signed")) == "signed",
    )


def _choice(entry: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str:
    word = entry.get(key, choices[0])
    if word not in choices:
        raise ValueError(f"{key} must be one of {', '.join(choices)}")
    return str(word)


def _directions(entry: Mapping[str, list[str]]) -> dict[str, Direction]:
    if set(entry) - {"in", "out"}:
        raise ValueError("directions are in and out")
    words: dict[str, Direction] = {fold(word): "in" for word in entry.get("in", ())}
    return words | {fold(word): "out" for word in entry.get("out", ())}
