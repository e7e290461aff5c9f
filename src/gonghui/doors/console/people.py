"""People: found by what was typed, shown one by one; a full number only with a purpose."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.doors.web.business_day import business_day
from gonghui.doors.web.visitors import page, signed_in, visitor_of
from gonghui.ground.audit.queries.events import who_saw
from gonghui.ground.directory.document_kinds import DOCUMENT_KINDS
from gonghui.ground.directory.models import Employment, Person, PersonNumber
from gonghui.ground.directory.permissions import REVEAL
from gonghui.ground.directory.queries.persons import Page, find_persons
from gonghui.ground.directory.queries.unions import find_unions, union_names
from gonghui.ground.directory.services.reveals import reveal
from gonghui.programmes.mutualaid.permissions import READ_SETTLEMENTS
from gonghui.programmes.mutualaid.queries.history import covers_of, settled_of, used_of

_MOST_UNIONS = 20
_FEWEST_DIGITS = 4
"""From so many digits on it may be a number, or the end of one."""


class Purpose(forms.Form):
    purpose = forms.CharField(
        label=gettext_lazy("What the full number is needed for"), max_length=200
    )


@require_http_methods(["GET", "POST"])
@page()
def people(request: HttpRequest) -> HttpResponse:
    """Whoever was asked for: by number, last four, name, sound of a name; unions by their words.

    What may be a number comes by POST only and is answered at once: it would otherwise stand in
    the browser's history and in the log of every machine between.
    """
    asked = request.POST if request.method == "POST" else request.GET
    typed = " ".join(asked.get("q", "").split())[:100]
    secret = sum(character.isdigit() for character in typed) >= _FEWEST_DIGITS
    if request.method == "POST" and not secret:
        return HttpResponseRedirect(f"{request.path}?{urlencode({'q': typed})}")
    if request.method == "GET" and secret:
        typed = ""
    actor = visitor_of(request).actor
    context: dict[str, Any] = {"typed": typed}
    if typed:
        found = find_persons(actor, typed, after=_after(request))
        names = union_names(actor, (w.union_id for one in found.lines for w in one.workplaces))
        rows = [(one, [names.get(w.union_id, "") for w in one.workplaces]) for one in found.lines]
        context |= {"rows": rows, "after": _written(found)}
        if not secret:
            context["unions"] = find_unions(actor, typed, limit=_MOST_UNIONS)
    return render(request, "console/people.html", context)


@require_GET
@page()
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    return _person(request, person_id)


@require_POST
@signed_in(second=True)
def reveal_number(request: HttpRequest, person_id: int, number_id: int) -> HttpResponse:
    """Shows one full number, once; that she was shown it is on record before."""
    visitor = visitor_of(request)
    form = Purpose(request.POST)
    shown = None
    if form.is_valid():
        with visitor.entered():
            if not PersonNumber.objects.filter(pk=number_id, person_id=person_id).exists():
                raise Http404
        shown = reveal(visitor.actor, "number", number_id, form.cleaned_data["purpose"])
    with visitor.entered():
        status = 200 if shown else 422
        return _person(request, person_id, shown={number_id: shown}, purpose=form, status=status)


def _person(
    request: HttpRequest,
    person_id: int,
    *,
    shown: dict[int, str | None] | None = None,
    purpose: Purpose | None = None,
    status: int = 200,
) -> HttpResponse:
    visitor = visitor_of(request)
    who = Person.objects.filter(pk=person_id).first()
    if who is None:
        raise Http404
    same = Q(pk=who.pk) | Q(merged_into_id=who.pk)
    ids = list(Person.objects.filter(same).values_list("pk", flat=True))
    numbers = [
        (one, DOCUMENT_KINDS.get(one.kind, one.kind), (shown or {}).get(one.pk))
        for one in PersonNumber.objects.filter(person_id__in=ids).order_by("-pk").defer("cipher")
    ]
    seen = who_saw(person_id, limit=20)
    eyes = dict(
        Person.objects.filter(pk__in={one.actor_id for one in seen}).values_list("pk", "name")
    )
    jobs = Employment.objects.filter(person_id__in=ids).select_related("union")
    context = {
        "who": who,
        "numbers": numbers,
        "jobs": jobs.order_by("-starts_on"),
        "may_reveal": visitor.may(REVEAL),
        "purpose": purpose or Purpose(),
        "covers": covers_of(ids),
        "seen": [(one, eyes.get(one.actor_id or 0, "")) for one in seen],
        "today": business_day(),
    }
    if visitor.may(READ_SETTLEMENTS):
        context |= {"settled": settled_of(ids), "used": used_of(ids), "may_read": True}
    return render(request, "console/person.html", context, status=status)


def _after(request: HttpRequest) -> tuple[str, int] | None:
    """Where a page of a list begins: behind this key."""
    key, _mark, last = request.GET.get("after", "").rpartition(":")
    return (key, int(last)) if last.isascii() and last.isdigit() and len(last) < 19 else None


def _written(found: Page) -> str:
    return "" if found.after is None else f"{found.after[0]}:{found.after[1]}"
