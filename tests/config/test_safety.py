"""Nothing starts on a database that forgets or has no borders; it says which, and what to do."""

import psycopg
import pytest

from gonghui.config.binaries import find_bin
from gonghui.config.cluster import Cluster
from gonghui.config.roles import create_database, create_roles
from gonghui.config.safety import check_safety, unsafe
from gonghui.config.servant import Servant
from gonghui.core.errors import Refusal
from tests.config.conftest import folder_in_memory


def sentences(cluster, role="web"):
    with psycopg.connect(**cluster.parameters(role)) as connection:
        return [str(one) for one in unsafe(connection)]


@pytest.fixture(scope="module")
def changeable():
    """A cluster with roles and database that each test starts in its own way."""
    with folder_in_memory() as home:
        cluster = Cluster(home)
        cluster.start()
        with psycopg.connect(**cluster.superuser(), autocommit=True) as superuser:
            create_roles(superuser, cluster.passwords())
            create_database(superuser, "gonghui")
        cluster.stop()
        yield home
        cluster.stop()


def started(home, settings):
    cluster = Cluster(home, settings)
    cluster.stop()
    cluster.start()
    return cluster


def test_our_own_server_is_safe(served):
    assert sentences(served) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("synchronous_commit", "off"),
        ("synchronous_commit", "local"),
        ("ignore_checksum_failure", "on"),
        ("zero_damaged_pages", "on"),
    ],
)
def test_a_server_that_may_forget_is_refused(changeable, name, value):
    (sentence,) = sentences(started(changeable, {name: value}))
    assert sentence.startswith(f"The database runs with {name} = {value}: it may lose data")
    wanted = "on" if value != "on" else "off"
    assert f"Set {name} = {wanted}" in sentence


@pytest.mark.parametrize("change", ["--disable", "--enable"])
def test_a_server_without_checksums_is_refused(changeable, change):
    cluster = Cluster(changeable)
    cluster.stop()
    done = Servant.of(cluster.data).run(find_bin() / "pg_checksums", change, cluster.data)
    assert done.returncode == 0, done.stdout
    said = sentences(started(changeable, {}))
    if change == "--enable":
        assert said == []
        return
    (sentence,) = said
    assert "data_checksums = off" in sentence
    assert "Make a new server with data_checksums = on" in sentence


CHANGES = [
    ("ALTER ROLE web SET synchronous_commit = off", "synchronous_commit = off"),
    ("ALTER DATABASE gonghui SET synchronous_commit = off", "synchronous_commit = off"),
    ("ALTER ROLE web SET row_security = off", "row_security = off"),
    ("ALTER ROLE web SUPERUSER", "web has SUPERUSER"),
    ("ALTER ROLE web BYPASSRLS", "web has BYPASSRLS"),
    ("ALTER ROLE web CREATEROLE", "web has CREATEROLE"),
    ("ALTER ROLE web CREATEDB", "web has CREATEDB"),
    ("ALTER ROLE web REPLICATION", "web has REPLICATION"),
    ("GRANT gate TO web", "web is a member of gate"),
    ("GRANT gate TO web WITH INHERIT FALSE", "web is a member of gate"),
    ("GRANT owner TO web", "web is a member of owner"),
    ("CREATE TABLE t (); ALTER TABLE t OWNER TO web", "web owns table t"),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1; ALTER FUNCTION f() OWNER TO web",
     "web owns function f()"),
    ("ALTER DATABASE gonghui OWNER TO web", "web owns database gonghui"),
    ("GRANT TEMP ON DATABASE gonghui TO PUBLIC", "web has TEMP on DATABASE gonghui"),
    ("GRANT CREATE ON DATABASE gonghui TO web", "web has CREATE on DATABASE gonghui"),
    ("GRANT CREATE ON SCHEMA public TO PUBLIC", "web has CREATE on SCHEMA public"),
    ("GRANT CREATE ON SCHEMA gate TO web", "web has CREATE on SCHEMA gate"),
]  # fmt: skip


@pytest.fixture
def changed(served):
    """Changes something as superuser; everything is as it was afterwards."""

    def change(statements):
        with psycopg.connect(**served.superuser("gonghui"), autocommit=True) as superuser:
            superuser.execute(statements)

    yield change
    change(
        "REASSIGN OWNED BY web TO owner; DROP TABLE IF EXISTS t; DROP FUNCTION IF EXISTS f();"
        "ALTER ROLE web RESET ALL; ALTER DATABASE gonghui RESET ALL;"
        "REVOKE gate, owner FROM web; REVOKE CREATE ON SCHEMA gate, public FROM web, PUBLIC;"
        "REVOKE CREATE, TEMP ON DATABASE gonghui FROM web, PUBLIC"
    )
    with psycopg.connect(**served.superuser(), autocommit=True) as superuser:
        create_roles(superuser, served.passwords())
        create_database(superuser, "gonghui")
    assert sentences(served) == []


@pytest.mark.parametrize(("change", "reason"), CHANGES, ids=[reason for _, reason in CHANGES])
def test_a_web_with_power_is_refused(served, changed, change, reason):
    changed(change)
    said = sentences(served)
    assert reason in said[0]


@pytest.mark.parametrize("role", ["owner", "keeper", "postgres"])
def test_another_login_in_its_place_is_refused(served, role):
    assert f"The programme logs in as {role}" in sentences(served, role)[0]


def test_the_first_reason_stops_the_start(served, changed):
    class Alias:
        """As Django's connection, of which this needs little."""

        def __init__(self, connection):
            self.connection = connection

        def ensure_connection(self):
            pass

    changed("ALTER ROLE web BYPASSRLS")
    with (
        psycopg.connect(**served.parameters("web")) as web,
        pytest.raises(Refusal, match="web has BYPASSRLS: no border would hold"),
    ):
        check_safety({"default": Alias(web)})
