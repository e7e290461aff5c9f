"""As whom the server runs: root, an ordinary user, a number without a name; never another later."""

import os
import pwd

import psycopg
import pytest

from gonghui.config.binaries import copy_programs, find_bin
from gonghui.config.cluster import Cluster
from gonghui.config.servant import NAMESPACE, Servant
from gonghui.core.errors import Refusal
from tests.config.conftest import needs_root
from tests.config.processes import as_user, kill_first

pytestmark = pytest.mark.slow

NOBODY = 65534
NAMELESS = 54_321


def round_trip(home):
    """Make, start, ask, end the server suddenly, start again, ask, stop; who owns the data."""
    cluster = Cluster(home)
    try:
        cluster.start()
        kill_first(cluster.process())
        cluster.start()
        with psycopg.connect(**cluster.superuser()) as superuser:
            answer = superuser.execute("SELECT 1 + 1").fetchone()[0]
        return answer, cluster.data.stat().st_uid
    finally:
        cluster.stop()


@pytest.fixture
def open_programs(open_folder, monkeypatch):
    """The programs where every user may read them, as the ones of a venv perhaps are not."""
    programs = copy_programs(find_bin(), open_folder / "programs")
    monkeypatch.setenv("GONGHUI_POSTGRES_BIN", str(programs))
    return open_folder


@pytest.fixture
def home_of(open_programs):
    def make(uid):
        home = open_programs / "home"
        home.mkdir(mode=0o700)
        os.chown(home, uid, uid)
        return home

    return make


@needs_root
def test_root_keeps_its_files_and_changes_nobodys_rights(tmp_path):
    above = {folder: folder.stat().st_mode for folder in tmp_path.parents}
    home = tmp_path / "home"
    assert round_trip(home) == (2, 0)
    assert {folder: folder.stat().st_mode for folder in tmp_path.parents} == above
    assert {path.stat().st_uid for path in home.rglob("*")} == {0}


@needs_root
@pytest.mark.parametrize("uid", [NOBODY, NAMELESS], ids=["ordinary user", "number without name"])
def test_another_user_makes_it_for_himself(home_of, uid):
    if uid == NAMELESS:
        with pytest.raises(KeyError):
            pwd.getpwuid(uid)
    home = home_of(uid)
    assert as_user(uid, lambda: round_trip(home)) == (2, uid)


@needs_root
def test_without_namespaces_root_hands_the_data_to_nobody(open_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # no `unshare` there
    home = open_folder / "home"
    assert round_trip(home) == (2, NOBODY)
    assert (home / "keys" / "database.json").stat().st_uid == 0


@needs_root
def test_programs_nobody_cannot_read_are_copied_for_it_once(open_folder, tmp_path, monkeypatch):
    programs = copy_programs(find_bin(), tmp_path / "private" / "programs")
    tmp_path.chmod(0o700)
    monkeypatch.setenv("GONGHUI_POSTGRES_BIN", str(programs))
    monkeypatch.setenv("PATH", str(tmp_path))
    home = open_folder / "home"
    for _ in range(2):
        assert round_trip(home) == (2, NOBODY)
    assert len(list((home / "postgres").glob("programs-*"))) == 1


@needs_root
def test_an_existing_folder_stays_with_the_way_it_was_made(open_folder, tmp_path, monkeypatch):
    home = open_folder / "home"
    with monkeypatch.context() as closed:
        closed.setenv("PATH", str(tmp_path))
        assert round_trip(home) == (2, NOBODY)
    assert Servant.of(tmp_path / "new").before == NAMESPACE
    assert round_trip(home) == (2, NOBODY)


@needs_root
def test_data_made_in_a_namespace_are_refused_where_there_is_none(tmp_path, monkeypatch):
    home = tmp_path / "home"
    assert round_trip(home) == (2, 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match="made in a user namespace"):
        Cluster(home).start()


@needs_root
def test_a_folder_nobody_cannot_reach_is_refused_not_opened(open_folder, monkeypatch):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("PATH", str(closed))
    with pytest.raises(Refusal, match="runs as nobody, who cannot get to"):
        Cluster(closed / "home").start()
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_a_number_without_name_is_refused_where_there_are_no_namespaces(home_of, monkeypatch):
    home = home_of(NAMELESS)
    monkeypatch.setenv("PATH", str(home))

    def start():
        with pytest.raises(Refusal, match="The user id 54321 has no name here"):
            Cluster(home).start()

    as_user(NAMELESS, start)


@needs_root
def test_another_users_data_are_refused(home_of):
    home = home_of(NOBODY)
    as_user(NOBODY, lambda: round_trip(home))
    home.chmod(0o755)
    (home / "postgres").chmod(0o777)

    def start():
        with pytest.raises(Refusal, match="belong to another user of this machine"):
            Cluster(home).start()

    as_user(NAMELESS, start)
