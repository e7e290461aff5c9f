"""Servers of their own for the tests of the supervisor; each ends with its test."""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from gonghui.config.cluster import Cluster
from gonghui.config.roles import create_database, create_roles


@pytest.fixture
def clusters():
    """Makes clusters; whatever of them runs at the end is stopped."""
    made = []

    def make(home, settings=None):
        made.append(Cluster(home, settings))
        return made[-1]

    yield make
    for cluster in made:
        cluster.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A running cluster with roles and an empty database, for tests that only look."""
    cluster = Cluster(tmp_path_factory.mktemp("served"))
    cluster.start()
    with psycopg.connect(**cluster.superuser(), autocommit=True) as superuser:
        create_roles(superuser, cluster.passwords())
        create_database(superuser, "gonghui")
    yield cluster
    cluster.stop()


@pytest.fixture
def open_folder():
    """A folder everybody may pass, as pytest's own may not."""
    folder = Path(tempfile.mkdtemp(prefix="gonghui-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
