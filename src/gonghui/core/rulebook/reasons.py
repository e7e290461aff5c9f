"""Why a settlement gets what it gets: one integer a row, written by the step.

A reason is ``code + 64 * detail``; ``detail`` is the position of the condition, cap or count that
the code speaks of, in its own list of the edition. The sentences stand in ``books/sentences.yaml``.
"""

from __future__ import annotations

from enum import IntEnum

DETAIL = 64


class Reason(IntEnum):
    """Codes as in ``books/sentences.yaml``; a test holds the two together."""

    PAID = 0
    CUT = 1
    NO_EDITION = 2
    DATE_MISSING = 3
    INPUT_REFUSED = 4
    REVERSED = 5
    CLAIMED_ELSEWHERE = 6
    NOT_COVERED = 7
    WAITING = 8
    NOT_ELIGIBLE = 9
    EVENT_NOT_COVERED = 10
    CONDITION_FAILED = 11
    NOT_FILED = 12
    DECLINED = 13
    NOT_BEST = 14
    FILED_LATE = 15
    DISEASE_ALREADY_PAID = 16
    NOTHING_TO_BEAR = 17
    NOTHING_MISSING = 18
    BELOW_FLOOR = 19
    NOTHING_MORE = 20
    BELOW_MINIMUM = 21
    COUNT_USED_UP = 22
    CAP_USED_UP = 23
    DECIDE_BY_HAND = 24


def split(reason: int) -> tuple[Reason, int]:
    """The code of a reason and its detail."""
    return Reason(reason % DETAIL), reason // DETAIL
