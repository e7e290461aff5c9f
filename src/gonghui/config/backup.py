"""A backup: the whole database at one moment, read as keeper, encrypted as it is read.

No keys are inside, and nothing readable touches the disk. The dump is by `pg_dump`, so that it
can be restored by this or a newer version of PostgreSQL, on another kind of machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from gonghui import __version__
from gonghui.config.backup_key import BackupKey, sync_folder
from gonghui.config.binaries import find_bin
from gonghui.config.envelope import FRAME, Sealer, frames
from gonghui.core.errors import N_, Refusal

MANIFEST = "gonghui manifest 1"

_TABLES = """
SELECT nspname, relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n
  ON n.oid = relnamespace
WHERE relkind IN ('r', 'm') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of. ``rows`` of every table, counted at the moment of the dump."""

    made_at: str
    gonghui: str
    server_version: int
    database: str
    sha256: str
    size: int
    rows: dict[str, int]
    migrations: tuple[str, ...]

    def data(self) -> bytes:
        return json.dumps({"format": MANIFEST, **asdict(self)}, ensure_ascii=False).encode()

    @classmethod
    def of_data(cls, data: bytes, source: object) -> Manifest:
        said = json.loads(data)
        if said.pop("format", None) != MANIFEST:
            raise Refusal(
                N_("{file} was made by a newer Gonghui, and says things this one does not know."),
                N_("Restore it with that version or a newer one."),
                file=source,
            )
        return cls(**{**said, "migrations": tuple(said["migrations"])})


def conninfo(said: Mapping[str, str]) -> str:
    """Parameters as libpq's connection string."""
    return make_conninfo("", **dict[str, Any](said))


def make_backup(
    keeper: Mapping[str, str], key: BackupKey, target: Path, *, at: datetime | None = None
) -> tuple[Path, Manifest]:
    """Writes a backup to a new file, or to a file named by the moment in an existing folder.

    The file appears when it is whole, has been read again, and is on the disk.
    """
    at = at or datetime.now(UTC)
    path = target / f"gonghui-{at:%Y%m%d-%H%M%S}.backup" if target.is_dir() else target
    if path.exists():
        raise Refusal(
            N_("{file} is there already."), N_("Name a new file, or a folder."), file=path
        )
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out, psycopg.connect(conninfo(keeper)) as connection:
            manifest = _write(out, connection, keeper, key, at)
            out.flush()
            os.fsync(out.fileno())
        if read_backup(draft, key) != manifest:
            raise AssertionError("what was read again is not what was written")
        os.link(draft, path)  # unlike a renaming, refuses where there is one by now
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return path, manifest


def _write(
    out: BinaryIO,
    connection: psycopg.Connection,
    keeper: Mapping[str, str],
    key: BackupKey,
    at: datetime,
) -> Manifest:
    """One snapshot for the dump and for what is counted beside it."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.execute("SET idle_in_transaction_session_timeout = 0")  # it waits for the dump
    row = connection.execute("SELECT pg_export_snapshot(), current_database()").fetchone()
    assert row
    snapshot, database = row
    sealer, digest, size = Sealer(out, key), hashlib.sha256(), 0
    with _dump(keeper, snapshot) as pieces:
        for piece in pieces:
            sealer.frame(piece)
            digest.update(piece)
            size += len(piece)
    manifest = Manifest(
        made_at=at.isoformat(timespec="seconds"),
        gonghui=__version__,
        server_version=connection.info.server_version,
        database=database,
        sha256=digest.hexdigest(),
        size=size,
        rows=count_rows(connection),
        migrations=applied_migrations(connection),
    )
    sealer.finish(manifest.data())
    return manifest


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every table, as `keeper` or a superuser sees them: all."""
    counts = {}
    for schema, table in connection.execute(_TABLES).fetchall():
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        row = connection.execute(query).fetchone()
        assert row
        counts[f"{schema}.{table}"] = row[0]
    return counts


def applied_migrations(connection: psycopg.Connection) -> tuple[str, ...]:
    """As `app.name`, in order; none where nothing was ever migrated."""
    row = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone()
    if row is None or row[0] is None:
        return ()
    rows = connection.execute("SELECT app, name FROM public.django_migrations ORDER BY id")
    return tuple(f"{app}.{name}" for app, name in rows)


@contextmanager
def _dump(keeper: Mapping[str, str], snapshot: str) -> Iterator[Iterator[bytes]]:
    """What `pg_dump` writes, in pieces; refuses at the end when it did not end well."""
    said = dict(keeper)
    password = said.pop("password", "")
    command = [
        str(find_bin() / "pg_dump"),
        *("--format=custom", "--compress=gzip:1", f"--snapshot={snapshot}", "--no-password"),
        *("--lock-wait-timeout=60s", f"--dbname={conninfo(said)}"),
    ]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command,
            env={**_without_pg(), "PGPASSWORD": password},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        assert process.stdout
        try:
            yield iter(lambda: process.stdout.read(FRAME), b"")  # type: ignore[union-attr]
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            process.wait()
        if process.returncode:
            complaints.seek(0)
            raise Refusal(
                N_("The database could not be read. It says: {said}"),
                N_("Nothing was written."),
                said=complaints.read().decode(errors="replace").strip(),
            )


def _without_pg() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def read_backup(path: Path, key: BackupKey) -> Manifest:
    """Reads a backup from its first to its last byte; refuses it unless all of it is as written."""
    digest, size, manifest = hashlib.sha256(), 0, None
    for data, last in frames(path, key):
        if last:
            manifest = Manifest.of_data(data, path)
        else:
            digest.update(data)
            size += len(data)
    assert manifest is not None
    if (manifest.sha256, manifest.size) != (digest.hexdigest(), size):
        raise Refusal(
            N_("{file} does not hold what its list of contents says."),
            N_("Take another copy of this backup, or the one before."),
            file=path,
        )
    return manifest


def dump_of(path: Path, key: BackupKey) -> Iterator[bytes]:
    """The dump inside, for `pg_restore`; of a backup that was read to its end before."""
    for data, last in frames(path, key):
        if not last:
            yield data
