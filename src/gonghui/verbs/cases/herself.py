"""A worker with her own session: no post, no place, only what is hers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError, connections, transaction

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import INSUFFICIENT_PRIVILEGE, Actor, Scope


@dataclass(frozen=True, slots=True)
class Herself(Actor):
    """``Herself(token)`` acts as the person, whatever posts she holds besides."""

    def _enter(self) -> Scope:
        try:
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("select gate.enter_self(%s)", [self.token])
                (person_id,) = cursor.fetchone()
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") != INSUFFICIENT_PRIVILEGE:
                raise
            raise Refusal(N_("The session is over."), N_("Sign in again.")) from None
        return Scope(self, person_id, None, None, False, False, frozenset())
