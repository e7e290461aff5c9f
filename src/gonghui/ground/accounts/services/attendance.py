"""Who sits before a page: asked once a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor


@dataclass(frozen=True, slots=True)
class Attendance:
    """A session of pages, as PostgreSQL knows it."""

    session_id: int
    person_id: int
    name: str
    login: str
    expires_at: datetime
    second_at: datetime | None
    """When the second factor was last given."""
    has_second: bool

    @property
    def complete(self) -> bool:
        """Whether it may enter a scope: PostgreSQL asks the same."""
        return self.second_at is not None or not self.has_second


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's sessions, as she is shown them."""

    session_id: int
    browser: str
    opened_at: datetime
    seen_at: datetime | None
    this_one: bool


def attendance(actor: Actor, *, browser: str = "") -> Attendance | None:
    """Who it is, or None where the session is over or rested 30 minutes. From the first time on
    it is a session of pages: idleness ends it, and it is nothing before its second factor."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select * from gate.session_of(%s, %s)", [actor.token, browser])
        row = cursor.fetchone()
    return Attendance(*row) if row else None


def my_sessions(actor: Actor) -> list[OpenSession]:
    """One's open sessions, the newest first; at most 50."""
    with actor.transaction(), connections["default"].cursor() as cursor:
        cursor.execute("select * from gate.my_sessions()")
        return [OpenSession(*row) for row in cursor.fetchall()]


def end_session(actor: Actor, session_id: int) -> None:
    """Ends one of one's own sessions."""
    with actor.transaction(), connections["default"].cursor() as cursor:
        cursor.execute("select gate.end_session(%s)", [session_id])
        if not cursor.fetchone()[0]:
            raise Refusal(N_("There is no such open session of yours."), N_("Look at them again."))
        record("session.ended", subject="accounts_session", subject_id=session_id)


def city_name() -> str:
    """The federation's name, which everybody may know; empty before the city is founded."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.city_name()")
        return str(cursor.fetchone()[0] or "")
