"""Other users and other processes, for tests that need them."""

import os
import pickle
import signal
import sys
import time
import traceback
from pathlib import Path


def as_user(uid, act):
    """What ``act()`` returns when another user id calls it, in a process of its own.

    A fork, not a new program: the interpreter may lie where that user cannot read.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            answer = ("returned", act())
        except BaseException as error:
            answer = ("raised", f"{error}\n{''.join(traceback.format_exception(error))}")
        with os.fdopen(writing, "wb") as out:
            pickle.dump(answer, out)
        sys.stdout.flush()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as back:
        how, answer = pickle.load(back)
    os.waitpid(child, 0)
    assert how == "returned", answer
    return answer


def children(process):
    """The numbers of a process's children."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "stat").read_text(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(line.rpartition(")")[2].split()[1]) == process:
                found.append(int(folder.name))
    return found


def is_dead(process):
    """Gone, or a zombie."""
    try:
        line = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return line.rpartition(")")[2].split()[0] in "ZX"


def kill_first(process):
    """Kills a server's first process; its children notice by themselves."""
    os.kill(process, signal.SIGKILL)
    wait_for(lambda: is_dead(process))


def kill_all(process):
    """Ends a server as a power cut would: its first process and every other, at once."""
    os.kill(process, signal.SIGSTOP)  # so that it starts no new ones and mourns none
    for one in [*children(process), process]:
        os.kill(one, signal.SIGKILL)
    wait_for(lambda: is_dead(process))


def listens_on_network(process):
    """Whether a process has a TCP socket that listens."""
    listening = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                listening.add(f"socket:[{fields[9]}]")
    return any(os.readlink(one) in listening for one in Path(f"/proc/{process}/fd").iterdir())


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)
