"""Run as a child process, by path, with ``python -I``: limits first, then the file.

Standard input is the file; standard output holds the request and takes the answer in its place.
Ends with 0 (also when the file is refused: the answer says why), 3 for a broken file, 4 when memory
did not suffice, 1 for a fault of our own; by a signal when a limit was met.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

BROKEN, NO_MEMORY = 3, 4
_PR_SET_PDEATHSIG = 1
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def limit(limits: dict[str, int]) -> None:
    """From here on no more of anything than this."""
    for what, value in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, limits["result_bytes"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python would make an OSError of it


def isolate() -> bool:
    """Without a network and not outliving the parent; False where the system does not allow it."""
    try:
        system = ctypes.CDLL(None, use_errno=True)
        system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        return bool(system.unshare(_NEW_USER | _NEW_NETWORK) == 0)
    except (AttributeError, OSError):  # not Linux
        return False


def main(task: str) -> int:
    with os.fdopen(os.dup(1), "r+b") as answer:
        request: dict[str, Any] = json.loads(answer.read())
        answer.seek(0)
        answer.truncate()
        # Answers go into this file only; a stray print of a library must not mix with them.
        os.dup2(2, 1)
        isolated = isolate()
        limit(request["limits"])
        sys.path.insert(0, str(Path(__file__).parents[3]))
        from gonghui.adapters.spreadsheets import child_tasks
        from gonghui.adapters.spreadsheets.errors import Judged

        try:
            child_tasks.TASKS[task](request, isolated, answer)
        except Judged:
            return BROKEN
        except MemoryError:
            return NO_MEMORY
    return 0


if __name__ == "__main__":
    # Not through the interpreter's own end: it would take a second to free what was read.
    status = main(sys.argv[1])
    sys.stderr.flush()
    os._exit(status)
