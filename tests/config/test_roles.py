"""The four roles: who may what, made as often as one likes, by us or by a DBA from the text."""

import subprocess

import psycopg
import pytest
from psycopg import errors

from gonghui.config.binaries import find_bin
from gonghui.config.roles import ROLES, create_database, create_roles, text_for_a_dba

ROLE_ROWS = """
SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
  (SELECT array_agg(s ORDER BY s) FROM unnest(coalesce(setconfig, '{}')) s)
FROM pg_roles LEFT JOIN pg_db_role_setting ON setrole = pg_roles.oid
WHERE rolname = ANY(%s) ORDER BY rolname
"""
GRANTS = """
SELECT 'member', granted.rolname, member.rolname, inherit_option::text, set_option::text
FROM pg_auth_members m JOIN pg_roles granted ON granted.oid = roleid
JOIN pg_roles member ON member.oid = m.member
UNION ALL SELECT 'schema', nspname, nspowner::regrole::text, array_to_string(nspacl, ' '), ''
FROM pg_namespace WHERE nspname IN ('public', 'gate')
UNION ALL SELECT 'database', datname, datdba::regrole::text, array_to_string(datacl, ' '), ''
FROM pg_database WHERE datname = current_database()
UNION ALL SELECT 'default', defaclrole::regrole::text, defaclobjtype::text,
  array_to_string(defaclacl, ' '), '' FROM pg_default_acl
UNION ALL SELECT 'extension', extname, extowner::regrole::text, '', '' FROM pg_extension
UNION ALL SELECT 'function', proname, '', array_to_string(proacl, ' '), ''
FROM pg_proc WHERE proname ~ '^lo_|_check$|^verify_heapam'
ORDER BY 1, 2, 3
"""


def as_role(cluster, role, database="gonghui"):
    return psycopg.connect(**cluster.parameters(role, database), autocommit=True)


def looked_at(cluster, database="gonghui"):
    with psycopg.connect(**cluster.superuser(database)) as superuser:
        roles = superuser.execute(ROLE_ROWS, (list(ROLES),)).fetchall()
        grants = superuser.execute(GRANTS).fetchall()
    return roles, [tuple(str(one).replace(database, "DB") for one in row) for row in grants]


def test_each_role_has_what_it_needs_and_no_more(served):
    roles, _grants = looked_at(served)
    powers = {name: rest[:6] for name, *rest in roles}
    login, sees_all = [True, False, False], [True, False, True]
    assert powers == {
        "owner": [*login, False, False, False],
        "web": [*login, False, False, False],
        "gate": [False, False, True, False, False, False],
        "keeper": [*sees_all, False, False, False],
    }


@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE TABLE mine ()",
        "CREATE TABLE gate.mine ()",
        "CREATE TEMP TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "SET ROLE gate",
        "SET ROLE owner",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "ALTER ROLE web BYPASSRLS",
        "ALTER SYSTEM SET fsync = off",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
        "SET session_replication_role = replica",
    ],
)
def test_web_makes_nothing_and_becomes_nobody(served, attempt):
    with as_role(served, "web") as web, pytest.raises(errors.InsufficientPrivilege):
        web.execute(attempt)


def test_only_our_roles_enter_and_only_our_database(served):
    with psycopg.connect(**served.superuser(), autocommit=True) as superuser:
        superuser.execute("CREATE ROLE stranger LOGIN PASSWORD 'x'")
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(**served.parameters("stranger") | {"password": "x"})
    finally:
        with psycopg.connect(**served.superuser(), autocommit=True) as superuser:
            superuser.execute("DROP ROLE stranger")
    for other in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            as_role(served, "web", other)


