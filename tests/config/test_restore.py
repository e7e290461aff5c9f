"""Backup and restore of a database with people in it; spoilt ones are refused.

The page docs/howto/restore.md is followed by tests/docs, command by command.
"""

import dataclasses
import hashlib
import subprocess
import threading
from datetime import UTC, datetime

import psycopg
import pytest

from gonghui.config import backup as backup_module
from gonghui.config import restore as restore_module
from gonghui.config.backup import Manifest, conninfo, count_rows, make_backup, read_backup
from gonghui.config.backup_key import FILE, new_backup_key
from gonghui.config.binaries import find_bin
from gonghui.config.cluster import Cluster
from gonghui.config.envelope import Sealer
from gonghui.config.restore import MARK, restore
from gonghui.core.errors import Refusal

KEY = new_backup_key()
KEYS = {FILE: KEY.text().encode(), "vault.json": b"the vault's"}
WHEN = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def people(served):
    """Rows behind row security, a function of gate, a sequence that has moved."""
    with psycopg.connect(conninfo(served.parameters("owner")), autocommit=True) as owner:
        owner.execute(
            "CREATE TABLE IF NOT EXISTS people (id bigint GENERATED ALWAYS AS IDENTITY, name text,"
            " CONSTRAINT named CHECK (name <> ''))"
        )
        owner.execute("COMMENT ON TABLE people IS 'class=personal; by=id'")
        owner.execute("ALTER TABLE people ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        owner.execute("GRANT INSERT ON people TO keeper")
        owner.execute(
            "CREATE OR REPLACE FUNCTION gate.count_people() RETURNS bigint LANGUAGE sql"
            " SECURITY DEFINER SET search_path = pg_catalog, public"
            " AS 'SELECT count(*) FROM public.people'"
        )
        owner.execute("GRANT SELECT ON people TO gate")
        owner.execute("GRANT EXECUTE ON FUNCTION gate.count_people() TO web")
        owner.execute("ALTER FUNCTION gate.count_people() OWNER TO gate")
    with psycopg.connect(conninfo(served.parameters("keeper"))) as keeper:
        keeper.execute("INSERT INTO people (name) SELECT '王' || n FROM generate_series(1, 500) n")
    yield served
    with psycopg.connect(conninfo(served.parameters("owner")), autocommit=True) as owner:
        owner.execute("SET ROLE gate")
        owner.execute("DROP FUNCTION gate.count_people()")
        owner.execute("RESET ROLE")
        owner.execute("DROP TABLE people")


@pytest.fixture
def kept(people, tmp_path):
    """A backup of these people."""
    path, _manifest = make_backup(people.parameters("keeper"), KEY, tmp_path / "a.backup")
    return path


def folders(tmp_path):
    return sorted(path.name for path in tmp_path.iterdir() if path.is_dir())


def test_a_restored_city_is_the_same_behind_the_same_borders(kept, people, clusters, tmp_path):
    with psycopg.connect(conninfo(people.parameters("keeper"))) as keeper:
        before = count_rows(keeper)
        names = keeper.execute("SELECT array_agg(name ORDER BY id) FROM people").fetchone()
    manifest = restore(kept, KEYS, tmp_path / "new" / "home")
    home = clusters(tmp_path / "new" / "home")
    assert not home.running()
    assert manifest.rows == before
    assert (home.home / "keys" / "vault.json").read_bytes() == b"the vault's"
    assert {path.name for path in home.home.iterdir()} == {"keys", "postgres"}
    home.start()
    with psycopg.connect(conninfo(home.parameters("keeper"))) as keeper:
        assert keeper.execute("SELECT array_agg(name ORDER BY id) FROM people").fetchone() == names
        # The next number goes on where the old ones ended.
        number = keeper.execute("INSERT INTO people (name) VALUES ('new') RETURNING id").fetchone()
        assert number[0] > 500
        keeper.rollback()
    with psycopg.connect(conninfo(home.parameters("web")), autocommit=True) as web:
        assert web.execute("SELECT gate.count_people()").fetchone() == (len(names[0]),)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("SELECT * FROM people")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("CREATE TEMP TABLE mine ()")
    with psycopg.connect(conninfo(home.parameters("owner"))) as owner:
        assert owner.execute("SELECT count(*) FROM people").fetchone() == (0,)  # forced
    old = people.parameters("web")["password"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(conninfo(home.parameters("web") | {"password": old}))


def test_a_backup_shows_nobodys_name_and_holds_no_key(kept):
    data = kept.read_bytes()
    assert "王1".encode() not in data
    assert KEY.secret not in data
    assert b"people" not in data
    assert kept.stat().st_mode & 0o077 == 0


def test_a_folder_gets_a_file_named_by_the_moment(people, tmp_path):
    path, manifest = make_backup(people.parameters("keeper"), KEY, tmp_path, at=WHEN)
    assert path == tmp_path / "gonghui-20260301-040506.backup"
    assert manifest.made_at == "2026-03-01T04:05:06+00:00"
    assert read_backup(path, KEY) == manifest


def test_no_file_is_overwritten(kept, people):
    before = kept.read_bytes()
    with pytest.raises(Refusal, match="is there already"):
        make_backup(people.parameters("keeper"), KEY, kept)
    assert kept.read_bytes() == before


@pytest.mark.parametrize("role", ["web", "owner"])
def test_only_keeper_sees_enough_to_back_up(people, tmp_path, role):
    with pytest.raises((Refusal, psycopg.errors.InsufficientPrivilege)):
        make_backup(people.parameters(role), KEY, tmp_path / "a.backup")
    assert list(tmp_path.iterdir()) == []


def test_the_backup_is_of_one_moment_while_people_work(people, tmp_path):
    """The rows counted beside the dump are those in it; the restore compares them."""
    begun, end = threading.Event(), threading.Event()
    written = []

    def work():
        with psycopg.connect(conninfo(people.parameters("keeper")), autocommit=True) as keeper:
            while not end.is_set():
                keeper.execute("INSERT INTO people (name) VALUES ('meanwhile')")
                written.append(1)
                begun.set()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        assert begun.wait(20)
        path, manifest = make_backup(people.parameters("keeper"), KEY, tmp_path / "a.backup")
    finally:
        end.set()
        worker.join()
    restored = restore(path, KEYS, tmp_path / "home")
    rows = manifest.rows["public.people"]
    assert 500 < rows < 500 + len(written)  # they went on while it was written
    assert restored.rows["public.people"] == rows


def test_counting_at_another_moment_would_be_noticed(people, tmp_path, monkeypatch):
    counted = backup_module.count_rows

    def later(_connection):
        with psycopg.connect(conninfo(people.parameters("keeper"))) as keeper:
            keeper.execute("INSERT INTO people (name) VALUES ('meanwhile')")
            return counted(keeper)

    monkeypatch.setattr(backup_module, "count_rows", later)
    path, _manifest = make_backup(people.parameters("keeper"), KEY, tmp_path / "a.backup")
    with pytest.raises(Refusal, match=r"public\.people has \d+ rows; it had \d+"):
        restore(path, KEYS, tmp_path / "home")
    assert folders(tmp_path) == []


# Spoilt backups


def flipped(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


SPOILT = {
    "a flipped bit": (flipped, r"is damaged at byte \d+"),
    "the end is missing": (lambda data: data[:-1], "the end of the backup is missing"),
    "half is missing": (lambda data: data[: len(data) // 2], "the end of the backup is missing"),
    "something appended": (lambda data: data + b"\n", "Something was appended"),
    "a newer format": (
        lambda data: data.replace(b"gonghui backup 1", b"gonghui backup 9", 1),
        "a backup of format 9",
    ),
    "another file": (lambda _data: b"PGDMP" + bytes(100), "is no backup made by Gonghui"),
    "an empty file": (lambda _data: b"", "is no backup made by Gonghui"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_spoilt_backup_is_refused_and_leaves_nothing(kept, tmp_path, kind):
    spoil, reason = SPOILT[kind]
    kept.write_bytes(spoil(kept.read_bytes()))
    with pytest.raises(Refusal, match=reason):
        restore(kept, KEYS, tmp_path / "home")
    assert folders(tmp_path) == []


def test_the_wrong_key_is_refused_and_leaves_nothing(kept, tmp_path):
    with pytest.raises(Refusal, match="was made with the backup key"):
        restore(kept, {FILE: new_backup_key().text().encode()}, tmp_path / "home")
    assert folders(tmp_path) == []


def test_keys_without_a_backup_key_are_refused(kept, tmp_path):
    with pytest.raises(Refusal, match="holds no backup key"):
        restore(kept, {"vault.json": b""}, tmp_path / "home")


def test_a_backup_of_a_newer_gonghui_is_refused(kept, tmp_path, monkeypatch):
    said = dataclasses.replace(
        read_backup(kept, KEY), gonghui="9.0", migrations=("borders.0001", "borders.0099")
    )
    monkeypatch.setattr(restore_module, "read_backup", lambda *_: said)
    with pytest.raises(
        Refusal, match=r"made by Gonghui 9\.0; this one does not know borders\.0099"
    ):
        restore(kept, KEYS, tmp_path / "home", known=["borders.0001"])
    newer = dataclasses.replace(said, server_version=99_00_00)
    monkeypatch.setattr(restore_module, "read_backup", lambda *_: newer)
    with pytest.raises(Refusal, match="is of PostgreSQL 99"):
        restore(kept, KEYS, tmp_path / "home")
    assert folders(tmp_path) == []


def test_a_list_of_contents_that_does_not_fit_is_refused(kept, tmp_path):
    manifest = read_backup(kept, KEY)
    other = tmp_path / "other.backup"
    with other.open("wb") as out:
        sealer = Sealer(out, KEY)
        sealer.frame(b"another dump")
        sealer.finish(manifest.data())
    with pytest.raises(Refusal, match="does not hold what its list of contents says"):
        read_backup(other, KEY)


def test_a_list_of_contents_of_another_kind_is_refused(tmp_path):
    with pytest.raises(Refusal, match="made by a newer Gonghui"):
        Manifest.of_data(b'{"format": "gonghui manifest 2"}', "a.backup")


def test_a_dump_that_cannot_be_put_in_leaves_nothing(kept, tmp_path):
    broken = tmp_path / "broken.backup"
    with broken.open("wb") as out:
        sealer, dump = Sealer(out, KEY), b"PGDMP, but no dump"
        sealer.frame(dump)
        digest = hashlib.sha256(dump).hexdigest()
        manifest = dataclasses.replace(read_backup(kept, KEY), sha256=digest, size=len(dump))
        sealer.finish(manifest.data())
    with pytest.raises(Refusal, match=r"could not be put into a database\. It says: pg_restore:"):
        restore(broken, KEYS, tmp_path / "home")
    assert folders(tmp_path) == []


def test_pg_restore_alone_takes_a_flipped_bit_without_a_word(people, clusters, tmp_path):
    """Why a backup proves itself: the format of `pg_dump` does not."""
    said = people.parameters("keeper")
    password = {"PGPASSWORD": said["password"]}
    dump = subprocess.run(
        [find_bin() / "pg_dump", "-Fc", "-Z0", "-h", said["host"], "-U", "keeper", "gonghui"],
        env=password,
        capture_output=True,
        check=True,
    ).stdout
    changed = dump.replace("\t王123\n".encode(), "\t王923\n".encode())
    assert changed != dump
    other = clusters(tmp_path)
    other.start()
    with psycopg.connect(conninfo(other.superuser()), autocommit=True) as superuser:
        restore_module.create_roles(superuser, other.passwords())
        superuser.execute("CREATE DATABASE gonghui TEMPLATE template0")
    said = other.superuser("gonghui")
    done = subprocess.run(
        [find_bin() / "pg_restore", "-e", "-h", said["host"], "-U", said["user"], "-d", "gonghui"],
        env={"PGPASSWORD": said["password"]},
        input=changed,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with psycopg.connect(conninfo(said)) as superuser:
        query = "SELECT count(*) FROM people WHERE name = '王923'"
        assert superuser.execute(query).fetchone()[0] == 1


# Where to


def test_a_folder_that_is_not_empty_is_refused(kept, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "somebody's").write_text("kept")
    with pytest.raises(Refusal, match="is not empty"):
        restore(kept, KEYS, home)
    assert [path.name for path in home.iterdir()] == ["somebody's"]
    with pytest.raises(Refusal, match="is not empty"):
        restore(kept, KEYS, kept)


def test_an_empty_folder_will_do(kept, clusters, tmp_path):
    (tmp_path / "home").mkdir()
    restore(kept, KEYS, tmp_path / "home")
    clusters(tmp_path / "home").start()


def test_what_a_killed_restore_left_is_taken_away(kept, clusters, tmp_path):
    left = Cluster(tmp_path / "home.restoring")
    left.start()
    (left.home / MARK).touch()
    restore(kept, KEYS, tmp_path / "home")
    assert folders(tmp_path) == ["home"]
    assert not left.running()


def test_a_folder_of_that_name_that_is_somebodys_is_left_alone(kept, tmp_path):
    theirs = tmp_path / "home.restoring"
    theirs.mkdir()
    (theirs / "file").touch()
    with pytest.raises(Refusal, match="is in the way"):
        restore(kept, KEYS, tmp_path / "home")
    assert (theirs / "file").exists()
