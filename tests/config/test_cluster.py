"""The embedded server: made once, started by anybody, found wherever it lies, closed to others."""

import os
import stat
import threading
from contextlib import contextmanager

import psycopg
import pytest

from gonghui.config.cluster import LONGEST_SOCKET_PATH, SETTINGS, Cluster
from gonghui.config.servant import Servant
from gonghui.core.errors import Refusal
from tests.config.processes import listens_on_network


def serves(cluster):
    with psycopg.connect(**cluster.superuser()) as superuser:
        return superuser.execute("SELECT 1").fetchone() == (1,)


def test_a_new_folder_gets_a_server_and_stop_ends_it(clusters, tmp_path):
    cluster = clusters(tmp_path / "home")
    assert cluster.status().made is False
    assert cluster.stop() is False
    cluster.start()
    assert serves(cluster)
    status = cluster.status()
    assert (status.made, status.running) == (True, True)
    os.kill(status.process, 0)
    assert cluster.stop() is True
    assert (cluster.running(), cluster.process()) == (False, None)
    assert cluster.stop() is False


def test_starting_again_changes_nothing(clusters, tmp_path):
    cluster = clusters(tmp_path)
    cluster.start()
    first = cluster.status()
    cluster.start()
    Cluster(tmp_path).start()
    assert cluster.status() == first


def test_the_server_is_made_safe(served):
    with psycopg.connect(**served.superuser()) as superuser:

        def shown(name):
            return superuser.execute("SELECT current_setting(%s)", (name,)).fetchone()[0]

        assert {name: shown(name) for name in SETTINGS} == SETTINGS
        assert shown("data_checksums") == "on"
        locale = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'gonghui'"
        assert superuser.execute(locale).fetchone() == ("b", "C.UTF-8")
        chinese = "SELECT show_trgm('工会') <> '{}' AND '王' ~ '[[:alpha:]]'"
        with psycopg.connect(**served.superuser("gonghui")) as inside:
            assert inside.execute(chinese).fetchone() == (True,)


def test_passwords_lie_beside_the_data_for_their_owner_only(served):
    assert stat.S_IMODE(served.keys.stat().st_mode) == 0o600
    assert stat.S_IMODE(served.keys.parent.stat().st_mode) == 0o700
    assert not served.keys.is_relative_to(served.data)
    assert len(set(served.passwords().values())) == 4
    for role in ("postgres", "web"):
        wrong = served.parameters(role, "gonghui") | {"password": "guess"}
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(**wrong)


def test_only_its_owner_reaches_the_socket(served):
    assert stat.S_IMODE(served.run_folder.stat().st_mode) == 0o700


def test_nothing_listens_on_a_network(served):
    assert not listens_on_network(served.process())


def test_a_server_that_listens_would_be_noticed(clusters, tmp_path):
    control = clusters(tmp_path, {"listen_addresses": "127.0.0.1", "port": "54329"})
    control.start()
    assert listens_on_network(control.process())


def test_no_statement_and_no_number_reaches_the_log(served):
    number = "410801199001011234"
    with psycopg.connect(**served.parameters("web")) as web:
        for statement in (f"SELECT '{number}'::int", f"SELECT nothing /* {number} */"):
            with pytest.raises(psycopg.Error):
                web.execute(statement)
            web.rollback()
        with pytest.raises(psycopg.Error):
            web.execute("SELECT %s::text::int", (number,))
    assert number not in served.log.read_text()


def test_a_server_that_logs_errors_would_show_the_number(clusters, tmp_path):
    control = clusters(tmp_path, {"log_min_messages": "warning"})
    control.start()
    with (
        psycopg.connect(**control.superuser()) as superuser,
        pytest.raises(psycopg.Error),
    ):
        superuser.execute("SELECT '410801199001011234'::int")
    assert "410801199001011234" in control.log.read_text()


@pytest.mark.parametrize(
    "name", ["市总工会 数据", 'it\'s, "100%" $HOME', "back\\slash `tick` ;#", "tief" * 50]
)
def test_the_folder_may_be_called_anything(clusters, tmp_path, name):
    cluster = clusters(tmp_path / name)
    cluster.start()
    assert serves(cluster)
    socket = cluster.run_folder / ".s.PGSQL.5432"
    assert len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH
    assert stat.S_IMODE(cluster.run_folder.stat().st_mode) == 0o700
    cluster.stop()
    assert cluster.run_folder.exists() is cluster.run_folder.is_relative_to(tmp_path)


