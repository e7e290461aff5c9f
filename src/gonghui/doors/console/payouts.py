"""Payouts: batches on their way to the bank, each step by the person who may, and its answer."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core.errors import N_, Refusal
from gonghui.doors.web.business_day import business_day
from gonghui.doors.web.once import once
from gonghui.doors.web.visitors import page, visitor_of
from gonghui.doors.web.waits import Wait
from gonghui.ground.borders.scope import Scope
from gonghui.programmes.mutualaid.models import Due, Scheme
from gonghui.programmes.mutualaid.services.payouts import pick_dues
from gonghui.verbs.treasury.models import PayoutBatch
from gonghui.verbs.treasury.permissions import (
    PAYOUT_ANSWER,
    PAYOUT_DRAFT,
    PAYOUT_RELEASE,
    READ,
)
from gonghui.verbs.treasury.queries.batch_pages import (
    LINES,
    NEXT,
    PAGE,
    batch_page,
    batches_waiting,
    line_page,
    line_states,
    steps_of,
)
from gonghui.verbs.treasury.queries.funds import funds
from gonghui.verbs.treasury.queries.payouts import held_rows
from gonghui.verbs.treasury.services import payouts as paying
from gonghui.verbs.treasury.services.answers import take_answer
from gonghui.verbs.treasury.services.reissuing import reissue
from gonghui.verbs.treasury.services.releasing import release_batch
from gonghui.verbs.treasury.services.sealing import export_batch, seal_batch

LAYOUT = "generic-csv"
_LARGEST = 20_000_000
"""Bytes of a bank's answer: a year of payments many times over."""
_WAITS = {
    "drafted": N_("to check"),
    "checked": N_("to approve"),
    "approved": N_("to seal"),
    "sealed": N_("to release"),
    "released": N_("waiting for the bank"),
    "answered": N_("to close"),
}


class Draft(forms.Form):
    """What is due until a day, in one batch."""

    scheme = forms.ModelChoiceField(Scheme.objects.none(), label=gettext_lazy("Scheme"))
    fund = forms.ChoiceField(label=gettext_lazy("Fund"))
    until = forms.DateField(
        label=gettext_lazy("Due up to and including"),
        widget=forms.DateInput({"type": "date"}),
    )
    purpose = forms.CharField(
        label=gettext_lazy("What the bank prints beside it"), max_length=60, required=False
    )


class Answer(forms.Form):
    """The bank's file."""

    fund = forms.ChoiceField(label=gettext_lazy("Fund"))
    file = forms.FileField(label=gettext_lazy("The bank's file"))


def batch_waits(scope: Scope) -> list[Wait]:
    """For the first page."""
    return [
        Wait(
            _WAITS[one.state],
            N_("Payout batches"),
            f"{reverse('console:payouts')}?open=1",
            one.number,
            one.since,
            None,
        )
        for one in batches_waiting(scope)
    ]


