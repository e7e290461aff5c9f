"""Applications: the queue of those that wait for whoever looks, and the desk at which one is
checked, sent back, granted or refused."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gonghui.core.errors import N_, Refusal
from gonghui.doors.web.business_day import business_day
from gonghui.doors.web.once import once
from gonghui.doors.web.visitors import page, signed_in, visitor_of
from gonghui.doors.web.waits import Wait
from gonghui.ground.borders.scope import Scope
from gonghui.ground.directory.models import Person
from gonghui.ground.documents.models import Document
from gonghui.ground.documents.services.documents import rendition
from gonghui.programmes.mutualaid.permissions import READ_SETTLEMENTS
from gonghui.programmes.mutualaid.queries.claim_view import claim_view
from gonghui.programmes.mutualaid.queries.history import settled_of, used_of
from gonghui.verbs.cases.models import Case, Decision, KindPaper, Paper, Step
from gonghui.verbs.cases.queries.cases import still_lacking
from gonghui.verbs.cases.queries.waiting import COUNTED, PAGE, piles, waiting, waits_here
from gonghui.verbs.cases.services import moving

_PILES = {
    "filed": N_("to confirm"),
    "confirmed": N_("to check"),
    "reviewing": N_("to check further or decide"),
    "review_asked": N_("复核 to decide"),
}
_SETTLED = 5
"""So many of her settlements stand beside an application."""


def case_waits(scope: Scope) -> list[Wait]:
    """For the first page."""
    found = piles(scope)
    more = sum(one.number for one in found) >= COUNTED
    return [
        Wait(
            _PILES[one.state],
            one.kind_name,
            f"{reverse('console:cases')}?{urlencode({'kind': one.kind})}",
            one.number,
            one.filed_on,
            one.due_on,
            more,
        )
        for one in found
    ]


@require_GET
@page()
def cases(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    assert visitor.scope is not None  # inside a page
    kind = request.GET.get("kind", "")[:40]
    found = waiting(visitor.scope, after=_after(request), kind=kind, limit=PAGE + 1)
    context = {
        "rows": found[:PAGE],
        "after": _written(found[PAGE - 1].key) if len(found) > PAGE else "",
        "kind": kind,
        "today": business_day(),
        "did": _did(request),
    }
    return render(request, "console/cases.html", context)


@require_GET
@page()
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    return _case(request, case_id)


@require_POST
@page()
@once
def case_deed(request: HttpRequest, case_id: int) -> HttpResponse:
    """One deed; then the next case that waits. What is refused says so beside the case."""
    visitor = visitor_of(request)
    assert visitor.scope is not None  # inside a page
    here = waits_here(visitor.scope, case_id)
    try:
        _done(request, case_id)
    except Refusal as refusal:
        return _case(request, case_id, refusal=refusal)
    ahead = waiting(visitor.scope, after=here.key, limit=1) if here else []
    did = urlencode({"did": case_id})
    if ahead:
        return HttpResponseRedirect(f"{reverse('console:case', args=[ahead[0].case_id])}?{did}")
    return HttpResponseRedirect(f"{reverse('console:cases')}?{did}")


@require_GET
@signed_in()
def case_paper(request: HttpRequest, case_id: int, document_id: int, number: int) -> HttpResponse:
    """One page of a paper, as pixels; that it was shown, and for which case, is on record."""
    visitor = visitor_of(request)
    with visitor.entered():
        paper = Paper.objects.filter(case_id=case_id, document_id=document_id)
        found = paper.values_list("case__number", flat=True).first()
    if found is None:
        raise Http404
    purpose = _("to check application {number}").format(number=found)
    content = rendition(visitor.actor, document_id, number, purpose=purpose)
    return HttpResponse(content, content_type="image/jpeg")


def _done(request: HttpRequest, case_id: int) -> None:
    said = request.POST
    actor, on = visitor_of(request).actor, business_day()
    version = int(said["version"]) if said.get("version", "").isascii() and said.get(
        "version", ""
    ).isdigit() else None  # fmt: skip
    reason, clause = said.get("reason", ""), said.get("clause", "")
    deed = said.get("deed", "")
    if deed in ("confirm", "pass", "accept", "complete"):
        moving.moved_one(actor, deed, case_id, on=on, version=version)
    elif deed == "return":
        lacking = said.getlist("lacking")
        moving.return_case(actor, case_id, reason, lacking=lacking, on=on, version=version)
    elif deed == "refuse":
        moving.refuse(actor, case_id, reason, clause, on=on, version=version)
    elif deed in ("uphold", "change"):
        moving.decide_review(
            actor, case_id, reason, clause=clause, upheld=deed == "uphold", on=on, version=version
        )
    else:
        raise Refusal(
            N_("“{deed}” is nothing that is done here."), N_("Load the page anew."), deed=deed
        )


def _case(request: HttpRequest, case_id: int, *, refusal: Refusal | None = None) -> HttpResponse:
    visitor = visitor_of(request)
    assert visitor.scope is not None  # inside a page
    found = Case.objects.select_related("kind", "union").filter(pk=case_id).first()
    if found is None:
        raise Http404
    subject = Person.objects.filter(pk=found.subject_id).first()
    context: dict[str, Any] = {
        "case": found,
        "subject": subject,
        "here": waits_here(visitor.scope, case_id),
        "papers": _papers(found),
        "lacking": still_lacking(visitor.actor, case_id),
        "kinds": KindPaper.objects.filter(kind_id=found.kind_id).order_by("pk"),
        "deeds": _deeds(case_id),
        "decisions": Decision.objects.filter(case_id=case_id).order_by("instance"),
        "view": claim_view(visitor.actor, case_id, filed_on=found.filed_on, on=business_day()),
        "refusal": refusal,
        "today": business_day(),
        "did": _did(request),
        "may_complete": found.state == "returned" and visitor.may("case.file"),
    }
    if visitor.may(READ_SETTLEMENTS):
        ids = [found.subject_id]
        context |= {"used": used_of(ids), "settled": settled_of(ids)[:_SETTLED], "may_read": True}
    return render(request, "console/case.html", context, status=422 if refusal else 200)


def _papers(case: Case) -> list[tuple[Paper, str, list[int]]]:
    """Each paper, what it is called, and the numbers of its pages that can be shown."""
    names = dict(KindPaper.objects.filter(kind_id=case.kind_id).values_list("code", "name"))
    found = list(Paper.objects.filter(case=case).order_by("pk"))
    ids = [one.document_id for one in found if one.document_id is not None]
    pages = dict(Document.objects.filter(pk__in=ids).values_list("pk", "pages")) if ids else {}
    return [
        (one, names.get(one.kind, one.kind), [*range(1, pages.get(one.document_id or 0, 0) + 1)])
        for one in found
    ]


def _deeds(case_id: int) -> list[tuple[Step, str]]:
    """What was done, and by whom where that may be known."""
    steps = list(Step.objects.filter(case_id=case_id).order_by("version"))
    people = Person.objects.filter(pk__in={one.person_id for one in steps})
    names = dict(people.values_list("pk", "name"))
    return [(one, names.get(one.person_id, "")) for one in steps]


def _did(request: HttpRequest) -> Case | None:
    """The case that was dealt with before this page."""
    number = request.GET.get("did", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return Case.objects.filter(pk=int(number)).first()


def _after(request: HttpRequest) -> tuple[str, int] | None:
    due, _mark, last = request.GET.get("after", "").rpartition(":")
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        return None
    try:
        return (due if due == "infinity" else date.fromisoformat(due).isoformat(), int(last))
    except ValueError:
        return None


def _written(key: tuple[str, int]) -> str:
    return f"{key[0]}:{key[1]}"
