"""Named points at which a test kills, stops, delays or fails the process that passes.

``GONGHUI_FAULTS="jobs.taken@2=kill;sweep.swept=raise"``: at the second passage of one point, at
the first of another. Without the variable a point costs one look into an empty dictionary. With
it the programme starts only on a database made for a test.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections import Counter

from gonghui.core.errors import N_, Refusal

VARIABLE = "GONGHUI_FAULTS"
TEST_DATABASE = "t_"
"""How the names of databases begin that are made for one test."""

_POINT = re.compile(r"([a-z_.]+)(?:@([1-9][0-9]*))?=(kill|stop|raise|sleep)")


class Fault(Exception):
    """What a point raises when it is told to."""


def plan_of(text: str) -> dict[str, dict[int, str]]:
    """By name, at which passage what happens."""
    plan: dict[str, dict[int, str]] = {}
    for part in filter(None, text.split(";")):
        match = _POINT.fullmatch(part)
        if match is None:
            raise ValueError(f"{VARIABLE}: {part!r} is no fault")
        name, passage, action = match.groups()
        plan.setdefault(name, {})[int(passage or 1)] = action
    return plan


_plan = plan_of(os.environ.get(VARIABLE, ""))
_passed: Counter[str] = Counter()


def set_plan(text: str) -> None:
    """A plan for this process from here on; for tests that fork."""
    _plan.clear()
    _plan.update(plan_of(text))
    _passed.clear()
    refuse_faults()


def fault(name: str) -> None:
    """Nothing, unless a test says otherwise."""
    if not _plan:
        return
    _passed[name] += 1
    match _plan.get(name, {}).get(_passed[name]):
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "raise":
            raise Fault(name)
        case "sleep":
            time.sleep(1)


def refuse_faults() -> None:
    """Refuses to work with a plan on any database but a test's."""
    if not _plan:
        return
    from django.db import connections

    name = str(connections["default"].settings_dict["NAME"])
    if not name.startswith(TEST_DATABASE):
        raise Refusal(
            N_("{variable} is set: the programme would kill itself on purpose."),
            N_("Unset it; it is for tests only."),
            variable=VARIABLE,
        )
