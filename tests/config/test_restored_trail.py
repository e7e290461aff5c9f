"""After a restore the audit trail goes on; a head kept outside tells an old backup from a new."""

import subprocess
import sys

import pytest

from gonghui.config.backup import make_backup
from gonghui.config.backup_key import kept_keys, make_backup_key
from gonghui.config.cluster import Cluster
from gonghui.config.environment import VARIABLES
from gonghui.config.restore import restore
from gonghui.ground.audit.services.events import record
from gonghui.ground.vault.keyring import keyring_path, make_keyring
from tests.config.test_commands import gonghui, lines
from tests.ground_fixtures import ROOT, SECRET

# Whether or not the commands on the trail are among those of `gonghui`.
START = """
import sys
from gonghui.config.startup import open_house
from gonghui.doors.cli import audit, house, main
house.furnish(open_house, (audit,))
sys.exit(main.run(sys.argv[1:]))
"""


def on_the_trail(home, *words, **variables):
    return lines(gonghui(home, "audit", *words, start=("-c", START), **variables))


def act(house, times):
    for number in range(times):
        with house.clerk.transaction():
            record("test.done", subject="directory_union", subject_id=number)


def judged(export, head):
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "verify_audit.py", export, "--head", head],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode


@pytest.mark.slow
def test_the_trail_goes_on_and_an_older_backup_shows(house, cluster, connect, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    urls = {one: cluster.url(role, house.database) for role, one in VARIABLES.items()}
    with connect("superuser") as superuser:
        superuser.execute(
            "INSERT INTO directory_post (person_id, union_id, kind_id, starts_on)"
            " VALUES (%s, %s, 'audit_administrator', '2021-01-01')",
            (house.person["auditor"], house.union["city"]),
        )
    on_the_trail(old, "key", **urls)
    make_keyring(old / "keys" / "vault.json")
    key = make_backup_key(old / "keys")

    act(house, 3)
    on_the_trail(old, "head", "--out", tmp_path / "kept.txt", **urls)
    act(house, 2)  # not sealed when the backup is made
    keeper = cluster.parameters("keeper", house.database)
    backup, _manifest = make_backup(keeper, key, tmp_path / "a.backup")
    act(house, 2)
    on_the_trail(old, "head", "--out", tmp_path / "newer.txt", **urls)

    restore(backup, kept_keys(old / "keys", keyring_path(old)), new)
    try:
        assert "Nothing is wrong." in lines(gonghui(new, "verify"))
        assert on_the_trail(new, "seal")[0].startswith("2 entries sealed in 1 blocks")
        export = tmp_path / "export"
        on_the_trail(new, "export", export, "--as", "auditor", GONGHUI_SECRET=SECRET)
        assert "Nothing is wrong." in lines(gonghui(new, "verify"))
    finally:
        Cluster(new).stop()
    assert judged(export, tmp_path / "kept.txt") == 0
    assert judged(export, tmp_path / "newer.txt") == 1
