"""Workers as processes of their own, for proofs that kill and freeze them."""

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass
class Workers:
    """Starts workers on one test's database; none outlives the test."""

    mother: subprocess.Popen
    pids: list = field(default_factory=list)

    def ask(self, **command):
        self.mother.stdin.write(json.dumps(command) + "\n")
        self.mother.stdin.flush()
        return json.loads(self.mother.stdout.readline())

    def start(self, faults=""):
        self.pids.append(self.ask(do="start", faults=faults))
        return self.pids[-1]

    def wait(self, pid, seconds=120.0):
        ended = self.ask(do="wait", pid=pid, seconds=seconds)
        if ended not in ("running", "stopped"):
            self.pids.remove(pid)
        return ended

    def send(self, pid, name):
        self.ask(do="send", pid=pid, name=name)

    def kill(self, pid):
        self.send(pid, "SIGKILL")
        return self.wait(pid)

    def stop(self, pid):
        """As the supervisor does: asked to end, it finishes what it is doing."""
        self.send(pid, "SIGTERM")
        return self.wait(pid)


@contextlib.contextmanager
def workers(cluster, database, *modules, **environment):
    said = {
        "DATABASE_URL": cluster.url("web", database),
        "DATABASE_OWNER_URL": cluster.url("owner", database),
        "DATABASE_KEEPER_URL": cluster.url("keeper", database),
        "DJANGO_SETTINGS_MODULE": "gonghui.config.settings",
        **environment,
    }
    mother = subprocess.Popen(
        [sys.executable, "-m", "tests.ground.jobs.mother", *modules],
        cwd=ROOT,
        env={**os.environ, **said},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    started = Workers(mother)
    try:
        yield started
    finally:
        for pid in list(started.pids):
            started.kill(pid)
        mother.stdin.close()
        mother.wait(10)


def until(true, seconds=120.0, every=0.05):
    """Waits until something is so; an error if it never is."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"still not so after {seconds} s: {true}")
        time.sleep(every)
