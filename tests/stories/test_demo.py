"""The demo from beginning to end, and the report that a reader opens afterwards."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / ".cache" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
COMMANDS = (
    *("twin", "ingest", "adjudicate", "explain", "explain", "explain", "replay", "rulebook"),
    *("up", "city", "twin", "ledger"),
)


def gonghui(home, *arguments):
    environment = {**os.environ, "GONGHUI_HOME": str(home), "PYTHONUTF8": "1"}
    command = (sys.executable, "-m", "gonghui", *map(str, arguments))
    return subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("工会 home")
    yield folder
    gonghui(folder, "down")


@pytest.fixture(scope="module")
def demo(home):
    """What the demo says, on a home where nothing has been compiled yet."""
    since = time.perf_counter()
    ended = gonghui(home, "demo")
    print(f"the demo took {time.perf_counter() - since:.1f} s")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def report(demo, home):
    return home / "demo" / "report" / "report.html"


@pytest.mark.slow
def test_the_ledger_says_what_was_published(demo):
    for line in (
        r"参加单位 +423$",
        r"参加职工 +62,715$",
        r"其中已交费并在保障中 +62,715$",
        r"账上互助金收入（元） +5,017,200\.00$",
    ):
        assert re.search(line, demo, re.MULTILINE), line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "figure"),
    [
        ("享受互助的职工（人）", "1,120"),
        ("已支付的互助保障金（元）", "960,290.00"),
        ("九里山矿那位职工，截至3月底（元）", "27,970.00"),
    ],
)
def test_october_comes_out_of_the_ledger_as_it_was_printed(demo, label, figure):
    """After the year was lived through: feeds, applications, decisions, all booked."""
    loaded = demo.split("$ gonghui twin load")[1]
    said = re.escape(figure)
    assert re.search(rf"^{re.escape(label)} +{said} +{said}$", loaded, re.MULTILINE)


@pytest.mark.slow
def test_every_command_is_shown_with_its_output(demo):
    assert re.findall(r"^\$ gonghui (\w+)", demo, re.MULTILINE) == list(COMMANDS)
    for command, output in zip(COMMANDS, demo.split("$ gonghui ")[1:], strict=True):
        assert output.startswith(command)
        assert len(output.splitlines()) > 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "published"),
    [
        ("参加单位（个）", "423"),
        ("参加职工（人）", "62,715"),
        ("共交纳互助金（元）", "5,017,200.00"),
        ("享受互助的职工（人）", "1,120"),
        ("支付互助保障金（元）", "960,290.00"),
        ("困难职工中享受最多（元）", "27,970.00"),
    ],
)
def test_the_published_figures_come_out_exactly(demo, label, published):
    figure = re.escape(published)
    assert re.search(rf"^{re.escape(label)} +{figure} +{figure} +✓ 一致$", demo, re.MULTILINE)


@pytest.mark.slow
def test_the_revision_is_reckoned_over_the_same_year(demo):
    assert (
        "修改后的互助金 4,390,050.00 元，是截至 2022-10-31 已给付的 960,290.00 元的 4.57 倍。"
        in demo
    )
    assert demo.count("没有人减少") == 2
    assert re.search(r"^  支出率 +27\.73% +39\.41%$", demo, re.MULTILINE)


@pytest.mark.slow
def test_the_miner_is_explained_to_the_fen(demo):
    explained = demo.split("$ gonghui explain ")[1]
    assert "焦煤集团九里山矿" in explained
    assert "合计给付 27,970.00 元，2 笔" in explained
    assert not re.search(r"\d{17}[\dX]", demo)


@pytest.mark.slow
def test_it_can_be_run_again(demo, home):
    again = gonghui(home, "demo")
    assert again.returncode == 0, again.stderr
    answers = [text.rpartition("✓")[0] for text in (again.stdout, demo)]  # then come the timings
    assert answers[0] == answers[1]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_the_report_opens_clean(browser, report, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert complaints == []
    assert asked == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    charts = page.locator("svg.chart:visible")
    assert charts.count() == 3
    assert "423" in page.locator("#published").inner_text()
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(browser, report, width):
    if not AXE.is_file():
        pytest.skip("no axe here: npm install --prefix .cache/axe axe-core")
    # axe is a script; the page's own policy allows none.
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(report.as_uri())
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document)")["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    context.close()


@pytest.mark.browser
def test_it_prints_on_whole_pages(browser, report, tmp_path):
    page = browser.new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").stat().st_size > 100_000
    page.close()
