"""Signing in with a name and a secret, then a second factor; signing out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.core.errors import Refusal
from gonghui.doors.web.browsers import address_of, known_logins, remember
from gonghui.doors.web.visitors import visitor_of
from gonghui.ground.accounts.services.addresses import address_rests, count_wrong
from gonghui.ground.accounts.services.second_factors import give_second_factor
from gonghui.ground.accounts.services.sessions import sign_in as open_session
from gonghui.ground.accounts.services.sessions import sign_out as close_session


class SignIn(forms.Form):
    login = forms.CharField(
        label=gettext_lazy("Account"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "username", "autofocus": True}),
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class Code(forms.Form):
    code = forms.RegexField(
        r"\A\s*[0-9]{3}\s?[0-9]{3}\s*\Z",
        label=gettext_lazy("Six digits of the authenticator"),
        error_messages={"invalid": gettext_lazy("Type the six digits the authenticator shows.")},
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split())


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        if visitor_of(request).known:
            return HttpResponseRedirect(wanted(request))
        return _shown(request, "web/sign_in.html", SignIn())
    form = SignIn(request.POST)
    if not form.is_valid():
        return _shown(request, "web/sign_in.html", form, status=422)
    if visitor_of(request).attendance is not None:
        close_session(visitor_of(request).actor)  # who signs in anew leaves no session behind
    login, address = form.cleaned_data["login"], address_of(request)
    if login not in known_logins(request) and address_rests(address):
        form.add_error(None, _("Too many wrong tries came from here. Wait 15 minutes."))
        return _shown(request, "web/sign_in.html", form, status=429)
    try:
        opened = open_session(login, form.cleaned_data["secret"])
    except Refusal as refusal:
        count_wrong(address)
        form.add_error(None, refusal.words(_))
        return _shown(request, "web/sign_in.html", form, status=422)
    answer = HttpResponseRedirect(_onward("web:second-factor", request))
    _set(answer, opened.token)
    remember(request, answer, login)
    return answer


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Asked of accounts that have one; of others the page goes on by itself."""
    visitor = visitor_of(request)
    if visitor.attendance is None:
        return HttpResponseRedirect(reverse("web:sign-in"))
    if not visitor.attendance.has_second:
        return HttpResponseRedirect(wanted(request))
    if request.method == "GET":
        if visitor.known and visitor.fresh:
            return HttpResponseRedirect(wanted(request))
        return _shown(request, "web/second_factor.html", Code())
    form = Code(request.POST)
    if form.is_valid():
        if give_second_factor(visitor.actor, form.cleaned_data["code"]):
            return HttpResponseRedirect(wanted(request))
        form.add_error("code", _("This code is not right, or was used. Take the next one."))
    return _shown(request, "web/second_factor.html", form, status=422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    if visitor.attendance is not None:
        close_session(visitor.actor)
    answer = HttpResponseRedirect(reverse("web:sign-in"))
    answer.delete_cookie(settings.TOKEN_COOKIE, path="/", samesite="Lax")
    return answer


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    from gonghui.doors.web.middleware import LANGUAGES

    answer = HttpResponseRedirect(wanted(request))
    chosen = request.POST.get("language", "")
    if chosen in LANGUAGES:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


def wanted(request: HttpRequest) -> str:
    """The page of ours that was asked for before, else the first one."""
    said = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        said, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return said if said.startswith("/") and ours else "/"


def _onward(name: str, request: HttpRequest) -> str:
    from django.utils.http import urlencode

    place = wanted(request)
    return reverse(name) if place == "/" else f"{reverse(name)}?{urlencode({'next': place})}"


def _shown(
    request: HttpRequest, template: str, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "next": wanted(request)}
    return render(request, template, context, status=status)


def _set(answer: HttpResponse, token: str) -> None:
    """Until the browser closes; PostgreSQL says when it ends."""
    answer.set_cookie(
        settings.TOKEN_COOKIE,
        token,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/",
    )
