"""`gonghui up`: everything an installation needs, made once; run again, it changes nothing."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from gonghui.config.backup import conninfo
from gonghui.config.backup_key import FILE, make_backup_key
from gonghui.config.cluster import DATABASE, Cluster
from gonghui.config.environment import Environment
from gonghui.config.roles import create_database, create_roles
from gonghui.config.startup import open_house
from gonghui.core.errors import N_, Refusal


@dataclass(frozen=True, slots=True)
class Key:
    """One file of keys, and the tables that nobody can read or continue without it."""

    file: Path
    table: str
    make: Callable[[], object]


def keys_of(environment: Environment) -> dict[str, Key]:
    """The files of keys by what they are for."""
    from gonghui.config.pages import KEY_FILE
    from gonghui.config.pages import make_key as make_page_key
    from gonghui.ground.audit.signing import PRIVATE, make_key
    from gonghui.ground.vault.keyring import keyring_path, make_keyring

    folder, vault = environment.home / "keys", keyring_path(environment.home)
    return {
        N_("people's numbers"): Key(vault, "vault_datakey", lambda: make_keyring(vault)),
        N_("the audit trail"): Key(folder / PRIVATE, "audit_head", lambda: make_key(folder)),
        N_("pages"): Key(folder / KEY_FILE, "", lambda: make_page_key(folder / KEY_FILE)),
        N_("backups"): Key(folder / FILE, "", lambda: make_backup_key(folder)),
    }


def parameters(environment: Environment, role: str) -> dict[str, str]:
    """How a role reaches the database of this installation."""
    if environment.database is not None:
        return environment.database.of(role).parameters()
    return Cluster(environment.home).parameters(role)


def bring_up(environment: Environment, say: Callable[[str], None]) -> None:
    """Server, roles, database, keys, tables. ``say`` hears what was new, as a template."""
    environment.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _turn(environment.home):
        if environment.database is None:
            _embedded(environment.home, say)
        with _one_at_a_time(environment):
            _make_keys(environment, say)
            open_house(start=False)
            _migrate(say)


@contextmanager
def _turn(home: Path) -> Iterator[None]:
    with open(home / "up.turn", "a", encoding="ascii") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


@contextmanager
def _one_at_a_time(environment: Environment) -> Iterator[None]:
    """Also against an `up` on another machine with the same database."""
    with psycopg.connect(conninfo(parameters(environment, "owner")), autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(hashtext('gonghui up'))")
        yield


def _embedded(home: Path, say: Callable[[str], None]) -> None:
    cluster = Cluster(home)
    new, running = not cluster.status().made, cluster.running()
    cluster.start()
    if new:
        say(N_("A database server was made."))
    elif not running:
        say(N_("The database server was started."))
    with psycopg.connect(conninfo(cluster.superuser()), autocommit=True) as superuser:
        create_roles(superuser, cluster.passwords())
        if create_database(superuser, DATABASE):
            say(N_("The database and its roles were made."))


def _make_keys(environment: Environment, say: Callable[[str], None]) -> None:
    """Keys that are missing are made, unless something in the database needs the old ones."""
    with psycopg.connect(conninfo(parameters(environment, "keeper"))) as keeper:
        for key in keys_of(environment).values():
            if key.file.exists():
                continue
            if key.table and _any_rows(keeper, key.table):
                raise Refusal(
                    N_("The keys in {file} are missing, and there are data that need them."),
                    N_("Bring them back from the copy of the keys; new ones could not read them."),
                    file=key.file,
                )
            key.make()
            say(N_("Keys were made. Keep a copy elsewhere: gonghui backup --keys FILE."))


def _any_rows(keeper: psycopg.Connection, table: str) -> bool:
    there = keeper.execute("SELECT to_regclass(%s) IS NOT NULL", (f"public.{table}",)).fetchone()
    assert there
    if not there[0]:
        return False
    return keeper.execute(f'SELECT FROM public."{table}" LIMIT 1').fetchone() is not None


def _migrate(say: Callable[[str], None]) -> None:
    from django.core.management import call_command

    if pending_migrations():
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        say(N_("The tables were made or changed."))


def pending_migrations() -> list[str]:
    """Those not done yet, as `app.name`; Django is set up."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def known_migrations() -> list[str]:
    """All this version of Gonghui has; no database is asked."""
    from django.db.migrations.loader import MigrationLoader

    return [f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}]
