"""A city profile, read: every text of a city that a document, bill or message prints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from gonghui.core.errors import N_, Refusal
from gonghui.programmes.mutualaid.cityprofile.road import Road


@dataclass(frozen=True, slots=True)
class Said:
    """What the profile says at one place. ``text`` is "" where it is unknown."""

    text: str
    assumed: bool = False
    because: str = ""
    source: str = ""

    @property
    def known(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Profile:
    """One city. ``entries`` holds every text by its path, as people write it: ``union.name``."""

    code: str
    entries: Mapping[str, Said]
    road: Road

    def find(self, path: str) -> str | None:
        """The text at a path; None where it is unknown or not in the profile."""
        said = self.entries.get(path)
        return said.text if said and said.known else None

    def text(self, path: str) -> str:
        """The text at a path. Refuses what is unknown: nothing is printed that nobody said."""
        found = self.find(path)
        if found is None:
            raise Refusal(
                N_("The city profile does not say “{path}”."),
                N_("Write it into the profile and set the profile anew."),
                path=path,
            )
        return found

    def word(self, term: str) -> str:
        """How this city calls a thing, such as ``contribution``."""
        return self.text(f"wording.{term}")

    def document_number(self, kind: str, year: int, number: int) -> str:
        """A document's number, such as 示工发〔2022〕15号; ``kind`` says of which series."""
        pattern = self.text("documents.pattern")
        head = self.text(f"documents.heads.{kind}") if "{head}" in pattern else ""
        return pattern.format(head=head, year=year, number=number)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The paths of what the profile says is unknown."""
        return tuple(path for path, said in self.entries.items() if not said.known)

    @property
    def assumed(self) -> tuple[str, ...]:
        """The paths of what no source states."""
        return tuple(path for path, said in self.entries.items() if said.assumed)

    def canonical(self) -> bytes:
        """The same for two files that say the same."""
        entries = {
            path: [said.text, said.assumed, said.because, said.source]
            for path, said in self.entries.items()
        }
        plain = {"code": self.code, "entries": entries, "road": self.road.plain()}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.canonical()).digest()
