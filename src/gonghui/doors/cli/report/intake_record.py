"""What was taken into a store, and how many take part: ``intake.json`` in the store's folder.

The store itself knows the settlements; the contributions follow from the list of covers, most of
whose people never went to a hospital.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = "intake.json"


@dataclass(frozen=True, slots=True)
class TakenFile:
    """One file as it was read: rows in = accepted + rejected."""

    name: str
    sha256: str
    rows: int
    rejected: int


@dataclass(frozen=True)
class IntakeRecord:
    """``participants``: how many covers start on each day (since 1970); ``seed``: of a twin."""

    files: tuple[TakenFile, ...] = ()
    participants: Mapping[int, int] = field(default_factory=dict)
    seed: str = ""

    @property
    def people(self) -> int:
        return sum(self.participants.values())

    @classmethod
    def of(cls, store: Path) -> IntakeRecord | None:
        """The record of a store; None where it was not taken in by ``gonghui ingest``."""
        path = store / FILE
        if not path.is_file():
            return None
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            tuple(TakenFile(**entry) for entry in data["files"]),
            {int(day): count for day, count in data["participants"].items()},
            data["seed"],
        )

    def dump(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def merged(earlier: IntakeRecord | None, now: IntakeRecord) -> IntakeRecord:
    """The record after another batch: its files are added, its list of covers replaces."""
    if earlier is None:
        return now
    same = {file.sha256 for file in now.files}
    kept = tuple(file for file in earlier.files if file.sha256 not in same)
    return IntakeRecord((*kept, *now.files), now.participants, now.seed or earlier.seed)
