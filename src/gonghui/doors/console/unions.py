"""Unions: the tree, one by one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gonghui.doors.web.business_day import business_day
from gonghui.doors.web.visitors import page, visitor_of
from gonghui.ground.directory.models import Union
from gonghui.ground.directory.queries.posts import posts_in
from gonghui.ground.directory.queries.unions import PAGE, ancestors, children
from gonghui.programmes.mutualaid.queries.unit import bills_of, taken_part


@require_GET
@page()
def unions(request: HttpRequest) -> HttpResponse:
    """Where one acts; from there the tree goes down."""
    scope = visitor_of(request).scope
    return _union(request, scope.union_id if scope and scope.union_id else 0)


@require_GET
@page()
def union(request: HttpRequest, union_id: int) -> HttpResponse:
    return _union(request, union_id)


def _union(request: HttpRequest, union_id: int) -> HttpResponse:
    actor = visitor_of(request).actor
    here = Union.objects.filter(pk=union_id).first()
    if here is None:
        raise Http404
    after = request.GET.get("after", "")[:100]
    below = children(actor, union_id, after_code=after, limit=PAGE + 1)
    context = {
        "here": here,
        "above": ancestors(actor, union_id)[:-1],
        "below": below[:PAGE],
        "after": below[PAGE - 1].code if len(below) > PAGE else "",
        "posts": posts_in(actor, union_id, business_day()),
        "periods": taken_part(here),
        "bills": bills_of(union_id),
    }
    return render(request, "console/union.html", context)
