"""How a turn can end early."""

from __future__ import annotations

from datetime import timedelta

from gonghui.core.errors import N_, Refusal


class FencedOff(Exception):
    """Somebody else has taken this run over: nothing more may be written for it."""


class TryAgain(Exception):
    """Not now; later it may work. Counts as an attempt, like any failure."""

    def __init__(self, because: Refusal, after: timedelta | None = None) -> None:
        super().__init__(because.what)
        self.because, self.after = because, after


def outside_a_scope() -> Refusal:
    return Refusal(
        N_("A job is ordered by somebody who acts in a union."),
        N_("Act where you hold a post."),
    )
