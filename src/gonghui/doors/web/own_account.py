"""One's own account: open sessions, the secret, the second factor."""

from __future__ import annotations

import segno
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core.errors import Refusal
from gonghui.doors.web.once import once
from gonghui.doors.web.sign_in import Code
from gonghui.doors.web.visitors import page, visitor_of
from gonghui.ground.accounts.services.accounts import set_secret
from gonghui.ground.accounts.services.attendance import (
    Attendance,
    city_name,
    end_session,
    my_sessions,
)
from gonghui.ground.accounts.services.second_factors import (
    begin_second_factor,
    give_second_factor,
)
from gonghui.ground.accounts.services.sessions import sign_in, sign_out


class NewSecret(forms.Form):
    old = forms.CharField(
        label=gettext_lazy("The secret so far"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("A new secret, at least ten characters"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The new secret again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, str]:
        said = self.cleaned_data
        if said.get("new") != said.get("again"):
            self.add_error("again", _("The two differ."))
        return said


@require_GET
@page()
def account(request: HttpRequest) -> HttpResponse:
    sessions = my_sessions(visitor_of(request).actor)
    return render(request, "web/account.html", {"sessions": sessions})


@require_POST
@page()
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    end_session(visitor_of(request).actor, session_id)
    return HttpResponseRedirect(reverse("web:account"))


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@page()
@once
def secret(request: HttpRequest) -> HttpResponse:
    form = NewSecret(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login = _attending(request).login
        try:
            sign_out(sign_in(login, form.cleaned_data["old"]))
        except Refusal as refusal:
            form.add_error("old", refusal.words(_))
        else:
            try:
                set_secret(visitor_of(request).actor, login, form.cleaned_data["new"])
            except Refusal as refusal:
                form.add_error("new", refusal.words(_))
            else:
                return HttpResponseRedirect(reverse("web:account"))
    return render(request, "web/secret.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@page()
def new_factor(request: HttpRequest) -> HttpResponse:
    """Shown once to the authenticator; counts once it gave a first code."""
    if request.method == "POST" and "code" in request.POST:
        form = Code(request.POST)
        if form.is_valid():
            if give_second_factor(visitor_of(request).actor, form.cleaned_data["code"]):
                return HttpResponseRedirect(reverse("web:account"))
            form.add_error("code", _("This code is not right, or was used. Take the next one."))
        return render(request, "web/new_factor.html", {"form": form}, status=422)
    if request.method == "POST":
        made = begin_second_factor(
            visitor_of(request).actor, login=_attending(request).login, issuer=city_name()
        )
        drawn = segno.make(made.address, error="m").svg_data_uri(
            scale=5, border=2, dark="#1f2328", light="#ffffff"
        )
        secret = " ".join(made.secret[at : at + 4] for at in range(0, len(made.secret), 4))
        context = {"form": Code(), "drawn": drawn, "secret": secret}
        return render(request, "web/new_factor.html", context)
    if _attending(request).has_second:
        return HttpResponseRedirect(reverse("web:account"))
    return render(request, "web/new_factor.html", {})


def _attending(request: HttpRequest) -> Attendance:
    found = visitor_of(request).attendance
    assert found is not None  # a page is for somebody
    return found
