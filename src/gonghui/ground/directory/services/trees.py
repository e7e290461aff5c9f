"""Before the tree or its history is changed: one at a time, and not ahead of its day."""

from __future__ import annotations

from datetime import date

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.directory.errors import union_is_not_there


def take_turn(on: date) -> None:
    """Waits until nobody else changes the tree. Refuses a day that has not come."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('gonghui.union_tree')), gate.today()")
        today = cursor.fetchone()[1]
    if on > today:
        raise Refusal(
            N_("{day} has not come yet."), N_("Enter the change on its day, or later."), day=on
        )


def refuse_unless_there(union_id: int, on: date) -> None:
    """Nothing begins in a union that is not there on the day."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.union_stands(%s, %s)", [union_id, on])
        if not cursor.fetchone()[0]:
            raise union_is_not_there()
