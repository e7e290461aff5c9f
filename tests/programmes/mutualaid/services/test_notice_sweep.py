"""By the clock: notices come down portion by portion, and a killed sweep goes on where it was."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from tests.programmes.mutualaid.enrolling import open_for_rosters
from tests.programmes.mutualaid.raw_rows import rows

SWEEP = (
    "import django; django.setup();"
    "from gonghui.programmes.mutualaid.services.notices import sweep_by_clock;"
    "print(sweep_by_clock(portion=2))"
)


@pytest.fixture
def standing(house, tmp_path, connect):
    """Five notices that are over, one whose last day is today."""
    scheme = open_for_rosters(house, tmp_path)
    superuser = connect("superuser", autocommit=True)
    today = superuser.execute("select gate.today()").fetchone()[0]
    for at in range(6):
        said = {"scheme_id": scheme.pk, "union_id": house.union["city"], "state": "published"}
        said |= {"published_on": today - timedelta(days=9), "working_days": 5}
        said |= {"ends_before": today if at else today + timedelta(days=1)}
        said |= {"published_by_id": 2, "drafted_by_id": 1, "content_sha256": b"x"}
        (notice,) = rows(superuser, "mutualaid_notice", said)
        line = {"notice_id": notice, "masked_name": "王*伟", "month": "2022-11", "fen": 1}
        rows(superuser, "mutualaid_noticeline", line | {"union_id": house.union["city"]})
    return superuser


def left(superuser):
    """(notices that stand, lines with a name, notices that the record says came down)"""
    return superuser.execute(
        "select (select count(*) from mutualaid_notice where state = 'published'),"
        " (select count(*) from mutualaid_noticeline where masked_name <> ''),"
        " (select coalesce(sum((details::jsonb ->> 'notices')::int), 0)::int from audit_event"
        "   where action = 'notice.swept')"
    ).fetchone()


@pytest.mark.parametrize(
    ("point", "after"),
    [
        ("notices.swept@2", (4, 4, 2)),  # in the second portion: as if it had not begun
        ("notices.between@2", (2, 2, 4)),  # after it: done for good
    ],
)
def test_a_killed_sweep_is_finished_by_the_next(house, standing, cluster, point, after):
    said = {role: cluster.url(role, house.database) for role in ("web", "owner", "keeper")}
    ended = subprocess.run(
        [sys.executable, "-c", SWEEP],
        env=os.environ
        | {
            "DATABASE_URL": said["web"],
            "DATABASE_OWNER_URL": said["owner"],
            "DATABASE_KEEPER_URL": said["keeper"],
            "DJANGO_SETTINGS_MODULE": "gonghui.config.settings",
            "GONGHUI_FAULTS": f"{point}=kill",
        },
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == -9, ended.stderr.decode()
    assert left(standing) == after
    from gonghui.programmes.mutualaid.services.notices import sweep_by_clock

    assert sweep_by_clock(portion=2) == after[0] - 1
    assert left(standing) == (1, 1, 5)
    assert sweep_by_clock() == 0
    assert left(standing) == (1, 1, 5)  # and is not told twice


def test_two_sweeps_at_once_tell_each_notice_once(standing):
    import threading

    from django.db import connections

    from gonghui.programmes.mutualaid.services.notices import sweep_by_clock

    barrier, swept = threading.Barrier(2), []

    def one():
        barrier.wait()
        swept.append(sweep_by_clock(portion=1))
        connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert left(standing) == (1, 1, 5)


def test_it_is_the_machines_and_nobody_elses(house, standing):
    from django.db import DatabaseError, connections

    with pytest.raises(DatabaseError), house.head.transaction():
        connections["default"].cursor().execute("select gate.sweep_notices_over(5)")
    assert left(standing) == (6, 6, 0)
