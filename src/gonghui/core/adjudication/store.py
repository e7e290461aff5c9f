"""The Parquet store: settlements as narrow integer columns, partitioned by person.

``events/part=NN/NNNNNN.parquet`` hold surrogate keys and facts only, each file sorted by person and
in the deciding order; ``identities-NNNNNN.parquet`` and ``settlements/`` say who and what the keys
stand for. ``manifest.json`` names the files that count, and is replaced last: a file it does not
name does not exist. How a store is changed: ``changes.py``.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.rulebook.fields import FIELDS

if TYPE_CHECKING:
    from gonghui.core.adjudication.changes import Change

FORMAT = "gonghui-store/1"
MANIFEST = "manifest.json"

Columns = dict[str, NDArray[Any]]
"""Integer columns of one length by name, in their narrow types, not writable."""

Types = dict[str, pl.DataType | type[pl.DataType]]

KEYS: Types = {"person": pl.Int32, "settlement": pl.Int64}
FACTS: Types = {
    name: {"int8": pl.Int8, "int16": pl.Int16, "int32": pl.Int32, "int64": pl.Int64}[fact.dtype]
    for name, fact in FIELDS.items()
}
EVENT_TYPES = KEYS | FACTS

IDENTITIES: Types = {
    "person": pl.Int32,
    "certificate": pl.String,
    "name": pl.String,
    "unit_id": pl.String,
    "unit_name": pl.String,
}
SETTLEMENTS: Types = {
    "settlement": pl.Int64,
    "settlement_id": pl.String,
    "visit_id": pl.String,
    "person": pl.Int32,
    "content": pl.Int64,  # says whether a record sent again is the same
    "total_cost": pl.Int32,
    "reverses": pl.Int64,  # the settlement that this record takes back; 0 for a settlement
}

SAME_DAY: dict[str, tuple[tuple[str, bool], ...]] = {
    "settlement_number": (),
    "earliest_received": (("received_on", False),),
    "largest_cost_first": (("total_cost", True),),
    "smallest_cost_first": (("total_cost", False),),
}
"""``same_day_order`` of an edition -> (column, descending) between the day and the number."""


@dataclass(frozen=True, slots=True)
class Order:
    """The order in which an edition wants a person's settlements."""

    deciding_date: str
    same_day_order: str

    def __post_init__(self) -> None:
        date = FIELDS.get(self.deciding_date)
        if date is None or date.unit != "day" or self.same_day_order not in SAME_DAY:
            raise Refusal(
                N_("Settlements cannot be ordered by {deciding_date}, {same_day_order}."),
                N_("Name a date field and one of: {choices}."),
                deciding_date=self.deciding_date,
                same_day_order=self.same_day_order,
                choices=", ".join(SAME_DAY),
            )

    @property
    def keys(self) -> tuple[tuple[str, bool], ...]:
        """(column, descending), the weightiest first."""
        day = (("person", False), (self.deciding_date, False))
        return (*day, *SAME_DAY[self.same_day_order], ("settlement", False))

    def sort(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame in this order; a key that it has no column for is the same in all its rows."""
        keys = [(name, descending) for name, descending in self.keys if name in frame.columns]
        return frame.sort([name for name, _ in keys], descending=[down for _, down in keys])


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file of the store; the stem of its name ends in its generation."""

    path: str
    rows: int
    sha256: str

    @property
    def generation(self) -> str:
        return Path(self.path).stem[-6:]


@dataclass(frozen=True, slots=True)
class Generation:
    """What all event files of one commit have in common."""

    stored: tuple[str, ...]
    constants: dict[str, int]
    """Facts with one value in all of its rows: said here instead of being stored."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of ``manifest.json``. ``amount_range``: no stored amount lies outside."""

    order: Order
    partitions: int
    provenance: str
    number: int = 0
    generations: dict[str, Generation] = field(default_factory=dict)
    amount_range: dict[str, tuple[int, int]] = field(default_factory=dict)
    parts: tuple[tuple[File, ...], ...] = ()
    identities: File | None = None
    settlements: tuple[File, ...] = ()

    def dump(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1)

    @staticmethod
    def load(text: str) -> Manifest:
        data = json.loads(text)
        if data.pop("format", None) != FORMAT:
            raise ValueError("format")
        data["order"] = Order(**data["order"])
        data["generations"] = {
            name: Generation(tuple(entry["stored"]), entry["constants"])
            for name, entry in data["generations"].items()
        }
        data["amount_range"] = {name: (a, b) for name, (a, b) in data["amount_range"].items()}
        data["parts"] = tuple(tuple(File(**file) for file in part) for part in data["parts"])
        data["identities"] = File(**data["identities"]) if data["identities"] else None
        data["settlements"] = tuple(File(**file) for file in data["settlements"])
        return Manifest(**data)

    @property
    def files(self) -> tuple[File, ...]:
        whole = (self.identities,) if self.identities else ()
        return (*whole, *self.settlements, *(file for part in self.parts for file in part))


def part_of(persons: NDArray[Any], partitions: int) -> NDArray[np.int16]:
    """The partition of each person: a multiplicative hash, so that neighbours spread evenly."""
    mixed = persons.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return ((mixed >> np.uint64(32)) % np.uint64(partitions)).astype(np.int16)


class Store:
    """A store as it was when opened. Whoever holds it sees only changes made through it."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path, self.manifest = path, manifest
        self._constant_buffers: Columns = {}

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        partitions: int,
        deciding_date: str,
        same_day_order: str,
        provenance: str = "",
    ) -> Store:
        """An empty store. A good partition holds 0.1 to 5 million settlements."""
        if (path / MANIFEST).exists():
            raise Refusal(
                N_("Here is a store already."),
                N_("Choose another folder, or open this one."),
                place=Place(str(path)),
            )
        if not 1 <= partitions <= 4096:
            raise Refusal(N_("A store has 1 to 4096 partitions."), "", field="partitions")
        order = Order(deciding_date, same_day_order)
        manifest = Manifest(order, partitions, provenance, parts=((),) * partitions)
        path.mkdir(parents=True, exist_ok=True)
        store = cls(path, manifest)
        store.publish(manifest)
        return store

    @classmethod
    def open(cls, path: Path) -> Store:
        try:
            return cls(path, Manifest.load((path / MANIFEST).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Refusal(
                N_("This is no store that this version can read ({reason})."),
                N_("Name the folder that holds manifest.json, or prepare the store again."),
                place=Place(str(path)),
                reason=type(error).__name__,
            ) from error

    @property
    def rows(self) -> int:
        return sum(self.part_rows)

    @property
    def part_rows(self) -> list[int]:
        """The number of settlements of each partition."""
        return [sum(file.rows for file in part) for part in self.manifest.parts]

    @property
    def constants(self) -> dict[str, int]:
        """Facts that have one value in the whole store: a fold may take them as numbers."""
        first, *rest = list(self.manifest.generations) or [""]
        return {
            name: value
            for name in FACTS
            if (value := self._constant(first, name)) is not None
            and all(self._constant(other, name) == value for other in rest)
        }

    def _constant(self, generation: str, name: str) -> int | None:
        """The value of a fact that the files of a generation do not store; None if they do."""
        entry = self.manifest.generations.get(generation, Generation((), {}))
        if name in entry.stored:
            return None
        # A fact newer than the files was not stated when they were written.
        return entry.constants.get(name, FIELDS[name].default)

    def read(self, part: int, columns: Sequence[str], *, order: Order | None = None) -> Columns:
        """Columns of one partition, sorted by person and in ``order`` (the store's own if None).

        Facts and the keys ``person`` and ``settlement`` may be asked for. The arrays share memory
        with buffers of the store: they cannot be written to.
        """
        files = self.manifest.parts[part]
        if len(files) == 1 and order in (None, self.manifest.order):
            (file,) = files
            stored = [name for name in columns if self._is_stored(file, name)]
            # Asking for no column at all would lose the number of rows.
            frame = self._read_file(file, stored) if stored else pl.DataFrame()
            return {
                name: frame[name].to_numpy() if name in stored else self._fill(file, name)
                for name in columns
            }
        frame = self.frame(part, columns, order=order)
        return {name: frame[name].to_numpy() for name in columns}

    def read_persons(
        self, persons: NDArray[Any], columns: Sequence[str], *, order: Order | None = None
    ) -> Columns:
        """Like ``read``, but the whole histories of these persons only."""
        wanted = pl.Series(np.unique(persons), dtype=pl.Int32)
        parts = np.unique(part_of(wanted.to_numpy(), self.manifest.partitions))
        frames = [self.frame(int(part), columns, order=order, persons=wanted) for part in parts]
        empty = pl.DataFrame(schema={name: EVENT_TYPES[name] for name in columns})
        frame = (order or self.manifest.order).sort(pl.concat(frames or [empty])).rechunk()
        return {name: frame[name].to_numpy() for name in columns}

    def frame(
        self,
        part: int,
        columns: Sequence[str] = tuple(EVENT_TYPES),
        *,
        order: Order | None = None,
        persons: pl.Series | None = None,
    ) -> pl.DataFrame:
        """One partition, its files merged and sorted: the columns, and the keys of the order."""
        order = order or self.manifest.order
        names = list(dict.fromkeys([*columns, *(name for name, _ in order.keys)]))
        frames = [pl.DataFrame(schema={name: EVENT_TYPES[name] for name in names})]
        for file in self.manifest.parts[part]:
            stored = [name for name in names if self._is_stored(file, name)]
            frame = self._read_file(file, stored)
            if persons is not None:
                frame = frame.filter(pl.col("person").is_in(persons.implode()))
            absent = {
                name: pl.lit(self._constant(file.generation, name), EVENT_TYPES[name])
                for name in names
                if name not in stored
            }
            frames.append(frame.with_columns(**absent).select(names))
        frame = pl.concat(frames)
        if len(frames) > 2 or order != self.manifest.order:
            frame = order.sort(frame)
        # Rechunked: what is in one piece becomes a numpy array without a copy.
        return frame.rechunk()

    def identities(self) -> pl.DataFrame:
        """Who the persons are: the columns of IDENTITIES, one row a person."""
        if self.manifest.identities is None:
            return pl.DataFrame(schema=IDENTITIES)
        return pl.read_parquet(self.path / self.manifest.identities.path)

    def settlements(self, numbers: pl.Series | None = None) -> pl.DataFrame:
        """What was received, the columns of SETTLEMENTS; if numbers are given, only the records
        that have one of them or take it back."""
        if not self.manifest.settlements:
            return pl.DataFrame(schema=SETTLEMENTS)
        known = pl.scan_parquet([self.path / file.path for file in self.manifest.settlements])
        if numbers is not None:
            asked = pl.col("settlement", "reverses").is_in(numbers.implode())
            known = known.filter(pl.any_horizontal(asked))
        return known.collect()

    def damaged(self) -> list[str]:
        """The files that are missing or whose content is not what was written."""
        return [file.path for file in self.manifest.files if not self._is_whole(file)]

    def change(self) -> AbstractContextManager[Change]:
        """Several changes at once: all of them count, or none. See ``changes.Change``."""
        from gonghui.core.adjudication.changes import changing

        return changing(self)

    def append(self, frame: pl.DataFrame) -> None:
        with self.change() as change:
            change.append(frame)

    def replace_rows(self, frame: pl.DataFrame) -> None:
        with self.change() as change:
            change.replace_rows(frame)

    def compact(self) -> None:
        with self.change() as change:
            change.compact()

    def _is_stored(self, file: File, name: str) -> bool:
        return name in KEYS or name in self.manifest.generations[file.generation].stored

    def _read_file(self, file: File, columns: list[str]) -> pl.DataFrame:
        try:
            frame = pl.read_parquet(
                self.path / file.path, columns=columns, hive_partitioning=False, glob=False
            )
        except (OSError, pl.exceptions.PolarsError) as error:
            raise Refusal(
                N_("The file {file} of the store cannot be read."),
                N_("Restore the store from its backup, or prepare it again from the feeds."),
                place=Place(str(self.path)),
                file=file.path,
            ) from error
        return frame.rechunk()

    def _fill(self, file: File, name: str) -> NDArray[Any]:
        """A column of one value: a slice of one buffer, made once for the largest partition."""
        value = self._constant(file.generation, name)
        buffer = self._constant_buffers.get(name)
        if buffer is None or not buffer.size or buffer[0] != value:
            buffer = np.full(max(self.part_rows), value, FIELDS[name].dtype)
            buffer.flags.writeable = False
            self._constant_buffers[name] = buffer
        return buffer[: file.rows]

    def _is_whole(self, file: File) -> bool:
        try:
            with (self.path / file.path).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256
        except OSError:
            return False

    def publish(self, manifest: Manifest, together: Callable[[], object] | None = None) -> None:
        """Make these files the store's content, durably and at once. For ``changes.py``.

        ``together`` is done when nothing but the last renaming is left to do.
        """
        target, draft = self.path / MANIFEST, self.path / f"{MANIFEST}.new"
        with draft.open("w", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), 0o600)
            stream.write(manifest.dump())
            stream.flush()
            os.fsync(stream.fileno())
        if together:
            together()
        draft.replace(target)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name, too, must survive a power cut
        finally:
            os.close(folder)
        self.manifest = manifest
        self._constant_buffers.clear()
