"""Who steals the database, its backup, its log or its queue learns no number of anybody (P11).

An installation of its own, made by `gonghui up`; a day of work with people whose numbers nobody
else has; then every byte that was left behind is searched for all of them, in every form.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
import pytest

from gonghui.config.backup import conninfo
from gonghui.config.binaries import find_bin
from gonghui.config.cluster import Cluster
from tests.proofs.canaries import Search, canaries, forms
from tests.vault_fixtures import SOAK

ROOT = Path(__file__).parents[2]
PEOPLE = 5_000 if SOAK else 500
# The most talkative a database can be made; as it is set up, it says none of this.
TALKATIVE = {
    "log_statement": "all",
    "log_min_messages": "debug2",
    "log_min_error_statement": "debug1",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "log_error_verbosity": "verbose",
    "log_duration": "on",
    # A compressed image of a page in the WAL would hide what is written there from the search.
    "wal_compression": "off",
}

pytestmark = pytest.mark.slow


@dataclass
class Day:
    """The installation after its day."""

    home: Path
    cluster: Cluster
    temporary: Path
    log: Path
    people: list
    search: Search

    def superuser(self):
        return psycopg.connect(**self.cluster.superuser("gonghui"), autocommit=True)

    def dump(self):
        """What `pg_dump` writes, as text."""
        command = [find_bin() / "pg_dump", "--format=plain", "--inserts"]
        with_all = conninfo(self.cluster.parameters("keeper"))
        return subprocess.run([*command, with_all], check=True, capture_output=True).stdout

    def flush(self):
        """What is in PostgreSQL's memory goes to its files."""
        with self.superuser() as superuser:
            superuser.execute("checkpoint")


def run(home, *command, temporary, said=""):
    inherited = {name: value for name, value in os.environ.items() if "DATABASE" not in name}
    environment = {
        **inherited,
        "GONGHUI_HOME": str(home),
        "GONGHUI_SECRET": "",
        "TMPDIR": str(temporary),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    environment.pop("GONGHUI_KEYS", None)
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        env=environment,
        input=said,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canaries")
    home, temporary, inbox = (folder / name for name in ("home", "temporary", "inbox"))
    for one in (temporary, inbox):
        one.mkdir()
    run(home, "gonghui", "up", temporary=temporary)
    cluster = Cluster(home)
    try:
        with psycopg.connect(**cluster.superuser("gonghui")) as superuser:
            for name, value in TALKATIVE.items():
                superuser.execute(f"alter database gonghui set {name} = '{value}'")
        people = canaries(PEOPLE)
        log = home / "app.log"
        said = json.dumps([asdict(one) for one in people])
        command = ("tests.proofs.canary_day", inbox, log)
        run(home, *command, temporary=temporary, said=said)
        run(home, "gonghui", "backup", home / "backup.gonghui", temporary=temporary)
        yield Day(home, cluster, temporary, log, people, Search(people))
    finally:
        cluster.stop()


def test_the_day_was_a_day(day):
    """The proof proves nothing unless everybody is stored and everything talks."""
    with day.superuser() as superuser:
        counts = superuser.execute(
            "select (select count(*) from directory_personnumber),"
            " (select count(*) from directory_personcontact),"
            " (select count(*) from audit_event where action = 'person.revealed'),"
            " (select count(*) from mutualaid_enrolment), (select count(*) from vault_datakey)"
        ).fetchone()
    assert counts[0] >= PEOPLE - 10
    assert counts[1] >= 2 * (PEOPLE - 20)
    assert counts[2] >= PEOPLE - 10
    assert counts[3] >= PEOPLE - 20
    assert counts[4] >= PEOPLE - 10
    server, ours = day.cluster.log.read_text("utf-8", "replace"), day.log.read_text("utf-8")
    assert "execute" in server and "book_roster" in server
    assert 'FROM "directory_' in ours, ours[-9000:]
    assert "refused:" in ours
    assert "told the officer:" in ours


def test_the_dump_shows_nobody(day):
    dump = day.dump()
    assert b"directory_personnumber" in dump
    assert day.search.in_bytes(dump) == set()


def test_nor_do_the_files_of_the_installation(day):
    """Tables, indexes, WAL, the server's log at debug, our log, the backup, job arguments, keys."""
    day.flush()
    assert (day.home / "backup.gonghui").stat().st_size > 10_000
    assert list((day.home / "postgres" / "data" / "pg_wal").iterdir())
    assert day.search.in_files(day.home) == {}


def test_nor_what_is_left_in_temporary_folders(day):
    assert day.search.in_files(day.temporary) == {}


def test_swapped_between_rows_nothing_opens(day):
    """Somebody who writes into the database cannot show one person's number under another's."""
    from gonghui.ground.directory.numbers import COLUMN
    from gonghui.ground.vault.errors import SealBroken
    from gonghui.ground.vault.keyring import read_keyring
    from gonghui.ground.vault.sealing import open_data_keys, open_values

    with day.superuser() as superuser:
        rows = superuser.execute(
            "select n.id, n.person_id, n.cipher, k.wrapped, k.generation"
            " from directory_personnumber n join vault_datakey k using (person_id)"
            " order by n.id limit 2"
        ).fetchall()
    ids, persons, ciphers, wraps, generations = (list(one) for one in zip(*rows, strict=True))
    keyring = read_keyring(day.home / "keys" / "vault.json")
    keys = open_data_keys(keyring, persons, generations, wraps)
    known = {one.identity for one in day.people}
    assert set(open_values(keys, ciphers, COLUMN, ids)) <= known
    for swapped, under in ((ciphers[::-1], keys), (ciphers[::-1], keys[::-1])):
        with pytest.raises(SealBroken):
            open_values(under, swapped, COLUMN, ids)


def test_one_number_of_two_people_is_two_ciphertexts(day):
    with day.superuser() as superuser:
        (count, different) = superuser.execute(
            "select count(*), count(distinct cipher) from directory_personcontact"
        ).fetchone()
    assert count == different


# Controls: what does lie there is found.


@pytest.fixture
def stray():
    """One more canary, whom no test but this one knows."""
    (one,) = canaries(1)
    return one


def test_control_a_number_in_a_job_argument_is_found(day, stray):
    with day.superuser() as superuser:
        superuser.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args) values ('x', 'x', %s)",
            [json.dumps({"number": stray.identity})],
        )
    search = Search([stray])
    assert search.in_bytes(day.dump()) == {(stray.identity, "plain")}
    day.flush()
    found = search.in_files(day.home)
    assert any("pg_wal" in path for path in found)
    assert any("/base/" in path for path in found)


