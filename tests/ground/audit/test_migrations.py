"""The room's tables go and come back."""

from __future__ import annotations

from django.core.management import call_command

from gonghui.ground.audit.services.events import record


def test_back_and_forward(house, connect):
    superuser = connect("superuser", autocommit=True)
    call_command("migrate", "audit", "zero", database="owner", verbosity=0)
    superuser.execute("update directory_person set name = 'x' where id = 1")  # notes nothing
    call_command("migrate", "audit", database="owner", verbosity=0)
    superuser.execute("update directory_person set name = 'y' where id = 1")
    with house.clerk.transaction():
        record("roster.booked")
    assert superuser.execute("select rows from audit_change").fetchall() == [(1,)]
