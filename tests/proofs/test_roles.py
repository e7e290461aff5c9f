"""Why there are four roles: what two of them, owner and web, could not do or would do wrong."""

import os
import subprocess

import psycopg
import pytest

from gonghui.config.binaries import find_bin


def dump(cluster, house, role, tmp_path):
    said = cluster.parameters(role, house.database)
    return subprocess.run(
        [
            *(find_bin() / "pg_dump", "--host", said["host"], "--port", said["port"]),
            *("--username", role, "--file", tmp_path / "dump.sql", house.database),
        ],
        env={**os.environ, "PGPASSWORD": said["password"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_copy_into_a_protected_table_is_refused(house, sql_as_web):
    connection = sql_as_web(house.clerk)
    with (
        pytest.raises(psycopg.errors.FeatureNotSupported, match="row-level security"),
        connection.cursor().copy("copy directory_hardship (kind) from stdin") as copy,
    ):
        copy.write_row(["x"])


def test_the_owner_reads_no_rows_so_data_migrations_are_keepers(house, as_owner, as_keeper):
    question = "select count(*) from directory_person"
    assert as_owner.execute(question).fetchone()[0] == 0
    assert as_keeper.execute(question).fetchone()[0] == len(house.person)


def test_the_owner_cannot_dump_and_keeper_can(house, cluster, tmp_path):
    refused = dump(cluster, house, "owner", tmp_path)
    assert refused.returncode and "row-level security" in refused.stderr
    dumped = dump(cluster, house, "keeper", tmp_path)
    assert dumped.returncode == 0, dumped.stderr
    assert "officer_a" in (tmp_path / "dump.sql").read_text(encoding="utf-8")


def test_nobody_logs_in_as_gate(house, cluster):
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**cluster.parameters("gate", house.database))


@pytest.mark.parametrize("role", ["gate", "owner", "keeper"])
def test_web_cannot_become_anybody_else(house, connect, role):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connect("web").execute(f"set role {role}")


def test_web_cannot_switch_row_security_off(house, connect):
    web = connect("web")
    web.execute("set row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("select count(*) from directory_person")


def test_statistics_and_plans_tell_nothing_of_other_units(house, sql_as_web, connect):
    connect("superuser", autocommit=True).execute("analyze directory_person")
    connection = sql_as_web(house.officer_a)
    told = connection.execute(
        "select count(*) from pg_stats where tablename = 'directory_person'"
    ).fetchone()[0]
    assert told == 0
