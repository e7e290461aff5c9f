"""The office works through its queue by keys: grants one, sends one back, refuses one."""

import io

import pytest
from PIL import Image, ImageDraw

from tests.ground_fixtures import SECRET
from tests.programmes.mutualaid.claiming import PAPERS, window  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser


def paper(number):
    """A photograph of a statement: lines with amounts, as a telephone takes it."""
    picture = Image.new("RGB", (900, 1260), "#f7f5ee")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 60, 840, 1200), outline="#888", width=3)
    pen.text((340, 90), f"SETTLEMENT {number}", fill="#222", font_size=34)
    lines = ("TOTAL 15000.00", "FUND 9000.00", "OWN 6000.00", "OUT OF SCOPE 1000.00")
    for at, line in enumerate(lines):
        pen.text((120, 220 + 90 * at), line, fill="#222", font_size=40)
        pen.line((90, 290 + 90 * at, 810, 290 + 90 * at), fill="#bbb", width=2)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()


def brought(window, number, worker):  # noqa: F811
    from gonghui.ground.documents.services.documents import keep_document
    from gonghui.verbs.cases.services.papers import Given

    kept = keep_document(
        window.house.clerk, paper(number), "a.jpg", kind="statement", person_id=worker,
        union_id=window.unit,
    )  # fmt: skip
    papers = tuple(
        Given(one, kept.document_id) if one == "statement" else Given(one) for one in PAPERS
    )
    return window.asked(number, worker=worker, papers=papers)


def test_the_office_decides_by_keys(eyes, window):  # noqa: F811
    asked = [brought(window, f"S{at}", worker) for at, worker in enumerate(window.workers[:3])]
    first, second, third = opened = window.bring(*asked)
    window.confirmed(*opened)
    here = eyes()
    page = here.page
    page.goto("/")
    page.get_by_label("账号").fill("head")
    page.get_by_label("口令").fill(SECRET)
    page.get_by_role("button", name="登录").click()
    here.look("home-queue")
    page.get_by_role("link", name="待审核").click()
    here.look("cases")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{first.case_id}")
    picture = page.locator(".sheet-view img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.sheet-view img').naturalWidth > 100")
    here.look("case-desk")
    page.get_by_role("button", name="旋转").click()
    assert picture.get_attribute("data-turned") == "1"
    page.keyboard.press("a")
    page.wait_for_url(f"**/cases/{second.case_id}?did={first.case_id}")
    assert window.state(first) == "accepted"
    page.keyboard.press("r")
    page.keyboard.type("发票照片不清楚")
    page.get_by_label("医疗收费票据").check()
    here.look("case-return")
    page.get_by_role("button", name="退回补正，下一件").click()
    page.wait_for_url(f"**/cases/{third.case_id}?did={second.case_id}")
    assert window.state(second) == "returned"
    page.keyboard.press("x")
    page.keyboard.type("不在互助保障期内")
    page.get_by_label("条文").fill("第三条")
    page.get_by_role("button", name="不予同意，下一件").click()
    page.wait_for_url(f"**/cases?did={third.case_id}")
    assert window.state(third) == "refused"
    here.look("cases-empty")
