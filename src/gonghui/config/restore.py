"""A backup brought back into an empty folder: all of it, or nothing.

Everything is made in a folder beside the target, which takes its name at the very end.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from gonghui.config.backup import Manifest, conninfo, count_rows, dump_of, read_backup
from gonghui.config.backup_key import FILE, BackupKey, sync_folder, write_private
from gonghui.config.binaries import find_bin, major_version
from gonghui.config.cluster import DATABASE, Cluster
from gonghui.config.roles import (
    create_roles,
    database_statements,
    prepare_database,
)
from gonghui.core.errors import N_, Refusal

MARK = "being restored"
"""A file in a folder that is not a home yet."""


def backup_key_of(keys: Mapping[str, bytes], source: object) -> BackupKey:
    """The backup key of a bundle."""
    if FILE not in keys:
        raise Refusal(
            N_("{file} holds no backup key."),
            N_("Name the file that `gonghui backup --keys` wrote."),
            file=source,
        )
    return BackupKey.of_text(keys[FILE].decode(errors="replace"), source)


def restore(
    backup: Path,
    keys: Mapping[str, bytes],
    into: Path,
    *,
    known: Iterable[str] | None = None,
    step: Callable[[str], None] = lambda _said: None,
) -> Manifest:
    """Brings a backup and its keys into a new home; its server is stopped at the end.

    ``known``: the migrations of this version of Gonghui; ``step`` hears what is being done.
    """
    into = into.absolute()
    _check_empty(into)
    key = backup_key_of(keys, "keys")
    step(N_("The backup is read and checked, from the first to the last byte."))
    manifest = read_backup(backup, key)
    _check_version(backup, manifest, known)
    with _beside(into) as home:
        cluster = Cluster(home)
        try:
            step(N_("A new database is made."))
            cluster.start()
            _make_empty(cluster)
            step(N_("The backup is put into it."))
            _fill(cluster, dump_of(backup, key))
            step(N_("The rows of every table are counted."))
            _compare(cluster, manifest, backup)
            step(N_("Messages that may have been sent since are left to a person."))
            _leave_messages_to_a_person(cluster)
            step(N_("Payouts are held until two people have compared with the bank."))
            _hold_payouts(cluster, manifest)
        finally:
            cluster.stop()
        for name, data in keys.items():
            write_private(home / "keys" / name, data)
    return manifest


def _check_empty(into: Path) -> None:
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Refusal(
            N_("{folder} is not empty; a backup is never restored over something."),
            N_("Name a new folder. What is there can be moved away first."),
            folder=into,
        )


def _check_version(backup: Path, manifest: Manifest, known: Iterable[str] | None) -> None:
    theirs, ours = manifest.server_version // 10_000, major_version(find_bin())
    if theirs > ours:
        raise Refusal(
            N_("{file} is of PostgreSQL {theirs}; the programs here are {ours}."),
            N_("Install programs of version {theirs} or newer."),
            file=backup,
            theirs=theirs,
            ours=ours,
        )
    if known is None:
        return
    unknown = sorted(set(manifest.migrations) - set(known))
    if unknown:
        raise Refusal(
            N_("{file} was made by Gonghui {version}; this one does not know {migration}."),
            N_("Restore it with that version or a newer one."),
            file=backup,
            version=manifest.gonghui,
            migration=unknown[0],
        )


@contextmanager
def _beside(into: Path) -> Iterator[Path]:
    """A folder that becomes ``into`` when everything in it is done, and else vanishes."""
    making = into.with_name(f"{into.name}.restoring")
    if making.exists():
        _take_away_left_over(making)
    into.parent.mkdir(parents=True, exist_ok=True)
    making.mkdir(mode=0o700)
    (making / MARK).touch()
    try:
        yield making
        (making / MARK).unlink()
        making.rename(into)  # may stand on an empty folder, on no other
        sync_folder(into.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _take_away_left_over(making: Path) -> None:
    """What a restore left that was killed. Anything else of that name is not ours to remove."""
    if not (making / MARK).exists():
        raise Refusal(
            N_("{folder} is in the way: the restore needs that name for a while."),
            N_("Move it away."),
            folder=making,
        )
    Cluster(making).stop()
    shutil.rmtree(making)


def _make_empty(cluster: Cluster) -> None:
    """The roles and an empty database: the schemas come from the backup, with their rights."""
    with psycopg.connect(conninfo(cluster.superuser()), autocommit=True) as superuser:
        create_roles(superuser, cluster.passwords())
        superuser.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')
        for statement in database_statements(DATABASE):
            superuser.execute(statement)


def _fill(cluster: Cluster, dump: Iterator[bytes]) -> None:
    said = cluster.superuser(DATABASE)
    password = said.pop("password")
    command = [
        str(find_bin() / "pg_restore"),
        *("--exit-on-error", "--single-transaction", "--no-password"),
        f"--dbname={conninfo(said)}",
    ]
    process = subprocess.Popen(
        command,
        env={"PGPASSWORD": password, "LC_ALL": "C"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    try:
        for piece in dump:
            process.stdin.write(piece)
    except BrokenPipeError:
        pass  # it says why
    except BaseException:
        process.kill()
        process.communicate()
        raise
    complaints = process.communicate()[1]
    if process.returncode:
        raise Refusal(
            N_("The backup could not be put into a database. It says: {said}"),
            N_("Nothing was kept. Restore it with the version of Gonghui that made it."),
            said=complaints.decode(errors="replace").strip(),
        )
    with psycopg.connect(conninfo(cluster.superuser(DATABASE)), autocommit=True) as superuser:
        prepare_database(superuser)
        superuser.execute("ANALYZE")


def _compare(cluster: Cluster, manifest: Manifest, backup: Path) -> None:
    with psycopg.connect(conninfo(cluster.parameters("keeper"))) as keeper:
        rows = count_rows(keeper)
    differing = sorted(
        table for table in rows.keys() | manifest.rows.keys()
        if rows.get(table) != manifest.rows.get(table)
    )  # fmt: skip
    if differing:
        raise Refusal(
            N_("After restoring {file}, {table} has {is_now} rows; it had {was}."),
            N_("Nothing was kept. Please report this: it is a fault of Gonghui."),
            file=backup,
            table=differing[0],
            is_now=rows.get(differing[0], 0),
            was=manifest.rows.get(differing[0], 0),
        )


_DOUBTFUL = ["""
update public.messages_attempt a set ended_at = now(), outcome = 'unknown', code = 'restored'
  from public.messages_message m
 where m.id = a.message_id and m.state = 'sending' and a.ended_at is null""", """
