"""What stands around every page: headers, language, the visitor, refusals in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from gonghui.core.errors import Refusal
from gonghui.doors.web.visitors import Visitor, visitor_of

Next = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "font", "connect", "manifest")),
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""Nothing from outside, nothing inline, no frame, no eval."""

LANGUAGES = ("zh-hans", "en")
_UNAVAILABLE = ("57P01", "57P02", "57P03", "53300", "53100", "08006", "08001", "08000")


def headers(get_response: Next) -> Next:
    """Headers of every answer. Static files have caches of their own; pages are never kept."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def language(get_response: Next) -> Next:
    """Chinese, unless English was chosen."""

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(chosen if chosen in LANGUAGES else settings.LANGUAGE_CODE):
            return get_response(request)

    return answer


def visitors(get_response: Next) -> Next:
    """Puts the visitor on the request; nobody is asked before a page needs to know."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.visitor = Visitor(request)  # type: ignore[attr-defined]
        return get_response(request)

    return answer


class Refusals:
    """A refusal as a page that says what is wrong and what to do; a database that is away, too."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal):
            return refused(request, error)
        if isinstance(error, PermissionDenied):
            return None
        if isinstance(error, DataError):  # what no column can hold, such as a NUL
            return render(request, "web/400.html", status=400)
        state = getattr(error.__cause__, "sqlstate", None)
        if isinstance(error, OperationalError | InterfaceError) and (
            state is None or state in _UNAVAILABLE
        ):
            return render(request, "web/unavailable.html", status=503)
        return None


def refused(request: HttpRequest, refusal: Refusal, *, status: int = 422) -> HttpResponse:
    """The page of a refusal; for htmx the part that is shown in place."""
    template = "web/_refusal.html" if request.headers.get("HX-Request") else "web/refusal.html"
    return render(request, template, {"refusal": refusal}, status=status)


def frame(request: HttpRequest) -> dict[str, object]:
    """For templates: who looks, in which language, in whose house."""
    from gonghui.ground.accounts.services.attendance import city_name

    visitor = visitor_of(request) if hasattr(request, "visitor") else None
    return {
        "visitor": visitor,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "past_day": date.fromisoformat(settings.BUSINESS_DAY) if settings.BUSINESS_DAY else None,
        "city": cache(city_name),  # asked where a template first says it
    }
