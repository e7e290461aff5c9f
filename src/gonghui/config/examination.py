"""What `gonghui verify` goes through in every database; the rooms add their own.

Each check takes a connection as keeper and yields what is wrong, the first bad place first.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg.errors import InsufficientPrivilege

from gonghui.config.backup import conninfo
from gonghui.config.environment import Environment
from gonghui.config.installation import known_migrations, parameters, pending_migrations
from gonghui.config.safety import unsafe
from gonghui.core.errors import N_
from gonghui.doors.cli.language import _
from gonghui.ground.borders.checks import Check, Finding, registered

Findings = Iterator[Finding]
_OURS = "n.nspname IN ('public', 'gate')"
_NOT_OF_AN_EXTENSION = """
NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = {0}.oid AND d.deptype = 'e')
"""

_SAID = {
    "class": N_("This table has no class: nobody said what it holds."),
    "row security": N_("Row-level security of this table is off, or not forced."),
    "policy": N_("The programme may use this table, and no policy says which rows."),
    "definer": N_("A function with rights of its own must be gate's, with its search path fixed."),
    "open": N_("Everybody may call this function."),
    "trigger": N_("This trigger is switched off."),
    "constraint": N_("This constraint was never checked against all rows, or is not enforced."),
    "index": N_("This index is not valid."),
    "view": N_("This view does not look with the rights of who asks."),
}

_BORDERS = f"""
WITH ours AS (
  SELECT c.oid, c.oid::regclass::text AS place, relkind, relrowsecurity, relforcerowsecurity,
    reloptions, substring(obj_description(c.oid, 'pg_class') FROM '^class=([a-z]+)') AS class
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
  WHERE {_OURS} AND relkind IN ('r', 'p', 'f', 'v', 'm') AND {_NOT_OF_AN_EXTENSION.format("c")}),
verbs (verb, letter) AS (
  VALUES ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd'))
SELECT 'class', place FROM ours WHERE relkind IN ('r', 'p', 'f', 'm') AND class IS NULL
UNION ALL
SELECT 'row security', place FROM ours WHERE relkind IN ('r', 'p') AND class <> 'machine'
  AND NOT (relrowsecurity AND relforcerowsecurity)
  AND place <> 'gate.secret'
UNION ALL
SELECT DISTINCT 'policy', place FROM ours, verbs WHERE relkind IN ('r', 'p') AND class <> 'machine'
  AND (has_table_privilege('web', oid, verb) OR has_any_column_privilege('web', oid,
       CASE verb WHEN 'DELETE' THEN 'SELECT' ELSE verb END))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy
                  WHERE polrelid = ours.oid AND polcmd IN ('*', letter::"char"))
  AND (verb <> 'DELETE' OR has_table_privilege('web', oid, verb))
UNION ALL
SELECT 'view', place FROM ours WHERE relkind = 'v'
  AND NOT coalesce(reloptions && '{{security_invoker=true,security_invoker=on}}', false)
ORDER BY 1, 2
"""

_FUNCTIONS = f"""
SELECT CASE WHEN open AND nspname = 'gate' THEN 'open' ELSE 'definer' END, place FROM (
  SELECT p.oid::regprocedure::text AS place, prosecdef, n.nspname,
    proowner = 'gate'::regrole
      AND coalesce(array_to_string(proconfig, ' ') ~ '(^| )search_path=', false) AS right,
    EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))
            WHERE grantee = 0) AS open
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = pronamespace
  WHERE {_OURS} AND {_NOT_OF_AN_EXTENSION.format("p")}) AS ours
WHERE (prosecdef AND NOT ours.right) OR (open AND (prosecdef OR nspname = 'gate'))
ORDER BY 2
"""

_IN_FORCE = f"""
SELECT 'trigger', t.tgname || ' ON ' || tgrelid::regclass FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_class c ON c.oid = tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace WHERE {_OURS} AND tgenabled = 'D'
UNION ALL
SELECT 'constraint', conname || ' ON ' || conrelid::regclass FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_namespace n ON n.oid = connamespace
  WHERE {_OURS} AND NOT (convalidated AND coalesce((to_jsonb(k) ->> 'conenforced')::bool, true))
UNION ALL
SELECT 'index', indexrelid::regclass::text FROM pg_catalog.pg_index
  JOIN pg_catalog.pg_class c ON c.oid = indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace WHERE {_OURS} AND NOT indisvalid
