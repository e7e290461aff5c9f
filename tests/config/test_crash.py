"""What was acknowledged is there after everything was killed; with lesser settings it is not."""

import os
import subprocess
import sys
import time

import psycopg
import pytest

from tests.config.processes import children, kill_all, kill_first, wait_for

pytestmark = pytest.mark.slow

SOAK = bool(os.environ.get("GONGHUI_SOAK"))
ROUNDS = 200 if SOAK else 3

CLIENT = """
import sys, psycopg

with psycopg.connect(sys.argv[1], autocommit=True) as client:
    number = 0
    while True:
        number += 1
        client.execute("INSERT INTO entry VALUES (%s, %s)", (int(sys.argv[2]), number))
        print(number, flush=True)
"""


def killed_while_writing(cluster, kill, clients=2, at_least=100):
    """How many entries were acknowledged and how many are there, per client, after a kill."""
    with psycopg.connect(**cluster.superuser(), autocommit=True) as superuser:
        superuser.execute("CREATE TABLE IF NOT EXISTS entry (client int, number int)")
        superuser.execute("TRUNCATE entry")
        superuser.execute("CHECKPOINT")
    url = cluster.url("postgres", "postgres")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT, url, str(number)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for number in range(clients)
    ]
    for writer in writers:
        for _ in range(at_least):
            assert writer.stdout.readline()
    kill(cluster.process())
    acknowledged = [at_least + len(writer.communicate()[0].split()) for writer in writers]
    cluster.start()
    with psycopg.connect(**cluster.superuser()) as superuser:
        there = dict(superuser.execute("SELECT client, max(number) FROM entry GROUP BY 1"))
        count = dict(superuser.execute("SELECT client, count(*) FROM entry GROUP BY 1"))
    assert there == count  # no gap
    return [(known, there.get(number, 0)) for number, known in enumerate(acknowledged)]


@pytest.mark.parametrize("kill", [kill_first, kill_all])
def test_no_acknowledged_write_is_lost(clusters, tmp_path, kill):
    cluster = clusters(tmp_path)
    cluster.start()
    for _ in range(ROUNDS):
        for acknowledged, there in killed_while_writing(cluster, kill):
            assert acknowledged <= there <= acknowledged + 1  # one may be written, not yet said


def test_without_synchronous_commit_writes_are_lost(clusters, tmp_path):
    control = clusters(tmp_path, {"synchronous_commit": "off", "wal_writer_delay": "10s"})
    control.start()
    lost = [known - there for known, there in killed_while_writing(control, kill_all)]
    assert max(lost) > 0


def test_a_killed_server_is_not_taken_for_a_running_one(clusters, tmp_path):
    cluster = clusters(tmp_path)
    cluster.start()
    process = cluster.process()
    kill_all(process)
    wait_for(lambda: not cluster.running())
    assert cluster.status().running is False
    assert cluster.stop() is False
    cluster.start()  # which also takes away the shared memory that was left


def test_the_number_of_a_killed_server_may_be_anybodys_by_now(clusters, tmp_path):
    cluster = clusters(tmp_path)
    cluster.start()
    kill_all(cluster.process())
    wait_for(lambda: not cluster.running())
    written = cluster.data / "postmaster.pid"
    lines = written.read_text().splitlines()
    written.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    cluster.start()
    assert cluster.process() != os.getpid()
    assert children(cluster.process())


def test_a_stopped_server_left_nothing_that_runs(clusters, tmp_path):
    cluster = clusters(tmp_path)
    cluster.start()
    family = [cluster.process(), *children(cluster.process())]
    with psycopg.connect(**cluster.superuser()):
        cluster.stop()  # with somebody connected
    for process in family[1:]:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


STARTER = "import sys; from gonghui.config.cluster import Cluster; Cluster(sys.argv[1]).start()"


@pytest.mark.parametrize("after", range(0, 2000, 50) if SOAK else [150, 400, 700], ids=str)
def test_a_starter_killed_at_any_moment_leaves_a_folder_that_starts(clusters, tmp_path, after):
    starter = subprocess.Popen([sys.executable, "-c", STARTER, tmp_path])
    wait_for(lambda: (tmp_path / "postgres" / "turn").exists() or starter.poll() is not None)
    time.sleep(after / 1000)
    starter.kill()
    starter.wait()
    cluster = clusters(tmp_path)
    cluster.start()
    with psycopg.connect(**cluster.superuser()) as superuser:
        assert superuser.execute("SHOW data_checksums").fetchone() == ("on",)
    assert not (tmp_path / "postgres" / "data.making").exists()
    assert not (tmp_path / "postgres" / "superuser.password").exists()
