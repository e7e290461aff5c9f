"""A clerk looks somebody up: her unit, her cover, what was decided and why."""

import pytest

from tests.ground_fixtures import SECRET

pytestmark = pytest.mark.browser


def test_a_clerk_looks_up_a_unit_and_a_person(eyes, house):
    here = eyes()
    page = here.page
    page.goto("/people")
    page.get_by_label("账号").fill("clerk")
    page.get_by_label("口令").fill(SECRET)
    page.get_by_role("button", name="登录").click()
    here.look("people-before")
    page.get_by_role("searchbox").fill("甲厂")
    page.get_by_role("searchbox").press("Enter")
    here.look("people-found")
    page.get_by_role("link", name="甲厂工会").first.click()
    here.look("union")
    assert "officer_a" in page.get_by_role("main").inner_text()
    page.get_by_role("link", name="officer_a").first.click()
    here.look("person")
    page.get_by_role("link", name="工会组织").click()
    here.look("unions")
    page.goto(f"/people/{house.person['worker_b']}")
    assert page.get_by_role("heading", level=1).inner_text() == "worker_b"
