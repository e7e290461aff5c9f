"""The pages as they are served, and a browser that complains of what a person would not see."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.db import connections

from tests.ground_fixtures import HOME, ROOT

AXE = ROOT / ".cache" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = ROOT / ".cache" / "screenshots"
"""Every page a story sees, at both widths; left by CI, ignored by git."""
WIDTHS = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def pages_at(house, cluster, tmp_path):
    """The address of pages over this test's database."""
    with pages_served(cluster, HOME, tmp_path / "log") as address:
        yield address


@contextlib.contextmanager
def pages_served(cluster, home, log_file):
    """`gonghui serve` in a home of its own, until the block ends."""
    name = connections["default"].settings_dict["NAME"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = {
        "GONGHUI_HOME": str(home),
        "GONGHUI_SECRET_KEY": "a key of the tests",
        "GONGHUI_BUSINESS_DAY": "2022-07-01",
        "DATABASE_URL": cluster.url("web", name),
        "DATABASE_OWNER_URL": cluster.url("owner", name),
        "DATABASE_KEEPER_URL": cluster.url("keeper", name),
    }
    command = [sys.executable, "-m", "gonghui", "serve", "--port", str(port), "--workers", "1"]
    with (
        open(log_file, "wb") as log,
        subprocess.Popen(command, env={**os.environ, **said}, stdout=log, stderr=log) as server,
    ):
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, server, log_file)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait(address, server, log):
    for _ in range(600):
        if server.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            with urllib.request.urlopen(f"{address}/health") as answer:
                assert answer.status == 200
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture
def chromium(pages_at, monkeypatch):
    """Started after the database was made ready and gone before it is taken down: Playwright keeps
    an event loop in this thread, in which Django asks no database unless told to."""
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


class Eyes:
    """A browser window on the served pages. ``look`` keeps a picture of a page at both widths, and
    has axe judge it; at the end nothing may have been said on its console, nor asked elsewhere."""

    def __init__(self, chromium, address):
        # axe is a script, and the pages' own policy allows none from elsewhere.
        self._context = chromium.new_context(
            viewport=_size("desk"), locale="zh-CN", bypass_csp=AXE.is_file(), base_url=address
        )
        self.page = self._context.new_page()
        self.said, self.asked, self._address = [], [], address
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def _hear(self, message):
        # That an answer refuses is the story's business; Chromium says it of every one.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.said.append(message.text)

    def look(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        for kind in WIDTHS:
            self.page.set_viewport_size(_size(kind))
            assert self.page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[kind][0]
            self.page.screenshot(path=SHOTS / f"{name}-{kind}.png", full_page=True)
            if AXE.is_file():
                self.page.add_script_tag(path=AXE)
                found = self.page.evaluate("axe.run(document)")["violations"]
                named = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
                assert named == [], f"{name} at {kind}"
        self.page.set_viewport_size(_size("desk"))

    def close(self):
        self._context.close()
        assert self.said == []
        assert [url for url in self.asked if not url.startswith((self._address, "data:"))] == []


def _size(kind):
    width, height = WIDTHS[kind]
    return {"width": width, "height": height}


@pytest.fixture
def eyes(chromium, pages_at):
    opened = []

    def open_():
        opened.append(Eyes(chromium, pages_at))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()
