"""The first page: what waits, who one is here, and what one's posts open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gonghui.doors.web.business_day import business_day
from gonghui.doors.web.visitors import page, visitor_of
from gonghui.doors.web.waits import waits_of
from gonghui.ground.directory.queries.posts import my_posts


@require_GET
@page()
def home(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    context = {
        "posts": my_posts(visitor.actor),
        "waits": waits_of(visitor.scope) if visitor.scope else [],
        "today": business_day(),
    }
    return render(request, "web/home.html", context)
