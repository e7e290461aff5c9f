"""One attempt at one run: who it acts for, and the fence that keeps an overtaken worker from
writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.jobs.errors import FencedOff
from gonghui.ground.jobs.faults import fault
from gonghui.ground.jobs.rows import called


@dataclass(slots=True)
class Turn:
    """What a task is given. ``actor`` may be handed on to services, inside a step.

    Everything a task writes, it writes inside a step: there the run's row is locked and its fence
    checked, so that who was overtaken writes nothing. Between steps stands what takes long or
    happens outside.
    """

    run_id: int
    fence: int
    attempt: int
    most_attempts: int
    progress: int
    """What the last finished step said it reached; 0 in the beginning."""
    actor: Actor = field(repr=False)
    ended: bool = False

    @contextmanager
    def step(self, *, reached: int | None = None, last: bool = False) -> Iterator[Scope]:
        """One transaction under the actor's scope. ``reached`` is kept for the next attempt;
        ``last`` ends the run in this same transaction."""
        with self.actor.transaction() as scope:
            self._hold(None)
            yield scope
            if last:
                self._end()
            elif reached is not None:
                self._hold(reached)
            fault("jobs.before_commit")
        if last:
            self.ended = True
        elif reached is not None:
            self.progress = reached

    def end(self) -> None:
        """Ends the run, if no step was its last."""
        if not self.ended:
            with self.step(last=True):
                fault("jobs.ending")

    def _hold(self, reached: int | None) -> None:
        """Locks the run's row until the transaction ends, and renews the lease."""
        self._hold_or_leave("select gate.hold_run(%s, %s, %s)", reached)

    def _end(self) -> None:
        self._hold_or_leave("select gate.end_run(%s, %s, 'done', null, %s)", None)
        called("select gate.close_session(%s)", self.actor.token)

    def _hold_or_leave(self, statement: str, argument: Any) -> None:  # noqa: ANN401
        if not called(statement, self.run_id, self.fence, argument)[0]:
            raise FencedOff
