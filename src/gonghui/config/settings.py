"""Django's settings. Everything a machine may say differently comes from its environment."""

from __future__ import annotations

from gonghui.config.environment import environment
from gonghui.config.pages import *  # noqa: F403  (settings are known by their names)

_environment = environment()

HOME = _environment.home
DEBUG = False

INSTALLED_APPS = [
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    # The rooms, floor by floor, in the order in which they may import one another.
    "gonghui.ground.borders",
    "gonghui.ground.vault",
    "gonghui.ground.audit",
    "gonghui.ground.directory",
    "gonghui.ground.accounts",
    "gonghui.ground.jobs",
    "gonghui.ground.documents",
    "gonghui.ground.messages",
    "gonghui.verbs.treasury",
    "gonghui.verbs.cases",
    "gonghui.programmes.mutualaid",
    "gonghui.doors.web",
    "gonghui.doors.console",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"


def _database(role: str) -> dict[str, object]:
    """One role's way to the database: the one named, or else the embedded one."""
    if _environment.database is not None:
        said = _environment.database.of(role).parameters()
    else:
        from gonghui.config.cluster import Cluster

        said = Cluster(HOME).parameters(role)
    named = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        **{key: said[name] for name, key in named.items() if name in said},
        "OPTIONS": {name: value for name, value in said.items() if name not in named},
    }


DATABASES = {
    "default": _database("web"),
    "owner": _database("owner"),
    "keeper": _database("keeper"),
}
"""What acts for people is ``web``; ``owner`` migrates; ``keeper`` backs up, seals, moves data."""
