"""Opening the house: the database runs, its settings are safe, Django is set up."""

from __future__ import annotations

import os
from pathlib import Path

from gonghui.config.environment import environment
from gonghui.core.errors import N_, Refusal


def open_house(*, start: bool = True) -> None:
    """Sets Django up, starts the embedded server if it serves here, and checks what it stands on.

    Refused where a setting would lose or leak what people were told is safe.
    """
    said = environment()
    if start and said.database is None:
        from gonghui.config.cluster import Cluster

        Cluster(said.home).start()
    prepare_django()
    from django.db import connections

    from gonghui.config.safety import check_safety

    check_safety(connections)
    if start:
        _check_tables()


def _check_tables() -> None:
    """Refused where this version of Gonghui has tables that the database has not."""
    from django.apps import apps
    from django.db import connections
    from django.db.utils import ProgrammingError

    known = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path).glob("migrations/[0-9]*.py")
    }
    try:
        with connections["keeper"].cursor() as cursor:
            cursor.execute("select app, name from public.django_migrations")
            done = set(cursor.fetchall())
    except ProgrammingError:
        done = set()  # never made
    if known - done:
        raise Refusal(
            N_("The tables are older than this version of Gonghui, or not there yet."),
            N_("Run: gonghui up"),
        )


def prepare_django() -> None:
    """The rooms with their tables and checks; no database is asked anything."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.config.settings")
    import django

    django.setup()
