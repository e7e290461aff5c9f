"""What the machine says: the folder of this installation, and a database of one's own if any."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.home import home

VARIABLES = {
    "web": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "keeper": "DATABASE_KEEPER_URL",
}
"""The login each variable must name, and the variable."""


@dataclass(frozen=True, slots=True)
class Login:
    """How one role reaches a database of one's own."""

    host: str
    port: str
    user: str
    password: str = field(repr=False)
    dbname: str
    options: tuple[tuple[str, str], ...] = ()

    def parameters(self) -> dict[str, str]:
        """For ``psycopg.connect(**…)``."""
        named = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.dbname,
        }
        return {key: value for key, value in named.items() if value} | dict(self.options)


@dataclass(frozen=True, slots=True)
class Logins:
    """The three logins of a database of one's own."""

    web: Login
    owner: Login
    keeper: Login

    def of(self, role: str) -> Login:
        return {"web": self.web, "owner": self.owner, "keeper": self.keeper}[role]


@dataclass(frozen=True, slots=True)
class Environment:
    """``database`` is None where the embedded server of ``home`` serves."""

    home: Path
    database: Logins | None


def environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """What the environment says; a database of one's own is named by all three URLs or by none."""
    said = {role: variables.get(variable, "") for role, variable in VARIABLES.items()}
    if not any(said.values()):
        return Environment(home(), None)
    missing = [VARIABLES[role] for role, url in said.items() if not url]
    if missing:
        raise Refusal(
            N_("The database is named for some roles only; not said: {missing}."),
            N_("Set all of {all}, or none of them."),
            missing=", ".join(missing),
            all=", ".join(VARIABLES.values()),
        )
    logins = {role: login_of(VARIABLES[role], url) for role, url in said.items()}
    _check_one_database(logins)
    return Environment(home(), Logins(**logins))


def login_of(variable: str, url: str) -> Login:
    """One URL, or libpq's keyword form, as a login; it is never shown: it holds a password."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        said = {key: str(value) for key, value in conninfo_to_dict(url).items() if value}
    except psycopg.ProgrammingError:
        said = {}
    if not said.get("user") or not said.get("dbname"):
        raise Refusal(
            N_("{variable} names no user and database."),
            N_("Write it so: postgresql://user:password@host:5432/gonghui"),
            variable=variable,
        ) from None
    named = {key: said.pop(key, "") for key in ("host", "port", "user", "password", "dbname")}
    return Login(**named, options=tuple(sorted(said.items())))


def _check_one_database(logins: Mapping[str, Login]) -> None:
    """The roles' rights and policies are by name; one database, reached three ways."""
    for role, login in logins.items():
        if login.user != role:
            raise Refusal(
                N_("{variable} must log in as {role}, not as {user}."),
                N_("`gonghui up --print-roles` prints how the roles are made."),
                variable=VARIABLES[role],
                role=role,
                user=login.user,
            )
    if len({(one.host, one.port, one.dbname) for one in logins.values()}) > 1:
        raise Refusal(
            N_("The URLs of the database name different databases."),
            N_("Let {all} differ in user and password only."),
            all=", ".join(VARIABLES.values()),
        )
