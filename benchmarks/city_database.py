"""The database that imports are measured on: a server of its own, a template, a clone for each run.

The server has the product's settings: what is written is flushed. The template is migrated as
``owner`` and holds a federation with as many units as the real scheme had.
"""

from __future__ import annotations

import atexit
import os
from pathlib import Path

import psycopg

from benchmarks.data import bench_home
from benchmarks.rosters import UNITS, unit_name

CLONE = "measured"
_ALIASES = {
    "default": "web",
    "owner": "owner",
    "keeper": "keeper",
}
_VARIABLES = {"DATABASE_URL": "web", "DATABASE_OWNER_URL": "owner", "DATABASE_KEEPER_URL": "keeper"}


class CityDatabase:
    """The server, and Django on it: in the parent, which starts it, or in a child that measures."""

    def __init__(self, home: Path | None = None) -> None:
        from gonghui.config.cluster import Cluster

        self.home = home or bench_home() / "import"
        self.cluster = Cluster(self.home)

    def prepare(self) -> str:
        """The template's name; made if it is not there. The server runs until this process ends."""
        from gonghui.config.roles import create_database, create_roles
        from gonghui.ground.vault.keyring import keyring_path, make_keyring
        from tests.ground_fixtures import migrations_hash

        self.home.mkdir(parents=True, exist_ok=True)
        if not self.cluster.running():
            self.cluster.start()
            atexit.register(self.cluster.stop)
        if not keyring_path(self.home, {}).exists():
            make_keyring(keyring_path(self.home, {}))
        name = f"city_{migrations_hash()}"
        with psycopg.connect(**self.cluster.superuser(), autocommit=True) as superuser:
            create_roles(superuser, self.cluster.passwords())
            there = superuser.execute("select from pg_database where datname = %s", [name])
            if there.fetchone() is None:
                superuser.execute(f'drop database if exists "{name}_half" with (force)')
                create_database(superuser, f"{name}_half")
                self._furnish(f"{name}_half")
                superuser.execute(f'alter database "{name}_half" rename to "{name}"')
        return name

    def use(self, name: str) -> None:
        """Django's connections lead to this database from here on."""
        import django

        for variable, role in _VARIABLES.items():
            os.environ[variable] = self.cluster.url(role, name)
        os.environ["DJANGO_SETTINGS_MODULE"] = "gonghui.config.settings"
        django.setup()
        from django.conf import settings
        from django.db import connections

        settings.HOME = self.home
        for alias in _ALIASES:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name

    def fresh_clone(self, template: str) -> None:
        """The clone as the template is, and nothing left to be written from before."""
        from gonghui.config.roles import create_database

        self.use("nowhere")
        with psycopg.connect(**self.cluster.superuser(), autocommit=True) as superuser:
            superuser.execute(f'drop database if exists "{CLONE}" with (force)')
            create_database(superuser, CLONE, template=template)
            superuser.execute("checkpoint")
        self.use(CLONE)

    def superuser(self) -> psycopg.Connection:
        """A connection to the clone past every border."""
        return psycopg.connect(**self.cluster.superuser(CLONE))

    def _furnish(self, name: str) -> None:
        from django.core.management import call_command

        from tests.ground_fixtures import House, furnish
        from tests.programmes.mutualaid.enrolling import open_for_rosters

        self.use(name)
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        with psycopg.connect(**self.cluster.superuser(name)) as superuser:
            furnish(superuser)
            unions = dict(superuser.execute("select code, id from directory_union").fetchall())
            for number in range(UNITS):
                _add_unit(superuser, number, unions["county_a"])
            persons = superuser.execute("select login, person_id from accounts_account").fetchall()
        open_for_rosters(House(name, unions, dict(persons)), self.home / "books")
        self.use("nowhere")


def _add_unit(superuser: psycopg.Connection, number: int, parent: int) -> None:
    from tests.ground_fixtures import SINCE

    said = [f"bench_{number}", unit_name(number), parent, SINCE]
    (unit,) = superuser.execute(
        "insert into directory_union (code, name, kind, parent_id, low, high, credit_code,"
        " unit_class, starts_on) values (%s, %s, 'grassroots', %s, 0, 0, '', '', %s) returning id",
        said,
    ).fetchone()
    superuser.execute(
        "insert into directory_unionspan (union_id, parent_id, name, kind, starts_on)"
        " values (%s, %s, %s, 'grassroots', %s)",
        [unit, parent, unit_name(number), SINCE],
    )
