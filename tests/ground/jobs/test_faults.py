"""Fault points do nothing, unless a test says so on a database of its own."""

import os
import signal
import subprocess
import sys

import pytest

from gonghui.core.errors import Refusal
from gonghui.ground.jobs import faults
from gonghui.ground.jobs.faults import Fault, fault, plan_of, set_plan


def test_a_plan_says_where_when_and_what():
    assert plan_of("jobs.taken@2=kill;jobs.taken=raise;sweep.put_back=stop") == {
        "jobs.taken": {2: "kill", 1: "raise"},
        "sweep.put_back": {1: "stop"},
    }
    assert plan_of("") == {}


@pytest.mark.parametrize("text", ["jobs.taken", "jobs.taken=explode", "a@0=kill", "A=kill"])
def test_a_plan_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError):
        plan_of(text)


def test_a_point_counts_its_passages(database):
    set_plan("here@2=raise")
    try:
        fault("here")
        fault("elsewhere")
        with pytest.raises(Fault):
            fault("here")
        fault("here")
    finally:
        set_plan("")


def test_only_a_tests_database_may_have_a_plan(database):
    from django.db import connections

    settings = connections["default"].settings_dict
    name = settings["NAME"]
    assert name.startswith(faults.TEST_DATABASE)
    settings["NAME"] = "gonghui"
    try:
        with pytest.raises(Refusal):
            set_plan("jobs.taken=kill")
    finally:
        settings["NAME"] = name
        set_plan("")


@pytest.mark.parametrize("name", ["gonghui", "t_1"])
def test_the_programme_does_not_start_with_a_plan_in_production(name, tmp_path):
    said = {
        variable: f"postgresql://{role}@127.0.0.1:1/{name}"
        for variable, role in (
            ("DATABASE_URL", "web"),
            ("DATABASE_OWNER_URL", "owner"),
            ("DATABASE_KEEPER_URL", "keeper"),
        )
    }
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={
            **os.environ,
            **said,
            "DJANGO_SETTINGS_MODULE": "gonghui.config.settings",
            "GONGHUI_HOME": str(tmp_path),
            faults.VARIABLE: "jobs.taken=kill",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == name.startswith(faults.TEST_DATABASE), done.stderr
    if done.returncode:
        assert "for tests only" in done.stderr


def test_kill_means_kill():
    code = (
        "from gonghui.ground.jobs import faults\n"
        "faults._plan.update(faults.plan_of('a=kill'))\nfaults.fault('a')"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