def test_a_short_folder_that_is_not_ours_is_refused(clusters, tmp_path):
    cluster = clusters(tmp_path / ("tief" * 50))
    cluster.run_folder.mkdir(mode=0o755)
    cluster.run_folder.chmod(0o777)
    try:
        with pytest.raises(Refusal, match="is not a private folder of this user"):
            cluster.start()
    finally:
        cluster.run_folder.rmdir()


def both_start(home, kind):
    """Two starters at the same moment; what each raised, or None."""
    barrier, ended = threading.Barrier(2), []

    def start():
        cluster = kind(home)
        barrier.wait()
        try:
            cluster.start()
        except Exception as error:
            ended.append(error)
        else:
            ended.append(None)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def test_two_starters_at_once_have_one_server(clusters, tmp_path):
    assert both_start(tmp_path, Cluster) == [None, None]
    assert serves(clusters(tmp_path))


def test_two_starters_without_turns_would_disturb_each_other(clusters, tmp_path):
    class Unruly(Cluster):
        @contextmanager
        def _turn(self):
            self.folder.mkdir(exist_ok=True)
            with open(self.folder / "turn", "a") as turn:
                yield Servant.of(self.data), turn.fileno()

    clusters(tmp_path)
    assert both_start(tmp_path, Unruly) != [None, None]


def test_data_of_another_major_version_are_refused_untouched(clusters, tmp_path):
    cluster = clusters(tmp_path)
    cluster.start()
    cluster.stop()
    mark = cluster.data / "PG_VERSION"
    mark.write_text("14\n")
    before = sorted(path.name for path in cluster.data.iterdir())
    with pytest.raises(Refusal, match="of PostgreSQL 14; the programs here are") as refused:
        cluster.start()
    assert "GONGHUI_POSTGRES_BIN" in str(refused.value)
    assert sorted(path.name for path in cluster.data.iterdir()) == before
    mark.write_text(f"{refused.value.values['ours']}\n")
    cluster.start()
    assert serves(cluster)


def test_data_without_their_passwords_are_refused(clusters, tmp_path):
    cluster = clusters(tmp_path)
    cluster.start()
    cluster.stop()
    kept = cluster.keys.rename(tmp_path / "kept.json")
    with pytest.raises(Refusal, match=r"passwords of the database are not in .*database\.json"):
        cluster.start()
    kept.rename(cluster.keys)
    cluster.start()


def test_making_the_data_was_interrupted(clusters, tmp_path):
    cluster = clusters(tmp_path)
    half = cluster.folder / "data.making"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    cluster.start()
    assert serves(cluster)
    assert not half.exists()


def test_without_programs_it_says_how_to_get_them(clusters, tmp_path, monkeypatch):
    monkeypatch.setenv("GONGHUI_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(Refusal, match="no programs of PostgreSQL here"):
        clusters(tmp_path / "home").start()


def test_programs_too_old_are_refused(clusters, tmp_path, monkeypatch):
    old = tmp_path / "bin" / "postgres"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.4'\n")
    old.chmod(0o755)
    monkeypatch.setenv("GONGHUI_POSTGRES_BIN", str(old.parent))
    with pytest.raises(Refusal, match=r"PostgreSQL 15 .* is too old"):
        clusters(tmp_path / "home").start()


def test_settings_that_cannot_be_show_what_the_server_said(clusters, tmp_path):
    with pytest.raises(Refusal, match="no_such_setting"):
        clusters(tmp_path, {"no_such_setting": "1"}).start()


def test_a_long_log_is_turned_over(clusters, tmp_path):
    cluster = clusters(tmp_path)
    cluster.start()
    cluster.stop()
    with cluster.log.open("a") as log:
        log.truncate(11_000_000)
    cluster.start()
    assert cluster.log.with_suffix(".log.1").stat().st_size == 11_000_000
    assert cluster.log.stat().st_size < 100_000
