"""Every table says what it holds, and is guarded as that demands."""

import re

import pytest

ALLOWED = ("personal", "money", "business", "structure", "gate", "machine")

TABLES = """
select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, r.rolname,
       coalesce(obj_description(c.oid, 'pg_class'), '')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_roles r on r.oid = c.relowner
 where c.relkind in ('r', 'p') and n.nspname in ('public', 'gate') order by 2"""

VERBS = """
select v.verb from (values ('select'), ('insert'), ('update'), ('delete'), ('truncate')) v (verb)
 where has_table_privilege('web', %(table)s::oid, v.verb)
    or (v.verb in ('select', 'insert', 'update')
        and has_any_column_privilege('web', %(table)s::oid, v.verb))"""

POLICIES = """
select case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                   when 'd' then 'delete' else 'all' end from pg_policy where polrelid = %s"""

FUNCTIONS = """
select p.oid::regprocedure::text, r.rolname, p.prosecdef, p.proconfig::text
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
 where n.nspname = 'gate'"""


def complaints(connection):
    """What is wrong with the tables, in words."""
    for oid, name, secured, forced, owner, comment in connection.execute(TABLES).fetchall():
        said = re.match(r"class=(\w+)", comment)
        if not said or said[1] not in ALLOWED:
            yield f"{name} does not say what it holds"
            continue
        verbs = {row[0] for row in connection.execute(VERBS, {"table": oid})}
        policies = {row[0] for row in connection.execute(POLICIES, [oid])}
        if owner != "owner":
            yield f"{name} belongs to {owner}"
        if said[1] == "machine":
            continue
        if said[1] == "gate" and verbs:
            yield f"{name} is for definer functions only, but web may {verbs}"
        if not (secured and forced) and name != "secret":
            yield f"{name} has no forced row security"
        if said[1] != "gate" and verbs != policies:
            yield f"{name}: web may {sorted(verbs)}, there are policies for {sorted(policies)}"


@pytest.fixture
def superuser(database, connect):
    return connect("superuser")


def test_every_table_is_classified_and_has_a_policy_for_each_verb(superuser):
    assert list(complaints(superuser)) == []


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("create table stray (name text); alter table stray owner to owner", "does not say"),
        ("alter table directory_person no force row level security", "no forced row"),
        ("grant delete on directory_person to web", "there are policies for"),
        ("grant select on accounts_account to web", "definer functions only"),
        ("alter table directory_person owner to web", "belongs to web"),
    ],
)
def test_a_table_left_open_is_found(superuser, statement, complaint):
    superuser.execute(statement)
    assert [said for said in complaints(superuser) if complaint in said]


def test_every_function_of_the_gate_is_gates_and_finds_nothing_by_chance(superuser):
    for name, owner, definer, settings in superuser.execute(FUNCTIONS).fetchall():
        if not definer:  # a trigger that needs to see no more than whoever writes
            assert (name, owner) == (name, "owner")
            continue
        assert (name, owner) == (name, "gate")
        assert "search_path=pg_catalog, public, pg_temp" in (settings or ""), name


def test_no_view_runs_as_its_owner(superuser):
    views = superuser.execute(
        "select c.relname, c.reloptions from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'public' and c.relkind in ('v', 'm')"
        " and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')"
    ).fetchall()
    assert [name for name, options in views if "security_invoker=true" not in (options or [])] == []


def test_web_can_make_nothing(database, connect):
    import psycopg

    web = connect("web", autocommit=True)
    for statement in (
        "create table public.t (a int)",
        "create temp table t (a int)",
        "create function gate.f() returns int language sql as 'select 1'",
        "create schema s",
        "select lo_create(0)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(statement)