update public.messages_message set state = 'unknown', code = 'restored', ended_at = now()
 where state in ('waiting', 'sending')"""]  # fmt: skip


def _leave_messages_to_a_person(cluster: Cluster) -> None:
    """What waited when the backup was made may have gone out since: no machine sends it again."""
    with psycopg.connect(conninfo(cluster.superuser(DATABASE))) as superuser:
        there = superuser.execute("select to_regclass('public.messages_message')").fetchone()
        if there is not None and there[0] is not None:
            for statement in _DOUBTFUL:
                superuser.execute(statement)


# Triggers are off for these: no role of the application may write so, and this is none of them.
_HELD = ["""
set local session_replication_role = replica""", """
update public.treasury_payoutattempt set outcome = 'unknown', ended_at = now()
 where outcome = ''""", """
update public.treasury_payoutline l set state = 'unknown'
  from public.treasury_payoutbatch b
 where b.id = l.batch_id and b.state in ('sealed', 'released') and l.state = 'ready'""", """
insert into public.treasury_payouthold (backup_made_at) values (%(made_at)s)"""]  # fmt: skip


def _hold_payouts(cluster: Cluster, manifest: Manifest) -> None:
    """A batch that had not left may have left since, and what was owed may have been paid since:
    lines of sealed batches become unknown, and nothing leaves before people have looked."""
    with psycopg.connect(conninfo(cluster.superuser(DATABASE))) as superuser:
        there = superuser.execute("select to_regclass('public.treasury_payouthold')").fetchone()
        if there is not None and there[0] is not None:
            for statement in _HELD:
                superuser.execute(statement, {"made_at": manifest.made_at})
