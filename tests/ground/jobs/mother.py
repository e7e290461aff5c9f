"""A process that forks workers: they start in a tenth of a second, and die alone.

Reads commands as lines of JSON, answers each with one line. Run as ``python -m``.
"""

import json
import os
import signal
import sys
import time

FAST = {"poll": 0.2, "heartbeat": 0.2, "silent": 1.0, "sweep": 0.3, "idle_in_transaction": 2.0}


def main():
    import django

    django.setup()
    import tests.ground.jobs.marks  # its tasks are to be known  # noqa: F401

    for module in sys.argv[1:]:
        __import__(module)
    for line in sys.stdin:
        said = json.loads(line)
        answer = COMMANDS[said.pop("do")](**said)
        print(json.dumps(answer), flush=True)


def start(faults=""):
    child = os.fork()
    if child:
        return child
    try:
        be_worker(faults)
    finally:
        os._exit(0)


def be_worker(faults):
    import logging

    from gonghui.ground.jobs.faults import set_plan
    from gonghui.ground.jobs.worker import Pace, work

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # the mother's answers are hers alone
    logging.basicConfig(level=os.environ.get("PROOF_LOG", "ERROR"), stream=sys.stderr)
    set_plan(faults)
    work(Pace(**FAST))


def wait(pid, seconds):
    """How it ended: the signal's name, "exit n", "stopped", or "running" after so many seconds."""
    until = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if done and os.WIFSIGNALED(status):
            return signal.Signals(os.WTERMSIG(status)).name
        if done and os.WIFSTOPPED(status):
            return "stopped"
        if done:
            return f"exit {os.WEXITSTATUS(status)}"
        if time.monotonic() > until:
            return "running"
        time.sleep(0.01)


def send(pid, name):
    os.kill(pid, signal.Signals[name])


COMMANDS = {"start": start, "wait": wait, "send": send}

if __name__ == "__main__":
    main()
