"""The first page: who one is here, and what one's posts open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gonghui.doors.web.visitors import page, visitor_of
from gonghui.ground.directory.queries.posts import my_posts


@require_GET
@page()
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "web/home.html", {"posts": my_posts(visitor_of(request).actor)})
