"""The pages as they are served: by processes of their own, on a real port."""

import os
import subprocess
import sys
import urllib.request

from django.db import connections

from tests.ground_fixtures import HOME


def test_pages_are_served_in_chinese_with_their_style(pages_at):
    """A catalogue compiled after Django was set up is not read: the pages were English once."""
    with urllib.request.urlopen(f"{pages_at}/sign-in") as answer:
        shown = answer.read().decode()
    assert "登录" in shown and "Sign in" not in shown
    for file in ("web/house.css", "web/mark.svg", "django_htmx/htmx-2.min.js"):
        with urllib.request.urlopen(f"{pages_at}/static/{file}") as answer:
            assert answer.status == 200
            assert "max-age" in answer.headers["Cache-Control"]


def test_without_a_key_nothing_is_served(cluster, house):
    name = connections["default"].settings_dict["NAME"]
    said = {
        "GONGHUI_HOME": str(HOME / "elsewhere"),
        "GONGHUI_SECRET_KEY": "",
        "DATABASE_URL": cluster.url("web", name),
        "DATABASE_OWNER_URL": cluster.url("owner", name),
        "DATABASE_KEEPER_URL": cluster.url("keeper", name),
    }
    done = subprocess.run(
        [sys.executable, "-c", "import gonghui.config.wsgi"],
        env={**os.environ, **said},
        capture_output=True,
        check=False,
    )
    assert done.returncode
    assert b"no key that pages are signed with" in done.stderr
