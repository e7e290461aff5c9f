"""Somebody signs in for the first time, sets up her second factor, and comes back with it."""

import time

import pytest

from tests.ground.accounts.codes import code
from tests.ground_fixtures import SECRET

pytestmark = pytest.mark.browser


def sign_in(page, secret=SECRET):
    page.get_by_label("账号").fill("clerk")
    page.get_by_label("口令").fill(secret)
    page.get_by_role("button", name="登录").click()


def test_she_signs_in_and_sets_up_her_second_factor(eyes):
    here = eyes()
    page = here.page
    page.goto("/account")
    here.look("sign-in")
    sign_in(page, "not her secret")
    assert "账号或口令不对" in page.get_by_role("alert").inner_text()
    here.look("sign-in-wrong")
    sign_in(page)
    assert page.get_by_role("heading", level=1).inner_text() == "我的账号"  # where she wanted to go
    here.look("account")
    page.get_by_role("link", name="设置第二重验证").click()
    here.look("second-factor-before")
    page.get_by_role("button", name="开始").click()
    here.look("second-factor-shown")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    now = time.time()
    page.get_by_label("验证器上的六位数字").fill("12345")
    page.get_by_role("button", name="确认").click()
    assert "六位数字" in page.locator(".error").inner_text()
    page.get_by_label("验证器上的六位数字").fill(code(secret, now))
    page.get_by_role("button", name="确认").click()
    assert page.get_by_text("已设置").is_visible()

    there = eyes()
    page = there.page
    page.goto("/")
    sign_in(page)
    there.look("second-factor-asked")
    page.get_by_label("验证器上的六位数字").fill(code(secret, now + 30))
    page.get_by_role("button", name="继续").click()
    assert "您好" in page.get_by_role("heading", level=1).inner_text()
    there.look("home")
    page.get_by_role("button", name="English").click()
    assert "Good day" in page.get_by_role("heading", level=1).inner_text()
    page.goto("/nothing-here")
    there.look("not-there")
    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/account")
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