def test_control_a_unique_key_on_plaintext_betrays_it_in_the_log(day, stray):
    """PostgreSQL prints the value: keys are on blind indexes only. Bound, not in the statement."""
    with day.superuser() as superuser:
        superuser.execute("create table plain (number text unique)")
        superuser.execute("alter database gonghui set log_statement = 'none'")
    with day.superuser() as superuser:
        superuser.execute("insert into plain values (%s)", [stray.identity])
        with pytest.raises(psycopg.errors.UniqueViolation):
            superuser.execute("insert into plain select reverse(%s)", [stray.identity[::-1]])
        superuser.execute("drop table plain")
    found = Search([stray]).in_bytes(day.cluster.log.read_bytes())
    assert (stray.identity, "plain") in found


def test_as_it_is_set_up_the_server_would_not_have_said_it(day, stray):
    with day.superuser() as superuser:
        superuser.execute("create table plain (number text unique)")
        for name in TALKATIVE:
            superuser.execute(f"alter database gonghui reset {name}")
    with day.superuser() as superuser:
        superuser.execute("insert into plain values (%s)", [stray.identity])
        with pytest.raises(psycopg.errors.UniqueViolation):
            superuser.execute("insert into plain values (%s)", [stray.identity])
        superuser.execute("drop table plain")
    assert Search([stray]).in_bytes(day.cluster.log.read_bytes()) == set()


def test_control_every_form_is_found_wherever_it_lies(stray):
    search = Search([stray])
    for secret in stray.secrets:
        for form, needle in forms(secret).items():
            for before in range(9):
                found = search.in_bytes(b"." * before + needle + b"..")
                assert {one for one, _ in found} == {secret}, form
    assert search.in_bytes(stray.identity[:-1].encode()) == set()
