"""Addresses of what every visitor has."""

from __future__ import annotations

from django.urls import path

from gonghui.doors.web import health, home, own_account, sign_in

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("second-factor", sign_in.second_factor, name="second-factor"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("language", sign_in.choose_language, name="language"),
    path("account", own_account.account, name="account"),
    path("account/secret", own_account.secret, name="secret"),
    path("account/second-factor", own_account.new_factor, name="new-factor"),
    path("account/sessions/<int:session_id>/end", own_account.end, name="end-session"),
    path("health", health.health, name="health"),
]
