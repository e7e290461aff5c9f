"""How a store changes: all at once or not at all.

A change writes new files beside the old ones and then replaces the manifest. Whatever interrupts it
before leaves the old store. Files that no manifest names any more are removed when the next change
begins, so that whoever reads the store meanwhile still finds them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl

from gonghui.core.adjudication.bounds import check_bounds
from gonghui.core.adjudication.store import (
    EVENT_TYPES,
    FACTS,
    IDENTITIES,
    KEYS,
    SETTLEMENTS,
    File,
    Generation,
    Store,
    Types,
    part_of,
)
from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.rulebook.fields import AMOUNTS, FIELDS

_LOCK = "lock"
_WRITERS = 2
"""Threads that sort and write partitions; each of them keeps Polars' own threads busy."""


@contextmanager
def changing(store: Store) -> Iterator[Change]:
    """A change of ``store`` that is committed when the block ends without an exception."""
    with _sole_writer(store.path):
        store.manifest = Store.open(store.path).manifest
        _remove_strays(store)
        try:
            change = Change(store)
            yield change
            change.commit()
        except BaseException:
            _remove_strays(store)
            raise


class Change:
    """What one commit will do: at most one call of each kind, then ``commit``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._number = store.manifest.number + 1
        self._manifest = store.manifest
        self._appended: dict[int, pl.DataFrame] = {}
        self._constants: dict[str, int] | None = None
        """Facts with one value in all rows to append; None when there are no such rows."""
        self._replaced: dict[int, pl.DataFrame] = {}
        self._compact = False
        self._together: Callable[[], object] | None = None

    def append(self, frame: pl.DataFrame) -> None:
        """New settlements: ``person``, ``settlement`` and any facts; the others have their default.

        That no settlement is there already is the caller's promise: feeds know it by settlement id.
        """
        assert self._constants is None, "one append in a change"
        if frame.is_empty():
            return
        frame = _typed(frame)
        defaults = {name: (fact.default, fact.default) for name, fact in FIELDS.items()}
        ranges = defaults | _ranges(frame)
        self._widen_amounts(ranges)
        self._constants = {name: low for name, (low, high) in ranges.items() if low == high}
        varying = [name for name in frame.columns if name not in self._constants]
        self._appended = self._by_part(frame.select(varying))

    def replace_rows(self, frame: pl.DataFrame) -> None:
        """Settlements that are there: ``person``, ``settlement`` and the facts that change.

        Only the partitions of these persons are written again.
        """
        assert not self._replaced, "one replacement in a change"
        if frame.is_empty():
            return
        frame = _typed(frame)
        if frame.select(*KEYS).is_duplicated().any():
            raise Refusal(N_("A settlement is to be replaced twice."), N_("State each once."))
        self._widen_amounts(_ranges(frame))
        self._replaced = self._by_part(frame)

    def mark_reversed(self, frame: pl.DataFrame) -> None:
        """``person``, ``settlement``, ``reversed_on``: the insurer took these settlements back."""
        self.replace_rows(frame.select(*KEYS, "reversed_on"))

    def compact(self) -> None:
        """Merge the files of every partition into one, and those that list the settlements."""
        self._compact = True

    def put_identities(self, frame: pl.DataFrame) -> None:
        """Who all persons of the store are from now on; replaces what was known."""
        path = f"identities-{self._number:06d}.parquet"
        self._manifest = replace(
            self._manifest, identities=self._write(_shaped(frame, IDENTITIES), path)
        )

    def register(self, frame: pl.DataFrame) -> None:
        """Settlements and reversals received now, by id."""
        path = f"settlements/{self._number:06d}.parquet"
        file = self._write(_shaped(frame, SETTLEMENTS), path)
        self._manifest = replace(self._manifest, settlements=(*self._manifest.settlements, file))

    def publish_with(self, action: Callable[[], object]) -> None:
        """Do this when all is written, just before the manifest is replaced."""
        self._together = action

    def commit(self) -> None:
        if self._compact and len(self._manifest.settlements) > 1:
            everything = self._store.settlements()
            self._manifest = replace(self._manifest, settlements=())
            self.register(everything)
        self._write_parts()
        self._store.publish(replace(self._manifest, number=self._number), self._together)

    def _by_part(self, frame: pl.DataFrame) -> dict[int, pl.DataFrame]:
        part = part_of(frame["person"].to_numpy(), self._manifest.partitions)
        frames = frame.with_columns(part=pl.Series(part, dtype=pl.Int16)).partition_by(
            "part", as_dict=True, include_key=False
        )
        return {int(number): rows for (number,), rows in frames.items()}

    def _widen_amounts(self, ranges: dict[str, tuple[int, int]]) -> None:
        wider = dict(self._manifest.amount_range)
        for name in ranges.keys() & set(AMOUNTS):
            low, high = ranges[name]
            known_low, known_high = wider.get(name, (low, high))
            wider[name] = (min(known_low, low), max(known_high, high))
        self._manifest = replace(self._manifest, amount_range=wider)

    def _write_parts(self) -> None:
        """Write the files of every partition that is touched and note them in the manifest."""
        old = self._store.manifest.parts
        merged = {part for part, files in enumerate(old) if self._compact and len(files) > 1}
        merged |= self._replaced.keys()
        touched = sorted(merged | self._appended.keys())
        if not touched:
            return
        constants = self._shared_constants() if merged else self._constants or {}
        stored = tuple(name for name in FACTS if name not in constants)
        columns = [*KEYS, *stored]

        def write(part: int) -> tuple[File, ...]:
            if part in merged:
                frame = self._merged(part, columns)
            else:
                frame = self._complete(self._appended[part], columns)
            frame = self._manifest.order.sort(frame)
            path = f"events/part={part:02d}/{self._number:06d}.parquet"
            file = self._write(frame, path)
            return (file,) if part in merged else (*old[part], file)

        with ThreadPoolExecutor(_WRITERS) as pool:
            written = dict(zip(touched, pool.map(write, touched), strict=True))
        parts = tuple(written.get(part, files) for part, files in enumerate(old))
        generations = {
            **self._manifest.generations,
            f"{self._number:06d}": Generation(stored, constants),
        }
        in_use = {file.generation for files in parts for file in files}
        self._manifest = replace(
            self._manifest,
            parts=parts,
            generations={name: generations[name] for name in sorted(in_use)},
        )

    def _shared_constants(self) -> dict[str, int]:
        """What is constant in the rows that were there and in those that come."""
        changing_facts = {name for frame in self._replaced.values() for name in frame.columns}
        return {
            name: value
            for name, value in self._store.constants.items()
            if name not in changing_facts
            and (self._constants is None or self._constants.get(name) == value)
        }

    def _complete(self, frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        """The columns of a frame of rows to append, those that are constant among them."""
        absent = {
            name: pl.lit((self._constants or {})[name], EVENT_TYPES[name])
            for name in columns
            if name not in frame.columns
        }
        return frame.with_columns(**absent).select(columns)

    def _merged(self, part: int, columns: Sequence[str]) -> pl.DataFrame:
        """A partition as one frame, with what is replaced and what is new."""
        frame = self._store.frame(part, columns).select(columns)
        if part in self._replaced:
            replaced = self._replaced[part]
            missing = replaced.join(frame, on=list(KEYS), how="anti")
            if missing.height:
                raise Refusal(
                    N_("Settlement {settlement} of person {person} is not in the store."),
                    N_("Append it before its facts are replaced."),
                    place=Place(str(self._store.path)),
                    **missing.select(*KEYS).row(0, named=True),
                )
            frame = frame.update(replaced, on=list(KEYS))
        if part in self._appended:
            frame = pl.concat([frame, self._complete(self._appended[part], columns)])
        return frame

    def _write(self, frame: pl.DataFrame, path: str) -> File:
        target = self._store.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w+b") as stream:
            os.fchmod(stream.fileno(), 0o600)  # it says who was ill, and how much it cost
            frame.write_parquet(stream, compression="lz4", statistics=True)
            stream.flush()
            os.fsync(stream.fileno())
            stream.seek(0)
            return File(path, frame.height, hashlib.file_digest(stream, "sha256").hexdigest())


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Keys and facts in their narrow types, after their bounds were checked."""
    columns = [*KEYS, *(name for name in FACTS if name in frame.columns)]
    unknown = set(frame.columns) - set(columns)
    if unknown:
        raise Refusal(
            N_("“{name}” is no fact of the dictionary."),
            N_("Add it to the dictionary of facts, or leave it out."),
            name=min(unknown),
        )
    check_bounds({name: frame[name].to_numpy() for name in columns})
    return _shaped(frame, {name: EVENT_TYPES[name] for name in columns})


def _shaped(frame: pl.DataFrame, types: Types) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in types.items())


def _ranges(frame: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """The smallest and largest value of every fact of a frame that has rows."""
    facts = {name: frame[name].to_numpy() for name in frame.columns if name in FACTS}
    return {name: (int(values.min()), int(values.max())) for name, values in facts.items()}


@contextmanager
def _sole_writer(path: Path) -> Iterator[None]:
    """Hold the store's lock; a second writer is refused. The lock ends with the process."""
    with (path / _LOCK).open("w") as stream:
        os.fchmod(stream.fileno(), 0o600)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal(
                N_("Somebody else is changing this store."),
                N_("Wait until that run has ended, then run again."),
                place=Place(str(path)),
            ) from error
        yield


def _remove_strays(store: Store) -> None:
    named = {file.path for file in store.manifest.files}
    for pattern in ("events/part=*/*.parquet", "settlements/*.parquet", "identities-*.parquet"):
        for file in store.path.glob(pattern):
            if file.relative_to(store.path).as_posix() not in named:
                file.unlink()
