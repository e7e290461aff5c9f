"""Whether a database is safe to work with: nothing starts on one that forgets, or has no borders.

Everything is asked as `web`, whom these things concern: a setting may differ by role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from gonghui.core.errors import N_, Refusal

if TYPE_CHECKING:
    from django.utils.connection import BaseConnectionHandler

OLDEST_VERSION = 17_00_00
WANTED = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",  # or stricter
    "data_checksums": "on",
    "ignore_checksum_failure": "off",
    "zero_damaged_pages": "off",
    "row_security": "on",
    "server_encoding": "UTF8",
}
_STRICTER = {"synchronous_commit": {"remote_apply"}}
_MADE_ONCE = {"data_checksums", "server_encoding"}
POWERS = ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION")


def check_safety(connections: BaseConnectionHandler[Any]) -> None:
    """Refuses an unsafe database with the first reason. Called whenever the house is opened."""
    web = connections["default"]
    web.ensure_connection()
    for finding in unsafe(web.connection):
        raise finding


def unsafe(web: psycopg.Connection) -> list[Refusal]:
    """All that is unsafe, as this connection of `web` sees it."""
    found = [*_version(web), *_settings(web), *_role(web)]
    return found if _is_superuser(web) else [*found, *_makes(web)]


def _is_superuser(web: psycopg.Connection) -> bool:
    return web.info.parameter_status("is_superuser") == "on"


def _version(web: psycopg.Connection) -> list[Refusal]:
    if web.info.server_version >= OLDEST_VERSION:
        return []
    return [
        Refusal(
            N_("The database is PostgreSQL {version}; it must be {oldest} or newer."),
            N_("Move it to a newer server, by backup and restore."),
            version=web.info.server_version // 10_000,
            oldest=OLDEST_VERSION // 10_000,
        )
    ]


def _settings(web: psycopg.Connection) -> list[Refusal]:
    found = []
    for name, wanted in WANTED.items():
        row = web.execute("SELECT current_setting(%s)", (name,)).fetchone()
        assert row
        is_set = row[0]
        if is_set == wanted or is_set in _STRICTER.get(name, ()):
            continue
        made_once = name in _MADE_ONCE
        found.append(
            Refusal(
                N_("The database runs with {name} = {is_set}: it may lose data, or show them."),
                N_("Make a new server with {name} = {wanted} and restore a backup into it.")
                if made_once
                else N_("Set {name} = {wanted} on the server, for the role and for the database."),
                name=name,
                is_set=is_set,
                wanted=wanted,
            )
        )
    return found


def _role(web: psycopg.Connection) -> list[Refusal]:
    """`web` has no power that passes by the borders, and can become nobody else."""
    user = web.info.user
    found = []
    if user != "web":
        found.append(
            Refusal(
                N_("The programme logs in as {user}; its rights are made for {role}."),
                N_("Name the user {role} in DATABASE_URL."),
                user=user,
                role="web",
            )
        )
    if _is_superuser(web):  # it is a member of all roles and makes all things: one line is enough
        return [*found, _power(user, "SUPERUSER")]
    powers = web.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_catalog.pg_roles WHERE rolname = session_user"
    ).fetchone()
    assert powers
    found += [_power(user, name) for name, has in zip(POWERS, powers, strict=True) if has]
    granted = web.execute(
        "SELECT roleid::regrole::text FROM pg_catalog.pg_auth_members"
        " WHERE member = quote_ident(session_user)::regrole ORDER BY 1"
    ).fetchall()
    return found + [
        Refusal(
            N_("The role {user} is a member of {role}, and can act as it."),
            N_("Take it away: REVOKE {role} FROM {user}."),
            user=user,
            role=role,
        )
        for (role,) in granted
    ]


def _power(role: str, power: str) -> Refusal:
    return Refusal(
        N_("The role {role} has {power}: no border would hold against it."),
        N_("Take it away: ALTER ROLE {role} NO{power}."),
        role=role,
        power=power,
    )


def _makes(web: psycopg.Connection) -> list[Refusal]:
    """`web` owns nothing and can make nothing, not even a table of its own for a while."""
    user = web.info.user
    found = []
    owned = web.execute(
        "SELECT count(*), min(pg_describe_object(classid, objid, objsubid))"
        " FROM pg_catalog.pg_shdepend WHERE refclassid = 'pg_catalog.pg_authid'::regclass"
        " AND refobjid = quote_ident(session_user)::regrole AND deptype = 'o' AND dbid IN"
        " (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))"
    ).fetchone()
    assert owned
    if owned[0]:
        found.append(
            Refusal(
                N_("The role {user} owns {thing}: an owner can take its borders away."),
                N_("Give it to owner: REASSIGN OWNED BY {user} TO owner."),
                user=user,
                thing=owned[1],
            )
        )
    makes = web.execute(
        "SELECT right_name, place FROM"
        " (SELECT right_name, 'DATABASE ' || current_database() AS place,"
        "   has_database_privilege(session_user, current_database(), right_name) AS has"
        "   FROM unnest('{CREATE,TEMP}'::text[]) AS right_name"
        " UNION ALL SELECT 'CREATE', 'SCHEMA ' || nspname,"
        "   has_schema_privilege(session_user, oid, 'CREATE')"
        "   FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)_') AS rights"
        " WHERE has ORDER BY place, right_name"
    ).fetchall()
    found += [
        Refusal(
            N_("The role {user} has {right} on {thing}: what it makes has no borders."),
            N_("Take it away: REVOKE {right} ON {thing} FROM PUBLIC, {user}."),
            user=user,
            right=right,
            thing=place,
        )
        for right, place in makes
    ]
    return found