@require_GET
@page(READ)
def payouts(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    before = request.GET.get("before", "")
    only = request.GET.get("open") == "1"
    rows = batch_page(before=_number(before), open_only=only)
    open_dues = Due.objects.filter(state__in=["open", "returned"])
    context = {
        "rows": rows[:PAGE],
        "before": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "only": only,
        "held": held_rows(visitor.actor)[:PAGE],
        "draft": _draft(request) if visitor.may(PAYOUT_DRAFT) else None,
        "due": open_dues.count() if visitor.may(PAYOUT_DRAFT) else 0,
        "answer": _answer(request) if visitor.may(PAYOUT_ANSWER) else None,
    }
    return render(request, "console/payouts.html", context)


@require_POST
@page(PAYOUT_DRAFT)
@once
def draft(request: HttpRequest) -> HttpResponse:
    form = _draft(request)
    if not form.is_valid():
        return render(request, "console/payout_form.html", {"form": form}, status=422)
    said = form.cleaned_data
    picked = pick_dues(
        visitor_of(request).actor,
        said["scheme"],
        said["fund"],
        on=business_day(),
        until=said["until"] + timedelta(days=1),
        layout=LAYOUT,
        purpose=said["purpose"],
    )
    return HttpResponseRedirect(reverse("console:payout", args=[picked.batch_id]))


@require_POST
@page(PAYOUT_ANSWER)
@once
def answer(request: HttpRequest) -> HttpResponse:
    """What the bank said; every row is counted once, whatever it is called and however often."""
    form = _answer(request)
    if not form.is_valid():
        return render(request, "console/payout_form.html", {"form": form}, status=422)
    file = form.cleaned_data["file"]
    if file.size > _LARGEST:
        raise Refusal(
            N_("The file is larger than {most} MB."),
            N_("Send the bank's answer itself, one file for one day."),
            most=_LARGEST // 1_000_000,
        )
    take_answer(
        visitor_of(request).actor,
        form.cleaned_data["fund"],
        file.read(),
        name=file.name,
        on=business_day(),
        layout=LAYOUT,
    )
    return HttpResponseRedirect(reverse("console:payouts"))


@require_GET
@page(READ)
def payout(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _batch(request, batch_id)


@require_POST
@page()
@once
def check(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _moved(request, batch_id, "check")


@require_POST
@page(second=True)
@once
def approve(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _moved(request, batch_id, "approve")


@require_POST
@page(second=True)
@once
def seal(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _moved(request, batch_id, "seal")


@require_POST
@page(second=True)
@once
def release(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _moved(request, batch_id, "release")


@require_POST
@page()
@once
def close(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _moved(request, batch_id, "close")


@require_POST
@page()
@once
def cancel(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _moved(request, batch_id, "cancel")


@require_POST
@page(PAYOUT_DRAFT)
@once
def anew(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What came back from this batch is drafted again, as new payments of a new batch."""
    references = request.POST.getlist("reference")
    try:
        drafted = reissue(visitor_of(request).actor, references, on=business_day())
    except Refusal as refusal:
        return _batch(request, batch_id, refusal=refusal)
    return HttpResponseRedirect(reverse("console:payout", args=[drafted]))


@require_http_methods(["POST"])
@page(second=True)
def export(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The sealed file: the same bytes every time; that it was taken is on record."""
    name, content = export_batch(visitor_of(request).actor, batch_id)
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


def _moved(request: HttpRequest, batch_id: int, deed: str) -> HttpResponse:
    actor = visitor_of(request).actor
    try:
        if deed == "check":
            paying.check_batch(actor, batch_id)
        elif deed == "approve":
            paying.approve_batch(actor, batch_id)
        elif deed == "seal":
            seal_batch(actor, batch_id)
        elif deed == "release":
            release_batch(actor, batch_id)
        elif deed == "close":
            paying.close_batch(actor, batch_id)
        else:
            paying.cancel_batch(actor, batch_id, because=request.POST.get("because", ""))
    except Refusal as refusal:
        return _batch(request, batch_id, refusal=refusal)
    return HttpResponseRedirect(reverse("console:payout", args=[batch_id]))


def _batch(request: HttpRequest, batch_id: int, *, refusal: Refusal | None = None) -> HttpResponse:
    visitor = visitor_of(request)
    found = PayoutBatch.objects.select_related("fund").defer("payees", "file")
    batch = found.filter(pk=batch_id).first()
    if batch is None:
        raise Http404
    rows = line_page(batch_id, after=_number(request.GET.get("after", "")) or 0)
    deed, permission = NEXT.get(batch.state, ("", ""))
    context = {
        "batch": batch,
        "sha256": bytes(batch.file_sha256 or b"").hex(),
        "steps": steps_of(batch),
        "states": line_states(batch_id),
        "rows": rows[:LINES],
        "after": rows[LINES - 1].place if len(rows) > LINES else None,
        "returned": [one for one in rows if one.state == "returned"],
        "deed": deed if deed and visitor.may(permission) else "",
        "waits": _WAITS.get(batch.state, ""),
        "may_cancel": batch.state in ("drafted", "checked", "approved")
        and visitor.may(PAYOUT_DRAFT),
        "may_draft": visitor.may(PAYOUT_DRAFT),
        "may_export": bool(batch.file_sha256) and visitor.may(PAYOUT_RELEASE),
        "refusal": refusal,
    }
    return render(request, "console/payout.html", context, status=422 if refusal else 200)


def _draft(request: HttpRequest) -> Draft:
    form = Draft(
        request.POST or None,
        auto_id="draft-%s",
        initial={"until": business_day(), "scheme": Scheme.objects.order_by("pk").first()},
    )
    form.fields["scheme"].queryset = Scheme.objects.order_by("pk")  # type: ignore[attr-defined]
    form.fields["scheme"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]
    form.fields["fund"].choices = _funds(request)  # type: ignore[attr-defined]
    return form


def _answer(request: HttpRequest) -> Answer:
    form = Answer(request.POST or None, request.FILES or None, auto_id="answer-%s")
    form.fields["fund"].choices = _funds(request)  # type: ignore[attr-defined]
    return form


def _funds(request: HttpRequest) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in funds(visitor_of(request).actor)]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
