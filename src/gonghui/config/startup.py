"""Opening the house: the database runs, its settings are safe, Django is set up."""

from __future__ import annotations

import os

from gonghui.config.environment import environment


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


def prepare_django() -> None:
    """The rooms with their tables and checks; no database is asked anything."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.config.settings")
    import django

    django.setup()
