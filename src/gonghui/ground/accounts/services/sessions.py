"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.accounts.secrets import stretch
from gonghui.ground.borders.scope import Actor


def sign_in(
    login: str,
    secret: str,
    *,
    lasting: timedelta = timedelta(hours=12),
    union_id: int | None = None,
) -> Actor:
    """An actor for whoever knows the secret. A wrong name and a wrong secret are told alike."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.salt_of(%s)", [login])
        salt = bytes(cursor.fetchone()[0])
        cursor.execute(
            "select gate.open_session(%s, %s, make_interval(secs => %s))",
            [login, stretch(secret, salt), lasting.total_seconds()],
        )
        token = cursor.fetchone()[0]
    if token is None:
        raise Refusal(
            N_("This name and secret do not let you in."),
            N_("Check both; after ten wrong tries an account rests for 15 minutes."),
        )
    return Actor(token, union_id)


def sign_out(actor: Actor) -> None:
    """Ends the session at once."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.close_session(%s)", [actor.token])


def open_errand(actor: Actor, *, lasting: timedelta = timedelta(days=1)) -> str:
    """A token under which a job acts for this actor later, where she acts now.

    Her posts are looked up again when it is used.
    """
    with actor.transaction(), connections["default"].cursor() as cursor:
        cursor.execute(
            "select gate.open_errand(make_interval(secs => %s))", [lasting.total_seconds()]
        )
        return str(cursor.fetchone()[0])
