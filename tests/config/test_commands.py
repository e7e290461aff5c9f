"""The machine's commands, each in a process of its own, as people run them."""

import os
import subprocess
import sys

import psycopg
import pytest

from gonghui.config.backup import conninfo
from gonghui.config.cluster import Cluster
from gonghui.config.environment import VARIABLES
from gonghui.config.roles import create_database, text_for_a_dba
from tests.config.conftest import folder_in_memory

PASSPHRASE = "correct horse battery"


def gonghui(home, *words, start=("-m", "gonghui"), **variables):
    """A command; ``done.stdout`` has both streams."""
    inherited = {name: value for name, value in os.environ.items() if "DATABASE" not in name}
    return subprocess.run(
        [sys.executable, *start, *map(str, words), "--lang", "en"],
        env={**inherited, "GONGHUI_HOME": str(home), "GONGHUI_PASSPHRASE": PASSPHRASE, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def lines(done, ending=0):
    assert done.returncode == ending, done.stdout
    return done.stdout.splitlines()


def test_print_roles_needs_no_database(tmp_path):
    done = gonghui(tmp_path / "none", "up", "--print-roles")
    assert done.stdout == text_for_a_dba()
    assert not (tmp_path / "none").exists()


def test_status_of_nothing_starts_nothing(tmp_path):
    said = lines(gonghui(tmp_path / "none", "status"), 1)
    assert "! database server           not made yet: gonghui up" in said
    assert not (tmp_path / "none").exists()
    assert lines(gonghui(tmp_path / "none", "down")) == ["No database server runs."]


def test_down_leaves_a_server_of_others_alone(tmp_path):
    urls = {one: f"postgresql://{role}@nowhere/gonghui" for role, one in VARIABLES.items()}
    said = lines(gonghui(tmp_path, "down", **urls), 3)
    assert said == [
        "The database is not ours to stop: DATABASE_URL names it. Ask whoever runs that server."
    ]


@pytest.fixture(scope="module")
def home():
    """An installation, up; what `up` said the first time is in ``first.txt``."""
    with folder_in_memory() as folder:
        home = folder / "home"
        done = gonghui(home, "up")
        (folder / "first.txt").write_text(done.stdout)
        assert done.returncode == 0, done.stdout
        yield home
        Cluster(home).stop()


@pytest.mark.slow
def test_up_makes_everything_and_says_so(home):
    assert home.with_name("first.txt").read_text().splitlines() == [
        "A database server was made.",
        "The database and its roles were made.",
        "Keys were made. Keep a copy elsewhere: gonghui backup --keys FILE.",
        "The tables were made or changed.",
        "Everything is up.",
    ]
    for file in (home / "keys").iterdir():
        assert file.name.endswith(".pub.pem") or file.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_up_again_changes_nothing_also_at_the_same_time(home):
    def snapshot():
        return {file.name: file.read_bytes() for file in (home / "keys").iterdir()}

    before = snapshot()
    words = [sys.executable, "-m", "gonghui", "up", "--lang", "en"]
    both = [
        subprocess.Popen(
            words, env={**os.environ, "GONGHUI_HOME": str(home)}, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [one.communicate()[0] for one in both] == ["Everything is up.\n"] * 2
    assert snapshot() == before


@pytest.mark.slow
def test_after_down_the_next_command_starts_it(home):
    assert lines(gonghui(home, "down")) == ["The database server was stopped."]
    said = lines(gonghui(home, "status"), 1)
    assert "! database server           stopped" in said
    assert "Nothing is wrong." in lines(gonghui(home, "verify"))
    said = lines(gonghui(home, "status"))
    assert [one for one in said if one.startswith("!")] == []
    for words in ("running, process", "all done", "0 stalled", "entries not sealed yet"):
        assert words in "\n".join(said)


@pytest.mark.slow
def test_lost_keys_are_not_replaced_by_new_ones(home):
    with psycopg.connect(conninfo(Cluster(home).superuser("gonghui"))) as superuser:
        columns = "block, chain, algorithm, last, hash, at, scheme, key, signature, digest"
        superuser.execute("ALTER TABLE audit_head DISABLE TRIGGER ALL")
        superuser.execute(
            f"INSERT INTO audit_head ({columns}) VALUES (1, '', '', 0, '', now(), '', '', '', '')"
        )
    kept = (home / "keys" / "audit-signing.pem").rename(home / "kept.pem")
    try:
        said = lines(gonghui(home, "up"), 3)[-1]
        assert said.startswith(f"The keys in {home}/keys/audit-signing.pem are missing")
        assert not (home / "keys" / "audit-signing.pem").exists()
    finally:
        kept.rename(home / "keys" / "audit-signing.pem")
        with psycopg.connect(conninfo(Cluster(home).superuser("gonghui"))) as superuser:
            superuser.execute("DELETE FROM audit_head")
            superuser.execute("ALTER TABLE audit_head ENABLE TRIGGER ALL")
    assert lines(gonghui(home, "up"))[-1] == "Everything is up."


@pytest.mark.slow
def test_backup_and_restore_by_command(home, tmp_path):
    keys, into = tmp_path / "keys.gonghui", tmp_path / "new"
    assert lines(gonghui(home, "backup", "--keys", keys))[0].startswith("The keys are in")
    said = lines(gonghui(home, "backup", tmp_path))[0]
    (file,) = tmp_path.glob("gonghui-*.backup")
    assert said.endswith(f"read again and found right: {file}")
    try:
        said = lines(gonghui(tmp_path / "none", "restore", file, "--keys", keys, "--into", into))
        assert said[-1] == "Nothing is wrong."
        for name in ("vault.json", "audit-signing.pem", "backup.json"):
            assert (into / "keys" / name).read_bytes() == (home / "keys" / name).read_bytes()
        assert lines(gonghui(into, "up")) == ["Everything is up."]
    finally:
        Cluster(into).stop()
    wrong = gonghui(
        home, "restore", file, "--keys", keys, "--into", tmp_path / "x",
        GONGHUI_PASSPHRASE="a wrong passphrase",
    )  # fmt: skip
    assert lines(wrong, 3)[0].startswith("The passphrase does not open")
    assert lines(gonghui(home, "restore", file, "--keys", keys), 3)[0].startswith("Nobody said")


@pytest.mark.slow
def test_a_server_of_ones_own_is_brought_up_by_its_urls(cluster, tmp_path):
    """The server of the tests stands for it; its roles are there, as a DBA would have made them."""
    name = f"t_external_{os.urandom(4).hex()}"
    with psycopg.connect(conninfo(cluster.superuser()), autocommit=True) as superuser:
        create_database(superuser, name)
        try:
            urls = {one: cluster.url(role, name) for role, one in VARIABLES.items()}
            home = tmp_path / "home"
            assert lines(gonghui(home, "up", **urls)) == [
                "Keys were made. Keep a copy elsewhere: gonghui backup --keys FILE.",
                "The tables were made or changed.",
                "Everything is up.",
            ]
            assert not (home / "postgres").exists()
            assert lines(gonghui(home, "verify", **urls))[-1] == "Nothing is wrong."
            assert lines(gonghui(home, "backup", tmp_path / "a.backup", **urls))
            keys = tmp_path / "keys.gonghui"
            lines(gonghui(home, "backup", "--keys", keys, **urls))
            words = ("restore", tmp_path / "a.backup", "--keys", keys, "--print-dump")
            dump = subprocess.run(
                [sys.executable, "-m", "gonghui", *words],
                env={**os.environ, "GONGHUI_PASSPHRASE": PASSPHRASE},
                capture_output=True,
                check=True,
            )
            assert dump.stdout.startswith(b"PGDMP")
        finally:
            superuser.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