def test_owner_hands_a_function_to_gate_and_sees_no_more_by_it(served):
    with as_role(served, "owner") as owner:
        owner.execute("CREATE TABLE secret (words text)")
        owner.execute("INSERT INTO secret VALUES ('seen')")
        owner.execute("ALTER TABLE secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        owner.execute("GRANT SELECT ON secret TO gate")
        assert owner.execute("SELECT count(*) FROM secret").fetchone() == (0,)
        owner.execute(
            "CREATE FUNCTION gate.words() RETURNS text LANGUAGE sql SECURITY DEFINER"
            " SET search_path = pg_catalog, public AS 'SELECT words FROM public.secret'"
        )
        owner.execute("ALTER FUNCTION gate.words() OWNER TO gate")
    with as_role(served, "web") as web, pytest.raises(errors.InsufficientPrivilege):
        web.execute("SELECT gate.words()")  # not everybody's from the start
    with as_role(served, "owner") as owner:
        owner.execute("SET ROLE gate")
        owner.execute("GRANT EXECUTE ON FUNCTION gate.words() TO web")
        owner.execute("RESET ROLE")
    with as_role(served, "web") as web:
        assert web.execute("SELECT gate.words()").fetchone() == ("seen",)
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute("SELECT * FROM secret")
    with as_role(served, "keeper") as keeper:
        assert keeper.execute("SELECT words FROM secret").fetchone() == ("seen",)


def test_a_forced_owner_is_blind_in_the_data_keeper_moves(served):
    """Why data migrations run as keeper: as owner they would change 0 rows, and say so quietly."""
    with as_role(served, "owner") as owner:
        owner.execute("CREATE TABLE moved (words text)")
        owner.execute("INSERT INTO moved VALUES ('old')")
        owner.execute("ALTER TABLE moved ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        owner.execute("GRANT UPDATE ON moved TO keeper")
        assert owner.execute("UPDATE moved SET words = 'new'").rowcount == 0
    with as_role(served, "keeper") as keeper:
        assert keeper.execute("UPDATE moved SET words = 'new'").rowcount == 1


def dump(cluster, role):
    said = cluster.parameters(role)
    return subprocess.run(
        [find_bin() / "pg_dump", "-h", said["host"], "-U", role, "gonghui"],
        env={"PGPASSWORD": said["password"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_keeper_dumps_what_neither_owner_nor_web_can(served):
    with as_role(served, "owner") as owner:
        owner.execute("CREATE TABLE dumped (id bigint GENERATED ALWAYS AS IDENTITY, words text)")
        owner.execute("INSERT INTO dumped (words) VALUES ('in the dump')")
        owner.execute("ALTER TABLE dumped ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    done = dump(served, "keeper")
    assert (done.returncode, "in the dump" in done.stdout) == (0, True), done.stderr
    for role in ("owner", "web"):
        done = dump(served, role)
        assert (done.returncode, "in the dump" in done.stdout) == (1, False)


def test_nobody_waits_without_end(served):
    with as_role(served, "web") as web:
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            assert web.execute("SELECT current_setting(%s)", (name,)).fetchone() != ("0",)


def test_making_it_all_again_changes_nothing(served):
    before = looked_at(served)
    with psycopg.connect(**served.superuser(), autocommit=True) as superuser:
        for _ in range(2):
            create_roles(superuser, served.passwords())
            assert create_database(superuser, "gonghui") is False
    assert looked_at(served) == before


def test_what_somebody_changed_is_made_right_again(served):
    before = looked_at(served)
    with psycopg.connect(**served.superuser(), autocommit=True) as superuser:
        superuser.execute("ALTER ROLE web BYPASSRLS CREATEDB PASSWORD 'other'")
        superuser.execute("GRANT TEMP ON DATABASE gonghui TO PUBLIC")
        create_roles(superuser, served.passwords())
        create_database(superuser, "gonghui")
    assert looked_at(served) == before
    as_role(served, "web").close()


def test_a_clone_of_a_template_is_closed_like_the_first(served):
    with psycopg.connect(**served.superuser(), autocommit=True) as superuser:
        assert create_database(superuser, "cloned", template="gonghui") is True
        try:
            assert looked_at(served, "cloned") == looked_at(served)
        finally:
            superuser.execute("DROP DATABASE cloned")


def test_the_text_for_a_dba_makes_the_same(served, clusters, tmp_path):
    other = clusters(tmp_path)
    other.start()
    lines = text_for_a_dba("gonghui").splitlines()
    # psql asks at a terminal; here it is told.
    told = [
        f"ALTER ROLE {line.split()[1]} PASSWORD 'x';" if line.startswith("\\password") else line
        for line in lines
    ]
    said = other.superuser()
    for _ in range(2):  # it can be run again
        done = subprocess.run(
            [find_bin() / "psql", "-X", "-q", "-h", said["host"], "-U", said["user"], "postgres"],
            env={"PGPASSWORD": said["password"]},
            input="\n".join(told),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert looked_at(other) == looked_at(served)
