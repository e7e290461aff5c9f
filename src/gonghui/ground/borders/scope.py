"""Who acts, where, in which post: entered once a transaction, checked by PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import DatabaseError, connections, transaction

from gonghui.core.errors import N_, Refusal

INSUFFICIENT_PRIVILEGE = "42501"

_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


@dataclass(frozen=True, slots=True)
class Scope:
    """What PostgreSQL granted for this transaction. Its own checks do not trust this copy."""

    actor: Actor
    person_id: int
    post_id: int | None
    union_id: int | None
    whole: bool
    writes: bool
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        """Whether the posts held here give a permission."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuses who has no post that gives the permission."""
        if not self.may(permission):
            raise Refusal(
                N_("Your posts here do not allow this: {permission}."),
                N_("Ask someone who holds such a post, or have one given to you."),
                permission=permission,
            )


@dataclass(frozen=True, slots=True)
class Actor:
    """A person by the token of a session; ``union_id`` narrows the place to act in."""

    token: str = field(repr=False)
    union_id: int | None = None

    @contextmanager
    def transaction(self) -> Iterator[Scope]:
        """One transaction under this actor's scope; inside another of the same actor, a part of it.

        Refused when the session is over or no post reaches the place.
        """
        connection = connections["default"]
        within = _current.get()
        if within is not None and within.actor == self and connection.in_atomic_block:
            with transaction.atomic():
                yield within
            return
        around = _scope_set() if connection.in_atomic_block else None
        with transaction.atomic():
            scope = self._enter()
            inner = _current.set(scope)
            try:
                yield scope
            finally:
                _current.reset(inner)
            # After an error the rollback takes the scope off; a statement would hide the error.
            if around is not None and not connection.needs_rollback:
                _set_scope(around)

    def _enter(self) -> Scope:
        try:
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("select * from gate.enter(%s, %s)", [self.token, self.union_id])
                row = cursor.fetchone()
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") != INSUFFICIENT_PRIVILEGE:
                raise
            raise Refusal(
                N_("You cannot act here: the session is over, or no post of yours reaches it."),
                N_("Sign in again; if that does not help, ask for a post here."),
            ) from None
        person_id, post_id, union_id, whole, writes, permissions = row
        return Scope(self, person_id, post_id, union_id, whole, writes, frozenset(permissions))


def _scope_set() -> str:
    """The signed setting of the transaction as it is; it stays good until the transaction ends."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select coalesce(current_setting('gonghui.scope', true), '')")
        return str(cursor.fetchone()[0])


def _set_scope(setting: str) -> None:
    """Back to the scope of the larger transaction; at the end of one it goes by itself."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select set_config('gonghui.scope', %s, true)", [setting])


def current() -> Scope:
    """The scope of the transaction in which a service is called."""
    scope = _current.get()
    if scope is None:
        raise RuntimeError("no scope has been entered: call this inside actor.transaction()")
    return scope
