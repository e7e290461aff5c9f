"""Servers of their own for the tests of the supervisor; each ends with its test.

They live in memory where the server of all tests does: making one costs little there.
"""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from gonghui.config.cluster import Cluster
from gonghui.config.roles import create_database, create_roles
from tests.ground_fixtures import MEMORY, home_of_tests


@contextmanager
def folder_in_memory():
    """A folder of its own, which vanishes."""
    place = MEMORY if home_of_tests().is_relative_to(MEMORY) else None
    folder = Path(tempfile.mkdtemp(prefix="gonghui-config-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def tmp_path():
    with folder_in_memory() as folder:
        yield folder


@pytest.fixture
def clusters(tmp_path):
    """Makes clusters; whatever of them runs at the end is stopped."""
    made = []

    def make(home, settings=None):
        made.append(Cluster(home, settings))
        return made[-1]

    yield make
    for cluster in made:
        cluster.stop()


@pytest.fixture(scope="module")
def served():
    """A running cluster with roles and an empty database, for tests that only look."""
    with folder_in_memory() as folder:
        cluster = Cluster(folder)
        cluster.start()
        with psycopg.connect(**cluster.superuser(), autocommit=True) as superuser:
            create_roles(superuser, cluster.passwords())
            create_database(superuser, "gonghui")
        yield cluster
        cluster.stop()


@pytest.fixture
def open_folder():
    """A folder everybody may pass, as pytest's own may not."""
    with folder_in_memory() as folder:
        folder.chmod(0o755)
        yield folder


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
