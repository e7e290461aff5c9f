"""Addresses of every door."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("gonghui.doors.web.addresses")),
    path("", include("gonghui.doors.console.addresses")),
]

handler400 = "gonghui.doors.web.errors.bad_request"
handler403 = "gonghui.doors.web.errors.no_permission"
handler404 = "gonghui.doors.web.errors.not_found"
handler500 = "gonghui.doors.web.errors.failed"
