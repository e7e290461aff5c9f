"""What ended long ago is taken away. The machine does it, as keeper: ``web`` deletes no run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connections, transaction
from django.utils import timezone

KEPT = timedelta(days=400)
"""Longer than a 互助保障期: until then the same piece of work ordered again is done once."""
LEAST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many runs, and how many answered requests, were taken away."""

    runs: int
    requests: int


def prune(kept: timedelta = KEPT) -> Pruned:
    """Takes away runs that were done or given up, and requests answered, longer ago than this.

    What waits, runs or waits for a person stays, however old it is.
    """
    before = timezone.now() - kept
    with transaction.atomic(using="keeper"), connections["keeper"].cursor() as cursor:
        cursor.execute("select * from gate.prune_runs(%s)", [before])
        runs, requests = cursor.fetchone()
    return Pruned(runs, requests)
