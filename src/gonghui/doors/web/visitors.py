"""Who asks: the session in the cookie, her scope for the time of one request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from gonghui.ground.accounts.services.attendance import Attendance, attendance
from gonghui.ground.borders.scope import Actor, Scope

View = Callable[..., HttpResponse]

FRESH = timedelta(minutes=10)
"""For how long a second factor serves for what needs it anew."""


class Visitor:
    """A person before a page, or nobody. Asked of the database once, when first needed."""

    def __init__(self, request: HttpRequest) -> None:
        self._token = request.COOKIES.get(settings.TOKEN_COOKIE, "")
        self._browser = request.headers.get("User-Agent", "")
        self._found: Attendance | None = None
        self._asked = False
        self.scope: Scope | None = None
        """What she may, inside a page that needs somebody."""

    @property
    def attendance(self) -> Attendance | None:
        if not self._asked:
            self._asked = True
            if len(self._token) == 64 and self._token.isascii() and self._token.isalnum():
                self._found = attendance(Actor(self._token), browser=self._browser)
        return self._found

    @property
    def known(self) -> bool:
        """Whether somebody signed in, with all her account asks for."""
        return self.attendance is not None and self.attendance.complete

    @property
    def actor(self) -> Actor:
        return Actor(self._token)

    def may(self, permission: str) -> bool:
        return self.scope is not None and self.scope.may(permission)

    @property
    def fresh(self) -> bool:
        """Whether a second factor was given just now."""
        found = self.attendance
        return bool(found and found.second_at and datetime.now(UTC) - found.second_at < FRESH)

    @contextmanager
    def entered(self) -> Iterator[Scope]:
        """One transaction in her scope, which templates then know."""
        with self.actor.transaction() as scope:
            self.scope = scope
            yield scope


def visitor_of(request: HttpRequest) -> Visitor:
    """The request's visitor; the middleware put it there."""
    found: Visitor = request.visitor  # type: ignore[attr-defined]
    return found


def page(*permissions: str, second: bool = False) -> Callable[[View], View]:
    """A page for people who signed in, with all of these permissions where they act.

    The whole request, template included, is one transaction in her scope. ``second`` asks for a
    second factor given within ten minutes.
    """

    def around(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:  # noqa: ANN401
            with visitor_of(request).entered() as scope:
                for permission in permissions:
                    scope.require(permission)
                answer = view(request, *arguments, **named)
                if answer.status_code >= 400:
                    transaction.set_rollback(True)  # what is refused has changed nothing
                return answer

        return signed_in(second=second)(asked)

    return around


def signed_in(*, second: bool = False) -> Callable[[View], View]:
    """For people who signed in, without a transaction around the request: for the few pages whose
    service must commit before anything is shown."""

    def around(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:  # noqa: ANN401
            visitor = visitor_of(request)
            if not visitor.known:
                return to_sign_in(request)
            if second and not visitor.fresh:
                return to_second_factor(request)
            return view(request, *arguments, **named)

        return asked

    return around


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Where somebody unknown goes; a page asked for without harm waits until she signed in."""
    visitor = visitor_of(request)
    name = "web:second-factor" if visitor.attendance else "web:sign-in"
    return _sent(request, name)


def to_second_factor(request: HttpRequest) -> HttpResponse:
    """Where somebody goes whose second factor was given too long ago, or who has none."""
    found = visitor_of(request).attendance
    return _sent(request, "web:second-factor" if found and found.has_second else "web:new-factor")


def _sent(request: HttpRequest, name: str) -> HttpResponse:
    place = reverse(name)
    if request.method == "GET" and request.path != "/":
        place = f"{place}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": place})
    return HttpResponseRedirect(place)