ORDER BY 1, 2
"""


def checks(environment: Environment) -> dict[str, Check]:
    """All checks by name, in order; Django is set up, so that the rooms have told theirs."""

    def settings(_keeper: psycopg.Connection) -> Findings:
        with psycopg.connect(conninfo(parameters(environment, "web"))) as web:
            for refusal in unsafe(web):
                yield Finding("", refusal.words(_))

    return {
        N_("The server is safe to work with"): settings,
        N_("Every page and every index can be read and agree"): pages,
        N_("No page failed its checksum"): checksums,
        N_("The tables are those of this version"): tables,
        N_("Every table is classified and guarded"): borders,
        N_("Constraints, triggers and indexes are in force"): in_force,
        **registered(),
    }


def examine(
    environment: Environment,
) -> Iterator[tuple[str, Finding | None]]:
    """Each check's name and its first finding; the rooms' checks all see one moment."""
    known = registered()
    keeper = conninfo(parameters(environment, "keeper"))
    with psycopg.connect(keeper, autocommit=True) as now, psycopg.connect(keeper) as moment:
        for connection in (now, moment):
            connection.execute("SET idle_in_transaction_session_timeout = 0")
        moment.commit()
        moment.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        moment.read_only = True
        for name, check in checks(environment).items():
            yield name, _first(check, moment if name in known else now)


def _first(check: Check, connection: psycopg.Connection) -> Finding | None:
    """The first finding; a check that cannot be made is one."""
    try:
        with connection.transaction():
            return next(iter(check(connection)), None)
    except psycopg.Error as error:
        return Finding("", str(error).partition("\n")[0])


def pages(keeper: psycopg.Connection) -> Findings:
    """Reads every page of every table and index, and holds them against each other (amcheck)."""
    relations = keeper.execute(
        "SELECT c.oid, c.oid::regclass::text AS name FROM pg_catalog.pg_class c"
        " WHERE relkind IN ('r', 'm') AND relpersistence = 'p' ORDER BY c.oid"
    ).fetchall()
    for oid, name in relations:
        yield from _looked_through(keeper, name, _TABLE, oid)
    checking = {"btree": "bt_index_check(%s::oid::regclass, true)"}
    if _has_function(keeper, "gin_index_check"):
        checking["gin"] = "gin_index_check(%s::oid::regclass)"
    indexes = keeper.execute(
        "SELECT c.oid, c.oid::regclass::text, amname FROM pg_catalog.pg_index"
        " JOIN pg_catalog.pg_class c ON c.oid = indexrelid JOIN pg_catalog.pg_am a ON a.oid = relam"
        " WHERE indisvalid AND indisready AND relpersistence = 'p' AND amname = ANY(%s)"
        " ORDER BY c.oid",
        (list(checking),),
    ).fetchall()
    for oid, name, method in indexes:
        yield from _looked_through(keeper, name, f"SELECT public.{checking[method]}", oid)


_TABLE = """
SELECT format('%%s, %%s: %%s', blkno, offnum, msg) FROM public.verify_heapam(%s::oid::regclass,
  on_error_stop => true, check_toast => true)
"""


def _looked_through(keeper: psycopg.Connection, name: str, query: str, oid: int) -> Findings:
    """A table tells what is wrong in rows, an index by an error, and so does a damaged page."""
    try:
        said = [row[0] for row in keeper.execute(query, (oid,)).fetchall() if row[0]]
    except InsufficientPrivilege:
        raise
    except psycopg.Error as error:
        said = [str(error).partition("\n")[0]]
    for one in said:
        yield Finding(name, one)


def _has_function(keeper: psycopg.Connection, name: str) -> bool:
    row = keeper.execute("SELECT EXISTS (SELECT FROM pg_proc WHERE proname = %s)", (name,))
    return bool((row.fetchone() or [False])[0])


def checksums(keeper: psycopg.Connection) -> Findings:
    row = keeper.execute(
        "SELECT coalesce(sum(checksum_failures), 0) FROM pg_catalog.pg_stat_database"
    ).fetchone()
    assert row
    if row[0]:
        said = _("{count} pages came back from the disk other than they were written.")
        yield Finding("", said.format(count=row[0]))


def tables(keeper: psycopg.Connection) -> Findings:
    """Every migration is done, and none that this version does not know."""
    from gonghui.config.backup import applied_migrations

    for name in pending_migrations():
        yield Finding(name, _("This migration is not done yet: gonghui up."))
    for name in sorted(set(applied_migrations(keeper)) - set(known_migrations())):
        yield Finding(
            name, _("This migration is unknown here: the database is of a newer Gonghui.")
        )


def borders(keeper: psycopg.Connection) -> Findings:
    for query in (_BORDERS, _FUNCTIONS):
        yield from _places(keeper, query)


def in_force(keeper: psycopg.Connection) -> Findings:
    yield from _places(keeper, _IN_FORCE)


def _places(keeper: psycopg.Connection, query: str) -> Findings:
    for kind, place in keeper.execute(query).fetchall():
        yield Finding(place, _(_SAID[kind]))
