"""The database's roles, made once by a superuser: by `gonghui up`, or by a DBA from its text.

`owner` makes tables, `web` does everything the programme does and owns nothing, `gate` cannot log
in and owns the few functions that must see all rows, `keeper` backs up, seals and moves data.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

ROLES = {
    "owner": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    "web": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    "gate": "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS",
    "keeper": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS",
}

SETTINGS = {
    "owner": {"lock_timeout": "10s", "idle_in_transaction_session_timeout": "10min"},
    "web": {
        # All sessions of web see what web's others send, and there are tokens in it.
        "track_activities": "off",
        "statement_timeout": "2min",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "2min",
    },
    "gate": {},
    "keeper": {"lock_timeout": "30s", "idle_in_transaction_session_timeout": "10min"},
}
"""Nobody waits without end; an import of a million rows asks for longer itself."""

EXTENSIONS = ("btree_gist", "pg_trgm", "amcheck")
_TURNSTILE = 6_083_911_700_311  # any number, as long as nobody else's: two makers of roles wait
_LARGE_OBJECTS = ("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)")


def role_statements() -> list[str]:
    """The four roles, without passwords. Can be run again."""
    statements = []
    for role, attributes in ROLES.items():
        statements += [
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{role}')"
            f' THEN CREATE ROLE "{role}"; END IF; END $$',
            f'ALTER ROLE "{role}" WITH {attributes}',
            # Not "$user", public: `gate` is a schema, too, and nothing is to be found by a name.
            f'ALTER ROLE "{role}" SET search_path = public',
            *(
                f"ALTER ROLE \"{role}\" SET {name} = '{value}'"
                for name, value in SETTINGS[role].items()
            ),
        ]
    return [
        *statements,
        # owner makes functions and hands them over; it has none of gate's sight by itself.
        'GRANT "gate" TO "owner" WITH ADMIN FALSE, INHERIT FALSE, SET TRUE',
        'GRANT pg_read_all_data TO "keeper"',
    ]


def database_statements(name: str) -> list[str]:
    """Whose the database is and who may enter; a clone of a template has none of these."""
    return [
        f'ALTER DATABASE "{name}" OWNER TO "owner"',
        f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC',
        f'GRANT CONNECT ON DATABASE "{name}" TO "web", "keeper"',
    ]


def schema_statements() -> list[str]:
    """Inside the database, before the first migration."""
    return [
        *(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public" for name in EXTENSIONS),
        'ALTER SCHEMA public OWNER TO "owner"',
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        'GRANT USAGE ON SCHEMA public TO "web", "gate", "keeper"',
        # `gonghui verify` reads every page and every entry of an index, as keeper.
        "DO $$ DECLARE one regprocedure; BEGIN FOR one IN SELECT objid FROM pg_catalog.pg_depend"
        " WHERE refclassid = 'pg_extension'::regclass AND classid = 'pg_proc'::regclass"
        " AND refobjid = (SELECT oid FROM pg_catalog.pg_extension WHERE extname = 'amcheck')"
        " LOOP EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO \"keeper\"', one); END LOOP; END $$",
        'CREATE SCHEMA IF NOT EXISTS gate AUTHORIZATION "owner"',
        "REVOKE ALL ON SCHEMA gate FROM PUBLIC",
        'GRANT USAGE ON SCHEMA gate TO "web", "keeper"',
        # Whoever owns a function in a schema must be allowed to create there.
        'GRANT USAGE, CREATE ON SCHEMA gate TO "gate"',
        *(
            f'ALTER DEFAULT PRIVILEGES FOR ROLE "{role}" REVOKE ALL ON {things} FROM PUBLIC'
            for role in ("owner", "gate")
            for things in ("FUNCTIONS", "TYPES")
        ),
        # The last thing everybody could make: large objects know no row security.
        *(
            f"REVOKE EXECUTE ON FUNCTION pg_catalog.{function} FROM PUBLIC"
            for function in _LARGE_OBJECTS
        ),
    ]


def create_roles(
    superuser: psycopg.Connection, passwords: Mapping[str, str], *, alone: bool = True
) -> None:
    """Makes the roles, or makes them right again, with these passwords.

    ``alone``: the server is ours only, so that nobody may enter its other databases.
    """
    with superuser.transaction(), superuser.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_TURNSTILE,))
        for statement in role_statements():
            cursor.execute(statement)
        for role, attributes in ROLES.items():
            if not attributes.startswith("LOGIN"):
                continue
            verifier = superuser.pgconn.encrypt_password(
                passwords[role].encode(), role.encode(), b"scram-sha-256"
            ).decode()  # the server never sees the password itself
            cursor.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(verifier)
                )
            )
        if alone:
            for other in ("postgres", "template1"):
                cursor.execute(f'REVOKE ALL ON DATABASE "{other}" FROM PUBLIC')


def create_database(
    superuser: psycopg.Connection, name: str = "gonghui", *, template: str = ""
) -> bool:
    """Makes a database, empty or from a template of ours, unless it is there; says whether it did.

    The connection is a superuser's to another database, in autocommit.
    """
    made = False
    with superuser.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (_TURNSTILE,))
        try:
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
            if cursor.fetchone() is None:
                source = sql.SQL("TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} {}").format(
                        sql.Identifier(name), source if template else sql.SQL("TEMPLATE template0")
                    )
                )
                made = True
            for statement in database_statements(name):
                cursor.execute(statement)
            if not template:
                _prepare(superuser, name)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", (_TURNSTILE,))
    return made


def _prepare(superuser: psycopg.Connection, name: str) -> None:
    info = superuser.info
    with psycopg.connect(
        host=info.host, port=info.port, user=info.user, password=info.password, dbname=name
    ) as inside:
        prepare_database(inside)


def prepare_database(inside: psycopg.Connection) -> None:
    """Extensions, schemas and their rights, by a superuser in the database itself."""
    for statement in schema_statements():
        inside.execute(statement)


def text_for_a_dba(name: str = "gonghui") -> str:
    """The same as text for psql, by a superuser of a server that is not ours."""
    logins = [role for role, attributes in ROLES.items() if attributes.startswith("LOGIN")]
    return "\n".join(
        [
            "-- Gonghui's roles and database. For psql, as a superuser; can be run again.",
            "\\set ON_ERROR_STOP on",
            *(f"{statement};" for statement in role_statements()),
            "-- psql asks for each password and sends only its SCRAM form.",
            *(f"\\password {role}" for role in logins),
            f"SELECT 'CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING ''UTF8'''",
            "  || ' LOCALE_PROVIDER builtin LOCALE ''C.UTF-8'''",
            f"  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec",
            *(f"{statement};" for statement in database_statements(name)),
            f'\\connect "{name}"',
            *(f"{statement};" for statement in schema_statements()),
            "",
        ]
    )
