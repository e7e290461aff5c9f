"""One decision, with everything it rests on."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gonghui.core.errors import Refusal
from gonghui.doors.web.visitors import page, visitor_of
from gonghui.programmes.mutualaid.models import Decision
from gonghui.programmes.mutualaid.permissions import READ_SETTLEMENTS
from gonghui.programmes.mutualaid.queries.decisions import explain


@require_GET
@page(READ_SETTLEMENTS)
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    try:
        told = explain(visitor_of(request).actor, decision_id)
    except Refusal as refusal:
        raise Http404 from refusal
    person = Decision.objects.filter(pk=decision_id).values_list("person_id", "person__name").get()
    context = {"told": told, "person_id": person[0], "name": person[1]}
    return render(request, "console/decision.html", context)
